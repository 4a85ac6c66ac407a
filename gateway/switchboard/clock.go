package switchboard

import "time"

// Times that PostgreSQL kept know the wall clock only. They are given a reading of the clock that nobody sets, so that
// from here on it does not matter when the wall clock is.

// taken is a time that was kept. One that has not come yet, since the clock was set back meanwhile, is now.
func taken(now, at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return now.Add(min(0, at.Sub(now)))
}

// takenUp puts what an earlier run left on our clock. Where it was set back meanwhile, all of it moves together: who
// waited longer than another still does.
func takenUp(now time.Time, open []OpenCall, agents []LastState) {
	times := timesOf(open, agents)
	var ahead time.Duration
	for _, at := range times {
		if !at.IsZero() {
			ahead = max(ahead, at.Sub(now))
		}
	}
	for _, at := range times {
		if !at.IsZero() {
			*at = taken(now, at.Add(-ahead))
		}
	}
}

func timesOf(open []OpenCall, agents []LastState) (times []*time.Time) {
	for i := range open {
		o := &open[i]
		times = append(times, o.Call.Times()...)
		for n := range o.Legs {
			times = append(times, o.Legs[n].Times()...)
		}
		for n := range o.Offers {
			times = append(times, o.Offers[n].Times()...)
		}
		for n := range o.Transfers {
			times = append(times, o.Transfers[n].Times()...)
		}
	}
	for i := range agents {
		times = append(times, &agents[i].Change.At)
	}
	return times
}

// showBy puts what a screen counts from or to on the wall clock as it is now, by which the screen counts.
func (d *Desk) showBy(now time.Time) {
	times := []*time.Time{&d.Agent.Since, d.Agent.Until}
	if c := d.Call; c != nil {
		times = append(times, &c.ArrivedAt, &c.QueuedAt, &c.OfferedAt, c.RingUntil, c.TalkingAt, c.HeldAt, c.EndedAt, c.WrapUntil, c.Abuse.HangUpFrom)
		for i := range c.Abuse.Marks {
			times = append(times, &c.Abuse.Marks[i].At)
		}
		for i := range c.Parties {
			times = append(times, &c.Parties[i].Since)
		}
	}
	if d.Supervising != nil {
		times = append(times, d.Supervising.Since)
	}
	for _, at := range times {
		if at != nil && !at.IsZero() {
			*at = now.Add(at.Sub(now))
		}
	}
}
