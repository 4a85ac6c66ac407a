package ivr

import (
	"slices"
	"time"
)

// longEstimate is beyond what minutes are worth telling.
const longEstimate = time.Hour

// Waiting returns what a waiting caller is told: how many are before him, and about how long it takes, rounded up to
// whole minutes. A negative estimate is unknown and left out.
func Waiting(ahead int, estimate time.Duration) []string {
	return append(position(ahead), estimated(estimate)...)
}

func position(ahead int) []string {
	switch number := Number(ahead); {
	case ahead <= 0:
		return []string{"wait_next"}
	case number == nil:
		return []string{"wait_many"}
	default:
		return slices.Concat([]string{"wait_ahead"}, number, []string{"wait_people"})
	}
}

func estimated(estimate time.Duration) []string {
	switch {
	case estimate < 0:
		return []string{"wait_hold"}
	case estimate < time.Minute:
		return []string{"wait_under_minute"}
	case estimate > longEstimate:
		return []string{"wait_over_hour"}
	}
	minutes := int((estimate + time.Minute - 1) / time.Minute)
	return slices.Concat([]string{"wait_about"}, Number(minutes), []string{"wait_minutes"})
}

// AgentNo returns what a caller hears as an agent answers, the agent's number digit by digit; nothing for a number
// without digits.
func AgentNo(agentNo string) []string {
	spelled := Spell(agentNo)
	if len(spelled) == 0 {
		return nil
	}
	return slices.Concat([]string{"agent_no"}, spelled, []string{"agent_serves"})
}
