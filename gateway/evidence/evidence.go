// Package evidence makes a bundle of abusive calls for the police: a zip with the calls, what agents noted of them, the
// recordings, and a signed manifest that names every file with its hash. It is written as it is read: of however many
// calls, only one is in memory at a time.
package evidence

import (
	"crypto/ed25519"
	"encoding/base64"
	"iter"
	"time"

	"hotline/gateway/abuse"
)

// Format names the kind of bundle in its manifest.
const Format = "hotline-evidence/1"

// MaxRecordings bounds how many recordings one bundle holds: a zip's list of contents stays in memory until its end. Who
// needs more takes one part of the time after the other.
const MaxRecordings = 10_000

// The files beside the recordings.
const (
	callsFile     = "calls.csv"
	notesFile     = "notes.csv"
	manifestFile  = "manifest.json"
	signatureFile = "manifest.sig"
)

// Subject is what a bundle is about.
type Subject struct {
	Number string    `json:"number"`         // of the caller, empty when withheld
	Call   string    `json:"call,omitempty"` // one call alone
	From   time.Time `json:"from,omitzero"`  // calls that arrived at or after
	To     time.Time `json:"to"`             // and before
}

// Call is one call as a bundle tells it.
type Call struct {
	ID, DNIS, Line, Agent, Result, EndedBy string
	ArrivedAt, TalkingAt, EndedAt          time.Time
	Recording                              string // name in the store, empty when none
	Notes                                  []abuse.Entry
	HandOvers                              []HandOver
}

// HandOver is how the call went to an emergency service.
type HandOver struct {
	Service  string // "110"
	By       string // agent_no
	At       time.Time
	Answered time.Time
	Result   string
}

// Calls lists the calls of a bundle, each time from the beginning. It is asked three times.
type Calls func() iter.Seq2[Call, error]

// File is one file of a bundle.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Manifest says what a bundle holds. It is what is signed.
type Manifest struct {
	Format    string    `json:"format"`
	Subject   Subject   `json:"subject"`
	MadeAt    time.Time `json:"made_at"`
	MadeBy    string    `json:"made_by"` // agent_no
	Reason    string    `json:"reason"`
	Calls     int       `json:"calls"`
	Files     []File    `json:"files"`
	Missing   []string  `json:"recordings_missing"`  // calls whose recording could not be read, at most 1000
	LeftOut   int       `json:"recordings_left_out"` // beyond MaxRecordings, or missing beyond 1000
	PublicKey string    `json:"public_key"`          // Ed25519, base64
}

// Key is the deployment's key for signing bundles, made of its hash key, which never rotates. Whoever checks a bundle
// needs its public half alone.
func Key(hash func(purpose, text string) []byte) ed25519.PrivateKey {
	seed := append(hash("evidence key", "first half"), hash("evidence key", "second half")...)
	return ed25519.NewKeyFromSeed(seed)
}

// Public is the public half in words.
func Public(key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}
