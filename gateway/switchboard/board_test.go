package switchboard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hotline/agent"
	"hotline/gateway/abuse"
	"hotline/gateway/call"
	"hotline/gateway/clocktest"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
	"hotline/ivr/flow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lines: 12345 greets and records, 12333 leads straight to an agent, the others can be handed calls to.
const lines = `dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes
12345,热线,main,,general,,greeting_12345,yes,,,,,,
12333,人社,dual,,social,,,no,,,,,,
12366,税务,sub_centre,,general,,,no,,,,,,tax/12366
110,公安,emergency,,general,,,no,,,,,,police/110
119,消防,emergency,,general,,,no,,,,,,fire/119
120,急救,emergency,,general,,,no,,,,,,care/120
`

const wrapUp, ringTimeout = 30 * time.Second, 20 * time.Second

// board is a running switchboard whose surroundings are pretended, in a bubble where time passes at once. It writes
// down what the surroundings are told, in order.
type board struct {
	*switchboard.Switchboard
	t        *testing.T
	ctx      context.Context
	settings settings.Snapshot

	mu        sync.Mutex
	trace     []string
	desks     map[string]switchboard.Desk // the last one each agent was shown
	replies   map[string]*switchboard.Error
	ticks     map[string]any
	entries   []switchboard.Entry
	swept     []string
	census    switchboard.Census
	censuses  int
	gate      chan struct{} // the census waits for it, when not nil
	censusErr error
	earlier   []switchboard.EarlierCall
	historyBy chan error // answers of History, when not nil
	commands  int
	set       atomic.Int64 // by how much the wall clock was
	others    atomic.Int64 // marked calls of whoever calls
	listed    atomic.Bool  // everybody is on the block list
}

// clock is the wall clock, which a test may set.
func (b *board) clock() time.Time { return clocktest.Set(time.Now(), time.Duration(b.set.Load())) }

// play runs one test against a switchboard that is in step with an empty Asterisk.
func play(t *testing.T, test func(b *board)) {
	t.Parallel()
	playFrom(t, nil, func(b *board) {
		b.LinkUp(b.ctx)
		synctest.Wait()
		test(b)
	})
}

// playFrom runs one test; restore comes before the loop begins.
func playFrom(t *testing.T, restore, test func(b *board)) {
	synctest.Test(t, func(t *testing.T) {
		d, err := directory.ReadCSV(strings.NewReader(lines))
		if err != nil {
			t.Fatal(err)
		}
		b := &board{t: t, desks: map[string]switchboard.Desk{}, replies: map[string]*switchboard.Error{}, ticks: map[string]any{}}
		b.settings = testSettings(d)
		b.Switchboard = switchboard.New(switchboard.Config{
			Settings: b.settings, Flow: flow.Shipped()[flow.Default], Phone: (*phone)(b), Journal: (*journal)(b), History: (*history)(b), Audience: (*audience)(b),
			Offenders: (*offenders)(b), Blocks: (*blocks)(b),
			Meter: (*meter)(b), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Node: "n", Trunk: "out", Now: b.clock,
		})
		var stop context.CancelFunc
		b.ctx, stop = context.WithCancel(t.Context())
		if restore != nil {
			restore(b)
		}
		ended := make(chan error, 1)
		go func() { ended <- b.Run(b.ctx) }()
		defer func() {
			stop()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
			synctest.Wait()
		}()
		synctest.Wait()
		test(b)
	})
}

// testSettings has plain queues, without words for those who wait.
func testSettings(d *directory.Directory) settings.Snapshot {
	set := settings.Default().For(d)
	for i := range set.Queues {
		def := &set.Queues[i]
		def.Announce, def.Callback, def.TellAgentNo, def.Rating = 0, 0, false, false
		def.RingTimeout, def.WrapUp = ringTimeout, wrapUp
	}
	return set
}

// ---- what a test does

func profile(no string) agent.Profile {
	return agent.Profile{No: no, Name: "甲", Phone: agent.PhoneBrowser}
}

// ready brings an agent to his desk and makes him ready.
func (b *board) ready(no string) {
	b.t.Helper()
	b.Linked(profile(no), "session-"+no, "page-1", false)
	b.must(no, switchboard.CmdSignIn, "", nil)
	b.must(no, switchboard.CmdReady, "", nil)
}

// caller arrives on a line that leads straight to the queue.
func (b *board) caller(id string) {
	b.ChannelEntered(id, switchboard.Channel{Inbound: true, Number: "13800001234", DNIS: "12333"})
	synctest.Wait()
}

// connected is a caller who talks with the one agent who is ready.
func (b *board) connected(id, no string) {
	b.t.Helper()
	b.ready(no)
	b.caller(id)
	b.answered(id, no)
}

// answered lets the agent's telephone be dialled and answered.
func (b *board) answered(id, no string) {
	b.t.Helper()
	leg := id + ".a1." + no
	b.ChannelEntered(leg, switchboard.Channel{})
	b.Done(call.ID(id), call.Command{Verb: call.MakeBridge})
	b.ChannelUp(leg)
	synctest.Wait()
	if phase := b.phase(no); phase != "talking" {
		b.t.Fatalf("agent %s is %s", no, phase)
	}
}

// do sends a command and returns the code it was refused with, empty when it was carried out.
func (b *board) do(no, name, id string, args any) switchboard.Code {
	b.t.Helper()
	return b.send(switchboard.Command{Agent: no, Name: name, Call: call.ID(id)}, args)
}

