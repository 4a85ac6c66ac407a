package settings_test

import (
	"slices"
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

func TestADialPlanIsWhatItSaysAndNothingOfTheShippedOne(t *testing.T) {
	t.Parallel()
	rows := settings.Default().Rows()
	i := slices.IndexFunc(rows, func(r settings.Row) bool { return r.Key == settings.KeyTransfers })
	supervisor := func(doc string) (settings.Transfers, int) {
		rows[i].Doc = []byte(doc)
		s, err := settings.Assemble(rows)
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		plan := s.Policies.Transfers.DialPlan
		return s.Policies.Transfers, len(plan[len(plan)-1].Allow)
	}
	gaps := `{"dial_plan":[{"role":"agent"},{"role":"expert"},{"role":"supervisor"}]}`
	if got, allowed := supervisor(gaps); allowed != 0 || got.Ring != 30 || !got.RecordConsult {
		t.Errorf("%+v", got)
	}
	if got, allowed := supervisor(`{"ring_s":7}`); allowed != 5 || got.Ring != 7 || got.BlindChain != 3 {
		t.Errorf("of a version without a dial plan: %+v", got)
	}
}
