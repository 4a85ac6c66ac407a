package switchboard

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/directory"
	"hotline/gateway/target"
	"hotline/ivr"
)

const (
	whyLimit     = 200              // characters of a reason
	takeBackRing = 20 * time.Second // the telephone answers by itself
)

// cmdOneKey dials an emergency service. Nothing is asked and nothing is waited for.
func (s *Switchboard) cmdOneKey(now time.Time, seat *seat, c Command) error {
	args, err := arguments[OneKeyArgs](c)
	if err != nil {
		return err
	}
	l, err := s.ownCall(seat, c)
	if err != nil {
		return err
	}
	to, err := s.resolve(seat, target.Key{Kind: target.Emergency, Name: args.Service})
	if err != nil {
		return err
	}
	return s.bring(now, seat, l, s.order(seat, l, call.OneKey, to, cut(args.Reason)))
}

// cut shortens an emergency's reason rather than refusing it.
func cut(reason string) string {
	if utf8.RuneCountInString(reason) > whyLimit {
		return string([]rune(reason)[:whyLimit])
	}
	return reason
}

// cmdBring brings a third party into the call, or the caller to him.
func (s *Switchboard) cmdBring(now time.Time, seat *seat, c Command) error {
	args, err := arguments[BringArgs](c)
	if err != nil {
		return err
	}
	switch {
	case !slices.Contains([]call.TransferKind{call.ThreeWay, call.Consult, call.Confirmed, call.Blind}, args.How):
		return bad("how is three_way, consult, confirmed or blind")
	case utf8.RuneCountInString(args.Reason) > whyLimit:
		return bad("the reason is longer than 200 characters")
	}
	l, err := s.ownCall(seat, c)
	if err != nil {
		return err
	}
	if args.How == call.Blind && l.Blinds() >= s.set.Policies.Transfers.BlindChain {
		return &Error{CodeTooManyBlind, "this caller was handed on blindly often enough: ask first", false}
	}
	to, err := s.resolve(seat, target.Key{Kind: target.Kind(args.To.Kind), Name: args.To.Key})
	if err != nil {
		return err
	}
	if to.Queue != "" && args.How != call.Blind {
		if to.Agent = s.freeAgent(to.Queue, seat.agent.No); to.Agent == "" {
			return &Error{CodeTargetBusy, "nobody of this queue is free: hand the caller over blindly, he keeps his waiting time", true}
		}
		to.Queue, to.Ring = "", s.set.Running(to.Key).RingTimeout
	}
	order := s.order(seat, l, args.How, to, args.Reason)
	if to.Agent == "" {
		return s.bring(now, seat, l, order)
	}
	return s.bringAgent(now, seat, l, order)
}

// targetCodes are the codes of what is wrong with a target.
var targetCodes = map[error]Code{
	target.ErrMalformed: CodeBadRequest, target.ErrUnknown: CodeUnknownTarget, target.ErrNotPermitted: CodeNotPermitted,
	target.ErrNoRoute: CodeNoRoute,
}

func (s *Switchboard) resolve(seat *seat, k target.Key) (target.Destination, error) {
	to, err := target.Resolve(s.set, s.cfg.Trunk, seat.agent.Roles, k)
	for known, code := range targetCodes {
		if errors.Is(err, known) {
			return to, &Error{code, err.Error(), false}
		}
	}
	return to, err
}

// freeAgent is the agent who has been idle longest of those who may serve a queue, empty when none is free.
func (s *Switchboard) freeAgent(name, but string) string {
	def, _ := s.set.Queue(name)
	var best *seat
	for no, seat := range s.seats {
		if no == but || !seat.agent.Offerable() || !s.set.Able(no, def.Needs) {
			continue
		}
		if best == nil || seat.agent.IdleSince().Before(best.agent.IdleSince()) {
			best = seat
		}
	}
	if best == nil {
		return ""
	}
	return best.agent.No
}

