package web

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"hotline/gateway/abuse"
	"hotline/gateway/caller"
	"hotline/gateway/evidence"
)

// Abuses knows whose calls were marked as abusive.
type Abuses interface {
	// Numbers are those with at least so many marked calls since an instant, the most first.
	Numbers(ctx context.Context, since time.Time, least, limit int) ([]Offender, error)
	// Calls are the marked calls of a number, oldest first.
	Calls(ctx context.Context, key string, from, to time.Time, limit int) ([]evidence.Call, error)
	// OfNumber and OfCall prepare a bundle of evidence. A zero from is since ever.
	OfNumber(ctx context.Context, key string, from, to time.Time) (Evidence, error)
	OfCall(ctx context.Context, id string) (Evidence, error)
}

// Evidence writes a bundle; after an error it has no end.
type Evidence func(ctx context.Context, w io.Writer, who, reason string) error

// Offender is a number whose calls were marked.
type Offender struct {
	Key         string
	Number      string
	Calls       int
	First, Last time.Time
	TalkSeconds int
	Warnings    int
	HangUps     int
	Kinds       map[abuse.Kind]int
	Block       string
}

type offenderView struct {
	Key         string             `json:"key" doc:"names the number in this API"`
	Number      string             `json:"number" doc:"masked"`
	Calls       int                `json:"calls" doc:"that were marked"`
	First       time.Time          `json:"first"`
	Last        time.Time          `json:"last"`
	TalkSeconds int                `json:"talk_s"`
	Warnings    int                `json:"warnings"`
	HangUps     int                `json:"hang_ups" doc:"logged hang-ups"`
	Kinds       map[abuse.Kind]int `json:"kinds" nullable:"false" doc:"calls by kind of mark"`
	Block       string             `json:"block" enum:",proposed,approved" doc:"whether it is on the block list"`
}

