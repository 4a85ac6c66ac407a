package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"hotline/gateway/call"
	"hotline/gateway/settings"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

// desk is where call-backs are tested: a store, a connection to put calls in with, and policies.
type callbackDesk struct {
	*testing.T
	store    *store.Store
	conn     *pgx.Conn
	policies settings.Policies
}

func newCallbackDesk(t *testing.T) *callbackDesk {
	t.Helper()
	s := storetest.New(t)
	return &callbackDesk{t, s, connectTo(t, s), settings.DefaultPolicies()}
}

// at is a minute of the tests' day, ten in the morning there.
func at(minutes float64) time.Time {
	return time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC).Add(time.Duration(minutes * float64(time.Minute)))
}

// ended writes a call that waited from minute queued on and ended at minute end; talked 0 is never.
func (d *callbackDesk) ended(id, number string, result call.Result, queued, talked, end float64, more ...string) {
	d.Helper()
	var queuedAt, talkingAt *time.Time
	if queued != 0 {
		v := at(queued)
		queuedAt = &v
	}
	if talked != 0 {
		v := at(talked)
		talkingAt = &v
	}
	more = append(more, "", "", "")
	keys := storetest.Keys()
	_, err := d.conn.Exec(d.Context(), `
INSERT INTO call (id, number_hash, number_sealed, dnis, line, queue, unknown_no, recorded, state, version, arrived_at, queued_at,
    talking_at, ended_at, agent, result, ended_by, recording, direction, callback_id, reach, callback_sealed)
VALUES ($1, $2, $11, '12333', '人社', 'general', false, false, 'ended', 9, $3, $4, $5, $6, '8001', $7, 'caller', '',
    CASE WHEN $8 = '' THEN 'inbound' ELSE 'outbound' END, $8, $9, $10)`,
		id, keys.Hash("number", number), at(queued), queuedAt, talkingAt, at(end), result, more[0], more[1],
		keys.Seal("number", more[2]), keys.Seal("number", number))
	if err != nil {
		d.Fatal(err)
	}
}

func (d *callbackDesk) gather(now float64) []store.Callback {
	d.Helper()
	if _, err := d.store.Gather(d.Context(), d.policies, at(now)); err != nil {
		d.Fatal(err)
	}
	return d.open()
}

func (d *callbackDesk) open() []store.Callback {
	d.Helper()
	open, err := d.store.OpenCallbacks(d.Context(), 0)
	if err != nil {
		d.Fatal(err)
	}
	return open
}

func (d *callbackDesk) task(id string) store.Callback {
	d.Helper()
	c, err := d.store.Callback(d.Context(), id)
	if err != nil {
		d.Fatal(err)
	}
	return c
}

func (d *callbackDesk) wantClosed(id string, outcome store.CallbackOutcome) store.Callback {
	d.Helper()
	c := d.task(id)
	if c.State != store.CallbackClosed || c.Outcome != outcome || c.ClosedAt.IsZero() {
		d.Errorf("%s is %s %q, want it closed %q", id, c.State, c.Outcome, outcome)
	}
	return c
}

