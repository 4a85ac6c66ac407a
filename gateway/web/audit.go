package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/caller"
)

// AuditLog is what was kept of who looked at or did what.
type AuditLog interface {
	SearchAudit(ctx context.Context, f AuditFilter) ([]AuditRow, error)
}

// AuditFilter chooses rows; zero fields do not restrict.
type AuditFilter struct {
	Who    string
	Action string // "recording.play", or "recording" for all that begin so
	Object string
	Number string // that was looked for
	From   time.Time
	To     time.Time
	Before int64 // Seq of the last row of the page before
	Limit  int
}

// AuditRow is one row.
type AuditRow struct {
	AuditEntry
	Seq    int64
	KeptAt time.Time // the database's clock as it was written
}

type auditIn struct {
	Who    string    `query:"who" maxLength:"16" doc:"agent_no"`
	Action string    `query:"action" maxLength:"64" pattern:"^[a-z_.]*$" doc:"recording.play, or recording for all that begin so"`
	Object string    `query:"object" maxLength:"128" doc:"a call's id, an agent_no"`
	Number string    `query:"number" maxLength:"32" pattern:"^[0-9+]*$" doc:"who looked for this number"`
	From   time.Time `query:"from"`
	To     time.Time `query:"to"`
	Before int64     `query:"before" minimum:"0" doc:"seq of the last row of the page before"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type auditView struct {
	Seq     int64          `json:"seq"`
	At      time.Time      `json:"at"`
	KeptAt  time.Time      `json:"kept_at" doc:"the database's clock as the row was written"`
	Who     string         `json:"who"`
	Action  string         `json:"action"`
	Object  string         `json:"object"`
	Detail  map[string]any `json:"detail" nullable:"false"`
	Address string         `json:"address"`
}

type auditOut struct {
	Body struct {
		Rows []auditView `json:"rows" nullable:"false"`
	}
}

// registerAudit lets auditors search the audit. That they did is in it too, before they read.
func (h *Handler) registerAudit() {
	register(h, huma.Operation{
		OperationID: "audit", Method: http.MethodGet, Path: "/api/audit", Summary: "Who looked at or did what, newest first",
	}, func(ctx context.Context, in *auditIn) (*auditOut, error) {
		who := whoIs(ctx)
		number := caller.Parse(in.Number).Full()
		detail := map[string]any{"who": in.Who, "action": in.Action, "object": in.Object, "number": number}
		if err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionSearchAudit, Detail: detail, Address: who.Address}); err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		rows, err := h.o.AuditLog.SearchAudit(asked, AuditFilter{
			Who: in.Who, Action: in.Action, Object: in.Object, Number: number, From: in.From, To: in.To, Before: in.Before, Limit: in.Limit,
		})
		if err != nil {
			return nil, err
		}
		out := &auditOut{}
		out.Body.Rows = make([]auditView, len(rows))
		for i, r := range rows {
			out.Body.Rows[i] = auditView{r.Seq, r.At, r.KeptAt, r.Who, r.Action, r.Object, r.Detail, r.Address}
		}
		return out, nil
	})
}
