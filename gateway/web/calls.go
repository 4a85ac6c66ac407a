package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/caller"
)

// CallView is a call as the API tells it: null for a time that has not come.
type CallView struct {
	ID          call.ID          `json:"id"`
	Number      string           `json:"number" doc:"empty when withheld, *** when secret"`
	Secret      bool             `json:"secret" doc:"the caller asked for secrecy: who he is is told by unmask alone"`
	DNIS        string           `json:"dnis"`
	Line        string           `json:"line"`
	Queue       string           `json:"queue"`
	State       call.State       `json:"state"`
	ArrivedAt   time.Time        `json:"arrived_at"`
	AnsweredAt  *time.Time       `json:"answered_at"`
	QueuedAt    *time.Time       `json:"queued_at"`
	TalkingAt   *time.Time       `json:"talking_at"`
	EndedAt     *time.Time       `json:"ended_at"`
	Agent       string           `json:"agent" doc:"agent_no of the last agent who talked"`
	Result      call.Result      `json:"result" doc:"empty until it ended"`
	EndedBy     call.Party       `json:"ended_by"`
	Recorded    bool             `json:"recorded" doc:"there is a recording to be played"`
	Language    string           `json:"language" doc:"that he chose to be served in, empty for Mandarin"`
	Disposition *dispositionView `json:"disposition"`
}

type dispositionView struct {
	Agent string    `json:"agent"`
	Kind  string    `json:"kind"`
	Note  string    `json:"note"`
	At    time.Time `json:"at"`
}

type legView struct {
	ID        call.LegID `json:"id"`
	Role      call.Role  `json:"role"`
	Agent     string     `json:"agent"`
	CreatedAt time.Time  `json:"created_at"`
	UpAt      *time.Time `json:"up_at"`
	GoneAt    *time.Time `json:"gone_at"`
	Cause     int        `json:"cause"`
	Together  []spanView `json:"together" nullable:"false" doc:"when it was in the conversation"`
}

type offerView struct {
	N       int          `json:"n"`
	Agent   string       `json:"agent"`
	At      time.Time    `json:"at"`
	EndedAt *time.Time   `json:"ended_at"`
	Outcome call.Outcome `json:"outcome"`
	Reason  string       `json:"reason"`
}

type changeView struct {
	Seq   int        `json:"seq"`
	At    time.Time  `json:"at"`
	From  call.State `json:"from"`
	To    call.State `json:"to"`
	Cause string     `json:"cause"`
}

type pageOut struct {
	Body struct {
		Calls []CallView `json:"calls" nullable:"false"`
		Next  string     `json:"next" doc:"cursor of the next page, empty on the last"`
	}
}

type detailOut struct {
	Body struct {
		CallView
		Legs      []legView      `json:"legs" nullable:"false"`
		Offers    []offerView    `json:"offers" nullable:"false"`
		Transfers []transferView `json:"transfers" nullable:"false"`
		Changes   []changeView   `json:"changes" nullable:"false"`
		Marks     []markView     `json:"marks" nullable:"false" doc:"who came and went, for the recording; empty without one"`
		CameFrom  *calldata.Data `json:"came_from" doc:"what the hotline or service that handed the caller to us said; null: he dialled us"`
	}
}

