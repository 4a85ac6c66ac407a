package settings_test

import (
	"testing"
	"time"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

func TestCallBackHours(t *testing.T) {
	t.Parallel()
	c := settings.Callback{On: true, From: "08:00", To: "20:00", Days: []int{1, 2, 3, 4, 5}}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, directory.Here)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for now, want := range map[string]string{ // 2026-11-20 is a Friday
		"2026-11-20 07:59": "2026-11-20 08:00", "2026-11-20 08:00": "2026-11-20 08:00", "2026-11-20 19:59": "2026-11-20 19:59",
		"2026-11-20 20:00": "2026-11-23 08:00", "2026-11-22 12:00": "2026-11-23 08:00",
	} {
		if got := c.Next(at(now).UTC()); !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", now, got, want)
		}
		if c.Open(at(now)) != (now == want) {
			t.Errorf("%s: open is wrong", now)
		}
	}
	if next := (settings.Callback{On: true, From: "08:00", To: "24:00"}).Next(at("2026-11-20 08:00")); !next.IsZero() {
		t.Errorf("no day is allowed: %s", next)
	}
}
