package ari_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	ariv5 "github.com/CyCoreSystems/ari/v5"

	"hotline/gateway/ari"
	"hotline/gateway/ari/aritest"
)

// scene is a client that listens to a pretended Asterisk, in a bubble where time passes as fast as it can.
type scene struct {
	*aritest.Server
	ear   *ear
	meter *meter
	log   *lines
}

// lines is a log's text.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// count is how many lines have text.
func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// listening plays one scene: prepare (nil for nothing) comes before the client connects.
func listening(t *testing.T, prepare func(*aritest.Server), play func(s *scene)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &scene{Server: aritest.InMemory(t), ear: &ear{}, meter: &meter{}, log: &lines{}}
		if prepare != nil {
			prepare(s.Server)
		}
		c := ari.New(ari.Config{
			URL: s.URL, User: aritest.User, Password: aritest.Password, App: "hotline",
			Log: slog.New(slog.NewTextHandler(s.log, nil)), Meter: s.meter,
		})
		c.DialWith(s.Dial)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- c.Listen(ctx, s.ear) }()
		synctest.Wait()
		play(s)
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Listen: %v", err)
		}
	})
}

const answered = `{"type":"ChannelStateChange","application":"hotline","timestamp":"2026-11-21T08:00:00.000+0000","channel":{"id":"c1","state":"Up"}}`

func TestEventsComeInOrderAndOnlyTheWantedOnesAreAskedFor(t *testing.T) {
	listening(t, nil, func(s *scene) {
		s.Send(`{"type":"StasisStart","application":"hotline","args":["inbound","12345"],"channel":{"id":"c1","state":"Ring"}}`)
		s.Send(answered)
		s.Send(`{"type":"ChannelDestroyed","application":"hotline","cause":16,"channel":{"id":"c1"}}`)
		synctest.Wait()
		heard := s.ear.heard()
		if len(heard) != 3 {
			t.Fatalf("heard %d events", len(heard))
		}
		start, ok := heard[0].(*ariv5.StasisStart)
		if !ok || start.Channel.ID != "c1" || len(start.Args) != 2 || start.Args[1] != "12345" {
			t.Errorf("first: %+v", heard[0])
		}
		if gone, ok := heard[2].(*ariv5.ChannelDestroyed); !ok || gone.Cause != 16 {
			t.Errorf("last: %+v", heard[2])
		}
		var filter string
		for _, r := range s.Requests() {
			if r.String() == "PUT /applications/hotline/eventFilter" {
				filter = r.Body
			}
		}
		if !strings.Contains(filter, `{"allowed":[{"type":"StasisStart"}`) || strings.Contains(filter, "ChannelVarset") {
			t.Errorf("the event filter is %q", filter)
		}
	})
}

func TestWhatCannotBeUnderstoodIsSkippedAndCounted(t *testing.T) {
	listening(t, nil, func(s *scene) {
		for _, bad := range []string{
			`{"type":"ChannelToneDetected","channel":{"id":"c1"}}`, // new in Asterisk 22
			`{"type":"NeverHeardOf"}`, `{"type":7}`, `{}`, `[]`, `null`, ``, `not json`, "\x00\xff",
			`{"type":"ChannelDestroyed","cause":"text where a number should be"}`,
			strings.Repeat(`[`, 20_000),
		} {
			s.Send(bad)
		}
		s.Send(answered)
		synctest.Wait()
		if n := len(s.meter.of(&s.meter.skipped)); n != 11 {
			t.Errorf("%d events counted as skipped", n)
		}
		if heard := s.ear.heard(); len(heard) != 1 || heard[0].GetType() != "ChannelStateChange" {
			t.Errorf("heard %v", heard)
		}
		if s.ear.upTimes() != 1 || s.Opened() != 1 {
			t.Error("the stream was given up")
		}
	})
}

