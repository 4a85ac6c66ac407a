package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/switchboard"
)

// mostEarlier is how many earlier calls a profile shows.
const mostEarlier = 20

// Callers knows who callers are.
type Callers interface {
	// Caller finds what is known of a number from before a call.
	Caller(ctx context.Context, number string, before call.ID, limit int) (switchboard.Known, error)
	// SetTag tags the caller of a call; Errors.NotFound where the call has no number.
	SetTag(ctx context.Context, id call.ID, tag caller.Tag, on bool, who string) error
}

type profileOut struct {
	Body struct {
		Number   string                    `json:"number" doc:"masked"`
		Place    string                    `json:"place" doc:"that the number belongs to, empty when not known"`
		Tags     []caller.Tag              `json:"tags" nullable:"false"`
		Counts   caller.Counts             `json:"counts" doc:"of calls before this one"`
		Requests []caller.Request          `json:"requests" nullable:"false"`
		Calls    []switchboard.EarlierCall `json:"calls" nullable:"false" doc:"before this one, the latest first"`
	}
}

type tagIn struct {
	ID   string     `path:"id" maxLength:"128" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
	Tag  caller.Tag `path:"tag" enum:"elderly,disabled,enterprise,nuisance"`
	Body struct {
		On bool `json:"on"`
	}
}

func (h *Handler) registerCallers() {
	register(h, huma.Operation{
		OperationID: "caller", Method: http.MethodGet, Path: "/api/calls/{id}/caller",
		Summary: "What was known of the caller before this call",
	}, h.profile)
	register(h, huma.Operation{
		OperationID: "tag-caller", Method: http.MethodPut, Path: "/api/calls/{id}/caller/tags/{tag}",
		Summary: "Tag the caller of a call, or take the tag away; agents do it at their desks", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *tagIn) (*struct{}, error) {
		who := whoIs(ctx)
		err := h.audit(ctx, AuditEntry{
			Who: who.No, Action: ActionTagCaller, Object: in.ID, Address: who.Address,
			Detail: map[string]any{"tag": in.Tag, "on": in.Body.On},
		})
		if err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		return nil, h.o.Callers.SetTag(asked, call.ID(in.ID), in.Tag, in.Body.On, who.No)
	})
}

func (h *Handler) profile(ctx context.Context, in *callIn) (*profileOut, error) {
	d, err := h.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	who := whoIs(ctx)
	if err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionViewCaller, Object: in.ID, Address: who.Address}); err != nil {
		return nil, err
	}
	asked, cancel := ask(ctx)
	defer cancel()
	known, err := h.o.Callers.Caller(asked, d.Call.Number, d.Call.ID, mostEarlier)
	if err != nil {
		return nil, err
	}
	number := caller.Number(d.Call.Number)
	out := &profileOut{}
	b := &out.Body
	if d.Call.Secret { // what else is known of him would tell who he is
		b.Number, b.Tags, b.Requests, b.Calls = caller.Hidden, []caller.Tag{}, []caller.Request{}, []switchboard.EarlierCall{}
		return out, nil
	}
	b.Number, b.Place, b.Counts = number.String(), number.Place(), known.Profile.Counts
	b.Tags = append([]caller.Tag{}, known.Profile.Tags...)
	b.Requests = append([]caller.Request{}, known.Profile.Requests...)
	b.Calls = append([]switchboard.EarlierCall{}, known.Calls...)
	return out, nil
}
