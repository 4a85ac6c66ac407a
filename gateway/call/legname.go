package call

import (
	"strconv"
	"strings"

	"hotline/gateway/caller"
)

// CallOf is the call a channel belongs to by its name: a leg that we dialled, "<call>.<mark><attempt>.<who>", names it,
// and so does that of a citizen who is called back, "<call>.c"; any other channel is a caller's and names itself.
func CallOf(channel string) ID {
	if i, _ := legMark(channel); i >= 0 {
		return ID(channel[:i])
	}
	if id, cut := strings.CutSuffix(channel, citizenMark); cut && IsOutbound(ID(id)) {
		return ID(id)
	}
	return ID(channel)
}

// IsOurs tells whether we made a leg, by its name: to an agent, another city, a third party, or for a supervisor.
func IsOurs(id LegID) bool {
	i, _ := legMark(string(id))
	return i >= 0
}

// IsThird tells a third party's leg by its name.
func IsThird(id LegID) bool {
	_, kind := legMark(string(id))
	return kind == 't'
}

// IsSupervisor tells a supervisor's leg by its name.
func IsSupervisor(id LegID) bool {
	_, kind := legMark(string(id))
	return kind == 's'
}

// AgentOf is the agent_no in a leg's name, empty for other legs.
func AgentOf(id LegID) string {
	i, kind := legMark(string(id))
	if kind != 'a' {
		return ""
	}
	_, agentNo, _ := strings.Cut(string(id)[i+2:], ".")
	return agentNo
}

func attemptOf(id LegID) int {
	i, _ := legMark(string(id))
	if i < 0 {
		return 0
	}
	n, _, _ := strings.Cut(string(id)[i+2:], ".")
	attempt, _ := strconv.Atoi(n)
	return attempt
}

// legMarks are what legs are to a call: an agent's, another region's, a third party's, a supervisor's, and what he
// watches with.
const legMarks = "artsw"

// legMark finds "." and a mark, an attempt's number and "." in the name of a leg we made, -1 in other names.
func legMark(name string) (at int, kind byte) {
	at = -1
	for _, mark := range legMarks {
		at = max(at, strings.LastIndex(name, "."+string(mark)))
	}
	if at < 0 {
		return -1, 0
	}
	digits, who, ok := strings.Cut(name[at+2:], ".")
	if _, err := strconv.Atoi(digits); err != nil || !ok || who == "" {
		return -1, 0
	}
	return at, name[at+1]
}

// outsideKey stands in a leg's name for an outside number, which may be a person's: names are in Asterisk's logs.
const outsideKey = "outside"

// legKey is what the name of a third party's leg says of whom it dials.
func legKey(kind, toKey string) string {
	if kind == adoptedKind && caller.Number(toKey).Private() {
		return outsideKey
	}
	return toKey
}
