package settings

import (
	"fmt"
	"slices"
	"strconv"

	"hotline/gateway/directory"
	"hotline/gateway/figures"
	"hotline/gateway/queue"
)

// definition finds what is wrong with a queue.
func (c checker) definition(q queue.Definition) {
	doc := QueueDocOf(q)
	c.bad(!directory.IsKey(q.Name), "name", directory.NotKey, q.Name)
	c.title(q.Title)
	c.needs("needs", q.Needs)
	before := Seconds(0)
	for i, w := range doc.Widen {
		field := fmt.Sprintf("widen %d", i+1)
		c.bad(w.After <= before || w.After > maxSeconds, field, directory.OutOfRange, strconv.Itoa(int(w.After)))
		c.needs(field, q.Widen[i].Needs)
		before = w.After
	}
	c.within("widen", len(q.Widen), 0, maxRules)
	c.bad(!slices.Contains([]queue.Order{queue.LongestIdle, queue.LeastOccupied}, q.Order), "order", directory.NotOneOf, string(q.Order))
	c.seconds("last_agent_s", doc.LastAgent, 0)
	c.within("ring_timeout_s", int(doc.RingTimeout), 1, 300)
	c.within("wrap_up_s", int(doc.WrapUp), 0, 3600)
	c.within("max_waiting", q.MaxWaiting, 0, maxNumber)
	c.bad(doc.Announce != 0 && doc.Announce < 10 || doc.Announce > maxSeconds, "announce_s", directory.OutOfRange, strconv.Itoa(int(doc.Announce)))
	c.seconds("callback_s", doc.Callback, 0)
	c.within("overflow", len(q.Overflow), 0, maxRules)
	for i, o := range q.Overflow {
		c.overflow(fmt.Sprintf("overflow %d", i+1), q, o)
	}
}

func (c checker) needs(field string, needs []queue.Need) {
	c.within(field, len(needs), 0, maxRules)
	for i, n := range needs {
		c.need(field, n)
		twice := slices.ContainsFunc(needs[:i], func(other queue.Need) bool { return other.Skill == n.Skill })
		c.bad(twice, field, directory.Twice, n.Skill)
	}
}

func (c checker) need(field string, n queue.Need) {
	known := slices.ContainsFunc(c.s.SkillNames, func(k Skill) bool { return k.Name == n.Skill })
	c.bad(!known, field, directory.UnknownSkill, n.Skill)
	c.within(field, n.Level, 1, 9)
}

func (c checker) overflow(field string, q queue.Definition, o queue.Overflow) {
	c.within(field, o.Waiting, 0, maxNumber)
	c.seconds(field, secondsOf(o.Longest), 0)
	c.bad(!(o.LossRate >= 0 && o.LossRate <= 1), field, directory.OutOfRange, strconv.FormatFloat(o.LossRate, 'g', -1, 64))
	c.bad(o.Waiting == 0 && o.Longest == 0 && o.LossRate == 0 && q.MaxWaiting == 0, field, directory.NeverApplies, "")
	c.bad(o.To.Name == "", field, directory.Missing, "")
	switch o.To.Kind {
	case queue.ToQueue:
		c.queue(field, o.To.Name)
		c.bad(o.To.Name == q.Name, field, directory.ToItself, q.Name)
		c.bad(o.To.Name != q.Name && c.s.leads(o.To.Name, q.Name, map[string]bool{}), field, directory.Circle, o.To.Name)
	case queue.ToRegion:
		l, known := c.s.Lines.Lookup(o.To.Name)
		c.bad(!known, field, directory.UnknownLine, o.To.Name)
		c.bad(known && (l.Mode != directory.Region || len(l.Routes) == 0), field, directory.NoRoute, o.To.Name)
	case queue.ToMessage:
		c.bad(!directory.IsName(o.To.Name), field, directory.NotName, o.To.Name)
		c.bad(len(o.To.Name) > 64, field, directory.TooLong, o.To.Name)
	default:
		c.bad(true, field, directory.NotOneOf, string(o.To.Kind))
	}
}

