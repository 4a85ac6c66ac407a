package ari

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	ari "github.com/CyCoreSystems/ari/v5"
	"github.com/CyCoreSystems/ari/v5/client/native"
)

// Commands sent through ari/v5. Each returns nil, ErrNotFound when Asterisk no longer has what is meant, or another
// error with what was attempted.

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

// Part takes a channel out of a bridge.
func (c *Client) Part(bridge, channel string) error {
	return c.timed("part", channel, func() error { return c.native.Bridge().RemoveChannel(bridgeKey(bridge), channel) })
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

// PauseRecording stops a live recording for a while, or lets it go on.
func (c *Client) PauseRecording(name string, on bool) error {
	key := ari.NewKey(ari.LiveRecordingKey, name)
	return c.timed("pause_recording", name, func() error {
		if on {
			return c.native.LiveRecording().Pause(key)
		}
		return c.native.LiveRecording().Resume(key)
	})
}

// Snoop makes a channel with the id snoop that hears both sides of a channel and speaks to it alone. It enters our
// application with the argument "agent", as those do that Originate makes.
func (c *Client) Snoop(channel, snoop string) error {
	query := url.Values{"spy": {"both"}, "whisper": {"out"}, "app": {c.cfg.App}, "appArgs": {"agent"}}
	return c.post("snoop", "/channels/"+url.PathEscape(channel)+"/snoop/"+url.PathEscape(snoop)+"?"+query.Encode())
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
