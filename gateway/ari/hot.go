package ari

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The commands of every call's path from its first ring to its end. ari/v5 has them too; sent as plain requests
// they take half the processor time, and an agent's telephone rings that much sooner.

// Answer answers a channel.
func (c *Client) Answer(channel string) error {
	return c.post("answer", "/channels/"+url.PathEscape(channel)+"/answer")
}

// Create makes a channel to endpoint without dialling it; it enters our application at once. variables are set
// before it is dialled ("PJSIP_HEADER(add,X-Name)" adds a header).
func (c *Client) Create(channel, endpoint, originator string, variables map[string]string) error {
	body := struct {
		Endpoint   string            `json:"endpoint"`
		App        string            `json:"app"`
		AppArgs    string            `json:"appArgs"`
		ChannelID  string            `json:"channelId"`
		Originator string            `json:"originator,omitempty"`
		Variables  map[string]string `json:"variables,omitempty"`
	}{endpoint, c.cfg.App, "agent", channel, originator, variables}
	return c.request(context.Background(), "create", http.MethodPost, "/channels/create", body, nil)
}

// Dial dials a created channel on behalf of caller, ringing at most limit.
func (c *Client) Dial(channel, caller string, limit time.Duration) error {
	return c.post("dial", "/channels/"+url.PathEscape(channel)+"/dial?caller="+url.QueryEscape(caller)+
		"&timeout="+strconv.Itoa(int(limit.Seconds())))
}

// HangUp hangs up a channel.
func (c *Client) HangUp(channel string) error {
	return c.request(context.Background(), "hangup", http.MethodDelete, "/channels/"+url.PathEscape(channel)+"?reason=normal", nil, nil)
}

// MakeBridge makes a mixing bridge with an id of ours, which must never have been used before.
func (c *Client) MakeBridge(bridge string) error {
	return c.post("make_bridge", "/bridges/"+url.PathEscape(bridge)+"?type=mixing")
}

// DropBridge destroys a bridge; channels in it are set free.
func (c *Client) DropBridge(bridge string) error {
	return c.request(context.Background(), "drop_bridge", http.MethodDelete, "/bridges/"+url.PathEscape(bridge), nil, nil)
}

// Join takes a channel into a bridge.
func (c *Client) Join(bridge, channel string) error {
	return c.post("join", "/bridges/"+url.PathEscape(bridge)+"/addChannel?channel="+url.QueryEscape(channel))
}

func (c *Client) post(operation, path string) error {
	return c.request(context.Background(), operation, http.MethodPost, path, nil, nil)
}
