package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/blocklist"
	"hotline/gateway/caller"
	"hotline/gateway/settings"
)

// Blocks is the block list.
type Blocks interface {
	Policy() settings.BlockList
	// List returns entries that are "proposed", "approved", up for "review" or "over".
	List(ctx context.Context, which string) ([]Block, error)
	Propose(ctx context.Context, p BlockProposal) (Block, error)
	// Decide approves or rejects; who proposed is not who approves.
	Decide(ctx context.Context, id, who string, approve bool, note string) (Block, error)
	Lift(ctx context.Context, id, who, note string) (Block, error)
	// Check says whether a number is kept out of a channel, and keeps that it was. It asks nobody: it answers from memory.
	Check(channel blocklist.Channel, number, line string) bool
}

// Block is one entry with what it did.
type Block struct {
	ID         string
	Key        string
	Number     string
	Line       string
	Reason     string
	Calls      []string
	Days       int
	State      blocklist.State
	ProposedBy string
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time
	Decision   string
	Until      time.Time
	LiftedBy   string
	LiftedAt   time.Time
	LiftedWhy  string
	ByPhone    int
	Online     int
	LastHit    time.Time
}

// BlockProposal is what somebody wants on the list.
type BlockProposal struct {
	Call, Key, Entry string
	Line             string
	Reason           string
	Calls            []string
	Days             int
	Who              string
}

type blockView struct {
	ID         string          `json:"id"`
	Key        string          `json:"key" doc:"names the number in this API"`
	Number     string          `json:"number" doc:"masked"`
	Line       string          `json:"line" doc:"dialled number; empty: all lines"`
	Reason     string          `json:"reason"`
	Calls      []string        `json:"calls" nullable:"false" doc:"the evidence"`
	Days       int             `json:"days"`
	State      blocklist.State `json:"state" enum:"proposed,approved,rejected,lifted"`
	ProposedBy string          `json:"proposed_by"`
	ProposedAt time.Time       `json:"proposed_at"`
	DecidedBy  string          `json:"decided_by"`
	DecidedAt  *time.Time      `json:"decided_at"`
	Decision   string          `json:"decision" doc:"what who decided said"`
	Until      *time.Time      `json:"until" doc:"null: never approved"`
	LiftedBy   string          `json:"lifted_by"`
	LiftedAt   *time.Time      `json:"lifted_at"`
	LiftedWhy  string          `json:"lifted_why"`
	ByPhone    int             `json:"by_phone" doc:"calls that it kept out"`
	Online     int             `json:"online" doc:"times that another channel kept him out"`
	LastHit    *time.Time      `json:"last_hit"`
}

type blocksIn struct {
	Which string `query:"which" enum:"proposed,approved,review,over" default:"approved"`
}

type blocksOut struct {
	Body struct {
		On         bool        `json:"on" doc:"the policy; while it is off nobody is blocked"`
		MostDays   int         `json:"most_days"`
		ReviewDays int         `json:"review_days"`
		Blocks     []blockView `json:"blocks" nullable:"false"`
	}
}

type blockOut struct{ Body blockView }

type proposeIn struct {
	Body struct {
		Call   string   `json:"call,omitempty" maxLength:"128" pattern:"^([0-9A-Za-z][0-9A-Za-z._-]*)?$" doc:"its caller; or key, or entry"`
		Key    string   `json:"key,omitempty" pattern:"^([0-9a-f]{32})?$" doc:"the number"`
		Entry  string   `json:"entry,omitempty" pattern:"^([0-9A-Z]{26})?$" doc:"an entry that is to be renewed"`
		Line   string   `json:"line,omitempty" pattern:"^[0-9+]{0,20}$" doc:"dialled number; empty: all lines"`
		Reason string   `json:"reason" minLength:"2" maxLength:"500" pattern:"\\S"`
		Calls  []string `json:"calls" nullable:"false" minItems:"1" maxItems:"50" doc:"the evidence: ids of calls of this number"`
		Days   int      `json:"days" minimum:"1" maximum:"3650" doc:"how long, from the approval on"`
	}
}

// BlockIn names an entry.
type BlockIn struct {
	ID string `path:"id" pattern:"^[0-9A-Z]{26}$"`
}

type decideIn struct {
	BlockIn
	Body struct {
		Approve bool   `json:"approve"`
		Note    string `json:"note,omitempty" maxLength:"500"`
	}
}

type liftIn struct {
	BlockIn
	Body struct {
		Note string `json:"note" minLength:"2" maxLength:"500" pattern:"\\S" doc:"why"`
	}
}

type checkIn struct {
	Body struct {
		Channel blocklist.Channel `json:"channel" pattern:"^[a-z][a-z0-9_]{0,19}$" doc:"web, app, wechat: where somebody wants in"`
		Number  string            `json:"number" minLength:"1" maxLength:"40" doc:"telephone number that he gave"`
		Line    string            `json:"line,omitempty" pattern:"^[0-9+]{0,20}$" doc:"line that the channel belongs to"`
	}
}

type checkOut struct {
	Body struct {
		Blocked bool   `json:"blocked"`
		Notice  string `json:"notice" doc:"to be shown to who is blocked; empty otherwise"`
	}
}

