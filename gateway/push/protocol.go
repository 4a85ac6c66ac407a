// Package push is the link to the agents' consoles over WebSocket, protocol hotline.console.v1: a snapshot, then
// numbered events with resume, latest-value figures, and commands that act once however often they are sent.
package push

import (
	"encoding/json"
	"time"

	"hotline/gateway/switchboard"
)

//go:generate go run ./schemagen

// Subprotocol is the version of the console's protocol, negotiated as the WebSocket subprotocol.
const Subprotocol = "hotline.console.v1"

// Close codes. 4000–4099: stop, do not reconnect by yourself; 4100–4199: reconnect and resume.
const (
	CloseSignedOut   = 4000 // the web session ended
	CloseTakenOver   = 4001 // the same agent opened a second place
	CloseBuildTooOld = 4002 // the page must be loaded anew
	CloseBadFrame    = 4003 // a frame broke the protocol
	CloseSlow        = 4100 // the console did not keep up: more than 256 frames or 1 MiB waiting
	CloseRestart     = 4101 // the gateway is stopping
	CloseSilent      = 4102 // no frame within three heartbeats
)

// ServerFrame is what the gateway sends; T tells which fields are set.
type ServerFrame struct {
	T         string             `json:"t" jsonschema:"enum=hello,enum=snapshot,enum=event,enum=tick,enum=ack,enum=res,enum=pong"`
	SID       string             `json:"sid,omitempty"`       // hello: the session this connection can start; pong that ends a replay: the session resumed
	Epoch     string             `json:"epoch,omitempty"`     // hello: changes when the gateway restarts; numbers of another epoch mean nothing
	Heartbeat int                `json:"heartbeat,omitempty"` // hello: seconds between pings the console sends
	Build     string             `json:"build,omitempty"`     // hello: version of the gateway and its page
	Seq       uint64             `json:"seq,omitempty"`       // snapshot (1), event (2, 3, …): dense per session
	ID        string             `json:"id,omitempty"`        // event: ULID; ack, res: the command's id
	At        *time.Time         `json:"at,omitempty"`        // event, snapshot: gateway's clock
	Kind      string             `json:"kind,omitempty"`      // event
	Desk      *switchboard.Desk  `json:"desk,omitempty"`      // snapshot, event: the whole desk after it
	Topic     string             `json:"topic,omitempty"`     // tick
	Value     json.RawMessage    `json:"value,omitempty"`     // tick
	OK        *bool              `json:"ok,omitempty"`        // res
	Result    json.RawMessage    `json:"result,omitempty"`    // res, when ok
	Error     *switchboard.Error `json:"error,omitempty"`     // res, when not ok
}

// ClientFrame is what a console sends; T tells which fields count.
type ClientFrame struct {
	T     string          `json:"t" jsonschema:"enum=start,enum=resume,enum=cmd,enum=ping"`
	Page  string          `json:"page,omitempty"`  // start, resume: random id of this load of the page
	SID   string          `json:"sid,omitempty"`   // resume
	Epoch string          `json:"epoch,omitempty"` // resume
	Seq   uint64          `json:"seq,omitempty"`   // resume: last event received
	ID    string          `json:"id,omitempty"`    // cmd: made at the click, unique for this agent
	Name  string          `json:"name,omitempty"`  // cmd
	Args  json.RawMessage `json:"args,omitempty"`  // cmd
	Call  string          `json:"call,omitempty"`  // cmd
	Ver   int             `json:"ver,omitempty"`   // cmd
}
