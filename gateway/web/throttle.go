package web

import (
	"sync"
	"time"
)

// Wrong passwords lock an account or an address: the first lock after so many, each further one twice as long.
// A whole call centre may share one address, so an address has more.
const (
	accountTries = 5
	addressTries = 25
	firstLock    = 15 * time.Second
	longestLock  = 15 * time.Minute
	forgetAfter  = 30 * time.Minute // without a wrong password
	maxTracked   = 20_000           // accounts and addresses together
)

// throttle slows guessing of passwords. A try counts as wrong from its beginning, so that many at once gain nothing.
type throttle struct {
	mu    sync.Mutex
	known map[string]*tries
}

type tries struct {
	wrong int
	until time.Time // locked
	last  time.Time
}

// try is one sign-in under way.
type try struct {
	t                *throttle
	account, address string
}

func newThrottle() *throttle { return &throttle{known: map[string]*tries{}} }

// begin counts a try, or says how long to wait.
func (t *throttle) begin(account, address string, now time.Time) (try, time.Duration) {
	x := try{t, "no " + account, "at " + address}
	t.mu.Lock()
	defer t.mu.Unlock()
	a, b := t.get(x.account, now), t.get(x.address, now)
	if wait := max(a.until.Sub(now), b.until.Sub(now)); wait > 0 {
		return x, wait
	}
	a.count(accountTries, now)
	b.count(addressTries, now)
	return x, 0
}

func (e *tries) count(free int, now time.Time) {
	e.wrong++
	e.last = now
	if over := e.wrong - free; over >= 0 {
		e.until = now.Add(min(firstLock<<min(over, 10), longestLock))
	}
}

func (e *tries) uncount() {
	e.wrong = max(0, e.wrong-1)
	e.until = time.Time{}
}

// succeeded forgets the account's wrong passwords; the address keeps those of others.
func (x try) succeeded() {
	x.t.mu.Lock()
	defer x.t.mu.Unlock()
	delete(x.t.known, x.account)
	if e := x.t.known[x.address]; e != nil {
		e.uncount()
	}
}

// undecided takes the try back: the password could not be checked.
func (x try) undecided() {
	x.t.mu.Lock()
	defer x.t.mu.Unlock()
	for _, key := range []string{x.account, x.address} {
		if e := x.t.known[key]; e != nil {
			e.uncount()
		}
	}
}

// unlocked forgets an account's wrong passwords when it was unlocked after the last of them, and says whether it was.
func (t *throttle) unlocked(account string, at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.known["no "+account]
	if e == nil || !at.After(e.last) {
		return false
	}
	delete(t.known, "no "+account)
	return true
}

func (t *throttle) get(key string, now time.Time) *tries {
	e := t.known[key]
	if e == nil || now.Sub(e.last) > forgetAfter {
		if e == nil && len(t.known) >= maxTracked {
			t.shrink(now)
		}
		e = &tries{last: now}
		t.known[key] = e
	}
	return e
}

// shrink makes room: what is old goes first, then what is not locked, then anything.
func (t *throttle) shrink(now time.Time) {
	for _, goes := range []func(*tries) bool{
		func(e *tries) bool { return now.Sub(e.last) > forgetAfter },
		func(e *tries) bool { return !now.Before(e.until) },
		func(*tries) bool { return true },
	} {
		for key, e := range t.known {
			if len(t.known) < maxTracked*9/10 {
				return
			}
			if goes(e) {
				delete(t.known, key)
			}
		}
	}
}
