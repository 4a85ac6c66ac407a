package switchboard

import (
	"context"
	"time"

	"hotline/gateway/call"
	"hotline/ivr"
)

// lookup is one question to PostgreSQL, asked beside the loop.
type lookup func(ctx context.Context)

// lookUp answers questions one after another; a few of these run side by side.
func (s *Switchboard) lookUp(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case ask := <-s.lookups:
			limited, cancel := context.WithTimeout(ctx, historyTime)
			ask(limited)
			cancel()
		}
	}
}

// ask hands a question over; it reports false when too many are waiting.
func (s *Switchboard) ask(l lookup) bool {
	select {
	case s.lookups <- l:
		return true
	default:
		return false
	}
}

// askHistory fetches what is known of the caller for the screen pop.
func (s *Switchboard) askHistory(c *live) {
	id, number := c.ID(), c.Record().Number
	if number == "" {
		c.historyState = "ready"
		return
	}
	asked := s.ask(func(ctx context.Context) {
		dialFirst(ctx)
		known, err := s.cfg.History.Caller(ctx, number, id, historyLimit)
		if err != nil {
			s.cfg.Log.Warn("what is known of the caller", "call", id, "error", err)
		}
		s.post(func(now time.Time) { s.historyCame(now, id, known, err) })
	})
	if !asked {
		c.historyState = "unavailable"
	}
}

// askOrder looks up how far an order is, for a caller who keyed its number.
func (s *Switchboard) askOrder(c *live, cmd call.Command) {
	id := c.ID()
	s.inquire(func(ctx context.Context) {
		var say []string
		result := ""
		if s.cfg.Orders != nil && cmd.Name == ivr.OrderProgress {
			var err error
			if result, say, err = s.cfg.Orders.Progress(ctx, cmd.Value); err != nil {
				s.cfg.Log.Warn("order", "call", id, "error", err)
			}
		}
		s.post(func(now time.Time) {
			if c := s.calls[id]; c != nil {
				s.step(now, c, call.Event{Kind: call.LookedUp, N: cmd.N, Result: result, Media: say})
			}
		})
	})
}

// inquire asks beside the loop, without standing in the way of what PostgreSQL is asked: another house's system may take
// its time. Where too many wait already nothing comes, and the caller's flow goes on when its patience ends.
func (s *Switchboard) inquire(l lookup) {
	select {
	case s.inquiries <- struct{}{}:
		go func() {
			defer func() { <-s.inquiries }()
			limited, cancel := context.WithTimeout(context.Background(), inquiryTime)
			defer cancel()
			l(limited)
		}()
	default:
	}
}

// dialFirst lets the agent's telephone be dialled before PostgreSQL is asked: on a busy machine the two compete, and
// nobody reads the history in the first milliseconds of a ring.
func dialFirst(ctx context.Context) {
	select {
	case <-time.After(10 * time.Millisecond):
	case <-ctx.Done():
	}
}

func (s *Switchboard) historyCame(now time.Time, id call.ID, known Known, err error) {
	c := s.calls[id]
	if c == nil {
		return
	}
	c.history, c.profile, c.historyState = known.Calls, known.Profile, "ready"
	if err != nil {
		c.historyState = "unavailable"
	}
	s.prefer(now, c)
	if seat := s.seats[c.Agent()]; seat != nil && seat.call == c {
		s.cfg.Audience.Event(seat.agent.No, KindHistory, s.desk(seat))
	}
}

// askToday fetches what an agent did earlier today, once a day.
func (s *Switchboard) askToday(now time.Time, seat *seat) {
	year, month, day := now.Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, now.Location())
	if seat.day.Equal(midnight) {
		return
	}
	seat.day, seat.today = midnight, Today{}
	no := seat.agent.No
	s.ask(func(ctx context.Context) {
		answered, seconds, err := s.cfg.History.AgentToday(ctx, no, midnight)
		if err != nil {
			return
		}
		s.post(func(time.Time) {
			seat.today.Answered += answered
			seat.today.TalkSeconds += seconds
			s.cfg.Audience.Event(no, KindAgentState, s.desk(seat))
		})
	})
}
