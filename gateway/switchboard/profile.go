package switchboard

import (
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/queue"
)

// Known is what PostgreSQL knows of a caller from before a call.
type Known struct {
	Calls   []EarlierCall // the latest first
	Profile caller.Profile
}

// DeskCaller is who calls, on the agent's screen. What comes from PostgreSQL is empty until history_state is ready.
type DeskCaller struct {
	Place    string           `json:"place"` // that the number belongs to, empty when not known
	Tags     []caller.Tag     `json:"tags"`
	Counts   caller.Counts    `json:"counts"`   // of his earlier calls
	Requests []caller.Request `json:"requests"` // the open ones first
	Repeat   caller.Repeat    `json:"repeat" jsonschema:"enum=,enum=repeat,enum=groundless"`
}

// TagChange is a change of what people noted of a caller. He is named by a call of his, so that no number is kept.
type TagChange struct {
	Call call.ID    `json:"call"`
	Tag  caller.Tag `json:"tag"`
	On   bool       `json:"on"`
	By   string     `json:"by"` // agent_no
	At   time.Time  `json:"at"`
}

// TagArgs are the arguments of caller.tag.
type TagArgs struct {
	Tag caller.Tag `json:"tag"`
	On  bool       `json:"on"`
}

func (s *Switchboard) deskCaller(c *live) DeskCaller {
	p := c.profile
	d := DeskCaller{
		Place: caller.Number(c.Record().Number).Place(), Tags: p.Tags, Counts: p.Counts, Requests: p.Requests,
		Repeat: s.set.Policies.Repeats.Rule().Judge(p),
	}
	if c.Record().Secret { // where he lives and what he asked for would tell who he is
		d.Place, d.Requests = "", nil
	}
	if d.Tags == nil {
		d.Tags = []caller.Tag{}
	}
	if d.Requests == nil {
		d.Requests = []caller.Request{}
	}
	return d
}

// sooner are the tags that let a caller be served before others.
var sooner = []struct {
	tag caller.Tag
	as  queue.Priority
}{{caller.Disabled, queue.Disabled}, {caller.Elderly, queue.Elderly}}

// prefer gives a caller the priority of his tags where it is worth more than what he has. Nothing waits for it: his tags
// come from PostgreSQL, mostly while he is greeted; if they come late he changes his place in the queue, if they do not
// come he keeps it. Repeats, and the tag nuisance, have no part in it.
func (s *Switchboard) prefer(now time.Time, c *live) {
	r := c.Record()
	best := queue.Priority(r.Priority)
	for _, one := range sooner {
		for _, tag := range c.profile.Tags {
			if tag == one.tag && s.set.Credits[one.as] > s.set.Credits[best] {
				best = one.as
			}
		}
	}
	if best == queue.Priority(r.Priority) || s.step(now, c, call.Event{Kind: call.Prefer, Reason: string(best)}) != nil {
		return
	}
	s.queue.Prefer(string(c.ID()), best)
}

// cmdTag changes a tag of the caller at the desk. Who calls a citizen a nuisance must be a supervisor.
func (s *Switchboard) cmdTag(now time.Time, seat *seat, c Command) error {
	args, err := arguments[TagArgs](c)
	if err != nil {
		return err
	}
	switch l := seat.call; {
	case l == nil || l.ID() != c.Call:
		return &Error{CodeNoSuchCall, "this call is not at your desk", false}
	case !args.Tag.Known():
		return bad("no such tag")
	case args.Tag == caller.Nuisance && !seat.agent.Has(agent.RoleSupervisor):
		return &Error{CodeForbidden, "only supervisors change this tag", false}
	case l.Record().Number == "":
		return &Error{CodeWrongState, "who withholds his number cannot be tagged", false}
	case l.historyState == "loading":
		return &Error{CodeUnavailable, "the caller's tags are being read", true}
	}
	s.tag(now, seat, args)
	return nil
}

func (s *Switchboard) tag(now time.Time, seat *seat, args TagArgs) {
	c := seat.call
	c.profile.Tags = caller.With(c.profile.Tags, args.Tag, args.On)
	s.cfg.Journal.Append(Entry{Tag: &TagChange{Call: c.ID(), Tag: args.Tag, On: args.On, By: seat.agent.No, At: now}})
	s.deed(now, seat, "caller.tag", string(c.ID()), map[string]any{"tag": args.Tag, "on": args.On})
	for _, no := range append(s.desksOf(c), seat.agent.No) {
		if at := s.seats[no]; at != nil && at.call == c {
			s.cfg.Audience.Event(no, KindTagged, s.desk(at))
		}
	}
}

// notAccepted says whether what was written down names a kind of matter on the list.
func (s *Switchboard) notAccepted(args WrapUpArgs) bool {
	_, listed := s.set.NotAccepted(args.Scope)
	return listed && args.Disposition == legalChannel
}