// PageIn is what chooses calls.
type PageIn struct {
	Number string    `query:"number" maxLength:"32" pattern:"^[0-9+*#]*$" doc:"caller's number as normalised"`
	From   time.Time `query:"from" doc:"arrived at or after"`
	To     time.Time `query:"to" doc:"arrived before"`
	Cursor string    `query:"cursor" maxLength:"256" doc:"next of the page before"`
	Limit  int       `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type callsIn struct {
	PageIn
	Agent string `query:"agent" maxLength:"16" doc:"agent_no of the last agent who talked"`
}

type callIn struct {
	ID string `path:"id" maxLength:"128" pattern:"^[0-9A-Za-z][0-9A-Za-z._-]*$"`
}

func (h *Handler) registerCalls() {
	register(h, huma.Operation{
		OperationID: "calls", Method: http.MethodGet, Path: "/api/calls", Summary: "Calls, newest first",
	}, func(ctx context.Context, in *callsIn) (*pageOut, error) {
		who := whoIs(ctx)
		if !who.has(allCalls...) {
			if in.Agent != "" && in.Agent != who.No {
				return nil, errForbidden
			}
			in.Agent = who.No
		}
		return h.page(ctx, in.Agent, in.PageIn)
	})
	register(h, huma.Operation{
		OperationID: "my-calls", Method: http.MethodGet, Path: "/api/me/calls", Summary: "One's own calls, newest first",
	}, func(ctx context.Context, in *PageIn) (*pageOut, error) { return h.page(ctx, whoIs(ctx).No, *in) })
	register(h, huma.Operation{
		OperationID: "call", Method: http.MethodGet, Path: "/api/calls/{id}", Summary: "One call with all that is known",
	}, func(ctx context.Context, in *callIn) (*detailOut, error) {
		d, err := h.find(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		who := whoIs(ctx)
		err = h.audit(ctx, AuditEntry{Who: who.No, Action: ActionViewCall, Object: in.ID, Address: who.Address})
		if err != nil {
			return nil, err
		}
		return detailOf(d), nil
	})
}

// page lists calls; which ones were shown is audited before they are.
func (h *Handler) page(ctx context.Context, agentNo string, in PageIn) (*pageOut, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	p, err := h.o.Calls.Calls(asked, Filter{
		Agent: agentNo, Number: in.Number, From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	out := &pageOut{}
	out.Body.Next, out.Body.Calls = p.Next, make([]CallView, len(p.Calls))
	ids := make([]string, len(p.Calls))
	for i, row := range p.Calls {
		out.Body.Calls[i] = viewOf(row.Call, row.Disposition)
		ids[i] = string(row.Call.ID)
	}
	who := whoIs(ctx)
	detail := map[string]any{"calls": ids, "agent": agentNo, "number": in.Number}
	err = h.audit(ctx, AuditEntry{Who: who.No, Action: ActionListCalls, Detail: detail, Address: who.Address})
	return out, err
}

// find returns a call that the one who asks may see.
func (h *Handler) find(ctx context.Context, id string) (CallDetail, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	d, err := h.o.Calls.Call(asked, call.ID(id))
	if err != nil {
		return d, err
	}
	if who := whoIs(ctx); !who.has(allCalls...) && !talked(d, who.Profile) {
		return CallDetail{}, errForbidden
	}
	return d, nil
}

// talked says whether the agent was ever connected in the call.
func talked(d CallDetail, p agent.Profile) bool {
	if d.Call.Agent == p.No {
		return true
	}
	for _, l := range d.Legs {
		if l.Agent == p.No && !l.UpAt.IsZero() {
			return true
		}
	}
	return false
}

func viewOf(r call.Record, d *call.Disposition) CallView {
	v := CallView{
		ID: r.ID, Number: r.Number, Secret: r.Secret, DNIS: r.DNIS, Line: r.Line, Queue: r.Queue, State: r.State, ArrivedAt: r.ArrivedAt,
		AnsweredAt: at(r.AnsweredAt), QueuedAt: at(r.QueuedAt), TalkingAt: at(r.TalkingAt), EndedAt: at(r.EndedAt),
		Agent: r.Agent, Result: r.Result, EndedBy: r.EndedBy, Recorded: r.Recording != "", Language: r.Language,
	}
	if r.Secret {
		v.Number = caller.Hidden
	}
	if d != nil {
		v.Disposition = &dispositionView{Agent: d.Agent, Kind: d.Kind, Note: d.Note, At: d.At}
		if r.Secret && d.Note != "" {
			v.Disposition.Note = caller.Hidden
		}
	}
	return v
}

func detailOf(d CallDetail) *detailOut {
	out := &detailOut{}
	out.Body.CallView = viewOf(d.Call, d.Disposition)
	out.Body.Legs = make([]legView, len(d.Legs))
	for i, l := range d.Legs {
		out.Body.Legs[i] = legView{l.ID, l.Role, l.Agent, l.CreatedAt, at(l.UpAt), at(l.GoneAt), l.Cause, spansOf(l.Together)}
	}
	out.Body.Offers = make([]offerView, len(d.Offers))
	for i, o := range d.Offers {
		out.Body.Offers[i] = offerView{o.N, o.Agent, o.At, at(o.EndedAt), o.Outcome, o.Reason}
	}
	out.Body.Transfers = make([]transferView, len(d.Transfers))
	for i, t := range d.Transfers {
		out.Body.Transfers[i] = transferOf(t)
	}
	out.Body.Marks, out.Body.CameFrom = marksOf(d), d.Call.CameFrom
	if from := d.Call.CameFrom; from != nil && d.Call.Secret {
		hidden := from.Hidden()
		out.Body.CameFrom = &hidden
	}
	out.Body.Changes = make([]changeView, len(d.Changes))
	for i, c := range d.Changes {
		out.Body.Changes[i] = changeView{c.Seq, c.At, c.From, c.To, c.Cause}
	}
	return out
}

func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
