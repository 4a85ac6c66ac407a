package ari

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Requests that ari/v5 lacks, sent as they are. Those of every call's path are in hot.go.

// Version is Asterisk's version, "22.10.1". ErrCredentials when it refuses us.
func (c *Client) Version(ctx context.Context) (string, error) {
	var info struct {
		System struct {
			Version string `json:"version"`
		} `json:"system"`
	}
	err := c.request(ctx, "version", http.MethodGet, "/asterisk/info?only=system", nil, &info)
	return info.System.Version, err
}

// filterEvents asks Asterisk for the wanted events only.
func (c *Client) filterEvents(ctx context.Context) error {
	type kind struct {
		Type string `json:"type"`
	}
	var filter struct {
		Allowed []kind `json:"allowed"`
	}
	for _, w := range wanted {
		filter.Allowed = append(filter.Allowed, kind{w})
	}
	return c.request(ctx, "event_filter", http.MethodPut, "/applications/"+url.PathEscape(c.cfg.App)+"/eventFilter", filter, nil)
}

// Play plays prompts ("hotline/greeting_12345") to a channel one after another; one PlaybackFinished ends all.
func (c *Client) Play(channel, playback string, prompts []string) error {
	media := "sound:" + strings.Join(prompts, ",sound:")
	path := "/channels/" + url.PathEscape(channel) + "/play/" + url.PathEscape(playback) + "?media=" + url.QueryEscape(media)
	return c.request(context.Background(), "play", http.MethodPost, path, nil, nil)
}

// Announce plays prompts to everybody in a bridge, one after another.
func (c *Client) Announce(bridge, playback string, prompts []string) error {
	media := "sound:" + strings.Join(prompts, ",sound:")
	path := "/bridges/" + url.PathEscape(bridge) + "/play/" + url.PathEscape(playback) + "?media=" + url.QueryEscape(media)
	return c.request(context.Background(), "announce", http.MethodPost, path, nil, nil)
}

// ListenTo has it reported when a channel says something (ChannelTalkingStarted).
func (c *Client) ListenTo(channel string) error {
	path := "/channels/" + url.PathEscape(channel) + "/variable?variable=" + url.QueryEscape("TALK_DETECT(set)")
	return c.request(context.Background(), "listen", http.MethodPost, path, nil, nil)
}

// Channel is one channel as a census lists it.
type Channel struct {
	ID      string
	Up      bool
	Caller  string // calling number
	App     string // dialplan application it is in
	AppData string // "hotline,inbound,12345"
	Created time.Time
}

// Channels lists all channels.
func (c *Client) Channels(ctx context.Context) ([]Channel, error) {
	var list []struct {
		ID       string `json:"id"`
		State    string `json:"state"`
		Created  string `json:"creationtime"`
		Caller   struct{ Number string }
		Dialplan struct {
			App  string `json:"app_name"`
			Data string `json:"app_data"`
		} `json:"dialplan"`
	}
	if err := c.request(ctx, "channels", http.MethodGet, "/channels", nil, &list); err != nil {
		return nil, err
	}
	channels := make([]Channel, len(list))
	for i, ch := range list {
		created, _ := time.Parse("2006-01-02T15:04:05.000-0700", ch.Created)
		channels[i] = Channel{ch.ID, ch.State == "Up", ch.Caller.Number, ch.Dialplan.App, ch.Dialplan.Data, created}
	}
	return channels, nil
}

// Bridges lists all bridges with their members' channel ids.
func (c *Client) Bridges(ctx context.Context) (map[string][]string, error) {
	var list []struct {
		ID       string   `json:"id"`
		Channels []string `json:"channels"`
	}
	if err := c.request(ctx, "bridges", http.MethodGet, "/bridges", nil, &list); err != nil {
		return nil, err
	}
	bridges := make(map[string][]string, len(list))
	for _, b := range list {
		bridges[b.ID] = b.Channels
	}
	return bridges, nil
}

