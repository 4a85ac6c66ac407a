package clocktest

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestASetClockShowsAnotherTimeAndMeasuresTheSame(t *testing.T) {
	t.Parallel()
	for _, by := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour, -time.Second} {
		before := time.Now()
		measures(t, before, Set(before.Add(time.Minute), by), by)
		synctest.Test(t, func(t *testing.T) {
			before := time.Now()
			kept := Set(before, 0)
			time.Sleep(time.Minute)
			after := Set(time.Now(), by)
			measures(t, kept, after, by)
		})
	}
}

func measures(t *testing.T, before, after time.Time, by time.Duration) {
	t.Helper()
	if passed := after.Sub(before); passed != time.Minute {
		t.Errorf("set by %v: %v passed, want a minute", by, passed)
	}
	if shown := after.Round(0).Sub(before.Round(0)); shown != by+time.Minute {
		t.Errorf("set by %v: it shows %v more", by, shown)
	}
}
