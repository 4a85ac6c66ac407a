package ari_test

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/gateway/ari"
	"hotline/gateway/ari/aritest"
)

// TestCommands asks for everything once: what goes over the wire, and what Asterisk's refusals become.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		run  func(*ari.Client) error
		want string
		body string // part of it
	}{
		{"answer", func(c *ari.Client) error { return c.Answer("c1") }, "POST /channels/c1/answer", ""},
		{"hangup", func(c *ari.Client) error { return c.HangUp("c1") }, "DELETE /channels/c1?reason=normal", ""},
		{"start_music", func(c *ari.Client) error { return c.StartMusic("c1") }, "POST /channels/c1/moh", "default"},
		{"stop_music", func(c *ari.Client) error { return c.StopMusic("c1") }, "DELETE /channels/c1/moh", ""},
		{"stop_play", func(c *ari.Client) error { return c.StopPlay("c1.p1") }, "DELETE /playbacks/c1.p1", ""},
		{"make_bridge", func(c *ari.Client) error { return c.MakeBridge("c1.b") }, "POST /bridges/c1.b?type=mixing", ""},
		{"drop_bridge", func(c *ari.Client) error { return c.DropBridge("c1.b") }, "DELETE /bridges/c1.b", ""},
		{"join", func(c *ari.Client) error { return c.Join("c1.b", "c1") }, "POST /bridges/c1.b/addChannel?channel=c1", ""},
		{"part", func(c *ari.Client) error { return c.Part("c1.b", "c1") }, "POST /bridges/c1.b/removeChannel", "c1"},
		{"ring", func(c *ari.Client) error { return c.Ring("c1") }, "POST /channels/c1/ring", ""},
		{"mute", func(c *ari.Client) error { return c.Mute("c1", true) }, "POST /channels/c1/mute", "in"},
		{"mute", func(c *ari.Client) error { return c.Mute("c1", false) }, "DELETE /channels/c1/mute", "in"},
		{"record", func(c *ari.Client) error { return c.Record("c1.b", "c1") }, "POST /bridges/c1.b/record", "append"},
		{"play", func(c *ari.Client) error { return c.Play("c1", "c1.p1", []string{"hotline/a", "hotline/b"}) },
			"POST /channels/c1/play/c1.p1?media=sound%3Ahotline%2Fa%2Csound%3Ahotline%2Fb", ""},
		{"originate", func(c *ari.Client) error {
			return c.Originate(ari.Origination{
				Channel: "c1.a1.8001", Endpoint: "PJSIP/agent-8001", Originator: "c1", Timeout: 25 * time.Second,
				Variables: map[string]string{"X": "1"},
			})
		}, "POST /channels", `"timeout":25,"variables":{"FORWARD_CONTEXT":"hotline-nowhere","X":"1"}`},
		{"configure", func(c *ari.Client) error {
			return c.Configure(t.Context(), "res_pjsip", "aor", "agent-8001", map[string]string{"max_contacts": "1"})
		}, "PUT /asterisk/config/dynamic/res_pjsip/aor/agent-8001", `{"attribute":"max_contacts","value":"1"}`},
		{"unconfigure", func(c *ari.Client) error {
			return c.Unconfigure(t.Context(), "res_pjsip", "aor", "x")
		}, "DELETE /asterisk/config/dynamic/res_pjsip/aor/x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := aritest.New(t)
			cl, m := client(t, s)
			if err := c.run(cl); err != nil {
				t.Fatal(err)
			}
			asked := s.Requests()
			if len(asked) != 1 || !strings.HasPrefix(asked[0].String(), c.want) {
				t.Fatalf("asked for %v, want %s", asked, c.want)
			}
			if !strings.Contains(asked[0].Path+asked[0].Body, c.body) {
				t.Errorf("no %q in %s", c.body, asked[0].Body)
			}
			request, _, _ := strings.Cut(asked[0].String(), "?")
			s.Answer(request, http.StatusNotFound, `{"message":"Channel not found"}`)
			if err := c.run(cl); !errors.Is(err, ari.ErrNotFound) || !strings.HasPrefix(err.Error(), c.name) {
				t.Errorf("404 became %v", err)
			}
			s.Answer(request, http.StatusUnprocessableEntity, `{"message":"Channel not in Stasis"}`)
			if err := c.run(cl); err == nil || errors.Is(err, ari.ErrNotFound) || !strings.Contains(err.Error(), "422") {
				t.Errorf("422 became %v", err)
			}
			if done, failed := m.of(&m.requests), m.of(&m.failed); len(done) != 3 || len(failed) != 2 || done[0] != c.name {
				t.Errorf("counted %v, failed %v", done, failed)
			}
		})
	}
}

func TestACommandToADeadAsteriskFails(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c, _ := client(t, s)
	s.Stop()
	if err := c.Answer("c1"); err == nil || errors.Is(err, ari.ErrNotFound) {
		t.Errorf("answer: %v", err)
	}
	if _, err := c.Version(t.Context()); err == nil {
		t.Error("it has a version")
	}
}

