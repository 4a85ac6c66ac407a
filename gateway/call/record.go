package call

import (
	"time"

	"hotline/gateway/calldata"
)

// Record is one call as PostgreSQL keeps it: raw times only, every figure is computed from them.
// A zero time means "did not happen". The journal writes the whole record at every change, so that
// writing it twice, or an older one before a newer one, does no harm.
type Record struct {
	ID         ID        `json:"id"`          // unique id of the caller's channel, which names the Asterisk node
	Direction  Direction `json:"direction"`   // who began it; empty in records of old is inbound
	Number     string    `json:"number"`      // caller's number as normalised; empty when withheld
	DNIS       string    `json:"dnis"`        // number that was dialled
	Line       string    `json:"line"`        // name of the line that served it
	Queue      string    `json:"queue"`       // queue of that line
	UnknownNo  bool      `json:"unknown_no"`  // the dialled number is in no directory: the default line served it
	Recorded   bool      `json:"recorded"`    // the line's conversations are recorded
	State      State     `json:"state"`       //
	Version    int       `json:"version"`     // changes so far
	ArrivedAt  time.Time `json:"arrived_at"`  // Asterisk handed the channel over
	AnsweredAt time.Time `json:"answered_at"` // caller's leg answered (greeting, music or agent)
	QueuedAt   time.Time `json:"queued_at"`   // began to wait for an agent
	TalkingAt  time.Time `json:"talking_at"`  // first agent and caller connected
	ReleasedAt time.Time `json:"released_at"` // the last agent who talked was through with it
	EndedAt    time.Time `json:"ended_at"`    //
	Agent      string    `json:"agent"`       // agent_no of the last agent who talked; outbound: who dialled
	Result     Result    `json:"result"`      // exactly one, when ended
	EndedBy    Party     `json:"ended_by"`    //
	Recording  string    `json:"recording"`   // name of the stored recording, empty when none

	Priority     string    `json:"priority"`         // why he was served before others, empty for most
	OverflowedAt time.Time `json:"overflowed_at"`    // his queue could not take him
	OverflowTo   string    `json:"overflow_to"`      // "queue:general", "message:surge"
	Refused      bool      `json:"refused"`          // never let into the queue
	LostWhy      string    `json:"lost_why"`         // what the queue said: no_agent, timeout, full
	Callback     string    `json:"callback"`         // number to call back at, when he asked for it while he waited
	CallbackID   string    `json:"callback_id"`      // outbound: the task it is an attempt of
	Reach        Reach     `json:"reach"`            // outbound: what came of dialling the citizen
	Rating       int       `json:"rating"`           // 1 (best) to 5, 0 when not given
	Pauses       []Span    `json:"pauses,omitempty"` // when the recording was paused
	Language     string    `json:"language"`         // that he chose to be served in, empty for Mandarin

	Secret bool `json:"secret"` // he asked for secrecy: who he is is shown to nobody without the right

	CameFrom *calldata.Data `json:"came_from,omitempty"` // what the hotline or service that handed him to us said; nil: he dialled us
}

// InRecording is where in the recording a moment is found, counted from its start. What was not recorded takes no time.
func (r Record) InRecording(at time.Time) time.Duration {
	into := at.Sub(r.TalkingAt)
	for _, p := range r.Pauses {
		if !p.From.Before(at) {
			break
		}
		if p.To.IsZero() || p.To.After(at) {
			p.To = at
		}
		into -= p.To.Sub(p.From)
	}
	return max(0, into)
}

// LegRecord is one leg (channel) of a call.
type LegRecord struct {
	ID        LegID     `json:"id"`
	Call      ID        `json:"call"`
	Role      Role      `json:"role"`
	Agent     string    `json:"agent"` // agent_no, empty for the caller's leg
	CreatedAt time.Time `json:"created_at"`
	UpAt      time.Time `json:"up_at"`
	GoneAt    time.Time `json:"gone_at"`
	Cause     int       `json:"cause"`              // Q.850 hang-up cause, 0 while it lives
	Together  []Span    `json:"together,omitempty"` // when it was in the conversation
}

// OfferRecord is one offer of a call to an agent and how it ended.
type OfferRecord struct {
	Call    ID        `json:"call"`
	N       int       `json:"n"` // 1, 2, … within the call
	Agent   string    `json:"agent"`
	At      time.Time `json:"at"`
	EndedAt time.Time `json:"ended_at"`
	Outcome Outcome   `json:"outcome"` // empty while it rings
	Reason  string    `json:"reason"`  // an agent's reason for refusing
}

// Change is one change of a call's state.
type Change struct {
	Call  ID        `json:"call"`
	Seq   int       `json:"seq"` // the call's version after it
	At    time.Time `json:"at"`
	From  State     `json:"from"`
	To    State     `json:"to"`
	Cause string    `json:"cause"` // name of the event that made it
}

// Disposition is what the agent wrote down about a call.
type Disposition struct {
	Call  ID        `json:"call"`
	Agent string    `json:"agent"`
	Kind  string    `json:"kind"` // consultation, help, complaint, report, suggestion, praise
	Note  string    `json:"note"`
	At    time.Time `json:"at"`
}
