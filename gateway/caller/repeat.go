package caller

// Repeat is whether a caller comes again, as the badge on the agent's screen says. It is for the agent's eyes: nobody
// is queued, offered or greeted in another way because of it.
type Repeat string

// The badges.
const (
	NotRepeat  Repeat = ""
	Repeated   Repeat = "repeat"
	Groundless Repeat = "groundless" // comes again after he was told for good, and nothing of his is open
)

// Rule says who has which badge.
type Rule struct {
	Days            int  // 1, 2, 7 or 30
	Calls           int  // so many calls within these days before this one make a repeat
	Groundless      bool // the second badge is used at all
	GroundlessCalls int  // so many calls within 30 days, after a request of his was closed finally, make a groundless one
}

// Judge applies the rule to what is known of a caller.
func (r Rule) Judge(p Profile) Repeat {
	final, open := false, false
	for _, q := range p.Requests {
		final = final || q.State == Final
		open = open || q.State == Open
	}
	switch {
	case r.Groundless && final && !open && p.Counts.Days30 >= r.GroundlessCalls:
		return Groundless
	case p.Counts.Within(r.Days) >= r.Calls:
		return Repeated
	}
	return NotRepeat
}
