package settings

import (
	"cmp"
	"slices"
	"time"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/figures"
	"hotline/gateway/queue"
)

// General is the queue that serves everything that has no other.
const General = "general"

// Default is what is shipped. People change it; the program never assumes it.
func Default() Snapshot {
	s := Snapshot{
		Lines: directory.Default(), Skills: map[string]map[string]int{}, Groups: map[string]string{}, Credits: DefaultCredits(), Policies: DefaultPolicies(),
		Queues: []queue.Definition{plainQueue(General, "综合")},
	}
	for _, expert := range []struct {
		name, title, skill, skillTitle string
		level                          int
	}{
		{"expert_legal", "法律专家", "legal", "法律", 5},
		{"expert_social", "人社专家", "social", "人社", 5},
		{"expert_housing_fund", "公积金专家", "housing_fund", "公积金", 5},
		{"expert_agriculture", "农业专家", "agriculture", "农业", 5},
		{"expert_health", "卫生专家", "health", "公共卫生", 5},
		{"language", "双语", "english", "英语", 3},
		{"enterprise", "企业", "enterprise", "企业服务", 3},
	} {
		q := plainQueue(expert.name, expert.title)
		q.Needs = []queue.Need{{Skill: expert.skill, Level: expert.level}}
		// Waiting for an expert must not cost the caller his 15 seconds.
		q.Widen = []queue.Widening{{After: 10 * time.Second}}
		s.Queues = append(s.Queues, q)
		s.SkillNames = append(s.SkillNames, Skill{expert.skill, expert.skillTitle})
	}
	slices.SortFunc(s.Queues, byName)
	slices.SortFunc(s.SkillNames, func(a, b Skill) int { return cmp.Compare(a.Name, b.Name) })
	return s
}

func byName(a, b queue.Definition) int { return cmp.Compare(a.Name, b.Name) }

func plainQueue(name, title string) queue.Definition {
	return queue.Definition{
		Name: name, Title: title, Order: queue.LongestIdle, LastAgent: 30 * time.Minute, RingTimeout: 20 * time.Second,
		WrapUp: time.Minute, Announce: 30 * time.Second, Callback: time.Minute, TellAgentNo: true, Rating: true,
	}
}

// DefaultCredits are what is shipped.
func DefaultCredits() queue.Credits {
	return queue.Credits{
		queue.From110: 5 * time.Minute, queue.CalledBack: 2 * time.Minute, queue.Elderly: time.Minute, queue.Disabled: time.Minute,
	}
}

// DefaultPolicies are what is shipped.
func DefaultPolicies() Policies {
	count := figures.Default()
	return Policies{
		Figures: Figures{
			AnswerWithin: secondsOf(count.AnswerWithin), ClockStart: count.ClockStart, Denominator: count.Denominator,
			ShortAbandon: secondsOf(count.ShortAbandon), RepeatWithin: secondsOf(count.RepeatWithin), SatisfiedTo: count.SatisfiedTo,
			AnswerTarget: 95, WithinTarget: 90,
		},
		Callback: Callback{
			On: true, Attempts: 3, Every: 1800, From: "08:00", To: "20:00", Days: []int{1, 2, 3, 4, 5, 6, 7}, KeepPlace: true,
		},
		Surge: Surge{WrapUp: 10, Callback: 20, Widen: true, NoRating: true},
		Rest:  Rest{Share: 10, Pending: 10},
		Transfers: Transfers{
			EmergencyRing: 20, Ring: 30, BlindChain: 3, RecordConsult: true, RecordHandedOver: true, DialPlan: defaultDialPlan(),
		},
		Abuse: defaultAbuse(), BlockList: defaultBlockList(),
	}
}

// defaultDialPlan lets supervisors dial mobiles and landlines of the mainland. Subscribers' numbers begin with 2 to 8,
// so that neither an area's 16812345 nor its 12345, which might be ours, is among them.
func defaultDialPlan() DialPlan {
	return DialPlan{
		{agent.RoleAgent, []Pattern{}},
		{agent.RoleExpert, []Pattern{}},
		{agent.RoleSupervisor, []Pattern{
			"1[3-9]XXXXXXXXX", "010[2-8]XXXXXXX", "02X[2-8]XXXXXXX", "0[3-9]XX[2-8]XXXXXX", "0[3-9]XX[2-8]XXXXXXX",
		}},
	}
}
