package call

import (
	"testing"
	"time"
)

func TestAMomentIsFoundInTheRecording(t *testing.T) {
	t0 := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	at := func(s int) time.Time { return t0.Add(time.Duration(s) * time.Second) }
	var pauses []Span
	for _, p := range []struct {
		s     int
		pause bool
	}{{10, true}, {12, true}, {20, false}, {25, false}, {30, true}} {
		pauses = paused(pauses, p.pause, at(p.s))
	}
	r := Record{TalkingAt: t0, Pauses: pauses}
	for s, want := range map[int]int{-1: 0, 0: 0, 5: 5, 10: 10, 15: 10, 20: 10, 22: 12, 30: 20, 99: 20} {
		if got := r.InRecording(at(s)); got != time.Duration(want)*time.Second {
			t.Errorf("second %d of the call is at %v of the recording, want %d s", s, got, want)
		}
	}
}
