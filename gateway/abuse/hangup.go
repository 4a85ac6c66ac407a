package abuse

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Rule is what a deployment allows. Some cities forbid agents to hang up at all.
type Rule struct {
	HangUp   bool          // agents may end an abusive call
	Warnings int           // that must have been given, at least one
	Least    time.Duration // that the conversation must have lasted
}

// Why a logged hang-up is refused.
var (
	ErrNotAllowed = errors.New("this hotline does not allow agents to end a call for abuse")
	ErrKind       = errors.New("a logged hang-up needs a reason")
	ErrNote       = fmt.Errorf("a logged hang-up needs a note of 1 to %d characters", MaxNote)
	ErrNotWarned  = errors.New("the caller must be warned first")
	ErrTooSoon    = errors.New("the conversation has not lasted long enough")
)

// Check says whether a call may be ended for abuse at now.
func (r Rule) Check(now, talking time.Time, done []Entry, kind Kind, note string) error {
	switch {
	case !r.HangUp:
		return ErrNotAllowed
	case !kind.Known():
		return ErrKind
	case strings.TrimSpace(note) == "" || utf8.RuneCountInString(note) > MaxNote:
		return ErrNote
	case Warnings(done) < max(1, r.Warnings):
		return ErrNotWarned
	case talking.IsZero() || now.Before(talking.Add(r.Least)):
		return ErrTooSoon
	}
	return nil
}

// Warnings is how often the caller was warned.
func Warnings(done []Entry) (n int) {
	for _, e := range done {
		if e.Warning() {
			n++
		}
	}
	return n
}
