package e2e

import (
	"strings"
	"testing"
	"time"
)

// Another city takes whom the queue has no room for, and knows the call's id. Whom nobody takes there is back at his place.
func TestAnotherCityHelps(t *testing.T) {
	h := theHall(t)
	first := h.dial(t, dialled{line: "7011", number: "13500000131"})
	h.reaches(t, "13500000131", "waiting")

	t.Run("it takes him", func(t *testing.T) {
		city := h.citizen(t, called{number: "057112345", shown: "13500000132", rings: 2 * time.Second})
		c := h.dial(t, dialled{line: "7011", number: "13500000132", tone: callerTone2})
		h.reaches(t, "13500000132", "diverting")
		c.hearsMusic(t, c.began, 15*time.Second)
		h.reaches(t, "13500000132", "diverted")
		talking := time.Now()
		c.hears(t, callerTone, talking, 3*time.Second) // the other city's tone
		city.hears(t, callerTone2, talking, 3*time.Second)
		if id := h.callOf(t, "13500000132"); !strings.Contains(city.messages(t), "X-Hotline-Call-Id: "+id) {
			t.Errorf("the other city was not told the call's id %s", id)
		}
		c.noLongSilence(t, c.began.Add(time.Second), time.Now())
		c.hangUp()
		city.gone(3 * time.Second)
		h.record(t, "13500000132").wantResult(t, "overflowed_out", "caller", "")
		if got, want := h.overflow(t, "13500000132"), (overflowRow{"lends", "region:057112345", "full", false}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
	t.Run("it is busy", func(t *testing.T) {
		h.citizen(t, called{number: "057112345", shown: "13500000133", status: 503})
		c := h.dial(t, dialled{line: "7011", number: "13500000133", tone: callerTone2})
		h.reaches(t, "13500000133", "waiting")
		until(t, "he waits here again", 10*time.Second, func() bool {
			r := rows[overflowRow](t, h.house, `SELECT state AS queue, overflow_to AS "to", lost_why AS "why", refused FROM call WHERE number_hash = %s`, h.hash("13500000133"))
			n := rows[struct{ N int }](t, h.house, `SELECT count(*) AS n FROM call_change WHERE to_state = 'diverting' AND call = %s`, h.callOf(t, "13500000133"))
			return r[0].Queue == "waiting" && r[0].To == "" && n[0].N == 1
		})
		c.hearsMusic(t, time.Now(), 5*time.Second)
		c.hangUp()
		h.record(t, "13500000133").wantResult(t, "abandoned", "caller", "")
	})
	first.onTheLine()
	first.hangUp()
}
