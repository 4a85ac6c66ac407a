package switchboard

import (
	"time"

	"hotline/gateway/blocklist"
	"hotline/gateway/caller"
	"hotline/gateway/directory"
	"hotline/gateway/queue"
)

// Blocks is the block list. It answers from memory.
type Blocks interface {
	// Blocked is the entry that blocks a number on a line at now, empty when none does.
	Blocked(number, dnis string, now time.Time) (entry string)
}

// blockedBy is the entry that blocks a number, empty while the policy is off or where it can block nobody: a trusted number,
// a service's, a withheld one.
func (s *Switchboard) blockedBy(now time.Time, number, dnis string) string {
	p := s.set.Policies.BlockList
	if !p.On || s.cfg.Blocks == nil {
		return ""
	}
	entry := s.cfg.Blocks.Blocked(number, dnis, now)
	if entry == "" || p.Trusts(caller.Number(number)) {
		return ""
	}
	return entry
}

// keepsOut says whether a caller is blocked, and keeps that he was. Whom 110 or another hotline hands over is served:
// somebody spoke with him already.
func (s *Switchboard) keepsOut(now time.Time, id, number string, line directory.Line, handedOver bool) bool {
	if handedOver || line.Priority == queue.From110 {
		return false
	}
	entry := s.blockedBy(now, number, line.DNIS)
	if entry == "" {
		return false
	}
	s.cfg.Log.Info("blocked", "call", id, "entry", entry)
	s.cfg.Journal.Append(Entry{Hit: &blocklist.Hit{ID: id, Entry: entry, Channel: blocklist.ByPhone, Call: id, At: now}})
	return true
}
