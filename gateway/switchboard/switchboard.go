// Package switchboard is the one loop that owns everything live: calls, the queue and the agents' states. It decides
// and does no input or output: what is to be done goes out through the ports of ports.go, what happened comes in
// through its methods, which only enqueue. Follow a call from ChannelEntered (calls.go) to the desk (desks.go).
package switchboard

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"hotline/agent"
	"hotline/gateway/abuse"
	"hotline/gateway/call"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
	"hotline/ivr"
)

// Config is what a switchboard needs.
type Config struct {
	Settings settings.Snapshot    // until Configure
	Spoken   Spoken               //
	Flow     *ivr.Flow            // what callers go through
	Flows    map[string]*ivr.Flow // those of lines that name one
	Phone    Phone
	Journal  Journal
	History  History
	Orders   Orders // nil: no order can be looked up
	Blocks   Blocks // nil: nobody is blocked

	Offenders Offenders // nil: nobody is alerted

	Audience Audience
	Meter    Meter
	Log      *slog.Logger
	Node     string           // of Asterisk, in the ids of calls that begin from us
	Trunk    string           // PJSIP endpoint that outside numbers are dialled through
	Now      func() time.Time // time.Now when nil
}

const (
	inboxSize    = 1 << 16
	sweepEvery   = 30 * time.Second
	tickEvery    = time.Second
	slowStep     = 10 * time.Millisecond
	historyLimit = 10
	historyTime  = 2 * time.Second

	inquiryTime   = 7 * time.Second // less than a flow's patience
	mostInquiries = 64
	censusTime    = 5 * time.Second
)

// Switchboard owns all live state. Make it with New, start it with Run; its other methods may be called from any
// goroutine.
type Switchboard struct {
	cfg   Config
	inbox chan input

	// Owned by the loop.
	calls    map[call.ID]*live
	seats    map[string]*seat
	queue    *queue.Queue
	set      settings.Snapshot
	spoken   Spoken
	rests    *queue.Rests
	trunks   map[string]bool // could be reached once
	trunkUp  map[string]bool // can be reached now, of those that could be once
	talks    lastTalks       // who talked to whom lately
	callback callbacks       // who is to be called back
	alerts   []Alert         // for supervisors, the latest first
	timers   timers
	linkUp   bool
	syncing  bool    // a census after a reconnect is on its way; what channels do meanwhile waits in deferred
	deferred []input //
	sweeping bool
	sweepNow chan struct{}   // has an entry when the next sweep must not wait for its time
	suspects map[string]bool // channels and bridges without an owner, seen once
	lookups  chan lookup
	// inquiries has an entry for each question to another house.
	inquiries chan struct{}
}

// input is one thing that happened, handled at now.
type input func(now time.Time)

// live is a call with what only screens need.
type live struct {
	*call.Call
	touched      time.Time // last step
	history      []EarlierCall
	historyState string
	disposition  string
	note         string
	avoid        []string // agents who did not take this call, the latest last
	parties      int      // as the desks were told last
	comesBackTo  string   // agent who sent him away, to nobody as it turned out
	recalled     bool     // and asks for him back
	leftBy       string   // agent who left him to others
	asksQueue    bool     // a step put him before the queue, which has not answered
	admitted     bool     // the queue took him in once
	diverted     bool     // another city was tried
	task         *Task    // outbound: whom we call back

	abuse   []abuse.Entry // what was noted of it
	alerted bool          // supervisors are, or need not be
}

// New makes a switchboard with nothing in it.
func New(cfg Config) *Switchboard {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Switchboard{
		cfg: cfg, inbox: make(chan input, inboxSize), calls: make(map[call.ID]*live), seats: make(map[string]*seat),
		queue: queue.New(cfg.Settings.Definitions(), cfg.Settings.Credits), set: cfg.Settings, spoken: cfg.Spoken,
		trunks: map[string]bool{}, trunkUp: map[string]bool{}, rests: queue.NewRests(restCaps(cfg.Settings)), talks: lastTalks{}, callback: newCallbacks(),
		timers: timers{now: cfg.Now}, sweepNow: make(chan struct{}, 1), lookups: make(chan lookup, 1024), inquiries: make(chan struct{}, mostInquiries),
	}
}

// Run is the loop. It ends with ctx; calls go on in Asterisk.
func (s *Switchboard) Run(ctx context.Context) error {
	for range 4 {
		go s.lookUp(ctx)
	}
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case in := <-s.inbox:
			s.turn(in)
		case <-s.timers.C():
			s.turn(s.wake)
		case <-tick.C:
			s.turn(s.tick)
		case <-sweep.C:
			s.turn(func(time.Time) { s.sweep(ctx) })
		case <-s.sweepNow:
			s.turn(func(time.Time) { s.sweep(ctx) })
		}
	}
}

// turn handles one input and whatever else is waiting already, then pairs callers and agents.
func (s *Switchboard) turn(in input) {
	start := s.cfg.Now()
	in(start)
	s.settle(start)
	took := s.cfg.Now().Sub(start)
	s.cfg.Meter.Step(took)
	if took > slowStep {
		s.cfg.Log.Warn("the loop was slow", "took", took)
	}
}

// post enqueues an input; it waits only when 65,536 are waiting already.
func (s *Switchboard) post(in input) { s.inbox <- in }

