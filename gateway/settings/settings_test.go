package settings_test

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
)

// alike compares snapshots; an empty list is no list.
func alike(t *testing.T, want, got settings.Snapshot) {
	t.Helper()
	opt := cmp.Transformer("lines", func(d *directory.Directory) []directory.Line { return d.Lines() })
	if diff := cmp.Diff(want, got, opt, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

// rich is the default with one of everything.
func rich() settings.Snapshot {
	s := settings.Default()
	s.Skills["8001"] = map[string]int{"legal": 7}
	s.Groups["8001"] = "一组"
	s.Bulletins = []settings.Bulletin{{Name: "storm", Text: "今日停水。", On: true, Lines: []string{"12345"}, Queues: []string{"expert_legal"},
		From: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}}
	for i := range s.Queues {
		if s.Queues[i].Name == settings.General {
			s.Queues[i].Overflow = []queue.Overflow{
				{Waiting: 5, Longest: time.Minute, LossRate: 0.25, To: queue.Target{Kind: queue.ToQueue, Name: "language"}},
				{Waiting: 9, To: queue.Target{Kind: queue.ToMessage, Name: "all_busy"}},
			}
		}
	}
	return s
}

func TestWhatIsShippedIsGood(t *testing.T) {
	t.Parallel()
	s := settings.Default()
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if w := s.Warnings(); len(w) != 7 || w[0].Code != directory.NobodyAble {
		t.Errorf("nobody has a skill yet: %v", w)
	}
	if l, _ := s.Lines.Lookup("12333"); l.WaitsIn() != "expert_social" {
		t.Errorf("%+v", l)
	}
	if q, ok := s.Queue("expert_social"); !ok || len(q.Needs) != 1 || q.Widen[0].After >= 15*time.Second {
		t.Errorf("%+v", q)
	}
}

func TestItComesBackAsItWas(t *testing.T) {
	t.Parallel()
	s := rich()
	text, err := settings.Encode(s.Rows())
	if err != nil {
		t.Fatal(err)
	}
	rows, back, err := settings.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	alike(t, s, back)
	if diff := cmp.Diff(s.Rows(), rows, cmp.Comparer(func(a, b json.RawMessage) bool { return jsonEqual(a, b) })); diff != "" {
		t.Error(diff)
	}
	for _, broken := range []string{"", "{}", string(text[:len(text)/2]), `{"format":2,"rows":[]}`, `{"format":1,"rows":[]}`,
		strings.Replace(string(text), `"expert_legal"`, `"nowhere"`, 1)} {
		if _, _, err := settings.Decode([]byte(broken)); err == nil {
			t.Errorf("took %.60q", broken)
		}
	}
}

func jsonEqual(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && cmp.Equal(x, y)
}

func TestEveryFaultIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	general := func(change func(*queue.Definition)) func(*settings.Snapshot) {
		return func(s *settings.Snapshot) {
			i := slices.IndexFunc(s.Queues, func(q queue.Definition) bool { return q.Name == settings.General })
			change(&s.Queues[i])
		}
	}
	overflow := func(o queue.Overflow) func(*settings.Snapshot) {
		return general(func(q *queue.Definition) { q.Overflow = []queue.Overflow{o} })
	}
	allow := func(patterns ...settings.Pattern) func(*settings.Snapshot) {
		return func(s *settings.Snapshot) { s.Policies.Transfers.DialPlan[0].Allow = patterns }
	}
	for want, change := range map[string]func(*settings.Snapshot){
		`line 12333, expert_queue: there is no queue "expert_social"`: func(s *settings.Snapshot) {
			s.Queues = slices.DeleteFunc(s.Queues, func(q queue.Definition) bool { return q.Name == "expert_social" })
		},
		`queue general, overflow 1: there is no queue "x"`:         overflow(queue.Overflow{Waiting: 1, To: queue.Target{Kind: queue.ToQueue, Name: "x"}}),
		`queue general, overflow 1: "general" is the queue itself`: overflow(queue.Overflow{Waiting: 1, To: queue.Target{Kind: queue.ToQueue, Name: "general"}}),
		`queue general, overflow 1: callers would come back from queue "language"`: func(s *settings.Snapshot) {
			for i := range s.Queues { // general overflows to it already
				if s.Queues[i].Name == "language" {
					s.Queues[i].Overflow = []queue.Overflow{{Waiting: 1, To: queue.Target{Kind: queue.ToQueue, Name: "general"}}}
				}
			}
		},
		`queue general, overflow 1: has no condition`:            overflow(queue.Overflow{To: queue.Target{Kind: queue.ToMessage, Name: "x"}}),
		`queue general, overflow 1: there is no line "0519"`:     overflow(queue.Overflow{Waiting: 1, To: queue.Target{Kind: queue.ToRegion, Name: "0519"}}),
		`queue general, overflow 1: line "12333" is of no other`: overflow(queue.Overflow{Waiting: 1, To: queue.Target{Kind: queue.ToRegion, Name: "12333"}}),
		`queue general, overflow 1: "fax" is none of the values`: overflow(queue.Overflow{Waiting: 1, To: queue.Target{Kind: "fax", Name: "x"}}),
		`queue general, overflow 1: 1.5 is out of range`:         overflow(queue.Overflow{LossRate: 1.5, To: queue.Target{Kind: queue.ToMessage, Name: "x"}}),
		`queue general, overflow 1: NaN is out of range`:         overflow(queue.Overflow{LossRate: math.NaN(), To: queue.Target{Kind: queue.ToMessage, Name: "x"}}),
		`queue general, needs: there is no skill "magic"`:        general(func(q *queue.Definition) { q.Needs = []queue.Need{{Skill: "magic", Level: 1}} }),
		`queue general, needs: 10 is out of range`:               general(func(q *queue.Definition) { q.Needs = []queue.Need{{Skill: "legal", Level: 10}} }),
		`queue general, needs: "legal" is listed twice`: general(func(q *queue.Definition) {
			q.Needs = []queue.Need{{Skill: "legal", Level: 1}, {Skill: "legal", Level: 2}}
		}),
		`queue general, widen 2: 5 is out of range`:                    general(func(q *queue.Definition) { q.Widen = []queue.Widening{{After: 5e9}, {After: 5e9}} }),
		`queue general, ring_timeout_s: 0 is out of range`:             general(func(q *queue.Definition) { q.RingTimeout = 0 }),
		`queue general, order: "random" is none of the values`:         general(func(q *queue.Definition) { q.Order = "random" }),
		`queue general, title: is empty`:                               general(func(q *queue.Definition) { q.Title = "" }),
		`queue general, wrap_up_s: -1 is out of range`:                 general(func(q *queue.Definition) { q.WrapUp = -time.Second }),
		`queue general, max_waiting: -1 is out of range`:               general(func(q *queue.Definition) { q.MaxWaiting = -1 }),
		`queue general, announce_s: 1 is out of range`:                 general(func(q *queue.Definition) { q.Announce = time.Second }),
		`agent_skill 8001, skills: there is no skill "x"`:              func(s *settings.Snapshot) { s.Skills["8001"] = map[string]int{"x": 3} },
		`agent_skill 8001, skills: 0 is out of range`:                  func(s *settings.Snapshot) { s.Skills["8001"] = map[string]int{"legal": 0} },
		`agent_skill /, agent: "/" is not an agent number`:             func(s *settings.Snapshot) { s.Skills["/"] = nil },
		`bulletin storm, lines: there is no line "99999"`:              func(s *settings.Snapshot) { s.Bulletins[0].Lines = []string{"99999"} },
		`bulletin storm, queues: there is no queue "x"`:                func(s *settings.Snapshot) { s.Bulletins[0].Queues = []string{"x"} },
		`bulletin storm, text: is empty`:                               func(s *settings.Snapshot) { s.Bulletins[0].Text = " " },
		`bulletin storm, until: "1999-01-01 00:00" is before`:          func(s *settings.Snapshot) { s.Bulletins[0].Until = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC) },
		`policy figures, clock_start: "noon" is none of the values`:    func(s *settings.Snapshot) { s.Policies.Figures.ClockStart = "noon" },
		`policy callback, to: "07:00" is not a time`:                   func(s *settings.Snapshot) { s.Policies.Callback.To = "07:00" },
		`policy callback, from: "8:00" is not a time`:                  func(s *settings.Snapshot) { s.Policies.Callback.From = "8:00" },
		`policy callback, days: "7" is listed twice`:                   func(s *settings.Snapshot) { s.Policies.Callback.Days = []int{7, 7} },
		`policy callback, days: is empty`:                              func(s *settings.Snapshot) { s.Policies.Callback.Days = nil },
		`policy credits, vip: "vip" is none of the values`:             func(s *settings.Snapshot) { s.Credits["vip"] = time.Minute },
		`policy credits, elderly: 1000000000 is out of range`:          func(s *settings.Snapshot) { s.Credits[queue.Elderly] = settings.Seconds(math.MaxInt).Duration() },
		`policy rest, most: -1 is out of range`:                        func(s *settings.Snapshot) { s.Policies.Rest.Most = -1 },
		`policy rest, share_percent: 101 is out of range`:              func(s *settings.Snapshot) { s.Policies.Rest.Share = 101 },
		`policy transfers, emergency_ring_s: 61 is out of range`:       func(s *settings.Snapshot) { s.Policies.Transfers.EmergencyRing = 61 },
		`policy transfers, ring_s: 4 is out of range`:                  func(s *settings.Snapshot) { s.Policies.Transfers.Ring = 4 },
		`policy transfers, blind_chain: 0 is out of range`:             func(s *settings.Snapshot) { s.Policies.Transfers.BlindChain = 0 },
		`policy transfers, dial_plan agent 2: "1[3-" is not a pattern`: allow("95598", "1[3-"),
		`policy transfers, dial_plan agent 1: "_X." is not a pattern`:  allow("_X."),
		`policy transfers, dial_plan agent: there are more than "50"`:  allow(slices.Repeat([]settings.Pattern{"1"}, 51)...),
		`policy transfers, dial_plan: "auditor" is none of the values`: func(s *settings.Snapshot) {
			s.Policies.Transfers.DialPlan = settings.DialPlan{{Role: agent.RoleAuditor}}
		},
		`policy transfers, dial_plan: "agent" is listed twice`: func(s *settings.Snapshot) {
			s.Policies.Transfers.DialPlan = settings.DialPlan{{Role: agent.RoleAgent}, {Role: agent.RoleAgent}}
		},
		`policy figures, denominator: "answered" is none of`: func(s *settings.Snapshot) { s.Policies.Figures.Denominator = "answered" },
		`policy figures, satisfied_to: 5 is out of range`:    func(s *settings.Snapshot) { s.Policies.Figures.SatisfiedTo = 5 },
		`agent_skill 8001, group: " x" holds a line end`:     func(s *settings.Snapshot) { s.Groups["8001"] = " x" },
		`queue 综合, name: "综合" is not the name of a queue`:    func(s *settings.Snapshot) { s.Queues = append(s.Queues, queue.Definition{Name: "综合", Title: "x"}) },
		`policy surge, wrap_up_s: -1 is out of range`:        func(s *settings.Snapshot) { s.Policies.Surge.WrapUp = -1 },
		`policy figures, answer_within_s: 0 is out of range`: func(s *settings.Snapshot) { s.Policies.Figures.AnswerWithin = 0 },
		`skill two words, name: "two words" is not a name`:   func(s *settings.Snapshot) { s.SkillNames = append(s.SkillNames, settings.Skill{"two words", "x"}) },
	} {
		s := rich()
		change(&s)
		err := s.Check()
		var faults directory.Faults
		if !errors.As(err, &faults) || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s, have %v", want, err)
		}
	}
	s := rich()
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}

