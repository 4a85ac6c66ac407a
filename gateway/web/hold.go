package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/call"
)

// Holds keep calls from being removed when they are due: evidence for a court.
type Holds interface {
	// Hold keeps a call; one that is held already stays so, one that is not there is Errors.NotFound.
	Hold(ctx context.Context, id call.ID, who, reason string) error
	// Lift lets it go; one that is not held is Errors.NotFound.
	Lift(ctx context.Context, id call.ID, who string) error
}

type holdIn struct {
	ID   string `path:"id" maxLength:"128" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200" pattern:"\\S" doc:"file number of the court or office"`
	}
}

func (h *Handler) registerHolds() {
	register(h, huma.Operation{
		OperationID: "hold", Method: http.MethodPut, Path: "/api/calls/{id}/hold", DefaultStatus: http.StatusNoContent,
		Summary: "Keep everything of a call from being removed",
	}, func(ctx context.Context, in *holdIn) (*struct{}, error) {
		who := whoIs(ctx)
		err := h.audit(ctx, AuditEntry{
			Who: who.No, Action: ActionHold, Object: in.ID, Address: who.Address, Detail: map[string]any{"reason": in.Body.Reason},
		})
		if err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		return nil, h.o.Holds.Hold(asked, call.ID(in.ID), who.No, in.Body.Reason)
	})
	register(h, huma.Operation{
		OperationID: "lift", Method: http.MethodDelete, Path: "/api/calls/{id}/hold", DefaultStatus: http.StatusNoContent,
		Summary: "Let a call's data be removed when they are due",
	}, func(ctx context.Context, in *callIn) (*struct{}, error) {
		who := whoIs(ctx)
		if err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionLift, Object: in.ID, Address: who.Address}); err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		return nil, h.o.Holds.Lift(asked, call.ID(in.ID), who.No)
	})
}