// askLoop has the loop answer a question, or returns ctx's error.
func askLoop[T any](ctx context.Context, s *Switchboard, question func() T) (answer T, err error) {
	answers := make(chan T, 1)
	select {
	case s.inbox <- func(time.Time) { answers <- question() }:
	case <-ctx.Done():
		return answer, ctx.Err()
	}
	select {
	case answer = <-answers:
		return answer, nil
	case <-ctx.Done():
		return answer, ctx.Err()
	}
}

// Alive returns once the loop has come round, or ctx's error.
func (s *Switchboard) Alive(ctx context.Context) error {
	_, err := askLoop(ctx, s, func() struct{} { return struct{}{} })
	return err
}

// ErrNoLink says that Asterisk is not heard, or not yet understood after a gap.
var ErrNoLink = errors.New("not in step with asterisk")

// Synced is nil while the loop hears Asterisk and agrees with it: callers are served.
func (s *Switchboard) Synced(ctx context.Context) error {
	answer, err := askLoop(ctx, s, s.synced)
	return cmp.Or(answer, err)
}

func (s *Switchboard) synced() error {
	if s.linkUp && !s.syncing {
		return nil
	}
	return ErrNoLink
}

// settle pairs waiting callers with ready agents, and gives music to those for whom nobody is free.
func (s *Switchboard) settle(now time.Time) {
	if s.synced() != nil {
		return
	}
	for {
		id, agentNo, ok := s.queue.Next(now)
		if !ok {
			break
		}
		if place := s.callback.places[id]; place != nil {
			s.offerCallback(now, place, agentNo)
			continue
		}
		s.offer(now, call.ID(id), agentNo)
	}
	for _, id := range s.queue.Unattended() {
		if c := s.calls[call.ID(id)]; c != nil {
			s.step(now, c, call.Event{Kind: call.Unattended})
		}
	}
	s.restTurns(now)
	s.timers.set(queueTimer, s.queue.Wake())
}

// queueTimer wakes the loop when somebody has waited long enough for other agents too. No call or agent has this name.
const queueTimer = "queue"

func (s *Switchboard) offer(now time.Time, id call.ID, agentNo string) {
	c, seat := s.calls[id], s.seats[agentNo]
	if err := seat.agent.Step(now, agent.Event{Kind: agent.Reserve, Call: string(id)}); err != nil {
		s.cfg.Log.Error("offer", "call", id, "agent", agentNo, "error", err)
		s.wait(c)
		return
	}
	seat.call = c
	s.keepAgent(seat, string(call.Offer))
	s.step(now, c, call.Event{
		Kind: call.Offer, Agent: agentNo, Endpoint: Endpoint(agentNo), RingFor: s.set.Running(c.Record().Queue).RingTimeout,
		Browser: seat.agent.Phone == agent.PhoneBrowser,
	})
}

// Endpoint is where Asterisk reaches an agent's telephone.
func Endpoint(agentNo string) string { return "PJSIP/agent-" + agentNo }

// wake plays Timeout into whatever asked to be woken.
func (s *Switchboard) wake(now time.Time) {
	for _, key := range s.timers.due(now) {
		if c := s.calls[call.ID(key)]; c != nil {
			s.step(now, c, s.timeout(c))
		} else if seat := s.seats[key]; seat != nil {
			s.stepAgent(now, seat, agent.Event{Kind: agent.Timeout}, "timeout")
		}
	}
}

// tick sends everybody the figures of the moment.
func (s *Switchboard) tick(now time.Time) {
	waiting, longest := s.queue.Length()
	value := QueueTick{Waiting: waiting, Ready: s.queue.ReadyAgents(), Callbacks: s.callback.open()}
	s.cfg.Meter.CallbacksPending(value.Callbacks)
	if waiting > 0 {
		value.LongestSince = &longest
	}
	states := map[agent.State]int{}
	for _, seat := range s.seats {
		states[seat.agent.Shown()]++
	}
	value.Busy = states[agent.Talking] + states[agent.Held] + states[agent.Reserved]
	s.cfg.Audience.Tick("", "queue", value)
	s.cfg.Audience.Tick("", "link", LinkTick{Asterisk: s.linkUp})
	s.tellFloor(now)
	s.measure(now, states)
	s.review(now)
}

// states whose gauges are set every second, so that one that emptied shows 0.
var agentStates = []agent.State{
	agent.Ready, agent.Reserved, agent.Talking, agent.Held, agent.WrapUp, agent.NotReady, agent.Rest, agent.Lost, agent.SignedOut,
	agent.Supervising,
}

func (s *Switchboard) measure(now time.Time, states map[agent.State]int) {
	for _, state := range agentStates {
		s.cfg.Meter.Agents(state, states[state])
	}
	up, lost := 0, 0
	for _, seat := range s.seats {
		switch {
		case seat.agent.State() == agent.SignedOut:
		case seat.agent.Linked():
			up++
		default:
			lost++
		}
	}
	s.cfg.Meter.AgentLinks(up, lost)
	talking := 0
	for _, c := range s.calls {
		if st := c.State(); st == call.Talking || st == call.Held || st == call.HandedOver {
			talking++
		}
	}
	s.cfg.Meter.Talking(talking)
	for _, def := range s.set.Queues {
		f, _ := s.queue.Figures(def.Name)
		longest := time.Duration(0)
		if f.Waiting > 0 {
			longest = now.Sub(f.Longest)
		}
		s.cfg.Meter.Waiting(def.Name, f.Waiting, longest)
	}
}

// unexpected tells whether an error only says that events crossed on the way.
func unexpected(err error) bool { return errors.Is(err, call.ErrUnexpected) }