// A fault that a person must mend is said once, with what to do, and healed within seconds of being mended.
func TestFaultsAreSaidOnceAndHeal(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name        string
		break_, fix func(*aritest.Server)
		advice      string
	}{
		{
			"wrong password",
			func(s *aritest.Server) { s.SetPassword("another") },
			func(s *aritest.Server) { s.SetPassword(aritest.Password) },
			"compare HOTLINE_ARI_USER and HOTLINE_ARI_PASSWORD with ari.conf",
		},
		{
			"too old",
			func(s *aritest.Server) { s.SetVersion("20.11.1") },
			func(s *aritest.Server) { s.SetVersion("22.11.0") },
			"asterisk 20.11.1: asterisk is older than 22.10.1: install a newer one",
		},
		{
			"no event stream",
			func(s *aritest.Server) { s.Answer("GET /events", 503, `{"message":"session limit"}`) },
			func(s *aritest.Server) { s.Answer("GET /events", 0, "") },
			"open event stream",
		},
		{
			"no event filter",
			func(s *aritest.Server) {
				s.Answer("PUT /applications/hotline/eventFilter", 400, `{"message":"bad filter"}`)
			},
			func(s *aritest.Server) { s.Answer("PUT /applications/hotline/eventFilter", 204, "") },
			"asterisk answers 400: bad filter",
		},
		{
			"an answer that is no JSON",
			func(s *aritest.Server) { s.Answer("GET /asterisk/info", 200, "<html>") },
			func(s *aritest.Server) { s.Answer("GET /asterisk/info", 200, `{"system":{"version":"22.10.1"}}`) },
			"version: invalid character",
		},
	} {
		t.Run(f.name, func(t *testing.T) {
			listening(t, f.break_, func(s *scene) {
				time.Sleep(time.Minute) // in the bubble
				if s.ear.upTimes() != 0 || s.log.count(f.advice) != 1 {
					t.Errorf("after a minute of it: up %d times, said %d times", s.ear.upTimes(), s.log.count(f.advice))
				}
				f.fix(s.Server)
				time.Sleep(6 * time.Second)
				if s.ear.upTimes() != 1 {
					t.Error("mended, and still not up")
				}
			})
		})
	}
}

func TestAStreamThatWasTakenSaysSo(t *testing.T) {
	listening(t, nil, func(s *scene) {
		s.Send(`{"type":"ApplicationReplaced","application":"hotline"}`)
		synctest.Wait()
		if err := s.ear.lastDown(); !errors.Is(err, ari.ErrReplaced) || !strings.Contains(err.Error(), "HOTLINE_ARI_APP") {
			t.Errorf("down: %v", err)
		}
		time.Sleep(4 * time.Second)
		if s.Opened() != 1 {
			t.Error("two gateways would steal the stream from each other without a pause")
		}
		time.Sleep(2 * time.Second)
		if s.ear.upTimes() != 2 {
			t.Error("did not try again")
		}
	})
}

func TestADroppedStreamComesBackAtOnce(t *testing.T) {
	listening(t, nil, func(s *scene) {
		for n := range 5 {
			s.Drop()
			time.Sleep(100 * time.Millisecond)
			if s.ear.upTimes() != n+2 {
				t.Fatalf("after %d drops up %d times", n+1, s.ear.upTimes())
			}
		}
		s.Send(answered)
		synctest.Wait()
		if len(s.ear.heard()) != 1 {
			t.Error("the new stream says nothing")
		}
	})
}

func TestSilenceIsNoticed(t *testing.T) {
	listening(t, nil, func(s *scene) {
		time.Sleep(time.Hour) // pongs alone keep it up
		if s.ear.upTimes() != 1 || s.ear.lastDown() != nil {
			t.Fatalf("an hour without events: up %d times, down %v", s.ear.upTimes(), s.ear.lastDown())
		}
		s.Silence()
		time.Sleep(21 * time.Second) // at most one ping more, then 15 s
		if s.ear.lastDown() == nil {
			t.Error("a dead Asterisk was not noticed within 21 s")
		}
	})
}

func TestTriesGrowRareButNeverStop(t *testing.T) {
	listening(t, func(s *aritest.Server) { s.Answer("GET /asterisk/info", 500, "{}") }, func(s *scene) {
		const request = "GET /asterisk/info"
		time.Sleep(time.Second)
		if n := s.Asked(request); n < 3 || n > 6 {
			t.Errorf("%d tries in the first second", n)
		}
		time.Sleep(time.Minute)
		before := s.Asked(request)
		time.Sleep(time.Minute)
		if n := s.Asked(request) - before; n < 60*2/5 || n > 30 { // every 2 to 2.5 s
			t.Errorf("%d tries a minute", n)
		}
	})
}

func TestADeadAsteriskIsWaitedFor(t *testing.T) {
	listening(t, nil, func(s *scene) {
		s.Stop()
		time.Sleep(10 * time.Minute)
		if s.ear.lastDown() == nil || s.log.count("connection refused") != 1 {
			t.Errorf("down %v, said %d times", s.ear.lastDown(), s.log.count("connection refused"))
		}
	})
}

func TestTheMeterFollowsTheStream(t *testing.T) {
	listening(t, nil, func(s *scene) {
		s.Send(answered)
		s.Drop()
		time.Sleep(time.Second)
		s.meter.mu.Lock()
		defer s.meter.mu.Unlock()
		if want := []bool{true, false, true}; len(s.meter.connected) != 3 || s.meter.connected[1] != want[1] {
			t.Errorf("connected: %v", s.meter.connected)
		}
	})
}
