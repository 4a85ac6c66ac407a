package call

import "time"

// Somebody sets the wall clock, by hours at worst. Go's times also carry a reading of a clock that nobody can set, and
// differences go by it; so a call waits and rings as long as it should. The times of its record are those of the clock
// by which the caller arrived, or what is computed from them would be off by what the clock was set.

// own is now on the clock of the record.
func (c *Call) own(now time.Time) time.Time {
	if c.rec.ArrivedAt.IsZero() {
		return now
	}
	return c.rec.ArrivedAt.Add(now.Sub(c.rec.ArrivedAt))
}

// Times are the record's times, to be put on another clock.
func (r *Record) Times() []*time.Time {
	return []*time.Time{&r.ArrivedAt, &r.AnsweredAt, &r.QueuedAt, &r.TalkingAt, &r.ReleasedAt, &r.EndedAt, &r.OverflowedAt}
}

// Times are the record's times.
func (l *LegRecord) Times() []*time.Time {
	times := []*time.Time{&l.CreatedAt, &l.UpAt, &l.GoneAt}
	for i := range l.Together {
		times = append(times, &l.Together[i].From, &l.Together[i].To)
	}
	return times
}

// Times are the record's times.
func (t *Transfer) Times() []*time.Time {
	return []*time.Time{&t.At, &t.RingingAt, &t.AnsweredAt, &t.HandedAt, &t.EndedAt}
}

// Times are the record's times.
func (o *OfferRecord) Times() []*time.Time { return []*time.Time{&o.At, &o.EndedAt} }