func (h *Handler) registerBlocks() {
	register(h, huma.Operation{
		OperationID: "blocks", Method: http.MethodGet, Path: "/api/blocks", Summary: "The block list: proposals, entries in force, those up for review, and those that are over",
	}, h.listBlocks)
	register(h, huma.Operation{
		OperationID: "propose-block", Method: http.MethodPost, Path: "/api/blocks", Summary: "Propose to block a number, or to renew an entry",
		DefaultStatus: http.StatusCreated, Errors: []int{403, 404, 409, 422},
	}, h.proposeBlock)
	register(h, huma.Operation{
		OperationID: "decide-block", Method: http.MethodPost, Path: "/api/blocks/{id}/decide", Summary: "Approve a proposal of somebody else's, or reject one",
		Errors: []int{403, 404, 409},
	}, func(ctx context.Context, in *decideIn) (*blockOut, error) {
		if in.Body.Approve && !h.o.Blocks.Policy().On {
			return nil, errBlocksOff
		}
		action := ActionRejectBlock
		if in.Body.Approve {
			action = ActionApproveBlock
		}
		return h.changeBlock(ctx, action, in.ID, func(ctx context.Context, who string) (Block, error) {
			return h.o.Blocks.Decide(ctx, in.ID, who, in.Body.Approve, in.Body.Note)
		})
	})
	register(h, huma.Operation{
		OperationID: "lift-block", Method: http.MethodPost, Path: "/api/blocks/{id}/lift", Summary: "End an entry before its time", Errors: []int{404, 409},
	}, func(ctx context.Context, in *liftIn) (*blockOut, error) {
		return h.changeBlock(ctx, ActionLiftBlock, in.ID, func(ctx context.Context, who string) (Block, error) {
			return h.o.Blocks.Lift(ctx, in.ID, who, in.Body.Note)
		})
	})
	register(h, huma.Operation{
		OperationID: "check-block", Method: http.MethodPost, Path: "/api/blocks/check",
		Summary: "For channels on the internet: whether a number is kept out, and what to tell him",
	}, func(_ context.Context, in *checkIn) (*checkOut, error) {
		out := &checkOut{}
		if h.o.Blocks.Check(in.Body.Channel, in.Body.Number, in.Body.Line) {
			out.Body.Blocked, out.Body.Notice = true, h.o.Blocks.Policy().Notice
		}
		return out, nil
	})
}

func (h *Handler) listBlocks(ctx context.Context, in *blocksIn) (*blocksOut, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	list, err := h.o.Blocks.List(asked, in.Which)
	if err != nil {
		return nil, err
	}
	out, p := &blocksOut{}, h.o.Blocks.Policy()
	out.Body.On, out.Body.MostDays, out.Body.ReviewDays = p.On, p.MostDays, p.ReviewDays
	out.Body.Blocks = make([]blockView, len(list))
	for i, b := range list {
		out.Body.Blocks[i] = blockOf(b)
	}
	who := whoIs(ctx)
	return out, h.audit(ctx, AuditEntry{Who: who.No, Action: ActionListBlocks, Detail: map[string]any{"which": in.Which, "entries": len(list)}, Address: who.Address})
}

func (h *Handler) proposeBlock(ctx context.Context, in *proposeIn) (*blockOut, error) {
	p, named := h.o.Blocks.Policy(), 0
	for _, one := range []string{in.Body.Call, in.Body.Key, in.Body.Entry} {
		if one != "" {
			named++
		}
	}
	switch {
	case !p.On:
		return nil, errBlocksOff
	case named != 1:
		return nil, huma.Error422UnprocessableEntity("name whom you mean by one of call, key and entry")
	case in.Body.Days > p.MostDays:
		return nil, huma.Error422UnprocessableEntity("the policy allows fewer days")
	}
	for _, id := range in.Body.Calls {
		if id == "" || len(id) > 128 {
			return nil, huma.Error422UnprocessableEntity("the evidence is ids of calls")
		}
	}
	about := in.Body.Call + in.Body.Key + in.Body.Entry
	return h.changeBlock(ctx, ActionProposeBlock, about, func(ctx context.Context, who string) (Block, error) {
		return h.o.Blocks.Propose(ctx, BlockProposal{
			Call: in.Body.Call, Key: in.Body.Key, Entry: in.Body.Entry, Line: in.Body.Line, Reason: in.Body.Reason,
			Calls: in.Body.Calls, Days: in.Body.Days, Who: who,
		})
	})
}

// changeBlock does something to an entry, which is audited before.
func (h *Handler) changeBlock(ctx context.Context, action, object string, change func(ctx context.Context, who string) (Block, error)) (*blockOut, error) {
	who := whoIs(ctx)
	if err := h.audit(ctx, AuditEntry{Who: who.No, Action: action, Object: object, Address: who.Address}); err != nil {
		return nil, err
	}
	asked, cancel := ask(ctx)
	defer cancel()
	b, err := change(asked, who.No)
	if err != nil {
		return nil, err
	}
	return &blockOut{blockOf(b)}, nil
}

func blockOf(b Block) blockView {
	v := blockView{
		ID: b.ID, Key: b.Key, Number: caller.Number(b.Number).String(), Line: b.Line, Reason: b.Reason, Calls: b.Calls, Days: b.Days, State: b.State,
		ProposedBy: b.ProposedBy, ProposedAt: b.ProposedAt, DecidedBy: b.DecidedBy, DecidedAt: at(b.DecidedAt), Decision: b.Decision,
		Until: at(b.Until), LiftedBy: b.LiftedBy, LiftedAt: at(b.LiftedAt), LiftedWhy: b.LiftedWhy,
		ByPhone: b.ByPhone, Online: b.Online, LastHit: at(b.LastHit),
	}
	if v.Calls == nil {
		v.Calls = []string{}
	}
	return v
}
