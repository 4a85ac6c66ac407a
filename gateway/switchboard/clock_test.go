package switchboard_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/switchboard"
)

// setClock sets the wall clock, again and again from where it was at first.
func (b *board) setClock(by time.Duration) { b.set.Store(int64(by)) }

// wall is how much time two kept times are apart, by the wall clock that they show.
func wall(from, to time.Time) time.Duration { return to.Round(0).Sub(from.Round(0)) }

// Somebody sets the clock, forward and back, while callers wait, ring and talk. Everybody keeps his place, rings as
// long as he should, and is kept with the times that passed.
func TestTheClockIsSet(t *testing.T) {
	for _, by := range []time.Duration{5 * time.Hour, -5 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			play(t, func(b *board) {
				b.unswept()
				b.caller("c1")
				b.pass(10 * time.Second)
				b.caller("c2")
				b.pass(10 * time.Second)
				b.setClock(by)
				b.pass(10 * time.Second)
				b.caller("c3")
				b.setClock(0)
				b.caller("c4")
				b.setClock(by)
				b.ready("8001")
				for n, id := range []call.ID{"c1", "c2", "c3", "c4"} {
					if got := b.desk("8001").Call; got == nil || got.ID != id {
						t.Fatalf("number %d is %+v, want %s", n, got, id)
					}
					b.servesLong(id, "8001")
				}
				b.waited("c1", 30*time.Second)
				b.waited("c2", 20*time.Second+conversation)
				b.waited("c3", 2*conversation)
				b.waited("c4", 3*conversation)
			})
		})
	}
}

const talk, conversation = time.Minute, ringTimeout/2 + time.Minute + wrapUp

// servesLong lets a call ring, be talked in and written up, while the clock is set in each of them; together they take
// a conversation.
func (b *board) servesLong(id call.ID, no string) {
	b.t.Helper()
	was := b.set.Load()
	b.pass(ringTimeout/2 - time.Second)
	if until := b.desk(no).Call.RingUntil; until == nil || wall(b.clock(), *until) > ringTimeout {
		b.t.Errorf("%s: the screen shows that it rings until %v, and it is %v", id, until, b.clock())
	}
	b.setClock(-time.Duration(was))
	b.pass(time.Second)
	b.answered(string(id), no)
	b.setClock(time.Duration(was))
	b.pass(talk)
	b.ChannelGone(string(id), 16)
	b.ChannelGone(string(id)+".a1."+no, 16)
	b.setClock(-time.Duration(was))
	b.pass(wrapUp - time.Second)
	if b.state(no) != agent.WrapUp {
		b.t.Errorf("%s: a second before the end of his notes he is %s", id, b.state(no))
	}
	b.setClock(time.Duration(was))
	b.pass(time.Second)
	if b.state(no) == agent.WrapUp {
		b.t.Errorf("%s: his notes take longer than they should", id)
	}
}

// waited checks what is kept of a call that was served by servesLong.
func (b *board) waited(id call.ID, want time.Duration) {
	b.t.Helper()
	r := b.record(id)
	rang := ringTimeout / 2
	for what, got := range map[string][2]time.Duration{
		"waited": {wall(r.QueuedAt, r.TalkingAt), want + rang}, "talked": {wall(r.TalkingAt, r.EndedAt), talk},
	} {
		if got[0] != got[1] {
			b.t.Errorf("%s %s for %v as it is kept, want %v", id, what, got[0], got[1])
		}
	}
	if r.Result != call.Answered {
		b.t.Errorf("%s ended as %s", id, r.Result)
	}
}

// An offer that nobody answers ends when it should, whatever the clock is set to, and only once.
func TestTheClockIsSetWhileItRings(t *testing.T) {
	for _, by := range []time.Duration{5 * time.Hour, -5 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			play(t, func(b *board) {
				b.unswept()
				b.ready("8001")
				b.caller("c1")
				b.pass(time.Second)
				b.told()
				b.setClock(by)
				b.pass(ringTimeout - 2*time.Second)
				if b.state("8001") != agent.Reserved || b.has("no_answer") {
					t.Errorf("before its time: %s %v", b.state("8001"), b.told())
				}
				b.pass(time.Second)
				if !b.has("hang_up leg=c1.a1.8001") {
					t.Errorf("it rings on: %+v %v", b.record("c1"), b.told())
				}
			})
		})
	}
}

// Who kept his place by telephone keeps it when the clock is set.
func TestTheClockIsSetForWhoIsCalledBack(t *testing.T) {
	for _, by := range []time.Duration{5 * time.Hour, -5 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			play(t, func(b *board) {
				b.unswept()
				kept := missed("c0", "13900000002")
				kept.KeptPlace, kept.Since = true, b.clock().Round(0)
				b.list(kept)
				b.pass(10 * time.Second)
				b.caller("c1")
				b.setClock(by)
				b.pass(10 * time.Second)
				b.list(kept)
				b.caller("c2")
				b.ready("8001")
				if c := b.outbound("8001"); c.Number != "13900000002" {
					t.Errorf("%+v is called first", c)
				}
			})
		})
	}
}

// The clock was set while the gateway was away: nobody overtakes another, and nobody has waited less than nothing.
func TestTheClockWasSetWhileTheGatewayWasAway(t *testing.T) {
	for _, by := range []time.Duration{0, 5 * time.Hour, -5 * time.Hour} {
		t.Run(by.String(), func(t *testing.T) {
			t.Parallel()
			playFrom(t, func(b *board) {
				var open []switchboard.OpenCall
				b.census.Channels = map[string]switchboard.Channel{}
				for n := range 8 { // the last waits longest
					id := call.ID(fmt.Sprint("c", n))
					at := time.Now().Round(0).Add(-by - time.Duration(n+1)*10*time.Second)
					open = append(open, switchboard.OpenCall{Call: call.Record{
						ID: id, DNIS: "12333", Queue: "social", State: call.Waiting, Version: 2, ArrivedAt: at, AnsweredAt: at, QueuedAt: at,
					}})
					b.census.Channels[string(id)] = switchboard.Channel{Up: true, Inbound: true, DNIS: "12333"}
				}
				b.Restore(time.Now(), open, nil)
			}, func(b *board) {
				b.LinkUp(b.ctx)
				synctest.Wait()
				b.unswept()
				b.caller("c8")
				b.setClock(by)
				b.ready("8001")
				for n := range 9 {
					want := call.ID(fmt.Sprint("c", 7-n))
					if n == 8 {
						want = "c8"
					}
					got := b.desk("8001").Call
					if got == nil || got.ID != want {
						t.Fatalf("number %d is %+v, want %s", n, got, want)
					}
					b.servesLong(want, "8001")
					if r := b.record(want); r.QueuedAt.Before(r.ArrivedAt) || wall(r.QueuedAt, r.TalkingAt) < ringTimeout/2 {
						t.Errorf("%s is kept as arrived at %v, queued at %v, talking at %v", want, r.ArrivedAt, r.QueuedAt, r.TalkingAt)
					}
				}
			})
		})
	}
}
