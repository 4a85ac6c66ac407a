// Package clocktest makes times as they are after somebody has set the wall clock: what a time shows jumps, what passed
// between two times does not. Go's times carry both, and nothing else in Go can set them apart.
package clocktest

import (
	"time"
	"unsafe"
)

// inside is how a time.Time is made that carries a reading of the clock that nobody sets.
type inside struct {
	wall    uint64 // a flag, seconds since 1885, and 30 bits of nanoseconds
	reading int64  // nanoseconds
	_       *time.Location
}

const (
	hasReading = 1 << 63
	secondsAt  = 30
)

var since1885 = time.Date(1885, 1, 1, 0, 0, 0, 0, time.UTC)

// Set is the same instant as a clock shows it that was set forward by whole seconds, or back where by is negative. t
// comes from time.Now; in a bubble of testing/synctest, where times have no reading of the other clock, it gets one.
func Set(t time.Time, by time.Duration) time.Time {
	reading := inside{wall: hasReading}
	passed := -time.Until(*(*time.Time)(unsafe.Pointer(&reading))) // the other clock, now
	if at := (*inside)(unsafe.Pointer(&t)); at.wall&hasReading != 0 {
		reading.reading = at.reading
	} else {
		reading.reading = int64(passed - time.Since(t))
	}
	shown := t.Round(0).Add(by)
	reading.wall |= uint64(shown.Unix()-since1885.Unix())<<secondsAt | uint64(shown.Nanosecond())
	set := *(*time.Time)(unsafe.Pointer(&reading))
	return set
}
