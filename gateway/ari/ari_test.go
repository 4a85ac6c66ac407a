package ari_test

import (
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	ariv5 "github.com/CyCoreSystems/ari/v5"
	"go.uber.org/goleak"

	"hotline/gateway/ari"
	"hotline/gateway/ari/aritest"
)

func TestMain(m *testing.M) {
	ari.PoolConnections()
	goleak.VerifyTestMain(m,
		// the pool looks for idle connections a while after the last one
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*HostClient).connsCleaner"))
}

// client is a client of a pretended Asterisk that is reached over the network.
func client(t *testing.T, s *aritest.Server) (*ari.Client, *meter) {
	m := &meter{}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	return ari.New(ari.Config{
		URL: s.URL + "/", User: aritest.User, Password: aritest.Password, App: "hotline", Log: log, Meter: m,
	}), m
}

// meter remembers what it was told.
type meter struct {
	mu        sync.Mutex
	requests  []string
	failed    []string
	events    []string
	skipped   []string
	connected []bool
}

func (m *meter) ARIRequest(operation string, _ time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests = append(m.requests, operation)
	if err != nil {
		m.failed = append(m.failed, operation)
	}
}

func (m *meter) ARIEvent(kind string, _ time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events = append(m.events, kind)
}

func (m *meter) ARISkipped(reason string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.skipped = append(m.skipped, reason)
}

func (m *meter) ARIConnected(up bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.connected = append(m.connected, up)
}

func (m *meter) of(list *[]string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(*list)
}

// ear is a Handler that remembers.
type ear struct {
	mu     sync.Mutex
	ups    []string
	downs  []error
	events []ariv5.Event
}

func (e *ear) Up(version string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ups = append(e.ups, version)
}

func (e *ear) Down(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.downs = append(e.downs, err)
}

func (e *ear) Event(ev ariv5.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, ev)
}

func (e *ear) upTimes() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.ups)
}

func (e *ear) heard() []ariv5.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.events)
}

func (e *ear) lastDown() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.downs) == 0 {
		return nil
	}
	return e.downs[len(e.downs)-1]
}

func TestVersionsAreCompared(t *testing.T) {
	t.Parallel()
	for version, enough := range map[string]bool{
		"22.10.1": true, "22.10.1+dfsg+~cs6.17": true, "22.10.1~dfsg": true, "22.11.0-rc1": true, "23.0.0": true,
		"certified-22.10.1": true, "22.10.0": false, "22.9.9": false, "20.19.0": false, "22": false, "": false,
		"GIT-master-abc": false,
	} {
		if ari.AtLeast(version) != enough {
			t.Errorf("%q: want %v", version, enough)
		}
	}
}