// order is what the call is asked for.
func (s *Switchboard) order(seat *seat, l *live, how call.TransferKind, to target.Destination, reason string) *call.Order {
	o := &call.Order{
		Kind: how, By: seat.agent.No, ToKind: string(to.Kind), ToKey: to.Key, Title: to.Title, Reason: reason, Agent: to.Agent,
		Queue: to.Queue, Routes: to.Routes, Ring: to.Ring,
	}
	switch {
	case how == call.OneKey:
		o.Notice = ivr.TransferringTo(to.Key)
	case how == call.Blind:
		o.Notice = []string{ivr.Transferring}
	}
	for _, h := range s.callData(seat, l, reason).Headers() {
		o.Headers = append(o.Headers, call.Header(h))
	}
	return o
}

// callData is what whoever is dialled is told, so that the caller need not say it again.
func (s *Switchboard) callData(seat *seat, l *live, reason string) calldata.Data {
	r := l.Record()
	from := r.Line
	for _, line := range s.set.Lines.Lines() {
		if line.Mode == directory.Main {
			from = line.Name
			break
		}
	}
	return calldata.Data{
		CallID: string(r.ID), From: from, Number: r.Number, Line: r.DNIS, LineName: r.Line, Kind: l.disposition, Note: l.note,
		Agent: seat.agent.No, Reason: reason, Secret: r.Secret,
	}
}

func (s *Switchboard) bring(now time.Time, seat *seat, l *live, o *call.Order) error {
	err := s.step(now, l, call.Event{Kind: call.Bring, Order: o})
	if errors.Is(err, call.ErrUnexpected) && l.CallsSomebody() {
		return &Error{CodeOneAtATime, "somebody is being called already: wait until he answers, or take that back first", true}
	}
	if err != nil {
		return err
	}
	s.cfg.Log.Info("third party", "call", l.ID(), "how", o.Kind, "to", o.ToKind, "agent", o.By)
	s.deed(now, seat, "transfer."+string(o.Kind), string(l.ID()), map[string]any{"to_kind": o.ToKind, "to": o.ToKey, "reason": o.Reason})
	return nil
}

// bringAgent reserves one of our agents, and has his telephone ring.
func (s *Switchboard) bringAgent(now time.Time, seat *seat, l *live, o *call.Order) error {
	guest := s.seats[o.Agent]
	if guest == nil || !guest.agent.Linked() || guest.agent.State() == agent.SignedOut {
		return &Error{CodeNoSuchAgent, "this agent is not at a desk", true}
	}
	if err := guest.agent.Step(now, agent.Event{Kind: agent.Reserve, Call: string(l.ID())}); err != nil {
		return &Error{CodeTargetBusy, "this agent is not free", true}
	}
	o.Title, o.Routes, o.Browser = guest.agent.Name, []string{Endpoint(o.Agent)}, guest.agent.Phone == agent.PhoneBrowser
	o.Headers = nil // his screen shows it all
	if o.Ring == 0 {
		o.Ring = s.set.Policies.Transfers.Ring.Duration()
	}
	guest.call = l
	s.agentChanged(guest, agent.Ready, string(call.Bring))
	err := s.bring(now, seat, l, o)
	if err != nil {
		s.moveAgent(now, guest, agent.Event{Kind: agent.Withdraw, Call: string(l.ID())}, "refused")
	}
	return err
}

// guestOf is the third party that an agent is in a call of another's.
func guestOf(l *live, seat *seat) (call.Transfer, bool) {
	for _, t := range l.Thirds() {
		if t.Agent == seat.agent.No {
			return t, true
		}
	}
	return call.Transfer{}, false
}

// ---- with third parties

func (s *Switchboard) cmdDrop(now time.Time, seat *seat, c Command) error {
	return s.withParty(now, seat, c, call.DropThird)
}

func (s *Switchboard) cmdSwap(now time.Time, seat *seat, c Command) error {
	return s.withParty(now, seat, c, call.Swap)
}

func (s *Switchboard) withParty(now time.Time, seat *seat, c Command, what call.Kind) error {
	args, err := arguments[PartyArgs](c)
	if err != nil {
		return err
	}
	c.Ver = 0 // the party is named; what else changed does not matter
	return s.stepOwn(now, seat, c, call.Event{Kind: what, N: args.N})
}

func (s *Switchboard) cmdMerge(now time.Time, seat *seat, c Command) error {
	return s.stepOwn(now, seat, c, call.Event{Kind: call.Merge})
}