func TestWhoReachedNobodyIsCalledBack(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("abandoned", "13800000001", call.Abandoned, 1, 0, 2)
	d.ended("short", "13800000002", call.Abandoned, 1, 0, 1.05)
	d.ended("greeting", "13800000003", call.AbandonedGreeting, 0, 0, 1.5)
	d.ended("lost", "13800000004", call.LostSystem, 1, 0, 3)
	d.ended("full", "13800000005", call.RefusedFull, 0, 0, 3.5)
	d.ended("message", "13800000006", call.MessageOnly, 0, 0, 4)
	d.ended("kept", "13800000007", call.CallbackKept, 1, 0, 5, "", "", "051988001234")
	d.ended("silent", "13800000008", call.SilentCall, 0, 0, 6)
	d.ended("self", "13800000009", call.SelfServed, 0, 0, 6)
	d.ended("answered", "13800000010", call.Answered, 1, 2, 6)
	d.ended("withheld", "", call.Abandoned, 1, 0, 6)
	d.ended("foreign", "+4930123456", call.Abandoned, 1, 0, 6)
	d.ended("extension", "8001", call.Abandoned, 1, 0, 6)
	open := d.gather(10)
	var ids []string
	for _, c := range open {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	if diff := cmp.Diff([]string{"abandoned", "full", "greeting", "kept", "lost", "message"}, ids); diff != "" {
		t.Error(diff)
	}
	d.wantClosed("foreign", store.OutcomeNotCallable)
	d.wantClosed("extension", store.OutcomeNotCallable)
	want := store.Callback{
		ID: "kept", Number: "051988001234", DNIS: "12333", Line: "人社", Queue: "general", Reason: call.CallbackKept, Missed: 1,
		KeptPlace: true, WaitingSince: at(1), MissedAt: at(5), CreatedAt: at(10), DueAt: at(10), State: store.CallbackOpen,
	}
	if diff := cmp.Diff(want, d.task("kept")); diff != "" {
		t.Error(diff)
	}
	if again := d.gather(11); len(again) != len(open) {
		t.Errorf("gathered twice: %d tasks, then %d", len(open), len(again))
	}
}

func TestOneTaskForANumber(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a", "13800000001", call.Abandoned, 1, 0, 2)
	d.gather(3)
	d.ended("b", "13800000001", call.CallbackKept, 4, 0, 5)
	d.ended("c", "13800000001", call.Abandoned, 6, 0, 7)
	want := store.Callback{
		ID: "a", Number: "13800000001", Missed: 3, Reason: call.Abandoned, KeptPlace: true, WaitingSince: at(4), MissedAt: at(7),
	}
	got := d.gather(8)
	rest := cmpopts.IgnoreFields(store.Callback{}, "DNIS", "Line", "Queue", "CreatedAt", "DueAt", "State")
	if diff := cmp.Diff([]store.Callback{want}, got, rest); diff != "" {
		t.Error(diff)
	}
}

func TestATaskIsClosedWhenHeGetsThrough(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a", "13800000001", call.Abandoned, 1, 0, 2)
	d.gather(3)
	d.ended("b", "13800000001", call.Answered, 4, 5, 9)
	if open := d.gather(10); len(open) != 0 {
		t.Errorf("%d open", len(open))
	}
	if c := d.wantClosed("a", store.OutcomeGotThrough); c.LastCall != "b" || c.LastAgent != "8001" {
		t.Errorf("%+v", c)
	}
	// The row of a missed call comes after that of the call that got through.
	d.ended("late", "13800000001", call.LostSystem, 2, 0, 3)
	d.gather(11)
	d.wantClosed("late", store.OutcomeGotThrough)
	// A later call is missed anew.
	d.ended("c", "13800000001", call.Abandoned, 20, 0, 21)
	if open := d.gather(22); len(open) != 1 || open[0].ID != "c" {
		t.Errorf("%+v", open)
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a", "13800000001", call.Abandoned, 1, 0, 2)
	if first := d.gather(3)[0]; !first.DueAt.Equal(at(3)) {
		t.Errorf("due %v", first.DueAt)
	}
	for i, step := range []struct {
		reach    call.Reach
		attempts int
		due      float64
	}{
		{call.NotDialled, 0, 11}, {call.NoWay, 0, 50}, {call.Busy, 1, 70}, {call.NoAnswer, 2, 90},
	} {
		end := 10 + 20*float64(i)
		d.ended("x"+string(rune('0'+i)), "13800000001", call.CallbackFailed, 0, 0, end, "a", string(step.reach))
		c := d.gather(end + 1)[0]
		if due := at(end + 30); step.reach != call.NotDialled && !c.DueAt.Equal(due) || c.Attempts != step.attempts {
			t.Errorf("%s: %d attempts, due %v", step.reach, c.Attempts, c.DueAt)
		}
	}
	d.ended("last", "13800000001", call.CallbackFailed, 0, 0, 100, "a", string(call.NoAnswer))
	d.gather(101)
	if c := d.wantClosed("a", store.OutcomeGivenUp); c.Attempts != 3 || c.LastCall != "last" || c.LastReach != "no_answer" {
		t.Errorf("%+v", c)
	}
}

func TestWhoWasReachedIsClosedAtOnce(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a", "13800000001", call.CallbackKept, 1, 0, 2)
	d.ended("x", "13800000001", call.Answered, 0, 3, 5, "a", string(call.Reached)) // seen in one go
	if open := d.gather(6); len(open) != 0 {
		t.Errorf("%+v", open)
	}
	if c := d.wantClosed("a", store.OutcomeReached); c.Attempts != 1 || c.LastReach != "reached" {
		t.Errorf("%+v", c)
	}
}

func TestDueInTheHoursOfThePolicy(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("night", "13800000001", call.Abandoned, 840, 0, 841) // midnight there
	c := d.gather(842)[0]
	if want := at(24*60 - 120); !c.DueAt.Equal(want) { // eight in the morning
		t.Errorf("due %v, want %v", c.DueAt, want)
	}
	d.policies.Callback.On = false
	d.ended("off", "13800000002", call.Abandoned, 840, 0, 841)
	if open := d.gather(850); len(open) != 1 {
		t.Errorf("%d tasks with the policy off", len(open))
	}
}

func TestATaskIsDialledWhileItsCallLives(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a", "13800000001", call.Abandoned, 1, 0, 2)
	d.gather(3)
	d.ended("x", "13800000001", "", 0, 0, 5, "a")
	if _, err := d.conn.Exec(t.Context(), "UPDATE call SET ended_at = NULL, state = 'dialling' WHERE id = 'x'"); err != nil {
		t.Fatal(err)
	}
	if c := d.gather(6)[0]; c.State != store.CallbackDialling {
		t.Error(c.State)
	}
	if _, err := d.conn.Exec(t.Context(), "UPDATE call SET ended_at = $1, reach = 'busy' WHERE id = 'x'", at(7)); err != nil {
		t.Fatal(err)
	}
	if c := d.gather(8)[0]; c.State != store.CallbackOpen || c.Attempts != 1 {
		t.Errorf("%+v", c)
	}
}

func TestASupervisorClosesATask(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("a", "13800000001", call.Abandoned, 1, 0, 2)
	d.gather(3)
	if err := d.store.CloseCallback(t.Context(), "a", "9001", "重复"); err != nil {
		t.Fatal(err)
	}
	if c := d.wantClosed("a", store.OutcomeClosed); c.ClosedBy != "9001" || c.ClosedReason != "重复" {
		t.Errorf("%+v", c)
	}
	if err := d.store.CloseCallback(t.Context(), "a", "9001", "again"); !errors.Is(err, store.ErrExists) {
		t.Error(err)
	}
	if err := d.store.CloseCallback(t.Context(), "none", "9001", "x"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

// Asterisk was started anew in the middle of his conversation.
func TestWhoWasCutOffIsCalledBack(t *testing.T) {
	t.Parallel()
	d := newCallbackDesk(t)
	d.ended("before", "13800000021", call.Abandoned, 1, 0, 2)
	d.ended("cut", "13800000021", call.Answered, 3, 4, 6)
	d.ended("hung up", "13800000022", call.Answered, 3, 4, 6)
	if _, err := d.conn.Exec(d.Context(), "UPDATE call SET ended_by = 'system' WHERE id = 'cut'"); err != nil {
		t.Fatal(err)
	}
	open := d.gather(10)
	if len(open) != 1 || open[0].ID != "cut" || open[0].Reason != call.LostSystem {
		t.Errorf("%+v", open)
	}
	d.wantClosed("before", store.OutcomeGotThrough)
	d.ended("again", "13800000021", call.Answered, 11, 12, 13)
	if open := d.gather(14); len(open) != 0 {
		t.Errorf("he got through, and is still to be called: %+v", open)
	}
}
