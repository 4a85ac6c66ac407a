package app

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"hotline/gateway/settings"
)

func TestChangedSettingsRunAtOnceAndAreOnDiskInTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var applied []settings.Seconds
	r := newRunning(func(now settings.Snapshot) { applied = append(applied, now.Policies.Figures.AnswerWithin) },
		func(queue string) int { return len(queue) }, dir, slog.New(slog.DiscardHandler))
	s := settings.Default()
	for n := range 5 { // nobody writes yet
		s.Policies.Figures.AnswerWithin = settings.Seconds(10 + n)
		r.Changed(s.Rows(), s)
	}
	if len(applied) != 5 || applied[4] != 14 || r.Waiting("abc") != 3 {
		t.Errorf("applied %v", applied)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Run(ctx); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, kept, err := settings.Decode(text); err != nil || kept.Policies.Figures.AnswerWithin != 14 {
		t.Errorf("%v: %+v", err, kept.Policies.Figures)
	}
}
