package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"hotline/gateway/ari"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// promptFolder is where Asterisk's sounds keep our prompts.
const promptFolder = "hotline/"

// phone carries the calls' commands to Asterisk: it is the switchboard's Phone port.
type phone struct {
	ari   *ari.Client
	app   string
	trunk string // PJSIP endpoint that citizens are called through
	lanes *lanes
	board *switchboard.Switchboard // told what failed; set before the first command
	log   *slog.Logger
}

// Do queues commands on the lanes of their legs.
func (p *phone) Do(id call.ID, commands []call.Command) {
	for _, cmd := range commands {
		p.lanes.run(string(cmd.Leg), func() { p.carryOut(id, cmd) })
	}
}

func (p *phone) carryOut(id call.ID, cmd call.Command) {
	err := p.send(id, cmd)
	switch {
	case err == nil:
		p.board.Done(id, cmd)
	default:
		gone := errors.Is(err, ari.ErrNotFound)
		if !gone {
			p.log.Warn("command failed", "call", id, "command", cmd.String(), "error", err)
		}
		p.board.Failed(id, cmd, gone)
	}
}

// send is the one place where a call's words become Asterisk's.
func (p *phone) send(id call.ID, cmd call.Command) error {
	leg := string(cmd.Leg)
	switch cmd.Verb {
	case call.Answer:
		return p.ari.Answer(leg)
	case call.Play:
		return p.ari.Play(leg, cmd.Playback, files(cmd.Media))
	case call.StopPlay:
		return p.ari.StopPlay(cmd.Playback)
	case call.Announce:
		return p.ari.Announce(cmd.Bridge, cmd.Playback, files(cmd.Media))
	case call.Listen:
		return p.ari.ListenTo(leg)
	case call.StartMusic:
		return p.ari.StartMusic(leg)
	case call.StopMusic:
		return p.ari.StopMusic(leg)
	case call.MakeBridge:
		return p.ari.MakeBridge(cmd.Bridge)
	case call.DropBridge:
		return p.ari.DropBridge(cmd.Bridge)
	case call.Join:
		return p.ari.Join(cmd.Bridge, leg)
	case call.Part:
		return p.ari.Part(cmd.Bridge, leg)
	case call.Ring:
		return p.ari.Ring(leg)
	case call.StopRing:
		return p.ari.StopRing(leg)
	case call.DialOut:
		return p.ari.Originate(ari.Origination{
			Channel: leg, Endpoint: "PJSIP/" + cmd.Value + "@" + p.trunk, CallerID: cmd.From, Timeout: cmd.For,
		})
	case call.Originate:
		return p.ari.Originate(ari.Origination{
			Channel: leg, Endpoint: cmd.Endpoint, Originator: originator(id), CallerID: cmd.From, Timeout: cmd.For,
			Variables: headers(cmd.Headers),
		})
	case call.HangUp:
		return p.ari.HangUp(leg)
	case call.StartRec:
		return p.ari.Record(cmd.Bridge, cmd.Name)
	case call.Snoop:
		return p.ari.Snoop(cmd.Value, cmd.Name)
	case call.PauseRec, call.ResumeRec:
		return p.ari.PauseRecording(cmd.Name, cmd.Verb == call.PauseRec)
	case call.Mute, call.Unmute:
		return p.ari.Mute(leg, cmd.Verb == call.Mute)
	}
	return fmt.Errorf("no way to %s", cmd.Verb)
}

// originator is the channel whose codecs are offered first: the caller's, where the call began with one.
func originator(id call.ID) string {
	if call.IsOutbound(id) {
		return ""
	}
	return string(id)
}

func files(media []string) []string {
	paths := make([]string, len(media))
	for i, m := range media {
		paths[i] = promptFolder + m
	}
	return paths
}

// headers are the variables that make Asterisk add SIP headers to the INVITE.
func headers(list []call.Header) map[string]string {
	if len(list) == 0 {
		return nil
	}
	variables := make(map[string]string, len(list))
	for _, h := range list {
		variables["PJSIP_HEADER(add,"+h.Name+")"] = h.Value
	}
	return variables
}

// Census asks Asterisk for everything it has.
func (p *phone) Census(ctx context.Context) (switchboard.Census, error) {
	census := switchboard.Census{At: time.Now(), Channels: map[string]switchboard.Channel{}, Endpoints: map[string]bool{}, Trunks: map[string]bool{}}
	var err error
	if census.Started, err = p.ari.Started(ctx); err != nil {
		return census, err
	}
	channels, err := p.ari.Channels(ctx)
	if err != nil {
		return census, err
	}
	for _, ch := range channels {
		dnis, inbound := strings.CutPrefix(ch.AppData, p.app+",inbound,")
		dnis, _, _ = strings.Cut(dnis, ",") // call data may follow
		census.Channels[ch.ID] = switchboard.Channel{
			Up: ch.Up, Inbound: inbound && ch.App == "Stasis", Number: ch.Caller, DNIS: dnis,
		}
	}
	if census.Bridges, err = p.ari.Bridges(ctx); err != nil {
		return census, err
	}
	online, err := p.ari.Endpoints(ctx)
	for name, up := range online {
		if no, ours := strings.CutPrefix(name, "agent-"); ours {
			census.Endpoints[no] = up
		} else {
			census.Trunks[name] = up
		}
	}
	return census, err
}
