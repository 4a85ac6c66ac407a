package call

import (
	"time"

	"hotline/ivr"
)

// ---- what a waiting caller is told

// treated notes what his queue does for him. Who comes back after an offer that failed is not told everything anew.
func (c *Call) treated(now time.Time, t Treatment) {
	first := c.treat == Treatment{}
	c.treat = t
	if t.Announce > 0 && c.announceAt.IsZero() {
		c.announceAt = now.Add(t.Announce)
	}
	if t.Callback > 0 && first && t.CallbackNo != "" {
		c.callbackAt = c.rec.QueuedAt.Add(t.Callback)
	}
}

// Treat tells a call that was taken up from an earlier run what its queue does. Nothing of it is done anew.
func (c *Call) Treat(t Treatment) {
	t.Callback = 0
	c.treat, c.told = t, c.dest.agent
	c.paused = c.recording && (t.PauseConsult || t.PauseHandedOver) // perhaps; where it should not be, it is made to go on
}

// waitingTimeout does what is due, the offer of a call-back before the announcement: both at once would be long.
func (c *Call) waitingTimeout(now time.Time, e Event) {
	switch {
	case c.session != nil:
		c.waitingSession(now, e)
	case due(c.callbackAt, now):
		c.callbackAt = time.Time{}
		c.putOff(now)
		c.begin(now, ivr.CallbackFlow(c.treat.CallbackNo))
		c.waitingSessionOver(now, e.Kind)
	case due(c.announceAt, now):
		c.putOff(now)
		if e.Position > 0 && c.playing == "" {
			c.answer()
			c.play(ivr.Waiting(e.Position-1, e.Wait))
		}
	}
}

func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

func (c *Call) putOff(now time.Time) {
	c.announceAt = time.Time{}
	if c.treat.Announce > 0 {
		c.announceAt = now.Add(c.treat.Announce)
	}
}

// waitingSession plays an event into the offer of a call-back, or ends an announcement.
func (c *Call) waitingSession(now time.Time, e Event) bool {
	if c.stepSession(now, e) {
		c.waitingSessionOver(now, e.Kind)
		return true
	}
	if e.Kind == KeyPressed || e.Kind == Failed {
		return false
	}
	c.promptEnded(e)
	return true
}

func (c *Call) waitingSessionOver(now time.Time, cause Kind) {
	if c.session == nil || !c.session.Over() {
		return
	}
	end := c.session.Outcome()
	c.skipFlow()
	if end.Verb == ivr.DoEnd && end.Result == ivr.CallbackKept {
		c.rec.Callback = c.treat.CallbackNo
		c.finish(now, CallbackKept, BySystem, cause)
		return
	}
	c.startMusic()
}