func (s *Switchboard) cmdLeave(now time.Time, seat *seat, c Command) error {
	if err := s.stepOwn(now, seat, c, call.Event{Kind: call.Leave}); err != nil {
		return err
	}
	s.deed(now, seat, "transfer.leave", string(c.Call), nil)
	return nil
}

// cmdTakeBack brings an agent back to a caller whom he handed over.
func (s *Switchboard) cmdTakeBack(now time.Time, seat *seat, c Command) error {
	l, err := s.callAt(seat, Command{Name: c.Name, Call: c.Call})
	if err != nil {
		return err
	}
	if l.MayRecall() && l.leftBy == seat.agent.No {
		s.deed(now, seat, "transfer.take_back", string(c.Call), nil)
		l.recalled = true
		return s.step(now, l, call.Event{Kind: call.TakeBack, Agent: seat.agent.No})
	}
	if l.State() != call.HandedOver || l.Agent() != "" {
		return &Error{CodeWrongState, "nobody talks to this caller any more, or somebody takes him back already", false}
	}
	if err := s.moveAgent(now, seat, agent.Event{Kind: agent.GetBack, Call: string(l.ID())}, CmdTakeBack); err != nil {
		return err
	}
	seat.call = l
	s.deed(now, seat, "transfer.take_back", string(c.Call), nil)
	return s.step(now, l, call.Event{
		Kind: call.TakeBack, Agent: seat.agent.No, Endpoint: Endpoint(seat.agent.No), RingFor: takeBackRing,
		Browser: seat.agent.Phone == agent.PhoneBrowser,
	})
}

// transferred notes what became of a transfer.
func (s *Switchboard) transferred(now time.Time, c *live, t call.Transfer) {
	s.cfg.Meter.TransferEnded(t)
	s.cfg.Log.Info("transfer", "call", c.ID(), "how", t.Kind, "to", t.ToKind, "result", t.Result, "why", t.Why, "routes", t.Tried)
	if t.Kind == call.OneKey && t.Result == call.NotReached {
		s.alert(now, Alert{Kind: AlertOneKey, Agent: t.By, Call: c.ID(), Subject: t.ToKey, Why: t.Why})
	}
}

// offerBack lets a caller whom a transfer led to nobody ring at the agent who made it, if he is still there.
func (s *Switchboard) offerBack(now time.Time, c *live) bool {
	seat, recalled := s.seats[c.comesBackTo], c.recalled
	c.comesBackTo, c.recalled = "", false
	if seat == nil || !seat.agent.Linked() || c.State() != call.Waiting {
		return false
	}
	if err := s.moveAgent(now, seat, agent.Event{Kind: agent.GetBack, Call: string(c.ID())}, "came_back"); err != nil {
		return false
	}
	seat.call, c.leftBy = c, ""
	return s.step(now, c, call.Event{
		Kind: call.Offer, Agent: seat.agent.No, Endpoint: Endpoint(seat.agent.No),
		RingFor: s.set.Running(c.Record().Queue).RingTimeout, Browser: seat.agent.Phone == agent.PhoneBrowser, On: recalled,
	}) == nil
}

// cameFromUs tells a call that is the other end of one which we are just handing over: the target leads back to us.
func (s *Switchboard) cameFromUs(ch Channel) bool {
	c := s.calls[call.ID(ch.Data.CallID)]
	return c != nil && c.RingsThird()
}

func newID() string { return ulid.Make().String() }

// deed leaves a trace of what a person did.
func (s *Switchboard) deed(now time.Time, seat *seat, action, object string, detail map[string]any) {
	s.cfg.Journal.Append(Entry{Deed: &Deed{
		ID: newID(), At: now, Who: seat.agent.No, Action: action, Object: object, Detail: detail,
	}})
}

// TargetStates are the trunks that can be reached, where it is known, and what the agents do.
func (s *Switchboard) TargetStates(ctx context.Context) (trunks map[string]bool, agents map[string]agent.State, err error) {
	type states struct {
		trunks map[string]bool
		agents map[string]agent.State
	}
	answer, err := askLoop(ctx, s, func() states {
		now := states{maps.Clone(s.trunkUp), make(map[string]agent.State, len(s.seats))}
		for no, seat := range s.seats {
			now.agents[no] = seat.agent.Shown()
		}
		return now
	})
	return answer.trunks, answer.agents, err
}
