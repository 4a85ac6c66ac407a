package ari

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// The commands of every call's path from its first ring to its end. ari/v5 has them too; sent by fasthttp, which
// writes and reads on the caller's own goroutine, they take half the processor time and an agent's telephone rings
// that much sooner.

// hotClient is a pool of connections for these commands.
type hotClient struct {
	http          *fasthttp.HostClient
	base          string // "http://127.0.0.1:8088/ari"
	authorization string
}

func newHotClient(cfg Config) *hotClient {
	u, err := url.Parse(cfg.URL)
	if err != nil {
		u = &url.URL{} // every request will say so
	}
	secure := u.Scheme == "https"
	h := &hotClient{
		http: &fasthttp.HostClient{
			Addr: fasthttp.AddMissingPort(u.Host, secure), IsTLS: secure, MaxConns: 2 * idlePerHost, Dial: dialTCP,
			MaxIdleConnDuration: idleTime, MaxConnWaitTimeout: requestTimeout, ReadTimeout: requestTimeout,
			WriteTimeout: requestTimeout, NoDefaultUserAgentHeader: true, MaxIdemponentCallAttempts: 2,
		},
		base:          cfg.URL,
		authorization: "Basic " + base64.StdEncoding.EncodeToString([]byte(cfg.User+":"+cfg.Password)),
	}
	// A connection that Asterisk closed, at its restart for one, is found out by the next command. The others are
	// no better then. Sending the command again is safe: everything carries an id of ours.
	h.http.RetryIfErr = func(*fasthttp.Request, int, error) (resetTimeout, retry bool) {
		h.http.CloseIdleConnections()
		return false, true
	}
	return h
}

func dialTCP(address string) (net.Conn, error) {
	return net.DialTimeout("tcp", address, requestTimeout)
}

// idleTime is shorter than Asterisk's own limit for a silent connection (15 s), so that none is used as it closes.
const idleTime = 10 * time.Second

// sendHot sends one request and waits for its answer.
func (c *Client) sendHot(operation, method, path string, body []byte) error {
	start := time.Now()
	err := c.hot.send(method, path, body)
	if err != nil {
		err = fmt.Errorf("%s: %w", operation, err)
	}
	c.cfg.Meter.ARIRequest(operation, time.Since(start), err)
	return err
}

func (h *hotClient) send(method, path string, body []byte) error {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.Header.SetMethod(method)
	req.SetRequestURI(h.base + path)
	req.Header.Set("Authorization", h.authorization)
	if body != nil {
		req.Header.SetContentType("application/json")
		req.SetBodyRaw(body)
	}
	if err := h.http.Do(req, resp); err != nil {
		return err
	}
	switch code := resp.StatusCode(); {
	case code < 300:
		return nil
	case code == http.StatusUnauthorized:
		return ErrCredentials
	case code == http.StatusNotFound:
		return ErrNotFound
	default:
		var answer struct{ Message string }
		_ = json.Unmarshal(resp.Body(), &answer)
		if strings.Contains(answer.Message, "originator channel was not found") { // told with 400
			return ErrNotFound
		}
		return fmt.Errorf("asterisk answers %d: %s", code, answer.Message)
	}
}

// Answer answers a channel.
func (c *Client) Answer(channel string) error {
	return c.post("answer", "/channels/"+url.PathEscape(channel)+"/answer")
}

// Ring lets the one who called on a channel hear ringing.
func (c *Client) Ring(channel string) error {
	return c.post("ring", "/channels/"+url.PathEscape(channel)+"/ring")
}

// StopRing ends the ringing that was heard on a channel.
func (c *Client) StopRing(channel string) error {
	return c.sendHot("stop_ring", http.MethodDelete, "/channels/"+url.PathEscape(channel)+"/ring", nil)
}

// Origination is a channel to be made and dialled.
type Origination struct {
	Channel    string            // its id, ours
	Endpoint   string            // "PJSIP/agent-8001"
	Originator string            // channel it is dialled for, whose codecs are offered first
	CallerID   string            // number shown by the telephone, empty for none
	Timeout    time.Duration     // it rings at most so long, in whole seconds
	Variables  map[string]string // set before it is dialled; "PJSIP_HEADER(add,X-Name)" adds a header to the INVITE
}

// nowhere is a context that is in no dialplan.
const nowhere = "hotline-nowhere"

// Originate dials. ErrNotFound says that the originator is gone. When the channel is answered it enters our application with the argument "agent"; when it is
// not, its end is reported.
func (c *Client) Originate(o Origination) error {
	// Whoever answers "moved to 12345" is not followed: Asterisk would dial that number in its own dialplan, as if a
	// citizen had called it.
	variables := map[string]string{"FORWARD_CONTEXT": nowhere}
	maps.Copy(variables, o.Variables)
	data, err := json.Marshal(struct {
		Endpoint   string            `json:"endpoint"`
		App        string            `json:"app"`
		AppArgs    string            `json:"appArgs"`
		ChannelID  string            `json:"channelId"`
		Originator string            `json:"originator,omitempty"`
		CallerID   string            `json:"callerId,omitempty"`
		Timeout    int               `json:"timeout"`
		Variables  map[string]string `json:"variables"`
	}{o.Endpoint, c.cfg.App, "agent", o.Channel, o.Originator, o.CallerID, int(o.Timeout.Seconds()), variables})
	if err != nil {
		return fmt.Errorf("originate %s: %w", o.Channel, err)
	}
	return c.sendHot("originate", http.MethodPost, "/channels", data)
}

// HangUp hangs up a channel.
func (c *Client) HangUp(channel string) error {
	return c.sendHot("hangup", http.MethodDelete, "/channels/"+url.PathEscape(channel)+"?reason=normal", nil)
}

// MakeBridge makes a mixing bridge with an id of ours, which must never have been used before.
func (c *Client) MakeBridge(bridge string) error {
	return c.post("make_bridge", "/bridges/"+url.PathEscape(bridge)+"?type=mixing")
}

// DropBridge destroys a bridge; channels in it are set free.
func (c *Client) DropBridge(bridge string) error {
	return c.sendHot("drop_bridge", http.MethodDelete, "/bridges/"+url.PathEscape(bridge), nil)
}

// Join takes a channel into a bridge.
func (c *Client) Join(bridge, channel string) error {
	return c.post("join", "/bridges/"+url.PathEscape(bridge)+"/addChannel?channel="+url.QueryEscape(channel))
}

func (c *Client) post(operation, path string) error {
	return c.sendHot(operation, http.MethodPost, path, nil)
}
