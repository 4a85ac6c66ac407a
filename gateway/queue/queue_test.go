package queue

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var t0 = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func after(seconds int) time.Time { return t0.Add(time.Duration(seconds) * time.Second) }

// seconds is a duration in a table.
func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

func pairAt(t *testing.T, q *Queue, now int, id, agent string) {
	t.Helper()
	gotID, gotAgent, ok := q.Next(after(now))
	if !ok || gotID != id || gotAgent != agent {
		t.Errorf("next is %q with %q (%v), want %q with %q", gotID, gotAgent, ok, id, agent)
	}
}

func pair(t *testing.T, q *Queue, id, agent string) {
	t.Helper()
	pairAt(t, q, 100, id, agent)
}

func emptyAt(t *testing.T, q *Queue, now int) {
	t.Helper()
	if id, agent, ok := q.Next(after(now)); ok {
		t.Errorf("next is %q with %q, want nothing", id, agent)
	}
}

func empty(t *testing.T, q *Queue) {
	t.Helper()
	emptyAt(t, q, 100)
}

func caller(id, queue string, since int) Caller {
	return Caller{ID: id, Queue: queue, Since: after(since)}
}

func TestFirstComeFirstServedByWhoIsIdleLongest(t *testing.T) {
	t.Parallel()
	q := New(nil, nil)
	empty(t, q)
	q.Wait(caller("c2", "general", 2))
	q.Wait(caller("c1", "social", 1)) // handed over late, began to wait earlier
	q.Wait(caller("c3", "general", 3))
	empty(t, q)
	q.Ready("late", after(-1), 0)
	q.Ready("early", after(-9), 0)
	pair(t, q, "c1", "early")
	pair(t, q, "c2", "late")
	empty(t, q)
	q.Ready("early", after(4), 0)
	pair(t, q, "c3", "early")
	empty(t, q)
}

func TestWhoComesBackKeepsHisPlace(t *testing.T) {
	t.Parallel()
	q := New(nil, nil)
	for n := range 5 {
		q.Wait(caller(fmt.Sprint("c", n), "general", n))
	}
	q.Ready("a", t0, 0)
	pair(t, q, "c0", "a")
	q.Wait(caller("c0", "general", 0)) // nobody answered: he waits since 0 and not since now
	q.Wait(caller("c3", "general", 9)) // said again: he has a place already
	q.Ready("a", t0, 0)
	q.Ready("b", t0, 0)
	pair(t, q, "c0", "a")
	pair(t, q, "c1", "b")
}

func TestEqualsAreServedInTheOrderTheyCame(t *testing.T) {
	t.Parallel()
	q := New(nil, nil)
	for n := range 20 {
		q.Wait(caller(fmt.Sprint("c", n), "general", 0))
		q.Ready(fmt.Sprint("a", n), t0, 0)
	}
	for n := range 20 {
		pair(t, q, fmt.Sprint("c", n), fmt.Sprint("a", n))
	}
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	q := New(nil, nil)
	q.Wait(caller("c1", "general", 1))
	q.Wait(caller("c2", "general", 2))
	q.Leave("c1")
	q.Leave("c1")
	q.Leave("nobody")
	q.Ready("a", t0, 0)
	q.Ready("b", t0, 0)
	q.Ready("a", after(5), 0) // again, and now idle for less time than b
	q.NotReady("nobody")
	pair(t, q, "c2", "b")
	if q.ReadyAgents() != 1 {
		t.Errorf("%d agents ready", q.ReadyAgents())
	}
	q.NotReady("a")
	q.Wait(caller("c3", "general", 0))
	empty(t, q)
}

func TestUnattendedIsAskedOnce(t *testing.T) {
	t.Parallel()
	q := New(nil, nil)
	for n := range 4 {
		q.Wait(caller(fmt.Sprint("c", n), "general", n))
	}
	q.Leave("c2")
	q.Ready("a", t0, 0)
	pair(t, q, "c0", "a")
	if got := q.Unattended(); !slices.Equal(got, []string{"c1", "c3"}) {
		t.Errorf("unattended: %v", got)
	}
	if got := q.Unattended(); len(got) != 0 {
		t.Errorf("asked again: %v", got)
	}
	q.Move("c3", "social") // hears music already
	q.Wait(caller("c0", "general", 1))
	q.Wait(caller("c4", "general", 4))
	q.Leave("c4")
	if got := q.Unattended(); !slices.Equal(got, []string{"c0"}) {
		t.Errorf("came back: %v", got)
	}
}
