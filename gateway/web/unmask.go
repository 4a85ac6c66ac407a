package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type unmaskIn struct {
	ID   string `path:"id" maxLength:"128" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" pattern:"\\S" doc:"why it must be known who called; kept in the audit"`
	}
}

type unmaskOut struct {
	Body struct {
		Number string `json:"number" doc:"empty when withheld"`
		Name   string `json:"name" doc:"as the hotline or service that handed the caller over said; empty when nobody did"`
		Note   string `json:"note" doc:"what the agent wrote down"`
	}
}

// registerUnmask tells who a caller is who asked for secrecy, for a reason that is kept before it is told.
func (h *Handler) registerUnmask() {
	register(h, huma.Operation{
		OperationID: "unmask", Method: http.MethodPost, Path: "/api/calls/{id}/unmask",
		Summary: "Who the caller is who asked for secrecy; the reason goes into the audit",
	}, func(ctx context.Context, in *unmaskIn) (*unmaskOut, error) {
		d, err := h.find(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		who := whoIs(ctx)
		err = h.audit(ctx, AuditEntry{
			Who: who.No, Action: ActionUnmask, Object: in.ID, Address: who.Address, Detail: map[string]any{"reason": in.Body.Reason},
		})
		if err != nil {
			return nil, err
		}
		out := &unmaskOut{}
		out.Body.Number = d.Call.Number
		if d.Call.CameFrom != nil {
			out.Body.Name = d.Call.CameFrom.Name
		}
		if d.Disposition != nil {
			out.Body.Note = d.Disposition.Note
		}
		return out, nil
	})
}
