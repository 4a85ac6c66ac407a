package call

import "time"

// What an agent may do about a caller who abuses him: warn him by a prompt, and end the call with a last word.

// say lets everybody in the conversation hear prompts. Who is on hold hears no warning: it fails.
func (c *Call) say(e Event) bool {
	if c.rec.State != Talking || !c.callerIn || len(e.Media) == 0 {
		return false
	}
	c.announce(e.Media)
	return true
}

// closeWith ends the conversation: the caller hears why, is not asked to rate, and the call is over. While others are in
// the call it is not the agent's to end.
func (c *Call) closeWith(now time.Time, e Event) bool {
	if len(c.thirds) > 0 {
		return false
	}
	c.endWatch(now)
	c.leaveTo(now, lastWords(e.Media), e.Kind)
	return true
}
