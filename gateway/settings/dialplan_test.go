package settings_test

import (
	"strings"
	"testing"

	"hotline/agent"
	"hotline/gateway/settings"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern settings.Pattern
		yes, no string
	}{
		{"1[3-9]XXXXXXXXX", "13800001234 19900001234", "12800001234 1380000123 138000012345 013800001234"},
		{"0ZXX!", "0519 051988001234", "0019 00120 051 1519"},
		{"N.", "23 99999", "2 03 13"},
		{"Z", "1 9", "0 11"},
		{"[13-58]1", "11 31 41 51 81", "21 61 71"},
		{"X.", "12 0519", "1 0044 001"}, // abroad has to be said
		{"X!", "1 0", "00 0012025550143"},
		{"[0-9][0-9]XX.", "05198", "00198"},
		{"0!", "0 0519", "00 001"},
		{"00.", "001 0012025550143", "00 01"},
		{"001!", "001 0012025550143", "00 0049151"},
		{"95598", "95598", "955981 9559"},
	} {
		if !c.pattern.Valid() {
			t.Errorf("%s cannot be read", c.pattern)
		}
		for _, number := range strings.Fields(c.yes) {
			if !c.pattern.Matches(number) {
				t.Errorf("%s does not stand for %s", c.pattern, number)
			}
		}
		for _, number := range append(strings.Fields(c.no), "", "+1", "1,9", "１３８", "138@x") {
			if c.pattern.Matches(number) {
				t.Errorf("%s stands for %q", c.pattern, number)
			}
		}
	}
	for _, broken := range []settings.Pattern{
		"", ".", "!", "_1X.", "x", "1 2", "+86", "[", "1[", "1[]", "1[3-", "1[3-]", "1[9-3]", "1[a-z]", "1]", "1.2", "1!!", "1..",
		"１", "1*", "1#", "[!0]", "[X]", settings.Pattern(strings.Repeat("1", 65)),
	} {
		if broken.Valid() || broken.Matches("1") || broken.Matches("12345") {
			t.Errorf("took %q", broken)
		}
	}
}

func TestTheDialPlanIsOfRoles(t *testing.T) {
	t.Parallel()
	plan := settings.DefaultPolicies().Transfers.DialPlan
	boss, seat := []agent.Role{agent.RoleAgent, agent.RoleSupervisor}, []agent.Role{agent.RoleAgent, agent.RoleExpert}
	for number, want := range map[string]bool{
		"13800001234": true, "01088001234": true, "051988001234": true, "0551" + "2800123": true, "02588001234": true,
		"0012025550143": false, "16812345": false, "4008001234": false, "12593": false, "051912345": false, "0519110": false,
		"051916812345": false, "1259313800001234": false, "1791113800001234": false, "88001234": false, "8001": false,
	} {
		if plan.Permits(boss, number) != want {
			t.Errorf("a supervisor and %s: %t", number, !want)
		}
		if plan.Permits(seat, number) || plan.Permits(nil, number) || plan.Permits([]agent.Role{agent.RoleAdmin}, number) {
			t.Errorf("who may dial nothing dials %s", number)
		}
	}
}

// FuzzPattern asserts of any text: it is read or refused, and no pattern leads abroad that does not say so.
func FuzzPattern(f *testing.F) {
	for _, seed := range []string{"1[3-9]XXXXXXXXX", "0ZXX!", "X.", "00.", "[0-9][0]", "[", "1[3-", "_X.", "1.2"} {
		f.Add(seed, "13800001234")
		f.Add(seed, "0012025550143")
	}
	f.Fuzz(func(t *testing.T, pattern, number string) {
		p := settings.Pattern(pattern)
		switch {
		case !p.Matches(number):
		case !p.Valid():
			t.Errorf("%q cannot be read and stands for %q", p, number)
		case strings.Trim(number, "0123456789") != "":
			t.Errorf("%q stands for %q", p, number)
		case strings.HasPrefix(number, "00") && strings.ContainsAny(pattern[:1], "XZN123456789"):
			t.Errorf("%q leads abroad to %q", p, number)
		}
	})
}
