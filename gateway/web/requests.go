package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/caller"
)

// Requests keeps what another system says of callers' requests.
type Requests interface {
	// PutRequest keeps a request of a number; kept is false where a later state of it is known already.
	PutRequest(ctx context.Context, number string, r caller.Request) (kept bool, err error)
	// DeleteRequest forgets one; Errors.NotFound where there is none.
	DeleteRequest(ctx context.Context, orderNo string) error
}

type orderIn struct {
	OrderNo string `path:"order_no" maxLength:"64" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
}

type putRequestIn struct {
	OrderNo string `path:"order_no" maxLength:"64" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
	Body    struct {
		Number    string              `json:"number" minLength:"3" maxLength:"32" doc:"the caller's, in any usual form"`
		Title     string              `json:"title" minLength:"1" maxLength:"120" pattern:"\\S"`
		Kind      string              `json:"kind,omitempty" maxLength:"64"`
		Unit      string              `json:"unit,omitempty" maxLength:"64" doc:"that is responsible"`
		State     caller.RequestState `json:"state" enum:"open,answered,closed,final"`
		Answer    string              `json:"answer,omitempty" maxLength:"2000" doc:"what the caller was told"`
		Basis     string              `json:"basis,omitempty" maxLength:"500" doc:"of a final one, and needed there: why it was closed finally"`
		MadeAt    time.Time           `json:"made_at"`
		ChangedAt time.Time           `json:"changed_at" doc:"of this state: an older one never replaces a newer"`
	}
}

type putRequestOut struct {
	Body struct {
		Kept bool `json:"kept" doc:"false: a later state is known already"`
	}
}

func (h *Handler) registerRequests() {
	register(h, huma.Operation{
		OperationID: "put-request", Method: http.MethodPut, Path: "/api/requests/{order_no}",
		Summary: "Say how far a caller's request is, for agents whom he calls again", Errors: []int{http.StatusUnprocessableEntity},
	}, h.putRequest)
	register(h, huma.Operation{
		OperationID: "delete-request", Method: http.MethodDelete, Path: "/api/requests/{order_no}",
		Summary: "Forget a request", DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *orderIn) (*struct{}, error) {
		if err := h.auditRequest(ctx, ActionDeleteRequest, in.OrderNo, nil); err != nil {
			return nil, err
		}
		asked, cancel := ask(ctx)
		defer cancel()
		return nil, h.o.Requests.DeleteRequest(asked, in.OrderNo)
	})
}

// clocks of two machines differ; later than this is a mistake.
const ahead = 5 * time.Minute

func (h *Handler) putRequest(ctx context.Context, in *putRequestIn) (*putRequestOut, error) {
	b, number := in.Body, caller.Parse(in.Body.Number)
	var wrong []error
	fault := func(is bool, at, message string) {
		if is {
			wrong = append(wrong, &huma.ErrorDetail{Location: "body." + at, Message: message})
		}
	}
	latest := time.Now().Add(ahead)
	fault(number == "", "number", "is not a telephone number")
	fault(b.State == caller.Final && b.Basis == "", "basis", "a request that is closed finally needs the reason")
	fault(b.MadeAt.IsZero() || b.MadeAt.After(latest), "made_at", "is missing or lies in the future")
	fault(b.ChangedAt.Before(b.MadeAt) || b.ChangedAt.After(latest), "changed_at", "lies before made_at or in the future")
	if wrong != nil {
		return nil, huma.Error422UnprocessableEntity("the request is not valid", wrong...)
	}
	if err := h.auditRequest(ctx, ActionPutRequest, in.OrderNo, map[string]any{"state": b.State}); err != nil {
		return nil, err
	}
	asked, cancel := ask(ctx)
	defer cancel()
	kept, err := h.o.Requests.PutRequest(asked, number.Full(), caller.Request{
		OrderNo: in.OrderNo, Title: b.Title, Kind: b.Kind, Unit: b.Unit, State: b.State, Answer: b.Answer, Basis: b.Basis,
		MadeAt: b.MadeAt, ChangedAt: b.ChangedAt,
	})
	out := &putRequestOut{}
	out.Body.Kept = kept
	return out, err
}

func (h *Handler) auditRequest(ctx context.Context, action, orderNo string, detail map[string]any) error {
	who := whoIs(ctx)
	return h.audit(ctx, AuditEntry{Who: who.No, Action: action, Object: orderNo, Address: who.Address, Detail: detail})
}
