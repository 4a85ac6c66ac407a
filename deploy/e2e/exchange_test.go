package e2e

import (
	"sync"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

// exchangeLines are the numbers of the house in which calls are handed on. 12300 leads straight to an agent.
const exchangeLines = `dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes
12345,12345热线,main,,general,,,no,,,,,,
12300,直通录音,dual,,general,,greeting_12333,yes,,,,,,
12301,直通,dual,,general,,,no,,,,,,
12333,人社,dual,,experts,,,no,,,,,,
12345110,110转入,main,,general,,,no,,from_110,,,,
110,公安报警,emergency,公安局,general,,,no,,,,,,emergency/110 emergency2/110 emergency2/0519000110
120,医疗急救,emergency,急救中心,general,,,no,,,,,,emergency/120 emergency2/120
12366,税务,sub_centre,税务局,general,,,no,,,,,,sub-centres/12366
12360,海关,sub_centre,海关,general,,,no,,,,,,sub-centres/12360
12313,烟草,sub_centre,烟草专卖局,general,,,no,,,,,,no-such-trunk/12313
12367,移民,sub_centre,移民局,general,,,no,,,,,,back/12301
119,消防,emergency,消防,general,,,no,,,,,,back/119 emergency2/119
`

var exchangeDoor door

// exchanging is the house in which calls are handed on.
var exchanging = sync.OnceValues(newExchange)

func newExchange() (*house, error) {
	var people []stack.Account
	for no, role := range map[string]string{"8101": "agent", "8102": "agent", "8103": "agent", "9101": "supervisor", "9102": "supervisor", "9003": "administrator"} {
		people = append(people, stack.Account{AgentNo: no, Name: "话机" + no, Role: role, Phone: "desk", Password: password})
	}
	for no, role := range map[string]string{"8001": "agent", "8002": "agent", "8003": "agent", "9001": "supervisor"} {
		people = append(people, stack.Account{AgentNo: no, Name: "网页" + no, Role: role, Phone: "browser", Password: password})
	}
	return newHouseOf(people, exchangeLines, []func(*settings.Snapshot){func(s *settings.Snapshot) {
		p := &s.Policies.Transfers
		p.EmergencyRing, p.Ring = 5, 5
		p.DialPlan = settings.DialPlan{{Role: agent.RoleAgent, Allow: []settings.Pattern{"0519[2-8]XXXXXXX"}}}
		for _, no := range []string{"8102", "9102"} { // a group of their own
			s.Groups[no], s.Skills[no] = "一组", map[string]int{}
		}
	}}, "HOTLINE_WRAP_UP=20s")
}

func theExchange(t *testing.T) *house {
	t.Helper()
	exchangeDoor.enter(t)
	h, err := exchanging()
	return h.visit(t, err)
}

// talk is a caller who talks to an agent.
type talk struct {
	*caller
	agent desk
	ring  *ring
	id    call.ID
	t     *testing.T
	h     *house
	seen  int // transfers whose end was waited for
}

// talking lets a citizen call and an agent answer him, until they hear one another.
func (h *house) talking(t *testing.T, number, no string) *talk {
	t.Helper()
	return h.talkingOn(t, "12301", number, no)
}

func (h *house) talkingOn(t *testing.T, line, number, no string) *talk {
	t.Helper()
	k := &talk{agent: h.staff(t, no, agentTone), t: t, h: h}
	k.caller = h.dial(t, dialled{line: line, number: number})
	k.ring = k.agent.phone.ringing(30 * time.Second)
	k.ring.answer()
	k.id = k.agent.seesPhase("talking").ID
	hearing{k.caller.party: {k.ring.tele.party}, k.ring.tele.party: {k.caller.party}}.now(t, 5*time.Second)
	return k
}

func (k *talk) oneKey(service string) {
	k.t.Helper()
	k.agent.must(switchboard.CmdOneKey, switchboard.OneKeyArgs{Service: service}, k.id)
}

func (k *talk) bring(how call.TransferKind, kind, key string) {
	k.t.Helper()
	k.agent.must(switchboard.CmdBring, switchboard.BringArgs{How: how, To: switchboard.TargetKey{Kind: kind, Key: key}, Reason: "请协助"}, k.id)
}

// together asserts that some hear one another and no others of the test do.
func (k *talk) together(all []*party, in ...*party) {
	k.t.Helper()
	together(k.t, all, in)
}

func together(t *testing.T, all, in []*party) {
	t.Helper()
	m := hearing{}
	for _, p := range all {
		m[p] = nil
	}
	for _, p := range in {
		for _, other := range in {
			if other != p && !p.voiceOnly() {
				m[p] = append(m[p], other)
			}
		}
	}
	m.now(t, 4*time.Second)
}

// party waits for the state of a third party on the agent's screen.
func (k *talk) party(key, state string) switchboard.DeskParty {
	k.t.Helper()
	var found switchboard.DeskParty
	k.agent.sees(key+" "+state, func(d switchboard.Desk) bool {
		if d.Call == nil {
			return false
		}
		for _, p := range d.Call.Parties {
			if p.Key == key && p.State == state {
				found = p
				return true
			}
		}
		return false
	})
	return found
}

// lastTransfer waits for the end of a transfer.
func (k *talk) lastTransfer(result call.TransferResult, why call.Reach) {
	k.t.Helper()
	k.agent.sees("a transfer that is "+string(result), func(d switchboard.Desk) bool {
		return d.Call != nil && d.Call.LastTransfer != nil && d.Call.LastTransfer.Result == result && d.Call.LastTransfer.Why == why
	})
}

// keptTransfer is a transfer as the database has it.
type keptTransfer struct {
	N      int
	Kind   string
	ToKey  string `json:"to_key"`
	Tried  int
	Result string
	Why    string
	Ringed bool
	Handed bool
	Ended  bool
}

func (h *house) transfers(t *testing.T, id call.ID) []keptTransfer {
	t.Helper()
	return rows[keptTransfer](t, h, `SELECT n, kind, to_key, tried, result, why, ringing_at IS NOT NULL AS "ringed",
		handed_at IS NOT NULL AS "handed", ended_at IS NOT NULL AS "ended" FROM call_transfer WHERE call = %s ORDER BY n`, string(id))
}

// wantTransfer waits until the database has the call's last transfer so.
func (k *talk) wantTransfer(want keptTransfer) {
	k.t.Helper()
	k.h.wantTransfer(k.t, k.id, want)
}

func (h *house) wantTransfer(t *testing.T, id call.ID, want keptTransfer) {
	t.Helper()
	var last []keptTransfer
	until(t, "the transfer's record", 5*time.Second, func() bool {
		last = h.transfers(t, id)
		return len(last) > 0 && last[len(last)-1] == want
	}, func() string { return "have " + show(last) })
}