func TestAWarningGoesWhenSomebodyIsAble(t *testing.T) {
	t.Parallel()
	s := settings.Default()
	s.Skills["8001"] = map[string]int{"legal": 4}
	warned := func() bool {
		return slices.ContainsFunc(s.Warnings(), func(f directory.Fault) bool { return f.Item == "queue expert_legal" })
	}
	if !warned() {
		t.Error("4 is below 5")
	}
	s.Skills["8001"]["legal"] = 5
	if warned() {
		t.Error("8001 is able")
	}
}

func TestBulletinsAreForWhomTheyAreMeant(t *testing.T) {
	t.Parallel()
	s := settings.Default()
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	s.Bulletins = []settings.Bulletin{
		{Name: "all", On: true}, {Name: "off"}, {Name: "line", On: true, Lines: []string{"12333"}},
		{Name: "queue", On: true, Queues: []string{"expert_legal"}}, {Name: "later", On: true, From: now.Add(1)},
		{Name: "over", On: true, Until: now}, {Name: "now", On: true, From: now, Until: now.Add(1)},
	}
	for dnis, want := range map[string][]string{
		"12345": {"all", "now"}, "12333": {"all", "line", "now"}, "12348": {"all", "queue", "now"},
	} {
		l, _ := s.Lines.Lookup(dnis)
		var got []string
		for _, b := range s.BulletinsFor(l, now) {
			got = append(got, b.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", dnis, diff)
		}
	}
}

func TestASurgeShortensWhatCanBeShortened(t *testing.T) {
	t.Parallel()
	s := settings.Default()
	alike(t, s, settings.Snapshot{Lines: s.Lines, Queues: s.Definitions(), Credits: s.Credits, SkillNames: s.SkillNames, Skills: s.Skills, Groups: s.Groups, Policies: s.Policies})
	s.Policies.Surge.On = true
	for i, q := range s.Definitions() {
		if q.WrapUp != 10*time.Second || q.Callback != 20*time.Second || q.Rating {
			t.Errorf("%+v", q)
		}
		if len(q.Needs)+len(q.Widen) > 0 {
			t.Errorf("not everybody is asked: %+v", q)
		}
		if s.Queues[i].WrapUp != time.Minute {
			t.Error("the settings themselves were changed")
		}
	}
}

func TestLinesOfOnesOwnGetTheirQueues(t *testing.T) {
	t.Parallel()
	d, err := directory.ReadCSV(strings.NewReader("dnis,name,queue,greeting,record\n12345,a,water,,no\n12333,b,general,,no\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := settings.Default().For(d)
	if q, ok := s.Queue("water"); !ok || q.RingTimeout == 0 {
		t.Errorf("%+v", q)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
}
