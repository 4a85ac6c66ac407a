package target_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/gateway/target"
)

// house is what is shipped with some lines of a city's own. Its administrator permits too much: everybody at a
// telephone dials whatever has no 00 before it.
func house(t testing.TB) settings.Snapshot {
	t.Helper()
	set := settings.Default()
	lines := append(set.Lines.Lines(),
		directory.Line{DNIS: "95598", Name: "供电服务热线", Mode: directory.Utility, Unit: "供电公司", Queue: "general", Routes: []string{"trunk/95598", "other/95598", "trunk/95598"}},
		directory.Line{DNIS: "051912345", Name: "常州12345", Mode: directory.Region, Unit: "常州市", Queue: "general", Routes: []string{"trunk-changzhou/12345"}},
		directory.Line{DNIS: "+8651988001234", Name: "区热线", Mode: directory.Dual, Unit: "区政府", Queue: "general"},
		directory.Line{DNIS: "96777", Name: "供水服务热线", Mode: directory.Utility, Unit: "水务公司", Queue: "general"},
	)
	d, err := directory.New(lines)
	if err != nil {
		t.Fatal(err)
	}
	set.Lines = d
	return set
}

func open(set settings.Snapshot, patterns ...settings.Pattern) settings.Snapshot {
	set.Policies.Transfers.DialPlan = settings.DialPlan{{Role: agent.RoleAgent, Allow: patterns}}
	return set
}

var (
	seat = []agent.Role{agent.RoleAgent}
	boss = []agent.Role{agent.RoleAgent, agent.RoleSupervisor}
)

func TestResolve(t *testing.T) {
	t.Parallel()
	set := house(t)
	const ring, short = 30 * time.Second, 20 * time.Second
	police := target.Destination{Kind: target.Emergency, Key: "110", Title: "110公安报警", Routes: []string{"PJSIP/110@trunk"}, Ring: short, Emergency: true}
	legal := target.Destination{Kind: target.Line, Key: "12348", Title: "12348公共法律服务热线", Queue: "expert_legal"}
	district := target.Destination{Kind: target.Line, Key: "+8651988001234", Title: "区热线", Queue: "general"}
	number := func(key, digits string) target.Destination {
		return target.Destination{Kind: target.Number, Key: key, Title: key, Routes: []string{"PJSIP/" + digits + "@out"}, Ring: ring}
	}
	for _, c := range []struct {
		kind target.Kind
		name string
		want target.Destination
	}{
		{target.Emergency, "110", police},
		{target.SubCentre, "12366", target.Destination{Kind: target.SubCentre, Key: "12366", Title: "12366税务服务热线", Routes: []string{"PJSIP/12366@trunk"}, Ring: ring}},
		{target.Utility, "95598", target.Destination{Kind: target.Utility, Key: "95598", Title: "供电服务热线", Routes: []string{"PJSIP/95598@trunk", "PJSIP/95598@other"}, Ring: ring}},
		{target.Region, "051912345", target.Destination{Kind: target.Region, Key: "051912345", Title: "常州12345", Routes: []string{"PJSIP/12345@trunk-changzhou"}, Ring: ring}},
		{target.Line, "12348", legal},
		{target.Line, "12345", target.Destination{Kind: target.Line, Key: "12345", Title: "12345政务服务便民热线", Queue: "general"}},
		{target.Line, "12396", target.Destination{Kind: target.Line, Key: "12396", Title: "12396科技服务热线", Queue: "general"}},
		{target.Queue, "language", target.Destination{Kind: target.Queue, Key: "language", Title: "双语", Queue: "language"}},
		{target.Agent, "8001", target.Destination{Kind: target.Agent, Key: "8001", Title: "8001", Agent: "8001", Ring: ring}},
		{target.Expert, "8001", target.Destination{Kind: target.Expert, Key: "8001", Title: "8001", Agent: "8001", Ring: ring}},

		{target.Number, "13800001234", number("13800001234", "13800001234")},
		{target.Number, "+86 138-0000-1234", number("13800001234", "13800001234")},
		{target.Number, "(0519) 8800 4321", number("051988004321", "051988004321")},

		// What is ours never leaves through the trunk, however it was typed.
		{target.Number, "110", police},
		{target.Number, "1-1-0", police},
		{target.Number, "+86110", police},
		{target.Number, "0086110", police},
		{target.Number, "0086 12348", legal},
		{target.Number, "12348", legal},
		{target.Number, "051988001234", district},
		{target.Number, "+8651988001234", district},
		{target.Number, "51988001234", district},
		{target.Number, "051912345", target.Destination{Kind: target.Region, Key: "051912345", Title: "常州12345", Routes: []string{"PJSIP/12345@trunk-changzhou"}, Ring: ring}},
	} {
		got, err := target.Resolve(set, "out", boss, target.Key{Kind: c.kind, Name: c.name})
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s %s: %v %s", c.kind, c.name, err, diff)
		}
	}
}

