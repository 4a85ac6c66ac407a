package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/call"
	"hotline/gateway/caller"
)

// CallbackView is a task as the API tells it.
type CallbackView struct {
	ID        string      `json:"id" doc:"also the id of the first call that was missed"`
	Number    string      `json:"number" doc:"masked for who may not see all calls, *** when secret; he dials by id"`
	DNIS      string      `json:"dnis"`
	Line      string      `json:"line"`
	Queue     string      `json:"queue"`
	Reason    call.Result `json:"reason" doc:"result of the call that was missed"`
	Missed    int         `json:"missed" doc:"calls that were missed so far"`
	KeptPlace bool        `json:"kept_place" doc:"he asked to be called back and keeps his place in the queue"`
	MissedAt  time.Time   `json:"missed_at"`
	DueAt     *time.Time  `json:"due_at" doc:"null: no hour is open for call-backs"`
	Attempts  int         `json:"attempts"`
	Dialling  bool        `json:"dialling" doc:"an agent is dialling or talking"`
	LastReach string      `json:"last_reach" doc:"what came of the last attempt: busy, no_answer, rejected, no_number, no_way"`
	LastAgent string      `json:"last_agent"`
}

type callbacksIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}

type callbacksOut struct {
	Body struct {
		Callbacks []CallbackView `json:"callbacks" nullable:"false"`
	}
}

type closeCallbackIn struct {
	ID   string `path:"id" maxLength:"128" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" pattern:"\\S" doc:"why nobody calls him back"`
	}
}

func (h *Handler) registerCallbacks() {
	register(h, huma.Operation{
		OperationID: "callbacks", Method: http.MethodGet, Path: "/api/callbacks",
		Summary: "Those who reached nobody and are to be called back, the first due first",
	}, h.listCallbacks)
	register(h, huma.Operation{
		OperationID: "close-callback", Method: http.MethodPost, Path: "/api/callbacks/{id}/close",
		Summary: "Close a call-back by hand", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *closeCallbackIn) (*struct{}, error) {
		who := whoIs(ctx)
		err := h.audit(ctx, AuditEntry{
			Who: who.No, Action: ActionCloseCallback, Object: in.ID, Address: who.Address,
			Detail: map[string]any{"reason": in.Body.Reason},
		})
		if err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		return nil, h.o.Callbacks.CloseCallback(asked, in.ID, who.No, in.Body.Reason)
	})
}

// listCallbacks lists the open tasks; which ones were shown is audited before they are.
func (h *Handler) listCallbacks(ctx context.Context, in *callbacksIn) (*callbacksOut, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	tasks, err := h.o.Callbacks.OpenCallbacks(asked, in.Limit)
	if err != nil {
		return nil, err
	}
	who := whoIs(ctx)
	out := &callbacksOut{}
	out.Body.Callbacks = make([]CallbackView, len(tasks))
	ids := make([]string, len(tasks))
	for i, c := range tasks {
		ids[i] = c.ID
		out.Body.Callbacks[i] = callbackView(c, who.has(allCalls...))
	}
	err = h.audit(ctx, AuditEntry{
		Who: who.No, Action: ActionListCallbacks, Detail: map[string]any{"callbacks": ids}, Address: who.Address,
	})
	return out, err
}

func callbackView(c Callback, full bool) CallbackView {
	number := c.Number
	switch {
	case c.Secret:
		number = caller.Hidden
	case !full:
		number = caller.Number(number).String()
	}
	return CallbackView{
		ID: c.ID, Number: number, DNIS: c.DNIS, Line: c.Line, Queue: c.Queue, Reason: c.Reason, Missed: c.Missed,
		KeptPlace: c.KeptPlace, MissedAt: c.MissedAt, DueAt: at(c.DueAt), Attempts: c.Attempts, Dialling: c.Dialling,
		LastReach: c.LastReach, LastAgent: c.LastAgent,
	}
}
