package ari

import (
	"testing"

	ari "github.com/CyCoreSystems/ari/v5"
	"github.com/google/go-cmp/cmp"
)

// In what is read of an event it says what the library says.
func TestDecodeAgreesWithTheLibrary(t *testing.T) {
	t.Parallel()
	const channel = `"channel":{"id":"hotline-1.1","name":"PJSIP/trunk-1","state":"Up","caller":{"name":"","number":"13800001234"},` +
		`"connected":{"name":"","number":""},"accountcode":"","dialplan":{"context":"c","exten":"12345","priority":2},` +
		`"creationtime":"2026-01-05T09:00:00.000+0000","language":"en"}`
	const common = `"timestamp":"2026-01-05T09:00:00.123+0000","asterisk_id":"00:00","application":"hotline"`
	for _, text := range []string{
		`{"type":"StasisStart",` + common + `,"args":["inbound","12345"],` + channel + `}`,
		`{"type":"StasisEnd",` + common + `,` + channel + `}`,
		`{"type":"ChannelStateChange",` + common + `,` + channel + `}`,
		`{"type":"ChannelHangupRequest",` + common + `,"cause":16,"soft":true,` + channel + `}`,
		`{"type":"ChannelStateChange","timestamp":"yesterday",` + channel + `}`,
		`{"type":"ChannelDestroyed",` + common + `,"cause":"sixteen",` + channel + `}`,
		`{"type":"StasisStart",` + common + `,"args":[],"channel":{"id":"1","state":"Up","caller":{"name":"","number":""}}}`,
		`{"type":"ChannelDestroyed",` + common + `,"cause":16,"cause_txt":"Normal Clearing",` + channel + `}`,
		`{"type":"PlaybackFinished",` + common + `,"playback":{"id":"p1","media_uri":"sound:a","target_uri":"channel:1","state":"done"}}`,
		`{"type":"ApplicationReplaced",` + common + `}`,
		`{` + common + `,"type":"StasisEnd",` + channel + `}`, // its type is not first
		`{"type":"Unheard"}`, `{"type":"StasisStart`, `{"type":"StasisStart",`, `[]`, ``,
	} {
		got, err := decode([]byte(text))
		want, wantErr := ari.DecodeEvent([]byte(text))
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s: %v, the library says %v", text, err, wantErr)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(read(want), got, cmp.Comparer(func(a, b ari.DateTime) bool { return a == b }),
			cmp.AllowUnexported(), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".XXX_sizecache" }, cmp.Ignore())); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

// read leaves of a whole event what decode reads of it.
func read(ev ari.Event) ari.Event {
	var head *ari.EventData
	var channel *ari.ChannelData
	switch e := ev.(type) {
	case *ari.StasisStart:
		head, channel = &e.EventData, &e.Channel
	case *ari.ChannelStateChange:
		head, channel = &e.EventData, &e.Channel
	case *ari.ChannelHangupRequest:
		head, channel = &e.EventData, &e.Channel
	case *ari.ChannelDestroyed:
		head, channel, e.CauseTxt = &e.EventData, &e.Channel, ""
	default:
		return ev
	}
	head.Node = ""
	*channel = ari.ChannelData{ID: channel.ID, State: channel.State, Caller: &ari.CallerID{Number: channel.Caller.Number}}
	return ev
}
