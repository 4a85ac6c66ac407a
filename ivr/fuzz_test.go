package ivr_test

import (
	"testing"
	"time"

	"hotline/ivr"
)

// FuzzSession plays arbitrary events in arbitrary order against every kind of step: never silence, never a state
// that nothing wakes, and an end after a bounded time of doing nothing.
func FuzzSession(f *testing.F) {
	f.Add([]byte{0, 1, 1, 2, 1, 2, 1, 2})
	f.Add([]byte{0, 1, 1, 0x13, 0x13, 0x23, 0x33, 0x43, 1, 4, 1, 1})
	f.Add([]byte{0, 1, 1, 0x33, 1, 2, 1, 2, 1})
	f.Add([]byte{0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5})
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 500 {
			script = script[:500]
		}
		flows := []*ivr.Flow{sample, ivr.RatingFlow(ivr.DefaultScale), ivr.CallbackFlow("13800001234")}
		w := &walk{t: t, s: ivr.Start(flows[len(script)%len(flows)], sampleFacts()), now: epoch}
		w.step(ivr.Event{Kind: ivr.Begin})
		for _, b := range script {
			w.happen(b)
		}
		for range 1000 {
			if w.s.Over() {
				return
			}
			w.now = w.s.Wake()
			w.step(ivr.Event{Kind: ivr.Timeout})
		}
		t.Fatalf("a caller who does nothing is still in step %s", w.s.At())
	})
}

// walk is a session and what the telephone side must believe of it.
type walk struct {
	t       *testing.T
	s       *ivr.Session
	now     time.Time
	playing int
	lookUp  int
	music   bool
	ends    int
}

func (w *walk) happen(b byte) {
	w.now = w.now.Add(time.Duration(b) * 20 * time.Millisecond)
	high := int(b >> 4)
	events := []ivr.Event{
		{Kind: ivr.Begin},
		{Kind: ivr.PromptEnded, N: w.playing},
		{Kind: ivr.Timeout},
		{Kind: ivr.Key, Key: "0123456789*#12ab"[high : high+1]},
		{Kind: ivr.Answer, N: w.lookUp - high%2, Result: []string{"found", ""}[high/8], Say: []string{"progress_accepted"}},
		{Kind: ivr.PlayFailed, N: w.playing},
		{Kind: ivr.Speech},
		{Kind: ivr.PromptEnded, N: high},
	}
	w.step(events[int(b&0x0f)%len(events)])
}

func (w *walk) step(e ivr.Event) {
	w.t.Helper()
	if e.N == w.playing && (e.Kind == ivr.PromptEnded || e.Kind == ivr.PlayFailed) {
		w.playing = 0
	}
	overBefore := w.s.Over()
	for _, a := range w.s.Step(w.now, e) {
		w.believe(a)
	}
	switch {
	case overBefore && !w.s.Over(), w.s.Over() && w.ends != 1:
		w.t.Fatalf("%d ends after %s", w.ends, e.Kind)
	case w.s.Over():
		return
	case w.s.Hears() == "silence":
		w.t.Fatalf("silence in step %s after %s", w.s.At(), e.Kind)
	case w.s.Wake().IsZero():
		w.t.Fatalf("nothing wakes step %s", w.s.At())
	case w.s.Hears() == "music" && !w.music:
		w.t.Fatalf("music in step %s that was never begun", w.s.At())
	}
}

func (w *walk) believe(a ivr.Action) {
	switch a.Verb {
	case ivr.DoPlay:
		if len(a.Prompts) == 0 || a.N == w.playing {
			w.t.Fatalf("%s while %d sounds", a, w.playing)
		}
		w.playing, w.music = a.N, false
	case ivr.DoStop:
		w.playing = 0
	case ivr.DoMusic:
		w.music = true
	case ivr.DoLookUp:
		w.lookUp = a.N
	case ivr.DoQueue, ivr.DoEnd:
		w.ends++
	}
}
