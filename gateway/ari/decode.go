package ari

import (
	"bytes"
	"encoding/json"

	ari "github.com/CyCoreSystems/ari/v5"
)

// decode reads an event as ari.DecodeEvent does. That parses every event twice, first for its type; Asterisk writes
// the type first, so that the wanted ones need it only once.
func decode(data []byte) (ari.Event, error) {
	ev := wantedEvent(data)
	if ev == nil {
		return ari.DecodeEvent(data)
	}
	return ev, json.Unmarshal(data, ev)
}

// wantedEvent is an empty event of the type that data begin with, nil when it is not a wanted one.
func wantedEvent(data []byte) ari.Event {
	rest, first := bytes.CutPrefix(data, []byte(`{"type":"`))
	name, _, whole := bytes.Cut(rest, []byte(`"`))
	if !first || !whole {
		return nil
	}
	switch string(name) {
	case "StasisStart":
		return &ari.StasisStart{}
	case "ChannelStateChange":
		return &ari.ChannelStateChange{}
	case "ChannelHangupRequest":
		return &ari.ChannelHangupRequest{}
	case "ChannelDestroyed":
		return &ari.ChannelDestroyed{}
	case "PlaybackFinished":
		return &ari.PlaybackFinished{}
	}
	return nil
}
