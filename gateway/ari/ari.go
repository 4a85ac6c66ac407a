// Package ari talks to one Asterisk: an event stream that heals itself (Listen) and commands (Client). It knows
// channels, bridges and recordings, nothing of calls, queues or agents.
//
// Types and most commands are CyCoreSystems/ari/v5's. Its connection and event bus are left aside: they panic on
// events they cannot decode, drop events silently and never notice a dead peer.
package ari

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/CyCoreSystems/ari/v5/client/native"
)

// MinVersion is the oldest Asterisk served: ARI deadlocks were fixed in 22.10.0, security faults in 22.10.1.
const MinVersion = "22.10.1"

// Deadlines of requests and of the event stream.
const (
	requestTimeout = 5 * time.Second
	pingEvery      = 5 * time.Second
	silenceLimit   = 15 * time.Second // of the event stream, pongs included
	idlePerHost    = 256
)

// What can be wrong with the link; each message says what to do.
var (
	ErrCredentials = errors.New("asterisk refuses the ARI user or password: compare HOTLINE_ARI_USER and HOTLINE_ARI_PASSWORD with ari.conf")
	ErrTooOld      = errors.New("asterisk is older than " + MinVersion + ": install a newer one")
	ErrReplaced    = errors.New("another program took this ARI application name: stop the other gateway or give this one another HOTLINE_ARI_APP")
	ErrNotFound    = errors.New("no such thing in asterisk")
)

// Config is how Asterisk is reached.
type Config struct {
	URL      string // "http://127.0.0.1:8088/ari"
	User     string
	Password string
	App      string // Stasis application name
	Log      *slog.Logger
	Meter    Meter
}

// Meter counts what the link does; all methods are safe from any goroutine.
type Meter interface {
	ARIRequest(operation string, d time.Duration, err error)
	ARIEvent(kind string, lag time.Duration)
	ARISkipped(reason string)
	ARIConnected(up bool)
}

// Client sends commands to Asterisk. It is safe for concurrent use.
type Client struct {
	cfg    Config
	native *native.Client
	http   *http.Client
	hot    *hotClient
	dialer func(ctx context.Context, network, address string) (net.Conn, error) // nil: the network's own
}

// New makes a client; it does not connect.
func New(cfg Config) *Client {
	cfg.URL = strings.TrimRight(cfg.URL, "/")
	return &Client{
		cfg: cfg,
		native: native.New(&native.Options{
			Application: cfg.App, URL: cfg.URL, Username: cfg.User, Password: cfg.Password,
		}),
		http: &http.Client{Timeout: requestTimeout},
		hot:  newHotClient(cfg),
	}
}

// PoolConnections gives http.DefaultTransport, which ari/v5's client uses and cannot be told otherwise, enough idle
// connections and a deadline. The program calls it once where it starts.
func PoolConnections() {
	t := http.DefaultTransport.(*http.Transport)
	t.MaxIdleConns = 2 * idlePerHost
	t.MaxIdleConnsPerHost = idlePerHost
	t.ResponseHeaderTimeout = requestTimeout
}

// AtLeast compares Asterisk versions such as "22.10.1~dfsg+~cs6" with MinVersion.
func AtLeast(version string) bool {
	have, want := numbers(version), numbers(MinVersion)
	for i := range want {
		if have[i] != want[i] {
			return have[i] > want[i]
		}
	}
	return true
}

// numbers are the first three numbers of a version; what is missing or unreadable is 0.
func numbers(version string) [3]int {
	var n [3]int
	version = strings.TrimPrefix(version, "certified-")
	for i, part := range strings.SplitN(version, ".", 3) {
		end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		if end >= 0 {
			part = part[:end]
		}
		n[i], _ = strconv.Atoi(part)
	}
	return n
}

func tooOld(version string) error { return fmt.Errorf("asterisk %s: %w", version, ErrTooOld) }
