package web

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
)

// editor keeps settings as the database does, without one, and is the running part as well.
type editor struct {
	mu      sync.Mutex
	rows    settings.Rows
	version int64
	away    bool
	waiting map[string]int
	running settings.Snapshot // what was handed over last
	handed  int
	rival   func(*editor) // changes something just before somebody else does, once
}

func newEditor() *editor {
	e := &editor{waiting: map[string]int{}}
	s := settings.Default()
	s.Bulletins = []settings.Bulletin{{Name: "storm", Text: "今日停水。"}}
	for _, row := range s.Rows() {
		e.version++
		row.Version, row.Who = e.version, "system"
		e.rows = append(e.rows, row)
	}
	return e
}

func (e *editor) Load(context.Context) (settings.Rows, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away {
		return nil, errAway
	}
	return slices.Clone(e.rows), nil
}

func (e *editor) Change(_ context.Context, who string, changes ...settings.Change) (settings.Rows, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if rival := e.rival; rival != nil {
		e.rival = nil
		rival(e)
	}
	rows, _, err := e.apply(who, false, changes)
	return rows, err
}

func (e *editor) apply(who string, dryRun bool, changes []settings.Change) (settings.Rows, []settings.Edit, error) {
	if e.away {
		return nil, nil, errAway
	}
	after, edits, err := e.rows.Apply(changes...)
	if err != nil {
		return nil, nil, err
	}
	if _, err := settings.Assemble(after); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errInvalid, err)
	}
	for i := range after {
		if after[i].Version == 0 {
			e.version++
			after[i].Version, after[i].Who, after[i].At = e.version, who, time.Now()
		}
	}
	if !dryRun {
		e.rows = after
	}
	return slices.Clone(after), edits, nil
}

func (e *editor) ImportLines(_ context.Context, who string, d *directory.Directory, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.rows.Revision(settings.Line)
	if revision != "" && revision != before {
		return nil, settings.Import{}, &settings.Conflict{Kind: settings.Line, Who: "9001"}
	}
	rows, edits, err := e.apply(who, dryRun, e.rows.ReplaceLines(d))
	return rows, settings.ImportOf(edits, before), err
}

func (e *editor) ImportScope(_ context.Context, who string, items []scope.Item, revision string, dryRun bool) (settings.Rows, settings.Import, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	before := e.rows.Revision(settings.Scope)
	if revision != "" && revision != before {
		return nil, settings.Import{}, &settings.Conflict{Kind: settings.Scope, Who: "9001"}
	}
	rows, edits, err := e.apply(who, dryRun, e.rows.ReplaceScope(items))
	return rows, settings.ImportOf(edits, before), err
}

func (e *editor) History(_ context.Context, kind settings.Kind, key string, _ int) ([]SettingChange, error) {
	return []SettingChange{{Who: "9003", Kind: kind, Key: key, New: []byte(`{"a":1}`)}}, nil
}

func (e *editor) People(context.Context) ([]agent.Profile, error) {
	return []agent.Profile{{No: "8001", Name: "甲"}}, nil
}

func (e *editor) Changed(_ settings.Rows, now settings.Snapshot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.running = now
	e.handed++
}

func (e *editor) Waiting(queue string) int { return e.waiting[queue] }
