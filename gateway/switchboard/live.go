package switchboard

import (
	"context"

	"hotline/gateway/call"
)

// LiveCalls are the calls that have not ended.
func (s *Switchboard) LiveCalls(ctx context.Context) (map[call.ID]bool, error) {
	return askLoop(ctx, s, func() map[call.ID]bool {
		live := make(map[call.ID]bool, len(s.calls))
		for id, c := range s.calls {
			if c.State() != call.Ended {
				live[id] = true
			}
		}
		return live
	})
}