type offendersIn struct {
	Days  int `query:"days" minimum:"1" maximum:"3650" default:"30" doc:"marked within so many days"`
	Least int `query:"least" minimum:"1" maximum:"1000" default:"1" doc:"with so many marked calls"`
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type offendersOut struct {
	Body struct {
		Numbers []offenderView `json:"numbers" nullable:"false"`
	}
}

// NumberKeyIn names a number by its key.
type NumberKeyIn struct {
	Key string `path:"key" pattern:"^[0-9a-f]{32}$"`
}

type markedIn struct {
	NumberKeyIn
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"100"`
}

type markedOut struct {
	Body struct {
		Calls []markedView `json:"calls" nullable:"false"`
	}
}

type markedView struct {
	ID        string         `json:"id"`
	DNIS      string         `json:"dnis"`
	Line      string         `json:"line"`
	Agent     string         `json:"agent"`
	Result    string         `json:"result"`
	ArrivedAt time.Time      `json:"arrived_at"`
	TalkingAt *time.Time     `json:"talking_at"`
	EndedAt   *time.Time     `json:"ended_at"`
	Recorded  bool           `json:"recorded"`
	Notes     []noteView     `json:"notes" nullable:"false"`
	HandOvers []handOverView `json:"hand_overs" nullable:"false" doc:"to emergency services"`
}

type noteView struct {
	At    time.Time  `json:"at"`
	IntoS *float64   `json:"into_s" doc:"seconds into the recording; null: outside it"`
	Act   abuse.Act  `json:"act" enum:"mark,warning_played,warning_said,hang_up"`
	Kind  abuse.Kind `json:"kind"`
	Agent string     `json:"agent"`
	Note  string     `json:"note"`
}

type handOverView struct {
	Service string    `json:"service"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Result  string    `json:"result"`
}

// ReasonIn says why evidence is exported; it is kept in the audit and in the bundle.
type ReasonIn struct {
	Reason string `query:"reason" required:"true" minLength:"2" maxLength:"200" pattern:"\\S"`
}

type numberEvidenceIn struct {
	NumberKeyIn
	ReasonIn
	From time.Time `query:"from" doc:"calls that arrived at or after"`
	To   time.Time `query:"to" doc:"and before; now when left out"`
}

type callEvidenceIn struct {
	callIn
	ReasonIn
}

// evidenceWithin bounds one export.
const evidenceWithin = time.Hour

func (h *Handler) registerAbuse() {
	register(h, huma.Operation{
		OperationID: "abuse-numbers", Method: http.MethodGet, Path: "/api/abuse/numbers", Summary: "Numbers whose calls were marked as abusive, the most first",
	}, h.listOffenders)
	register(h, huma.Operation{
		OperationID: "abuse-calls", Method: http.MethodGet, Path: "/api/abuse/numbers/{key}/calls", Summary: "The marked calls of a number with what was noted of them",
	}, h.listMarked)
	zipped := map[string]*huma.Response{"200": {Description: "zip with a signed manifest", Content: map[string]*huma.MediaType{"application/zip": {}}}}
	register(h, huma.Operation{
		OperationID: "number-evidence", Method: http.MethodGet, Path: "/api/abuse/numbers/{key}/evidence.zip",
		Summary: "The marked calls of a number as a bundle of evidence", Responses: zipped,
	}, func(ctx context.Context, in *numberEvidenceIn) (*huma.StreamResponse, error) {
		to := in.To
		if to.IsZero() {
			to = time.Now()
		}
		asked, cancel := ask(ctx)
		defer cancel()
		bundle, err := h.o.Abuses.OfNumber(asked, in.Key, in.From, to)
		if err != nil {
			return nil, err
		}
		return h.export(ctx, "number:"+in.Key, in.Reason, bundle)
	})
	register(h, huma.Operation{
		OperationID: "call-evidence", Method: http.MethodGet, Path: "/api/calls/{id}/evidence.zip", Summary: "One call as a bundle of evidence", Responses: zipped,
	}, func(ctx context.Context, in *callEvidenceIn) (*huma.StreamResponse, error) {
		asked, cancel := ask(ctx)
		defer cancel()
		bundle, err := h.o.Abuses.OfCall(asked, in.ID)
		if err != nil {
			return nil, err
		}
		return h.export(ctx, in.ID, in.Reason, bundle)
	})
}

// export streams a bundle, which is audited before. One that fails in the middle is cut off, so that no program takes it
// for whole.
func (h *Handler) export(ctx context.Context, object, reason string, bundle Evidence) (*huma.StreamResponse, error) {
	who := whoIs(ctx)
	err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionEvidence, Object: object, Detail: map[string]any{"reason": reason}, Address: who.Address})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		r, w := humago.Unwrap(c)
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(evidenceWithin))
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", `attachment; filename="evidence-`+time.Now().Format("20060102-150405")+`.zip"`)
		if err := bundle(r.Context(), w, who.No, reason); err != nil {
			h.log.Error("evidence is cut off", "object", object, "err", err)
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

func (h *Handler) listOffenders(ctx context.Context, in *offendersIn) (*offendersOut, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	list, err := h.o.Abuses.Numbers(asked, time.Now().AddDate(0, 0, -in.Days), in.Least, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &offendersOut{}
	out.Body.Numbers = make([]offenderView, len(list))
	for i, o := range list {
		out.Body.Numbers[i] = offenderView(o)
		out.Body.Numbers[i].Number = caller.Number(o.Number).String()
	}
	who := whoIs(ctx)
	return out, h.audit(ctx, AuditEntry{Who: who.No, Action: ActionListAbuse, Detail: map[string]any{"days": in.Days, "numbers": len(list)}, Address: who.Address})
}

func (h *Handler) listMarked(ctx context.Context, in *markedIn) (*markedOut, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	calls, err := h.o.Abuses.Calls(asked, in.Key, time.Unix(0, 0), time.Now(), in.Limit)
	if err != nil {
		return nil, err
	}
	out := &markedOut{}
	out.Body.Calls = make([]markedView, len(calls))
	for i, c := range calls {
		out.Body.Calls[i] = markedOf(c)
	}
	who := whoIs(ctx)
	return out, h.audit(ctx, AuditEntry{Who: who.No, Action: ActionViewAbuse, Object: "number:" + in.Key, Address: who.Address})
}

func markedOf(c evidence.Call) markedView {
	v := markedView{
		ID: c.ID, DNIS: c.DNIS, Line: c.Line, Agent: c.Agent, Result: c.Result, ArrivedAt: c.ArrivedAt, TalkingAt: at(c.TalkingAt),
		EndedAt: at(c.EndedAt), Recorded: c.Recording != "", Notes: []noteView{}, HandOvers: make([]handOverView, len(c.HandOvers)),
	}
	for _, e := range c.Notes {
		if e.Withdrawn {
			continue
		}
		n := noteView{At: e.At, Act: e.Act, Kind: e.Kind, Agent: e.Agent, Note: e.Note}
		if into, ok := abuse.InRecording(e.At, c.TalkingAt, c.EndedAt); ok && v.Recorded {
			s := into.Seconds()
			n.IntoS = &s
		}
		v.Notes = append(v.Notes, n)
	}
	for i, t := range c.HandOvers {
		v.HandOvers[i] = handOverView{t.Service, t.By, t.At, t.Result}
	}
	return v
}