func TestWhoIsPermittedAbroadDialsIt(t *testing.T) {
	t.Parallel()
	set := open(house(t), "00852XXXXXXXX")
	for _, typed := range []string{"+85221234567", "0085221234567", "+852 2123 4567"} {
		got, err := target.Resolve(set, "out", seat, target.Key{Kind: target.Number, Name: typed})
		if want := []string{"PJSIP/0085221234567@out"}; err != nil || !slices.Equal(got.Routes, want) || got.Key != "+85221234567" {
			t.Errorf("%s: %v %+v", typed, err, got)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	shipped := house(t)
	wide := open(shipped, "X.") // an administrator permits as much as he can without saying 00
	gone := house(t)
	gone.Queues = nil
	for _, c := range []struct {
		what  string
		set   settings.Snapshot
		roles []agent.Role
		kind  target.Kind
		names []string
		want  error
	}{
		{"no such line", shipped, boss, target.Emergency, []string{"999", "12345", "12366"}, target.ErrUnknown},
		{"a line of another kind", shipped, boss, target.Line, []string{"110", "12366", "051912345"}, target.ErrUnknown},
		{"no such queue", shipped, boss, target.Queue, []string{"nowhere"}, target.ErrUnknown},
		{"its queue is gone", gone, boss, target.Line, []string{"12345"}, target.ErrUnknown},
		{"no route", shipped, boss, target.Utility, []string{"96777"}, target.ErrNoRoute},
		{"no route, typed", shipped, boss, target.Number, []string{"96777"}, target.ErrNoRoute},
		{"no name of an agent", shipped, boss, target.Agent, []string{"", "8", "8001@x", "8001/../8002", strings.Repeat("8", 300)}, target.ErrMalformed},
		{"no name of a queue", shipped, boss, target.Queue, []string{"", "a b", "综合", "x&PJSIP"}, target.ErrMalformed},
		{"no name of a line", shipped, boss, target.Emergency, []string{"", "1 1 0", "１１０", "110,", "110\n"}, target.ErrMalformed},
		{"no such kind", shipped, boss, "fax", []string{"110"}, target.ErrMalformed},
		{"no kind", shipped, boss, "", []string{"110"}, target.ErrMalformed},

		{"not a number", wide, seat, target.Number, []string{
			"", " ", "+", "0086", "12345,,9", "110w1", "110#", "*72138", "110@trunk2", "13800001234@evil", "PJSIP/110@trunk", "trunk/110",
			"110\r\nX: y", "138\x000001234", "anonymous", "１１０", "١١٠", "十二", "110&PJSIP/0012025550143@trunk", "${EXTEN}",
			"(+1) 202 555 0143", "1+10", "++8613800001234", strings.Repeat("1", 21), strings.Repeat("1", 300), strings.Repeat("1-", 300),
		}, target.ErrMalformed},
		{"abroad, with everything else permitted", wide, seat, target.Number, []string{
			"+1", "+12025550143", "0012025550143", "00 1 202 555 0143", "0086 0012025550143", "+86 0012025550143", "+0012025550143",
			"00860012025550143", "0085221234567", "00110", "+110", "0012345", "+8600",
		}, target.ErrNotPermitted},
		{"more than mobiles and landlines", shipped, boss, target.Number, []string{
			"+12025550143", "0012025550143", "16812345", "051916812345", "4008001234", "12593", "1259313800001234", "17911 0012025550143",
			"138000012345", "1380000123", "8001", "88001234", "0519110", "0551 12345", "02512345", "0110", "00110", "95519",
		}, target.ErrNotPermitted},
		{"an agent dials nothing outside", shipped, seat, target.Number, []string{"13800001234", "008613800001234", "051988004321"}, target.ErrNotPermitted},
		{"nobody's role", shipped, nil, target.Number, []string{"13800001234"}, target.ErrNotPermitted},
	} {
		for _, name := range c.names {
			got, err := target.Resolve(c.set, "out", c.roles, target.Key{Kind: c.kind, Name: name})
			if !errors.Is(err, c.want) || !cmp.Equal(got, target.Destination{}) {
				t.Errorf("%s: %s %q is %+v, %v", c.what, c.kind, name, got, err)
			}
		}
	}
	if _, err := target.Resolve(shipped, "", boss, target.Key{Kind: target.Number, Name: "13800001234"}); !errors.Is(err, target.ErrNoRoute) {
		t.Errorf("without a trunk: %v", err)
	}
}

// FuzzResolve asserts of any key: it is refused with an error that has a code, or leads to one place that Asterisk's
// dialplan cannot read anything else out of.
func FuzzResolve(f *testing.F) {
	for _, name := range []string{"110", "0086110", "+1", "12345,,9", "１１０", "13800001234", "00860012025550143", "general", "8001", strings.Repeat("1", 300)} {
		for _, kind := range target.Kinds {
			f.Add(string(kind), name)
		}
	}
	set := open(house(f), "X.")
	f.Fuzz(func(t *testing.T, kind, name string) {
		d, err := target.Resolve(set, "out", seat, target.Key{Kind: target.Kind(kind), Name: name})
		if err != nil {
			var known *target.Error
			if !errors.As(err, &known) || known.Code == "" || !cmp.Equal(d, target.Destination{}) {
				t.Errorf("%q %q: %v %+v", kind, name, err, d)
			}
			return
		}
		ways := 0
		for _, there := range []bool{d.Agent != "", d.Queue != "", len(d.Routes) > 0} {
			if there {
				ways++
			}
		}
		if ways != 1 || (d.Queue == "") != (d.Ring > 0) {
			t.Errorf("%q %q leads to %+v", kind, name, d)
		}
		for _, r := range d.Routes {
			number, trunk, ok := strings.Cut(strings.TrimPrefix(r, "PJSIP/"), "@")
			if !ok || strings.Trim(number, "0123456789") != "" || strings.HasPrefix(number, "00") || strings.ContainsAny(trunk, "@/&,") {
				t.Errorf("%q %q is dialled as %q", kind, name, r)
			}
			if trunk == "out" && d.Kind != target.Number {
				t.Errorf("%q %q leaves through the trunk as %+v", kind, name, d)
			}
		}
	})
}
