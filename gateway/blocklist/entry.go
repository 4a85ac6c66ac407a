package blocklist

import "time"

// State is where an entry stands.
type State string

// The states of an entry. One that is approved blocks until it ends.
const (
	Proposed State = "proposed"
	Approved State = "approved"
	Rejected State = "rejected"
	Lifted   State = "lifted" // before its end, or replaced by a newer one
)

// Channel is where a blocked caller was met.
type Channel string

// ByPhone is the telephone; the others name themselves: "web", "app", "wechat".
const ByPhone Channel = "phone"

// Hit is one time that the list kept somebody out.
type Hit struct {
	ID      string    `json:"id"` // ULID, or the call's id: written twice, it is one row
	Entry   string    `json:"entry"`
	Channel Channel   `json:"channel"`
	Call    string    `json:"call"` // by telephone
	At      time.Time `json:"at"`
}

// Limits of an entry.
const (
	MaxReason   = 500
	MaxEvidence = 50 // calls
)
