package settings

import "hotline/gateway/queue"

// QueueDoc is a queue as it is kept and edited: times in seconds.
type QueueDoc struct {
	Name        string        `json:"name"`
	Title       string        `json:"title"`
	Needs       []NeedDoc     `json:"needs"`
	Widen       []WidenDoc    `json:"widen"`
	Order       queue.Order   `json:"order" enum:"longest_idle,least_occupied"`
	LastAgent   Seconds       `json:"last_agent_s" doc:"a caller gets the agent he talked to within this; 0: no"`
	RingTimeout Seconds       `json:"ring_timeout_s"`
	WrapUp      Seconds       `json:"wrap_up_s"`
	MaxWaiting  int           `json:"max_waiting" doc:"0: no limit"`
	Overflow    []OverflowDoc `json:"overflow"`
	Announce    Seconds       `json:"announce_s" doc:"between announcements of the position; 0: none"`
	Callback    Seconds       `json:"callback_s" doc:"a call-back is offered after this; 0: never"`
	TellAgentNo bool          `json:"tell_agent_no"`
	Rating      bool          `json:"rating"`
}

// NeedDoc is one skill at a level.
type NeedDoc struct {
	Skill string `json:"skill"`
	Level int    `json:"level"`
}

// WidenDoc lets other agents serve who waited long.
type WidenDoc struct {
	After Seconds   `json:"after_s"`
	Needs []NeedDoc `json:"needs"`
}

// OverflowDoc says where callers go when the queue cannot serve them.
type OverflowDoc struct {
	Waiting  int              `json:"waiting"`
	Longest  Seconds          `json:"longest_s"`
	LossRate float64          `json:"loss_rate"`
	Kind     queue.TargetKind `json:"to_kind" enum:"queue,region,message"`
	To       string           `json:"to"`
}

// QueueDocOf is a definition as it is kept.
func QueueDocOf(d queue.Definition) QueueDoc {
	doc := QueueDoc{
		Name: d.Name, Title: d.Title, Needs: needDocs(d.Needs), Widen: []WidenDoc{}, Order: d.Order,
		LastAgent: secondsOf(d.LastAgent), RingTimeout: secondsOf(d.RingTimeout), WrapUp: secondsOf(d.WrapUp),
		MaxWaiting: d.MaxWaiting, Overflow: []OverflowDoc{}, Announce: secondsOf(d.Announce),
		Callback: secondsOf(d.Callback), TellAgentNo: d.TellAgentNo, Rating: d.Rating,
	}
	for _, w := range d.Widen {
		doc.Widen = append(doc.Widen, WidenDoc{secondsOf(w.After), needDocs(w.Needs)})
	}
	for _, o := range d.Overflow {
		doc.Overflow = append(doc.Overflow, OverflowDoc{o.Waiting, secondsOf(o.Longest), o.LossRate, o.To.Kind, o.To.Name})
	}
	return doc
}

// Definition is the queue as it runs.
func (q QueueDoc) Definition() queue.Definition {
	d := queue.Definition{
		Name: q.Name, Title: q.Title, Needs: needsOf(q.Needs), Order: q.Order, LastAgent: q.LastAgent.Duration(),
		RingTimeout: q.RingTimeout.Duration(), WrapUp: q.WrapUp.Duration(), MaxWaiting: q.MaxWaiting,
		Announce: q.Announce.Duration(), Callback: q.Callback.Duration(), TellAgentNo: q.TellAgentNo, Rating: q.Rating,
	}
	for _, w := range q.Widen {
		d.Widen = append(d.Widen, queue.Widening{After: w.After.Duration(), Needs: needsOf(w.Needs)})
	}
	for _, o := range q.Overflow {
		d.Overflow = append(d.Overflow, queue.Overflow{
			Waiting: o.Waiting, Longest: o.Longest.Duration(), LossRate: o.LossRate, To: queue.Target{Kind: o.Kind, Name: o.To},
		})
	}
	return d
}

func needDocs(needs []queue.Need) []NeedDoc {
	docs := make([]NeedDoc, len(needs))
	for i, n := range needs {
		docs[i] = NeedDoc(n)
	}
	return docs
}

func needsOf(docs []NeedDoc) (needs []queue.Need) {
	for _, n := range docs {
		needs = append(needs, queue.Need(n))
	}
	return needs
}

// Definitions are the queues as they run now: with the surge, if it is on.
func (s Snapshot) Definitions() []queue.Definition {
	all := make([]queue.Definition, len(s.Queues))
	for i, q := range s.Queues {
		all[i] = s.Policies.Surge.changed(q)
	}
	return all
}

// Running is a queue as it runs now: with the surge, if it is on. A queue that nobody set up runs like general.
func (s Snapshot) Running(name string) queue.Definition {
	def, ok := s.Queue(name)
	if !ok {
		def, ok = s.Queue(General)
	}
	if !ok {
		def = s.Queues[0]
	}
	return s.Policies.Surge.changed(def)
}

func (s Surge) changed(q queue.Definition) queue.Definition {
	if !s.On {
		return q
	}
	q.WrapUp = min(q.WrapUp, s.WrapUp.Duration())
	if after := s.Callback.Duration(); after > 0 && (q.Callback == 0 || q.Callback > after) {
		q.Callback = after
	}
	q.Rating = q.Rating && !s.NoRating
	if s.Widen && len(q.Widen) > 0 {
		q.Needs, q.Widen = q.Widen[len(q.Widen)-1].Needs, nil
	}
	return q
}
