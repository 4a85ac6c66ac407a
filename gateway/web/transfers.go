package web

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

type transferView struct {
	N          int                 `json:"n"`
	How        call.TransferKind   `json:"how" doc:"one_key, three_way, consult, confirmed or blind"`
	By         string              `json:"by" doc:"agent_no of who began it"`
	ToKind     string              `json:"to_kind" doc:"kind of the target: emergency, sub_centre, agent, queue, number, …"`
	ToKey      string              `json:"to_key" doc:"its dialled number, agent_no or queue"`
	Title      string              `json:"title"`
	Agent      string              `json:"agent" doc:"agent_no, where it is one of our agents"`
	Reason     string              `json:"reason" doc:"what the agent said"`
	Route      string              `json:"route" doc:"endpoint that was dialled last, empty for a queue"`
	Tried      int                 `json:"tried" doc:"routes dialled"`
	At         time.Time           `json:"at"`
	RingingAt  *time.Time          `json:"ringing_at"`
	AnsweredAt *time.Time          `json:"answered_at"`
	HandedAt   *time.Time          `json:"handed_at" doc:"the agent left the caller to him"`
	EndedAt    *time.Time          `json:"ended_at"`
	Result     call.TransferResult `json:"result" doc:"connected, cancelled, failed or call_ended; empty while it rings"`
	Why        call.Reach          `json:"why" doc:"why the last route led to nobody"`
}

// spanView is a time in which a leg was in the conversation.
type spanView struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to" doc:"null: still"`
}

// markView says where in the recording somebody came into the conversation or left it.
type markView struct {
	AtS  float64   `json:"at_s" doc:"seconds from the recording's start; what was not recorded takes none"`
	Role call.Role `json:"role"`
	Who  string    `json:"who" doc:"title of a third party, agent_no of an agent or supervisor, empty for the caller"`
	What string    `json:"what" enum:"in,out"`
}

func transferOf(t call.Transfer) transferView {
	v := transferView{
		N: t.N, How: t.Kind, By: t.By, ToKind: t.ToKind, ToKey: t.ToKey, Title: t.Title, Agent: t.Agent, Reason: t.Reason,
		Tried: t.Tried, At: t.At, RingingAt: at(t.RingingAt), AnsweredAt: at(t.AnsweredAt), HandedAt: at(t.HandedAt),
		EndedAt: at(t.EndedAt), Result: t.Result, Why: t.Why,
	}
	if t.Tried > 0 && t.Tried <= len(t.Routes) {
		v.Route = t.Routes[t.Tried-1]
	}
	return v
}

func spansOf(together []call.Span) []spanView {
	spans := make([]spanView, len(together))
	for i, s := range together {
		spans[i] = spanView{s.From, at(s.To)}
	}
	return spans
}

// marksOf tells who came and went while the conversation was recorded, in order; none without a recording.
func marksOf(d CallDetail) []markView {
	marks := []markView{}
	if d.Call.Recording == "" || d.Call.TalkingAt.IsZero() {
		return marks
	}
	for _, l := range d.Legs {
		mark := func(t time.Time, what string) {
			if !t.IsZero() {
				s := d.Call.InRecording(t).Seconds()
				marks = append(marks, markView{s, l.Role, titleOf(d, l), what})
			}
		}
		for _, s := range l.Together {
			mark(s.From, "in")
			mark(s.To, "out")
		}
	}
	slices.SortStableFunc(marks, func(a, b markView) int { return cmp.Compare(a.AtS, b.AtS) })
	return marks
}

// titleOf names a leg for people.
func titleOf(d CallDetail, l call.LegRecord) string {
	for _, t := range d.Transfers {
		if t.Leg == l.ID && t.Title != "" {
			return t.Title
		}
	}
	return l.Agent
}

type oneKeyIn struct {
	ID   string `path:"id" maxLength:"128" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
	Body struct {
		Service string `json:"service" pattern:"^[0-9]{2,20}$" doc:"number of a line of mode emergency: 110"`
		Reason  string `json:"reason,omitempty" maxLength:"200" doc:"why, for the record and for who answers"`
	}
}

func (h *Handler) registerTransfers() {
	register(h, huma.Operation{
		OperationID: "one-key", Method: http.MethodPost, Path: "/api/calls/{id}/one-key",
		Summary:       "Dial an emergency service into the call at one's own desk; caller and agent talk on while it rings",
		DefaultStatus: http.StatusNoContent, Errors: []int{403, 404, 409, 503},
	}, h.oneKey)
}

// oneKey does what the key on the screen does. It waits for no audit: the switchboard keeps the deed when it is done.
func (h *Handler) oneKey(ctx context.Context, in *oneKeyIn) (*struct{}, error) {
	args, err := json.Marshal(switchboard.OneKeyArgs{Service: in.Body.Service, Reason: in.Body.Reason})
	if err != nil {
		return nil, fmt.Errorf("one key: %w", err)
	}
	asked, cancel := ask(ctx)
	defer cancel()
	return nil, h.o.Commands.Do(asked, switchboard.Command{
		ID: rand.Text(), Agent: whoIs(ctx).No, Name: switchboard.CmdOneKey, Args: args, Call: call.ID(in.ID),
	})
}

// refusals are the answers to commands that the switchboard refused.
var refusals = map[switchboard.Code]int{
	switchboard.CodeBadRequest:    http.StatusUnprocessableEntity,
	switchboard.CodeNotSignedIn:   http.StatusConflict,
	switchboard.CodeNoSuchCall:    http.StatusConflict,
	switchboard.CodeCallMovedOn:   http.StatusConflict,
	switchboard.CodeWrongState:    http.StatusConflict,
	switchboard.CodeTargetBusy:    http.StatusConflict,
	switchboard.CodeUnknownTarget: http.StatusNotFound,
	switchboard.CodeForbidden:     http.StatusForbidden,
	switchboard.CodeNotPermitted:  http.StatusForbidden,
	switchboard.CodeTooMany:       http.StatusTooManyRequests,
	switchboard.CodeNoRoute:       http.StatusServiceUnavailable,
	switchboard.CodeUnavailable:   http.StatusServiceUnavailable,
}
