package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/directory"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
)

// hall is a stack whose queues talk: each test has a line and a queue of its own there, and agents by their skills.
type hall struct {
	*house
	*playlist
}

// hallLines are the numbers of the hall. Those that begin with 7 belong to one test each.
const hallLines = `dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes
12345,12345热线,main,,general,,,no,,,,,,
12333,12333人社热线,dual,,general,expert_social,greeting_12333,no,,,,,,
12300,12300电信申诉,merged,,general,,greeting_12300,no,,,transition_12300,%[1]s,%[2]s,
12349,12349民政,merged,,general,,greeting_12349,no,,,transition_12349,%[3]s,%[1]s,
110,110转来,emergency,,general,,,no,,from_110,,,,
7001,报位置,main,,told,,,no,,,,,,
7002,评价,main,,rated,,,no,,,,,,
7003,只等一人,main,,small,,,no,,,,,,
7004,溢出,main,,spilling,,,no,,,,,,
7005,坏提示音,main,,nobody,,no_such_prompt,no,,,,,,
7006,坏文件,main,,nobody,,greeting_garbled,no,,,,,,
7007,公告,main,,nobody,,,no,,,,,,
7008,改设置,main,,edited,,,no,,,,,,
7009,要技能,main,,skilled,,,no,,,,,,
7011,请他市承接,main,,lends,,greeting_12300,no,,,,,,
7012,呼损溢出,main,,lossy,,,no,,,,,,
7013,查进度,main,,nobody,,,no,progress,,,,,
7014,选语种,main,,nobody,,,no,language,,,,,
057112345,杭州12345,region,杭州,general,,,no,,,,,,%[4]s
`

var hallDoor door

var queueing = sync.OnceValues(func() (*hall, error) {
	day := func(n int) directory.Date { return directory.DateOf(time.Now().AddDate(0, 0, n)) }
	h, err := newHouseOf(hallPeople(), fmt.Sprintf(hallLines, day(-1), day(1), day(-9), "trunk/057112345"), []func(*settings.Snapshot){hallQueues}, "HOTLINE_ORDERS_URL="+orderDesk())
	if err != nil {
		return nil, err
	}
	p, err := newPlaylist(h)
	if err != nil {
		return nil, err
	}
	atEnd(p.close)
	return &hall{h, p}, nil
})

// theHall is the stack of the tests of queues.
func theHall(t *testing.T) *hall {
	t.Helper()
	hallDoor.enter(t)
	h, err := queueing()
	if err != nil {
		t.Fatal(err)
	}
	h.visit(t, nil)
	return h
}

// hallPeople sit at desk telephones, beside two who edit settings.
func hallPeople() []stack.Account {
	all := []stack.Account{
		{AgentNo: "9001", Name: "班长", Role: "supervisor", Phone: "browser", Password: password},
		{AgentNo: "9003", Name: "管理", Role: "administrator", Phone: "browser", Password: password},
		{AgentNo: "9004", Name: "管理二", Role: "administrator", Phone: "browser", Password: password},
	}
	for n := range 5 {
		no := fmt.Sprint(8101 + n)
		all = append(all, stack.Account{AgentNo: no, Name: "话机" + no, Role: "agent", Phone: "desk", Password: password})
	}
	return all
}

// hallQueues sets the queues up. A queue is served by those with the skill of its name; general by all.
func hallQueues(s *settings.Snapshot) {
	s.Queues = nil
	add := func(name string, change func(*queue.Definition)) {
		d := queue.Definition{Name: name, Title: name, Order: queue.LongestIdle, RingTimeout: 20 * time.Second}
		if name != settings.General {
			d.Needs = []queue.Need{{Skill: name, Level: 3}}
			s.SkillNames = append(s.SkillNames, settings.Skill{Name: name, Title: name})
		}
		if change != nil {
			change(&d)
		}
		s.Queues = append(s.Queues, d)
	}
	s.SkillNames = nil
	add(settings.General, nil)
	add("expert_social", func(d *queue.Definition) { d.Widen = []queue.Widening{{After: 3 * time.Second}} })
	add("told", func(d *queue.Definition) { d.Announce = 10 * time.Second })
	add("rated", func(d *queue.Definition) { d.TellAgentNo, d.Rating = true, true })
	add("small", func(d *queue.Definition) { d.MaxWaiting = 1 })
	add("spilled_to", nil)
	add("spilling", func(d *queue.Definition) {
		d.Overflow = []queue.Overflow{{Waiting: 1, To: queue.Target{Kind: queue.ToQueue, Name: "spilled_to"}}}
	})
	add("lossy", nil)
	add("nobody", nil)
	add("lends", func(d *queue.Definition) {
		d.Overflow = []queue.Overflow{{Waiting: 1, To: queue.Target{Kind: queue.ToRegion, Name: "057112345"}}}
	})
	add("language", func(d *queue.Definition) { d.Announce, d.TellAgentNo = 10*time.Second, true })
	add("edited", nil)
	add("skilled", func(d *queue.Definition) { d.RingTimeout = 2 * time.Second })
	s.Skills = map[string]map[string]int{
		"8101": {"edited": 3, "skilled": 5},
		"8102": {"expert_social": 5, "edited": 3, "skilled": 3},
		"8103": {"told": 3, "skilled": 2}, // not enough
		"8104": {"rated": 3, "spilled_to": 3},
		"8105": {"language": 3},
	}
	s.Bulletins = []settings.Bulletin{{
		Name: "hall_storm", Text: fmt.Sprintf("暴雨橙色预警，请减少外出。第%d号。", time.Now().UnixNano()%100000), Lines: []string{"7007"},
	}}
}

// callOf is the id of a number's latest call, as soon as it is in the database.
func (h *hall) callOf(t *testing.T, number string) (id string) {
	t.Helper()
	until(t, "the call of "+number+" is known", 10*time.Second, func() bool {
		list, err := tryRows[callRow](h.house, "SELECT * FROM call WHERE number_hash = %s ORDER BY arrived_at DESC LIMIT 1", h.hash(number))
		if err == nil && len(list) == 1 {
			id = list[0].ID
		}
		return id != ""
	})
	return id
}

// setting reads one setting and its version.
func (p *person) setting(t *testing.T, path string, into any) (version int64) {
	t.Helper()
	status, text := p.ask(t, http.MethodGet, "/api/settings/"+path, nil)
	var one struct {
		Version int64
		Setting json.RawMessage
	}
	if err := json.Unmarshal(text, &one); err != nil || status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, status, text)
	}
	if err := json.Unmarshal(one.Setting, into); err != nil {
		t.Fatal(err)
	}
	return one.Version
}

// put changes a setting of which a version was seen.
func (p *person) put(t *testing.T, path string, version int64, setting any) (status int, text []byte) {
	t.Helper()
	return p.ask(t, http.MethodPut, "/api/settings/"+path, map[string]any{"version": version, "setting": setting})
}