// Endpoints tells which PJSIP endpoints can be reached, by name.
func (c *Client) Endpoints(ctx context.Context) (map[string]bool, error) {
	var list []struct {
		Resource string `json:"resource"`
		State    string `json:"state"`
	}
	if err := c.request(ctx, "endpoints", http.MethodGet, "/endpoints/PJSIP", nil, &list); err != nil {
		return nil, err
	}
	online := make(map[string]bool, len(list))
	for _, e := range list {
		online[e.Resource] = e.State == "online"
	}
	return online, nil
}

// Configure writes one dynamic configuration object, such as ("res_pjsip", "auth", "agent-8001").
func (c *Client) Configure(ctx context.Context, class, kind, id string, fields map[string]string) error {
	type field struct {
		Attribute string `json:"attribute"`
		Value     string `json:"value"`
	}
	var body struct {
		Fields []field `json:"fields"`
	}
	for name, value := range fields {
		body.Fields = append(body.Fields, field{name, value})
	}
	path := "/asterisk/config/dynamic/" + class + "/" + kind + "/" + url.PathEscape(id)
	return c.request(ctx, "configure", http.MethodPut, path, body, nil)
}

// Recording opens a stored recording. The caller closes it; size is -1 when unknown.
func (c *Client) Recording(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, err := c.newRequest(ctx, http.MethodGet, "/recordings/stored/"+url.PathEscape(name)+"/file", nil)
	if err != nil {
		return nil, 0, err
	}
	resp, err := http.DefaultClient.Do(r) // no overall deadline: a recording may be long
	if err != nil {
		return nil, 0, fmt.Errorf("recording %s: %w", name, err)
	}
	if err := statusError(resp); err != nil {
		_ = resp.Body.Close()
		return nil, 0, fmt.Errorf("recording %s: %w", name, err)
	}
	return resp.Body, resp.ContentLength, nil
}

// request sends one request and decodes its answer into out, where out is not nil.
func (c *Client) request(ctx context.Context, operation, method, path string, body, out any) error {
	start := time.Now()
	err := c.send(ctx, method, path, body, out)
	if err != nil {
		err = fmt.Errorf("%s: %w", operation, err)
	}
	c.cfg.Meter.ARIRequest(operation, time.Since(start), err)
	return err
}

func (c *Client) send(ctx context.Context, method, path string, body, out any) error {
	r, err := c.newRequest(ctx, method, path, body)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := statusError(resp); err != nil {
		return err
	}
	if out == nil {
		_, err = io.Copy(io.Discard, resp.Body) // read to the end, so that the connection is used again
		return err
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

func (c *Client) newRequest(ctx context.Context, method, path string, body any) (*http.Request, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		reader = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.cfg.URL+path, reader)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.SetBasicAuth(c.cfg.User, c.cfg.Password)
	return r, nil
}

func statusError(resp *http.Response) error {
	switch {
	case resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusUnauthorized:
		return ErrCredentials
	case resp.StatusCode == http.StatusNotFound:
		return ErrNotFound
	}
	var answer struct{ Message string }
	_ = json.NewDecoder(io.LimitReader(resp.Body, 4096)).Decode(&answer)
	return fmt.Errorf("asterisk answers %s: %s", strconv.Itoa(resp.StatusCode), answer.Message)
}

// Started is when Asterisk started.
func (c *Client) Started(ctx context.Context) (time.Time, error) {
	var info struct {
		Status struct {
			Startup string `json:"startup_time"`
		} `json:"status"`
	}
	if err := c.request(ctx, "started", http.MethodGet, "/asterisk/info?only=status", nil, &info); err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse("2006-01-02T15:04:05.000-0700", info.Status.Startup)
	if err != nil {
		return time.Time{}, fmt.Errorf("asterisk's start time %q: %w", info.Status.Startup, err)
	}
	return at, nil
}
