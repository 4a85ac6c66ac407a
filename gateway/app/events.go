package app

import (
	"context"
	"encoding/base64"

	ariv5 "github.com/CyCoreSystems/ari/v5"

	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/switchboard"
)

// events hands Asterisk's events to the switchboard: it is the event stream's Handler.
type events struct {
	ctx   context.Context
	board *switchboard.Switchboard
}

func (e *events) Up(string) {
	e.board.LinkUp(e.ctx)
}

func (e *events) Down(error) {
	e.board.LinkDown()
}

// Event translates one event. What is not listed says nothing that a call needs.
func (e *events) Event(ev ariv5.Event) {
	switch ev := ev.(type) {
	case *ariv5.StasisStart:
		e.entered(ev)
	case *ariv5.ChannelStateChange:
		switch {
		case ev.Channel.State == "Up":
			e.board.ChannelUp(ev.Channel.ID)
		case ev.Channel.State == "Ringing" && call.IsThird(call.LegID(ev.Channel.ID)):
			e.board.ChannelRinging(ev.Channel.ID)
		}
	case *ariv5.ChannelHangupRequest:
		e.leaving(ev)
	case *ariv5.ChannelDestroyed:
		e.board.ChannelGone(ev.Channel.ID, ev.Cause)
	case *ariv5.PlaybackFinished:
		if id, ok := channelOf(ev.Playback.TargetURI); ok {
			e.board.PlaybackEnded(id, ev.Playback.ID, ev.Playback.State == "failed")
		}
	case *ariv5.ChannelDtmfReceived:
		e.board.KeyPressed(ev.Channel.ID, ev.Digit)
	case *ariv5.ChannelTalkingStarted:
		e.board.Spoke(ev.Channel.ID)
	}
}

// entered reads the arguments that the dialplan gives (inbound, dialled number, perhaps call data) or Create (agent).
// A channel without them, such as a masquerade's leftover, is none of ours.
func (e *events) entered(ev *ariv5.StasisStart) {
	ch := switchboard.Channel{Up: ev.Channel.State == "Up"}
	switch {
	case len(ev.Args) >= 2 && ev.Args[0] == "inbound":
		ch.Inbound, ch.DNIS, ch.Data = true, ev.Args[1], inboundData(ev)
		if ev.Channel.Caller != nil {
			ch.Number = ev.Channel.Caller.Number
		}
	case len(ev.Args) == 1 && ev.Args[0] == "agent":
	default:
		return
	}
	e.board.ChannelEntered(ev.Channel.ID, ch)
}

// inboundData is what another hotline or service handed over with its call: the dialplan's context call-data puts it
// behind the dialled number. It is empty for an ordinary call.
func inboundData(ev *ariv5.StasisStart) calldata.Data {
	var arg [5]string
	copy(arg[:], ev.Args)
	if arg[0] != "inbound" {
		return calldata.Data{}
	}
	userToUser, err := base64.StdEncoding.DecodeString(arg[3])
	if err != nil {
		userToUser = nil // a dialplan of somebody's own
	}
	return calldata.Parse(arg[2], string(userToUser), arg[4])
}

// leaving hears of a caller's hang-up. It is the first event of it, before the end of the prompt he heard; and mostly
// the last, since Asterisk gives up its interest in a caller's channel as soon as he leaves our application. An
// agent's leg is ours from its making: there ChannelDestroyed comes, and says why.
func (e *events) leaving(ev *ariv5.ChannelHangupRequest) {
	switch id := ev.Channel.ID; {
	case call.IsOurs(call.LegID(id)), call.IsOutbound(call.CallOf(id)):
	case ev.Soft && ev.Cause != softDevice:
		e.board.CallerCut(id)
	default:
		e.board.ChannelGone(id, causeNormal)
	}
}

const (
	causeNormal = 16 // Q.850's normal clearing
	// softDevice is Asterisk's reason for giving up a line that fell silent. It stands where a cause would; others
	// are its own stop, an operator's command and ours.
	softDevice = 1
)

// channelOf reads "channel:<id>".
func channelOf(uri string) (string, bool) {
	const prefix = "channel:"
	if len(uri) <= len(prefix) || uri[:len(prefix)] != prefix {
		return "", false
	}
	return uri[len(prefix):], true
}