// Connections kept from before Asterisk's restart are dead; the first commands after it must not be lost with them.
func TestCommandsOutliveTheConnectionsOfTheirPool(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c, _ := client(t, s)
	for range 3 {
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() {
				if err := c.MakeBridge(fmt.Sprint("c", n, ".b")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		s.Forget()
	}
}

// Without a pool every request of a burst leaves a connection behind: 2,000 requests opened 1,998.
func TestConnectionsArePooled(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c, _ := client(t, s)
	const atOnce, rounds, idlePerHost = 32, 30, 256
	for range rounds {
		var all sync.WaitGroup
		for n := range atOnce {
			all.Go(func() {
				if err := c.Answer(fmt.Sprint("c", n)); err != nil {
					t.Error(err)
				}
				if _, err := c.Bridges(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	// A connection that is being made when another falls free is kept too, up to the pool's size.
	if n := s.Accepted(); n > idlePerHost+atOnce {
		t.Errorf("%d connections for %d requests, %d at once", n, 2*atOnce*rounds, atOnce)
	}
}

func TestCensus(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c, _ := client(t, s)
	s.Answer("GET /channels", 200, `[{"id":"c1","state":"Up","creationtime":"2026-11-21T08:00:00.250+0000","caller":{"number":"13800001234"},
		"dialplan":{"app_name":"Stasis","app_data":"hotline,inbound,12345"}},{"id":"c1.a1.8001","state":"Down","creationtime":"?"}]`)
	s.Answer("GET /bridges", 200, `[{"id":"c1.b","channels":["c1"]},{"id":"x"}]`)
	s.Answer("GET /endpoints/PJSIP", 200, `[{"resource":"agent-8001","state":"online"},{"resource":"agent-8002","state":"unknown"}]`)
	s.Answer("GET /asterisk/info", 200, `{"status":{"startup_time":"2026-11-21T07:00:00.000+0000"}}`)
	channels, err := c.Channels(t.Context())
	want := []ari.Channel{
		{ID: "c1", Up: true, Caller: "13800001234", App: "Stasis", AppData: "hotline,inbound,12345",
			Created: time.Date(2026, 11, 21, 8, 0, 0, 250e6, time.UTC)},
		{ID: "c1.a1.8001"},
	}
	if err != nil || !cmp.Equal(want, channels) {
		t.Errorf("channels: %v\n%s", err, cmp.Diff(want, channels))
	}
	bridges, err := c.Bridges(t.Context())
	if err != nil || len(bridges) != 2 || len(bridges["c1.b"]) != 1 {
		t.Errorf("bridges: %v, %v", bridges, err)
	}
	online, err := c.Endpoints(t.Context())
	if err != nil || !maps.Equal(online, map[string]bool{"agent-8001": true, "agent-8002": false}) {
		t.Errorf("endpoints: %v, %v", online, err)
	}
	started, err := c.Started(t.Context())
	if err != nil || started.Hour() != 7 {
		t.Errorf("started: %v, %v", started, err)
	}
}

func TestRecordingIsStreamed(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c, _ := client(t, s)
	s.Answer("GET /recordings/stored/c1/file", 200, "RIFF")
	file, size, err := c.Recording(t.Context(), "c1")
	if err != nil || size != 4 {
		t.Fatalf("%d bytes, %v", size, err)
	}
	defer file.Close()
	if data, err := io.ReadAll(file); string(data) != "RIFF" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
	s.Answer("GET /recordings/stored/c2/file", 404, `{"message":"Recording not found"}`)
	if _, _, err := c.Recording(t.Context(), "c2"); !errors.Is(err, ari.ErrNotFound) {
		t.Errorf("a recording that is not there: %v", err)
	}
}

func TestInspection(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c, _ := client(t, s)
	s.Answer("GET /asterisk/modules", 200, `[{"name":"res_ari.so","status":"Running"},{"name":"res_srtp.so","status":"Not Running"}]`)
	s.Answer("GET /sounds", 200, `[{"id":"please_wait","formats":[{"language":"hotline"}]},{"id":"hotline/x","formats":[{"language":"en"}]}]`)
	s.Answer("GET /asterisk/variable", 200, `{"value":"1795294573"}`)
	s.Answer("GET /applications", 200, `[{"name":"hotline"}]`)
	s.Answer("GET /asterisk/config/dynamic/res_pjsip/global/global", 200, `[{"attribute":"user_agent","value":"x"}]`)
	modules, err := c.Modules(t.Context())
	if err != nil || !maps.Equal(modules, map[string]bool{"res_ari.so": true, "res_srtp.so": false}) {
		t.Errorf("modules: %v, %v", modules, err)
	}
	sounds, err := c.Sounds(t.Context())
	if want := []ari.Sound{{ID: "please_wait", Language: "hotline"}, {ID: "hotline/x", Language: "en"}}; err != nil || !cmp.Equal(want, sounds) {
		t.Errorf("sounds: %v, %v", sounds, err)
	}
	clock, err := c.Clock(t.Context())
	if err != nil || clock.Unix() != 1795294573 {
		t.Errorf("clock: %v, %v", clock, err)
	}
	for app, want := range map[string]bool{"hotline": true, "other": false} {
		if held, err := c.Registered(t.Context(), app); held != want || err != nil {
			t.Errorf("application %s: %v, %v", app, held, err)
		}
	}
	global, err := c.Setting(t.Context(), "res_pjsip", "global", "global")
	if err != nil || global["user_agent"] != "x" {
		t.Errorf("setting: %v, %v", global, err)
	}
	if err := c.TryStream(t.Context(), "probe"); err != nil || s.Opened() != 1 {
		t.Errorf("stream: %v", err)
	}
	s.Answer("GET /asterisk/variable", 200, `{"value":""}`)
	if _, err := c.Clock(t.Context()); err == nil {
		t.Error("an Asterisk without a clock has a time")
	}
}
