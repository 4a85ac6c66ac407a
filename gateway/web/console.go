package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/push"
)

type ticketOut struct {
	Body struct {
		Ticket string `json:"ticket" doc:"opens /ws?ticket= once, within 30 s, together with this session's cookie"`
	}
}

type phoneOut struct {
	Body struct {
		URI      string `json:"uri"`
		Username string `json:"username"`
		Password string `json:"password"`
		Realm    string `json:"realm"`
		WSPath   string `json:"ws_path" doc:"path of the SIP WebSocket on this host"`
	}
}

func (h *Handler) registerConsole() {
	register(h, huma.Operation{
		OperationID: "console-ticket", Method: http.MethodPost, Path: "/api/console/ticket",
		Summary: "Ticket for the console's WebSocket",
	}, func(ctx context.Context, _ *struct{}) (*ticketOut, error) {
		out := &ticketOut{}
		out.Body.Ticket = h.tickets.make(whoIs(ctx).Session, time.Now())
		return out, nil
	})
	register(h, huma.Operation{
		OperationID: "phone", Method: http.MethodPost, Path: "/api/phone",
		Summary: "SIP account for the telephone in this page; an earlier one stops working",
	}, func(ctx context.Context, _ *struct{}) (*phoneOut, error) {
		ctx, cancel := ask(ctx)
		defer cancel()
		account, err := h.o.Phones.Make(ctx, whoIs(ctx).Profile)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errPhone, err)
		}
		out := &phoneOut{}
		out.Body.URI, out.Body.Username, out.Body.Password = account.URI, account.Username, account.Password
		out.Body.Realm, out.Body.WSPath = account.Realm, "/sip"
		return out, nil
	})
}

// console opens the console's WebSocket.
func (h *Handler) console(w http.ResponseWriter, r *http.Request, who Identity) {
	switch {
	case !push.SameOrigin(r):
		h.fail(w, r, errOrigin)
	case !h.tickets.spend(r.URL.Query().Get("ticket"), who.Session, time.Now()):
		h.fail(w, r, errNoTicket)
	default:
		if cookie, err := r.Cookie(cookieName); err == nil {
			h.seats.add(who.Session, who.No, cookie.Value)
		}
		h.o.Hub.Serve(w, r, who.Profile, who.Session)
		if !h.still(r, who) {
			h.o.Hub.SignOut(who.Session)
		}
	}
}
