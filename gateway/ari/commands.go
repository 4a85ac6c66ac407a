package ari

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	ari "github.com/CyCoreSystems/ari/v5"
	"github.com/CyCoreSystems/ari/v5/client/native"
)

// Commands that ari/v5 has. Each returns nil, ErrNotFound when Asterisk no longer has what is meant, or another
// error with what was attempted.

// Answer answers a channel.
func (c *Client) Answer(channel string) error {
	return c.timed("answer", channel, func() error { return c.native.Channel().Answer(channelKey(channel)) })
}

// HangUp hangs up a channel.
func (c *Client) HangUp(channel string) error {
	return c.timed("hangup", channel, func() error { return c.native.Channel().Hangup(channelKey(channel), "normal") })
}

// StartMusic plays the default class of music on hold to a channel.
func (c *Client) StartMusic(channel string) error {
	return c.timed("start_music", channel, func() error { return c.native.Channel().MOH(channelKey(channel), "default") })
}

// StopMusic ends it.
func (c *Client) StopMusic(channel string) error {
	return c.timed("stop_music", channel, func() error { return c.native.Channel().StopMOH(channelKey(channel)) })
}

// StopPlay ends a playback.
func (c *Client) StopPlay(playback string) error {
	return c.timed("stop_play", playback, func() error {
		return c.native.Playback().Stop(ari.NewKey(ari.PlaybackKey, playback))
	})
}

// MakeBridge makes a mixing bridge with an id of ours, which must never have been used before.
func (c *Client) MakeBridge(bridge string) error {
	return c.timed("make_bridge", bridge, func() error {
		_, err := c.native.Bridge().Create(bridgeKey(bridge), "mixing", "")
		return err
	})
}

// DropBridge destroys a bridge; channels in it are set free.
func (c *Client) DropBridge(bridge string) error {
	return c.timed("drop_bridge", bridge, func() error { return c.native.Bridge().Delete(bridgeKey(bridge)) })
}

// Join takes a channel into a bridge.
func (c *Client) Join(bridge, channel string) error {
	return c.timed("join", channel, func() error { return c.native.Bridge().AddChannel(bridgeKey(bridge), channel) })
}

// Part takes a channel out of a bridge.
func (c *Client) Part(bridge, channel string) error {
	return c.timed("part", channel, func() error { return c.native.Bridge().RemoveChannel(bridgeKey(bridge), channel) })
}

// Dial dials a created channel on behalf of caller, ringing at most limit.
func (c *Client) Dial(channel, caller string, limit time.Duration) error {
	return c.timed("dial", channel, func() error { return c.native.Channel().Dial(channelKey(channel), caller, limit) })
}

// Mute stops (or lets through again) what a channel says.
func (c *Client) Mute(channel string, on bool) error {
	return c.timed("mute", channel, func() error {
		if on {
			return c.native.Channel().Mute(channelKey(channel), ari.DirectionIn)
		}
		return c.native.Channel().Unmute(channelKey(channel), ari.DirectionIn)
	})
}

// Record records a bridge into a stored recording of that name (8 kHz WAV); one that exists is continued.
func (c *Client) Record(bridge, name string) error {
	return c.timed("record", bridge, func() error {
		_, err := c.native.Bridge().Record(bridgeKey(bridge), name, &ari.RecordingOptions{Format: "wav", Exists: "append"})
		return err
	})
}

func channelKey(id string) *ari.Key { return ari.NewKey(ari.ChannelKey, id) }
func bridgeKey(id string) *ari.Key  { return ari.NewKey(ari.BridgeKey, id) }

// timed runs one command, counts it and gives its error a name.
func (c *Client) timed(operation, subject string, run func() error) error {
	start := time.Now()
	err := run()
	if err != nil {
		err = fmt.Errorf("%s %s: %w", operation, subject, plainError(err))
	}
	c.cfg.Meter.ARIRequest(operation, time.Since(start), err)
	return err
}

// plainError finds what matters in ari/v5's wrapped errors.
func plainError(err error) error {
	var coded native.RequestError
	switch {
	case errors.As(err, &coded) && coded.Code() == http.StatusNotFound,
		strings.Contains(err.Error(), "404 Not Found"): // some of its errors lose the code
		return ErrNotFound
	case errors.As(err, &coded):
		return errors.New(coded.Error())
	}
	return err
}