// leads says whether callers of a queue may overflow into another, however many times.
func (s Snapshot) leads(from, to string, seen map[string]bool) bool {
	if from == to || seen[from] {
		return from == to
	}
	seen[from] = true
	q, _ := s.Queue(from)
	return slices.ContainsFunc(q.Overflow, func(o queue.Overflow) bool {
		return o.To.Kind == queue.ToQueue && s.leads(o.To.Name, to, seen)
	})
}

// policies finds what is wrong with them.
func (c checker) policies(p Policies) {
	group := func(key string) checker { return checker{c.s, item(PolicyGroup, key), c.faults} }
	counting := group(KeyFigures)
	counting.within("answer_within_s", int(p.Figures.AnswerWithin), 1, 600)
	counting.within("short_abandon_s", int(p.Figures.ShortAbandon), 0, 60)
	counting.within("repeat_within_s", int(p.Figures.RepeatWithin), 60, 7*maxSeconds)
	counting.within("satisfied_to", p.Figures.SatisfiedTo, 1, 4)
	counting.within("answer_target_percent", p.Figures.AnswerTarget, 0, 100)
	counting.within("within_target_percent", p.Figures.WithinTarget, 0, 100)
	counting.bad(!slices.Contains([]figures.Clock{figures.FromQueue, figures.FromArrival}, p.Figures.ClockStart), "clock_start", directory.NotOneOf, string(p.Figures.ClockStart))
	counting.bad(!slices.Contains([]figures.Denominator{figures.AllOffered, figures.WithoutShort}, p.Figures.Denominator), "denominator", directory.NotOneOf, string(p.Figures.Denominator))

	back := group(KeyCallback)
	back.within("attempts", p.Callback.Attempts, 1, 20)
	back.seconds("every_s", p.Callback.Every, 60)
	from, okFrom := minute(p.Callback.From)
	to, okTo := minute(p.Callback.To)
	back.bad(!okFrom, "from", directory.NotTime, p.Callback.From)
	back.bad(!okTo || okFrom && to <= from, "to", directory.NotTime, p.Callback.To)
	back.bad(p.Callback.On && len(p.Callback.Days) == 0, "days", directory.Missing, "")
	for i, day := range p.Callback.Days {
		back.within("days", day, 1, 7)
		back.bad(slices.Contains(p.Callback.Days[:i], day), "days", directory.Twice, strconv.Itoa(day))
	}

	surge := group(KeySurge)
	surge.seconds("wrap_up_s", p.Surge.WrapUp, 0)
	surge.seconds("callback_s", p.Surge.Callback, 0)

	rest := group(KeyRest)
	rest.within("most", p.Rest.Most, 0, maxNumber)
	rest.within("share_percent", p.Rest.Share, 0, 100)
	rest.within("pending", p.Rest.Pending, 0, maxNumber)

	group(KeyTransfers).transfers(p.Transfers)
	group(KeyAbuse).abuse(p.Abuse)
	group(KeyBlockList).blockList(p.BlockList)
}

func (c checker) transfers(t Transfers) {
	c.within("emergency_ring_s", int(t.EmergencyRing), 5, 60)
	c.within("ring_s", int(t.Ring), 5, 120)
	c.within("blind_chain", t.BlindChain, 1, 10)
	for i, d := range t.DialPlan {
		twice := slices.ContainsFunc(t.DialPlan[:i], func(other Dialling) bool { return other.Role == d.Role })
		c.bad(twice, "dial_plan", directory.Twice, string(d.Role))
		c.bad(!slices.Contains(dialling, d.Role), "dial_plan", directory.NotOneOf, string(d.Role))
		c.bad(len(d.Allow) > maxPatterns, "dial_plan "+string(d.Role), directory.TooMany, strconv.Itoa(maxPatterns))
		for n, one := range d.Allow {
			c.bad(!one.Valid(), fmt.Sprintf("dial_plan %s %d", d.Role, n+1), directory.NotPattern, string(one))
		}
	}
}
