package target_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hotline/agent"
	"hotline/gateway/target"
)

func entries(t *testing.T) []target.Entry {
	t.Helper()
	set := house(t)
	set.Groups["8002"] = "二组"
	set.Skills["8003"] = map[string]int{"legal": 6, "social": 2}
	return target.List(set, []target.Person{
		{No: "8003", Name: "陈晓兰", Roles: []agent.Role{agent.RoleAgent, agent.RoleExpert}},
		{No: "9001", Name: "王班长", Roles: []agent.Role{agent.RoleSupervisor}},
		{No: "8002", Name: "单行", Roles: []agent.Role{agent.RoleAgent}},
		{No: "9009", Name: "审计员", Roles: []agent.Role{agent.RoleAuditor}},
	})
}

func TestTheList(t *testing.T) {
	t.Parallel()
	all := entries(t)
	var kinds []target.Kind
	var people []string
	for _, e := range all {
		if len(kinds) == 0 || kinds[len(kinds)-1] != e.Kind {
			kinds = append(kinds, e.Kind)
		}
		if e.Kind == target.Agent || e.Kind == target.Expert {
			people = append(people, fmt.Sprintf("%s %s %s %s %s", e.Kind, e.Key, e.Title, e.Initials, e.Unit))
		}
		if e.Key == "96777" {
			t.Error("a line without routes cannot be reached and is listed")
		}
	}
	if diff := cmp.Diff(target.Kinds[:len(target.Kinds)-1], kinds); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"expert 8003 陈晓兰 cxl 法律 人社", "agent 8002 单行 dx 二组", "agent 9001 王班长 wbz "}, people); diff != "" {
		t.Error(diff)
	}
	i := slices.IndexFunc(all, func(e target.Entry) bool { return e.Key == "95598" })
	if e := all[i]; e.Kind != target.Utility || e.Unit != "供电公司" || !slices.Equal(e.Trunks, []string{"trunk", "other"}) {
		t.Errorf("%+v", e)
	}
	if all[0].Key != "110" || all[3].Key != "122" {
		t.Errorf("emergency services are not in their order: %v", all[:4])
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	all := entries(t)
	for query, want := range map[string]string{ // the first of what is found; "" nothing
		"公积金": "expert_housing_fund 12329", "gjj": "expert_housing_fund 12329", "gongjijin": "expert_housing_fund 12329",
		"GongJiJin": "expert_housing_fund 12329", "gong ji jin": "expert_housing_fund 12329", "gongjj": "expert_housing_fund 12329",
		"gongjiji": "expert_housing_fund 12329", "12329": "12329", "1232": "12322 12329 12328 12320", "zfgjj": "12329", "住房公积金": "12329",
		"110": "110", "1": "110 119 120 122", "公安": "110 122", "lvyou": "12301", "lyfw": "12301",
		"cxl": "8003", "chenxl": "8003", "8003": "8003", "法律": "expert_legal 12348 8003", "二组": "8002",
		"dx": "12300 8002", "wbz": "9001", "danhang": "8002", "供电": "95598",
		"zzzz": "", "'; DROP": "", "%": "", "ongjijin": "", "１１０": "", strings.Repeat("1", 65): "", strings.Repeat("a", 64): "",
	} {
		got := target.Search(all, query, 4)
		var keys []string
		for _, e := range got {
			keys = append(keys, e.Key)
		}
		found := strings.Join(keys, " ")
		if want == "" && found != "" || !strings.HasPrefix(found+" ", strings.TrimSpace(want+" ")) {
			t.Errorf("%q finds %s, want %s", query, found, want)
		}
	}
	if got := target.Search(all, " ", 1000); len(got) != len(all) || got[0].Key != "110" {
		t.Errorf("no query finds %d of %d", len(got), len(all))
	}
	for _, limit := range []int{0, -1} {
		if got := target.Search(all, "", limit); len(got) != 0 {
			t.Errorf("limit %d finds %d", limit, len(got))
		}
	}
}
