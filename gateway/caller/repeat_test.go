package caller

import "testing"

func TestJudge(t *testing.T) {
	t.Parallel()
	rule := Rule{Days: 7, Calls: 2, Groundless: true, GroundlessCalls: 3}
	of := func(states ...RequestState) (all []Request) {
		for _, s := range states {
			all = append(all, Request{State: s})
		}
		return all
	}
	off := rule
	off.Groundless = false
	for name, c := range map[string]struct {
		rule Rule
		p    Profile
		want Repeat
	}{
		"the first call":               {rule, Profile{}, NotRepeat},
		"once before":                  {rule, Profile{Counts: Counts{1, 1, 1, 1}}, NotRepeat},
		"twice in the week":            {rule, Profile{Counts: Counts{0, 1, 2, 2}}, Repeated},
		"twice in the month only":      {rule, Profile{Counts: Counts{0, 0, 1, 2}}, NotRepeat},
		"told for good, three calls":   {rule, Profile{Counts: Counts{0, 0, 1, 3}, Requests: of(Final)}, Groundless},
		"told for good, two calls":     {rule, Profile{Counts: Counts{0, 0, 1, 2}, Requests: of(Final)}, NotRepeat},
		"something else is open":       {rule, Profile{Counts: Counts{3, 3, 3, 3}, Requests: of(Open, Final)}, Repeated},
		"an answer he may object to":   {rule, Profile{Counts: Counts{3, 3, 3, 3}, Requests: of(Answered)}, Repeated},
		"the badge is switched off":    {off, Profile{Counts: Counts{0, 0, 0, 9}, Requests: of(Final)}, NotRepeat},
		"switched off, and repeated":   {off, Profile{Counts: Counts{0, 0, 2, 9}, Requests: of(Final)}, Repeated},
		"closed is not closed finally": {rule, Profile{Counts: Counts{0, 0, 1, 9}, Requests: of(Closed)}, NotRepeat},
	} {
		if got := c.rule.Judge(c.p); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTagsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	tags := With(With(With(nil, Nuisance, true), Elderly, true), Elderly, true)
	if len(tags) != 2 || tags[0] != Elderly || tags[1] != Nuisance {
		t.Errorf("tags are %v", tags)
	}
	if tags = With(tags, Elderly, false); len(tags) != 1 || tags[0] != Nuisance {
		t.Errorf("tags are %v", tags)
	}
}
