package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A line is greeted in its own name and served by whoever knows its matter, also where others are ready for longer;
// they help out when it takes too long.
func TestLineWithExperts(t *testing.T) {
	h := theHall(t)
	other := h.staff(t, "8101", agentTone2) // idle for longest
	expert := h.staff(t, "8102", agentTone)
	first := h.dial(t, dialled{line: "12333", number: "13500000101"})
	from, to := h.plays(t, h.callOf(t, "13500000101"), 1, 15*time.Second, "greeting_12333")
	ring := expert.phone.ringing(3 * time.Second)
	first.noLongSilence(t, from, to)
	answered := time.Now()
	ring.answer()
	first.hears(t, agentTone, answered, 3*time.Second)

	second := h.dial(t, dialled{line: "12333", number: "13500000102", tone: callerTone2})
	help := other.phone.ringing(20 * time.Second)
	rang := time.Now()
	answered = time.Now()
	help.answer()
	second.hears(t, agentTone2, answered, 3*time.Second)
	first.hangUp()
	second.hangUp()
	h.record(t, "13500000101").wantResult(t, "answered", "caller", "8102")
	r := h.record(t, "13500000102")
	r.wantResult(t, "answered", "caller", "8101")
	if waited := rang.Sub(*r.QueuedAt); waited < 3*time.Second || waited > 5*time.Second {
		t.Errorf("others help out after %v, want 3 s", waited)
	}
	if r.DNIS != "12333" || r.Line != "12333人社热线" {
		t.Errorf("the call's row: %+v", r)
	}
}

// A retired number says so for the time that is set, and not after it. An unknown number is served all the same.
func TestRetiredAndUnknownNumbers(t *testing.T) {
	h := theHall(t)
	unknown, err := h.metric(`hotline_calls_offered_total{line="unknown"}`)
	if err != nil {
		t.Fatal(err)
	}
	now := h.dial(t, dialled{line: "12300", number: "13500000103"})
	past := h.dial(t, dialled{line: "12349", number: "13500000104", tone: callerTone2})
	never := h.dial(t, dialled{line: "98765", number: "13500000105"})
	for number, want := range map[string][]string{
		"13500000103": {"greeting_12300", "transition_12300"}, "13500000104": {"greeting_12349"}, "13500000105": nil,
	} {
		r := h.reaches(t, number, "waiting")
		if got := names(h.of(r.ID)); !slices.Equal(got, want) {
			t.Errorf("%s was played %v, want %v", r.DNIS, got, want)
		}
	}
	from, to := h.plays(t, h.callOf(t, "13500000103"), 1, time.Second, "greeting_12300", "transition_12300")
	now.noLongSilence(t, from, to)

	d := h.staff(t, "8105", agentTone) // general has all three; who came first is first
	for _, c := range []*caller{never, past, now} {
		ring := d.phone.ringing(3 * time.Second)
		answered := time.Now()
		ring.answer()
		c.hears(t, agentTone, answered, 3*time.Second)
		ring.hangUp()
		c.gone(3 * time.Second)
	}
	type row struct {
		Line    string
		Unknown bool
	}
	h.record(t, "13500000105").wantResult(t, "answered", "agent", "8105")
	got := rows[row](t, h.house, `SELECT line, unknown_no AS "unknown" FROM call WHERE number_hash = %s`, h.hash("13500000105"))
	if len(got) != 1 || got[0] != (row{"12345热线", true}) {
		t.Errorf("the unknown number's row: %+v", got)
	}
	if n, err := h.metric(`hotline_calls_offered_total{line="unknown"}`); err != nil || n != unknown+1 {
		t.Errorf("%v calls to unknown numbers are counted, %v, want one more than %v", n, err, unknown)
	}
}

// A prompt that is not there, or whose file is broken, costs a caller nothing but the prompt.
func TestBrokenPrompts(t *testing.T) {
	h := theHall(t)
	for _, suffix := range []string{".wav", ".wav16"} {
		file := filepath.Join(h.Asterisk.SoundsDir(), "greeting_garbled"+suffix)
		if err := os.WriteFile(file, []byte("this is no sound"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	callers := map[string]*caller{
		"13500000106": h.dial(t, dialled{line: "7005", number: "13500000106"}),
		"13500000107": h.dial(t, dialled{line: "7006", number: "13500000107", tone: callerTone2}),
	}
	for number, c := range callers {
		_, to := h.plays(t, h.callOf(t, number), 1, 10*time.Second, "please_wait_moment")
		c.hearsMusic(t, to, 3*time.Second) // and then waits as everybody
		r := h.reaches(t, number, "waiting")
		if r.AnsweredAt == nil {
			t.Fatalf("%s was not answered", number)
		}
		t.Logf("%s heard %s", number, c.summary(began, time.Now()))
		c.noLongSilence(t, *r.AnsweredAt, time.Now())
		c.hangUp()
		h.record(t, number).wantResult(t, "abandoned", "caller", "")
	}
}