func (b *board) send(c switchboard.Command, args any) switchboard.Code {
	b.t.Helper()
	b.commands++
	c.ID = fmt.Sprint("k", b.commands)
	switch a := args.(type) {
	case nil:
		c.Args = json.RawMessage("{}")
	case string:
		c.Args = json.RawMessage(a)
	default:
		c.Args, _ = json.Marshal(a)
	}
	if !b.Command(c) {
		b.t.Fatalf("%s was not taken", c.Name)
	}
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	err, answered := b.replies[c.ID]
	if !answered {
		b.t.Fatalf("%s was not answered", c.Name)
	}
	if err == nil {
		return ""
	}
	return err.Code
}

func (b *board) must(no, name, id string, args any) {
	b.t.Helper()
	if code := b.do(no, name, id, args); code != "" {
		b.t.Fatalf("%s of %s: %s", name, no, code)
	}
}

// unswept keeps the sweep from looking, for tests in which more than half a minute passes.
func (b *board) unswept() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.censusErr = errors.New("not now")
}

// pass lets time pass. What the test has set before is seen by all that time wakes.
func (b *board) pass(d time.Duration) {
	_ = b.desk("") // its lock orders the test's writes before the fakes' reads
	time.Sleep(d)
	synctest.Wait()
}

// ---- what a test looks at

func (b *board) desk(no string) switchboard.Desk {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.desks[no]
}

func (b *board) state(no string) agent.State { return b.desk(no).Agent.State }

// phase is the call at an agent's desk, "none" when there is none.
func (b *board) phase(no string) string {
	if c := b.desk(no).Call; c != nil {
		return c.Phase
	}
	return "none"
}

// told is what the surroundings were told since it was last asked.
func (b *board) told() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	trace := b.trace
	b.trace = nil
	return trace
}

// has tells whether the surroundings were told text since told was last called.
func (b *board) has(text string) bool { return b.find(text) >= 0 }

// find is the place of the first line with text, -1 when there is none.
func (b *board) find(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, line := range b.trace {
		if strings.Contains(line, text) {
			return i
		}
	}
	return -1
}

func (b *board) note(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trace = append(b.trace, fmt.Sprintf(format, args...))
}

// record is what was kept of a call last.
func (b *board) record(id call.ID) (last call.Record) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.Call != nil && e.Call.ID == id {
			last = *e.Call
		}
	}
	return last
}

// results are the results of calls that ended, by call.
func (b *board) results() map[call.ID]call.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	results := map[call.ID]call.Result{}
	for _, e := range b.entries {
		if e.Call != nil && e.Call.Result != "" {
			results[e.Call.ID] = e.Call.Result
		}
	}
	return results
}

// ---- the ports

type phone board

func (p *phone) Do(_ call.ID, commands []call.Command) {
	for _, c := range commands {
		(*board)(p).note("phone: %s", c)
	}
}

func (p *phone) Census(ctx context.Context) (switchboard.Census, error) {
	b := (*board)(p)
	b.mu.Lock()
	gate, c := b.gate, b.census
	c.At = time.Now()
	b.censuses++
	b.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return switchboard.Census{}, ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return c, b.censusErr
}

type journal board

func (j *journal) Append(e switchboard.Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, e)
}

type history board

func (h *history) EarlierCalls(ctx context.Context, _ string, _ call.ID, _ int) ([]switchboard.EarlierCall, error) {
	h.mu.Lock()
	wait, earlier := h.historyBy, h.earlier
	h.mu.Unlock()
	if wait == nil {
		return earlier, nil
	}
	select {
	case err := <-wait:
		if err != nil {
			return nil, err
		}
		return earlier, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *history) AgentToday(context.Context, string, time.Time) (int, int, error) {
	return 3, 600, nil
}

type audience board

func (a *audience) Snapshot(no, session string, d switchboard.Desk) {
	(*board)(a).show(no, "snapshot for "+session, d)
}

func (a *audience) Event(no, kind string, d switchboard.Desk) { (*board)(a).show(no, kind, d) }

func (b *board) show(no, what string, d switchboard.Desk) {
	phase := "no call"
	if d.Call != nil {
		phase = d.Call.Phase
	}
	b.note("screen %s: %s (%s, %s)", no, what, d.Agent.State, phase)
	b.mu.Lock()
	b.desks[no] = d
	b.mu.Unlock()
}

func (a *audience) Reply(_, id string, _ any, err *switchboard.Error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, twice := a.replies[id]; twice {
		a.t.Errorf("command %s was answered twice", id)
	}
	a.replies[id] = err
}

func (a *audience) Tick(_, topic string, value any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ticks[topic] = value
}

type meter board

func (*meter) CallOffered(string, bool)           {}
func (*meter) CallEnded(string, call.Result)      {}
func (*meter) OfferEnded(call.Outcome)            {}
func (*meter) Waiting(string, int, time.Duration) {}
func (*meter) Agents(agent.State, int)            {}
func (*meter) Talking(int)                        {}
func (*meter) AgentLinks(int, int)                {}
func (*meter) Trunk(string, bool)                 {}
func (*meter) Step(time.Duration)                 {}
func (*meter) JournalDropped()                    {}
func (*meter) CallbacksPending(int)               {}
func (*meter) CallbackEnded(call.Reach)           {}
func (*meter) TransferEnded(call.Transfer)        {}
func (*meter) Supervised(call.Supervision)        {}
func (*meter) Alerts(int)                         {}
func (*meter) Abuse(abuse.Act, abuse.Kind)        {}
func (m *meter) Swept(kind string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.swept = append(m.swept, kind)
}
