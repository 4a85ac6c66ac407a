package switchboard

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/ivr"
)

// Spoken are the prompts that bulletins were spoken into, by the bulletin's name.
type Spoken map[string]string

// Configure puts new settings into effect at once. It fails, and changes nothing, where callers wait in a queue that
// would be gone.
func (s *Switchboard) Configure(ctx context.Context, set settings.Snapshot, spoken Spoken) error {
	answer, err := askLoop(ctx, s, func() error { return s.configure(set, spoken) })
	return cmp.Or(answer, err)
}

func (s *Switchboard) configure(set settings.Snapshot, spoken Spoken) error {
	if err := s.queue.Configure(set.Definitions(), set.Credits); err != nil {
		return fmt.Errorf("configure the queues: %w", err)
	}
	s.set, s.spoken = set, spoken
	s.rests.Configure(restCaps(set))
	s.countStaff()
	for no := range s.seats {
		s.queue.Skills(no, set.Skills[no])
	}
	return nil
}

// Waiting is how many callers wait in a queue.
func (s *Switchboard) Waiting(ctx context.Context, name string) (int, error) {
	return askLoop(ctx, s, func() int { return s.queue.Groups()[name].Waiting })
}

// flowOf is what the callers of a line go through before the queue.
func (s *Switchboard) flowOf(line directory.Line) *ivr.Flow {
	if f, ok := s.cfg.Flows[line.Flow]; ok && line.Flow != "" {
		return f
	}
	return s.cfg.Flow
}

// lineFacts are what that flow may ask for.
func (s *Switchboard) lineFacts(line directory.Line, now time.Time) ivr.Facts {
	facts := ivr.Facts{
		Greeting: line.Greeting, Recorded: line.Record && len(line.Greeting) > 0,
		Bulletins: func(string) []string { return s.bulletins(line, time.Now()) },
	}
	if line.Transition.InForce(now) {
		facts.Transition = line.Transition.Prompt
	}
	return facts
}

// bulletins are the prompts of the bulletins in force for a line. It is asked by the loop.
func (s *Switchboard) bulletins(line directory.Line, now time.Time) (names []string) {
	for _, b := range s.set.BulletinsFor(line, now) {
		if name := s.spoken[b.Name]; name != "" {
			names = append(names, name)
		}
	}
	return names
}
