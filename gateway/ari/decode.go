package ari

import (
	"bytes"
	"encoding/json"
	"time"

	ari "github.com/CyCoreSystems/ari/v5"
)

// decode reads an event as ari.DecodeEvent does, which parses all of it, a channel even twice. Of the events of every
// call only what a gateway needs is read: between an event and the command that follows from it somebody waits.
func decode(data []byte) (ari.Event, error) {
	name := typeOf(data)
	if !frequent[string(name)] {
		return ari.DecodeEvent(data)
	}
	var e used
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, err
	}
	return e.event()
}

// frequent are the types of the events of every call.
var frequent = map[string]bool{
	"StasisStart": true, "ChannelStateChange": true, "ChannelHangupRequest": true, "ChannelDestroyed": true,
}

// typeOf is the type of an event. Asterisk writes it first; where it stands elsewhere there is none.
func typeOf(data []byte) []byte {
	rest, first := bytes.CutPrefix(data, []byte(`{"type":"`))
	name, _, whole := bytes.Cut(rest, []byte(`"`))
	if !first || !whole {
		return nil
	}
	return name
}

// used is what is read of such an event.
type used struct {
	Type        string `json:"type"`
	Application string `json:"application"`
	Timestamp   string `json:"timestamp"`
	Channel     struct {
		ID     string `json:"id"`
		State  string `json:"state"`
		Caller struct {
			Number string `json:"number"`
		} `json:"caller"`
	} `json:"channel"`
	Args  []string `json:"args"`
	Cause int      `json:"cause"`
	Soft  bool     `json:"soft"`
}

func (e *used) event() (ari.Event, error) {
	head := ari.EventData{Type: e.Type, Application: e.Application}
	if e.Timestamp != "" {
		at, err := time.Parse(ari.DateFormat, e.Timestamp)
		if err != nil {
			return nil, err
		}
		head.Timestamp = ari.DateTime(at)
	}
	channel := ari.ChannelData{
		ID: e.Channel.ID, State: e.Channel.State, Caller: &ari.CallerID{Number: e.Channel.Caller.Number},
	}
	switch e.Type {
	case "StasisStart":
		return &ari.StasisStart{EventData: head, Args: e.Args, Channel: channel}, nil
	case "ChannelStateChange":
		return &ari.ChannelStateChange{EventData: head, Channel: channel}, nil
	case "ChannelHangupRequest":
		return &ari.ChannelHangupRequest{EventData: head, Cause: e.Cause, Soft: e.Soft, Channel: channel}, nil
	default:
		return &ari.ChannelDestroyed{EventData: head, Cause: e.Cause, Channel: channel}, nil
	}
}
