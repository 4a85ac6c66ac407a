package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

// settingsProblem tells an editor what stands in the way, in a form that his screen can put into his language.
type settingsProblem struct {
	*huma.ErrorModel
	Conflict *conflictView    `json:"conflict,omitempty"`
	InUse    *inUseView       `json:"in_use,omitempty"`
	Faults   directory.Faults `json:"faults,omitempty"`
}

type conflictView struct {
	Who string    `json:"who"`
	At  time.Time `json:"at"`
}

type inUseView struct {
	By      []string `json:"by" doc:"settings that refer to it"`
	Waiting int      `json:"waiting" doc:"callers who wait in it"`
}

func newProblem(code int, detail string) *settingsProblem {
	return &settingsProblem{ErrorModel: &huma.ErrorModel{Title: http.StatusText(code), Status: code, Detail: detail}}
}

// settingsFault finds out what an error means to an editor.
func settingsFault(err error) error {
	var conflict *settings.Conflict
	var faults directory.Faults
	switch {
	case errors.As(err, &conflict):
		p := newProblem(http.StatusConflict, conflict.Error())
		p.Conflict = &conflictView{conflict.Who, conflict.At}
		return p
	case errors.As(err, &faults):
		p := newProblem(http.StatusUnprocessableEntity, faults.Error())
		p.Faults = faults
		return p
	}
	return err
}

// changeSettings audits changes, keeps them and hands them to the running part, one editor after the other.
func (h *Handler) changeSettings(ctx context.Context, changes ...settings.Change) (settings.Rows, error) {
	who := whoIs(ctx)
	for _, c := range changes {
		action := ActionChangeSetting
		if c.Doc == nil {
			action = ActionRemoveSetting
		}
		err := h.audit(ctx, AuditEntry{
			Who: who.No, Action: action, Object: string(c.Kind) + " " + c.Key, Address: who.Address,
			Detail: map[string]any{"version": c.Version, "setting": c.Doc},
		})
		if err != nil {
			return nil, err
		}
	}
	return h.inTurn(ctx, func(ctx context.Context) (settings.Rows, error) { return h.o.Settings.Change(ctx, who.No, changes...) })
}

// inTurn hands over what was kept in the order in which it was.
func (h *Handler) inTurn(ctx context.Context, change func(context.Context) (settings.Rows, error)) (settings.Rows, error) {
	h.editing.Lock()
	defer h.editing.Unlock()
	asked, cancel := ask(ctx)
	defer cancel()
	rows, err := change(asked)
	if err != nil {
		return nil, settingsFault(err)
	}
	now, err := settings.Assemble(rows)
	if err != nil {
		return nil, fmt.Errorf("settings that were just kept: %w", err)
	}
	h.o.Running.Changed(rows, now)
	return rows, nil
}

// mayRemove refuses to remove a queue that is in use. A reference made in this very moment is found by Settings.
func (h *Handler) mayRemove(ctx context.Context, kind settings.Kind, key string) error {
	if kind != settings.Queue {
		return nil
	}
	rows, err := h.loadSettings(ctx)
	if err != nil {
		return err
	}
	if _, ok := rows.Find(kind, key); !ok {
		return errNotFound
	}
	use := &inUseView{By: []string{}, Waiting: h.o.Running.Waiting(key)}
	if s, err := settings.Assemble(rows); err == nil {
		use.By = append(use.By, s.Referring(key)...)
	}
	if len(use.By) == 0 && use.Waiting == 0 {
		return nil
	}
	p := newProblem(http.StatusConflict, fmt.Sprintf("%d callers wait in queue %s; it is used by: %s", use.Waiting, key, strings.Join(use.By, ", ")))
	p.InUse = use
	return p
}
