package ari

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

// What `hotline doctor` asks. Nothing here is on a call's way.

// Modules tells which modules are loaded, by file name ("res_stasis.so"); true when running.
func (c *Client) Modules(ctx context.Context) (map[string]bool, error) {
	var list []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	}
	if err := c.request(ctx, "modules", http.MethodGet, "/asterisk/modules", nil, &list); err != nil {
		return nil, err
	}
	running := make(map[string]bool, len(list))
	for _, m := range list {
		running[m.Name] = m.Status == "Running"
	}
	return running, nil
}

// Sound is one entry of Asterisk's list of sounds. What lies in a folder beside the languages' is listed with that
// folder as its language.
type Sound struct {
	ID       string // "beep", "digits/1"
	Language string
}

// Sounds lists what Asterisk can play, as of its last reload.
func (c *Client) Sounds(ctx context.Context) ([]Sound, error) {
	var list []struct {
		ID      string `json:"id"`
		Formats []struct {
			Language string `json:"language"`
		} `json:"formats"`
	}
	if err := c.request(ctx, "sounds", http.MethodGet, "/sounds", nil, &list); err != nil {
		return nil, err
	}
	var sounds []Sound
	for _, s := range list {
		for _, f := range s.Formats {
			sounds = append(sounds, Sound{s.ID, f.Language})
		}
	}
	return sounds, nil
}

// Variable is a global variable, such as "ASTETCDIR"; empty when it is not set.
func (c *Client) Variable(ctx context.Context, name string) (string, error) {
	var answer struct {
		Value string `json:"value"`
	}
	err := c.request(ctx, "variable", http.MethodGet, "/asterisk/variable?variable="+url.QueryEscape(name), nil, &answer)
	return answer.Value, err
}

// Clock is Asterisk's time, to the second.
func (c *Client) Clock(ctx context.Context) (time.Time, error) {
	text, err := c.Variable(ctx, "EPOCH")
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("asterisk's time %q: %w", text, err)
	}
	return time.Unix(seconds, 0), nil
}

// Registered tells whether some program holds the Stasis application of that name, or calls are still in it.
func (c *Client) Registered(ctx context.Context, app string) (bool, error) {
	var list []struct {
		Name string `json:"name"`
	}
	if err := c.request(ctx, "applications", http.MethodGet, "/applications", nil, &list); err != nil {
		return false, err
	}
	for _, a := range list {
		if a.Name == app {
			return true, nil
		}
	}
	return false, nil
}

// Setting reads a configuration object that is in force, such as ("res_pjsip", "global", "global").
func (c *Client) Setting(ctx context.Context, class, kind, id string) (map[string]string, error) {
	var list []struct {
		Attribute string `json:"attribute"`
		Value     string `json:"value"`
	}
	if err := c.request(ctx, "setting", http.MethodGet, dynamic(class, kind, id), nil, &list); err != nil {
		return nil, err
	}
	fields := make(map[string]string, len(list))
	for _, f := range list {
		fields[f.Attribute] = f.Value
	}
	return fields, nil
}

// Unconfigure removes an object that Configure wrote.
func (c *Client) Unconfigure(ctx context.Context, class, kind, id string) error {
	return c.request(ctx, "unconfigure", http.MethodDelete, dynamic(class, kind, id), nil, nil)
}

func dynamic(class, kind, id string) string {
	return "/asterisk/config/dynamic/" + class + "/" + kind + "/" + url.PathEscape(id)
}

// TryStream opens an event stream under an application name that nobody uses and closes it again.
func (c *Client) TryStream(ctx context.Context, app string) error {
	other := *c
	other.cfg.App = app
	ws, err := other.dial(ctx)
	if err != nil {
		return err
	}
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)) // spares Asterisk a line in its log
	return ws.Close()
}

// Reloaded is when Asterisk last read all its files.
func (c *Client) Reloaded(ctx context.Context) (time.Time, error) {
	var info struct {
		Status struct {
			Reloaded string `json:"last_reload_time"`
		} `json:"status"`
	}
	if err := c.request(ctx, "reloaded", http.MethodGet, "/asterisk/info?only=status", nil, &info); err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse("2006-01-02T15:04:05.000-0700", info.Status.Reloaded)
	if err != nil {
		return time.Time{}, fmt.Errorf("asterisk's reload time %q: %w", info.Status.Reloaded, err)
	}
	return at, nil
}
