package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

type passwordIn struct {
	Body struct {
		Old  string `json:"old" minLength:"1" maxLength:"256"`
		New  string `json:"new" minLength:"1" maxLength:"256"`
		Code string `json:"code,omitempty" maxLength:"32" doc:"of the second factor, where there is one"`
	}
}

func (h *Handler) registerPassword() {
	register(h, huma.Operation{
		OperationID: "password", Method: http.MethodPost, Path: "/api/me/password", Summary: "Change one's own password",
		DefaultStatus: http.StatusNoContent, Errors: []int{401, 422, 429, 503},
	}, func(ctx context.Context, in *passwordIn) (*struct{}, error) {
		who := whoIs(ctx)
		if _, err := h.verify(ctx, who.No, in.Body.Old, in.Body.Code); err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		if err := h.o.Accounts.ChangePassword(asked, who.No, in.Body.New); err != nil {
			return nil, err
		}
		h.auditIfPossible(ctx, AuditEntry{Who: who.No, Action: ActionPassword, Object: who.No, Address: who.Address})
		return nil, nil
	})
}
