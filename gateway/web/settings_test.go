package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hotline/gateway/directory"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
)

// edit is a rig whose settings the test looks into.
func edit(t *testing.T) (*rig, *editor) {
	e := newEditor()
	return newRig(t, func(o *Options) { o.Settings, o.Running = e, e }), e
}

// body is what is put: the setting that is there, changed.
func body(version any, setting any) string {
	text, _ := json.Marshal(map[string]any{"version": version, "setting": setting})
	return string(text)
}

func someLine(name string) directory.Line {
	return directory.Line{Name: name, Mode: directory.Dual, Queue: settings.General, Greeting: []string{}, Routes: []string{}}
}

func TestALineIsChangedAndRunsAtOnce(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	one := admin.want(200, "expert_social", "GET", "/api/settings/lines/12333", "")
	changed := admin.want(200, `"changed_by":"9003"`, "PUT", "/api/settings/lines/12333", body(one.field("version"), someLine("人社")))
	if l, _ := e.running.Lines.Lookup("12333"); l.Name != "人社" || l.DNIS != "12333" {
		t.Errorf("%+v", l)
	}
	if got := r.world.audited(); got != "9003 setting.change line 12333" {
		t.Error(got)
	}
	a := admin.want(409, "was changed by 9003", "PUT", "/api/settings/lines/12333", body(one.field("version"), someLine("别的")))
	if conflict, _ := a.field("conflict").(map[string]any); conflict["who"] != "9003" || conflict["at"] == "" {
		t.Errorf("%v", a.text)
	}
	admin.want(200, "", "PUT", "/api/settings/lines/95598", body(0, someLine("供电")))
	admin.want(204, "", "DELETE", fmt.Sprintf("/api/settings/lines/12333?version=%v", changed.field("version")), "")
	if _, known := e.running.Lines.Lookup("12333"); known || e.handed != 3 {
		t.Errorf("still there; handed over %d times", e.handed)
	}
	admin.want(404, "not found", "GET", "/api/settings/lines/12333", "")
}

func TestWhatDoesNotFitIsRefusedWithItsFaults(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	bad := someLine("")
	bad.Queue = "nowhere"
	a := admin.want(422, `"code":"unknown_queue"`, "PUT", "/api/settings/lines/95598", body(0, bad))
	if !strings.Contains(a.text, `"item":"line 95598","field":"name","code":"missing"`) {
		t.Error(a.text)
	}
	for path, text := range map[string]string{
		"lines/95598": `{"version":0,"setting":{"name":"x"}}`, "lines/1": `{"version":0,"setting":null}`, "queues/x": `[]`,
		"lines/2": `{"version":"0","setting":{}}`, "lines/" + strings.Repeat("1", 65): body(0, bad),
		"lines/" + "..%2f..": body(0, someLine("x")), "lines/%00": body(0, someLine("x")),
		"policies/figures": body(0, map[string]int{"answer_within_s": 15}),
	} {
		admin.want(422, "", "PUT", "/api/settings/"+path, text)
	}
	admin.want(413, "64 KiB", "PUT", "/api/settings/lines/1", strings.Repeat(" ", maxBody+1))
	if e.handed != 0 {
		t.Error("something was handed over")
	}
}

func TestAQueueInUseStays(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	version := func(name string) any { return admin.do("GET", "/api/settings/queues/"+name, "").field("version") }
	a := admin.want(409, "used by: line 12348", "DELETE", fmt.Sprintf("/api/settings/queues/expert_legal?version=%v", version("expert_legal")), "")
	if !strings.Contains(a.text, `"in_use":{"by":["line 12348"],"waiting":0}`) {
		t.Error(a.text)
	}
	e.waiting["language"] = 3
	path := fmt.Sprintf("/api/settings/queues/language?version=%v", version("language"))
	admin.want(409, `"waiting":3`, "DELETE", path, "")
	e.waiting["language"] = 0
	admin.want(204, "", "DELETE", path, "")
	if _, ok := e.running.Queue("language"); ok {
		t.Error("still there")
	}
	admin.want(404, "", "DELETE", path, "")
	admin.want(422, "version", "DELETE", "/api/settings/queues/enterprise", "")
}

func TestQueuesSkillsAndPolicies(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	q := settings.QueueDocOf(queue.Definition{Title: "水务", Order: queue.LeastOccupied, RingTimeout: 15e9, Needs: []queue.Need{{Skill: "legal", Level: 3}}})
	admin.want(200, "", "PUT", "/api/settings/queues/water", body(0, q))
	admin.want(200, "", "PUT", "/api/settings/skills/%E6%B0%B4", body(0, settings.Skill{Title: "水"}))
	admin.want(200, "", "PUT", "/api/settings/agents/8001", body(0, settings.AgentSkills{Skills: map[string]int{"水": 3}}))
	policies := admin.want(200, `"from_110":300`, "GET", "/api/settings/policies", "")
	credits, _ := policies.field("credits").(map[string]any)
	admin.want(200, "", "PUT", "/api/settings/policies/credits", body(credits["version"], map[string]int{"elderly": 7}))
	figures, _ := policies.field("figures").(map[string]any)
	doc, _ := figures["setting"].(map[string]any)
	doc["answer_within_s"] = 20
	admin.want(200, "", "PUT", "/api/settings/policies/figures", body(figures["version"], doc))
	now := e.running
	if d, ok := now.Queue("water"); !ok || d.RingTimeout != 15*time.Second || d.Needs[0].Level != 3 || now.Skills["8001"]["水"] != 3 ||
		now.Credits[queue.Elderly] != 7*time.Second || len(now.Credits) != 1 || now.Policies.Figures.AnswerWithin != 20 {
		t.Errorf("%+v", now)
	}
	a := admin.want(200, "nobody_able", "GET", "/api/settings/queues", "")
	if !strings.Contains(a.text, `"item":"queue water"`) {
		t.Error("nobody is able to serve it, and nobody is told")
	}
	admin.want(200, `"people":[{"no":"8001","name":"甲"}]`, "GET", "/api/settings/people", "")
	admin.want(200, `"new":{"a":1}`, "GET", "/api/settings/changes?kind=line&key=12333", "")
	admin.want(422, "", "GET", "/api/settings/changes?kind=pg_class", "")
}

func TestWhoRunsTheShiftSwitches(t *testing.T) {
	r, e := edit(t)
	boss := r.signedIn("9001")
	e.rival = func(e *editor) { // the text is edited at the same time
		old, _ := e.rows.Find(settings.Bulletins, "storm")
		_, _, _ = e.apply("9003", false, []settings.Change{settings.Put(settings.Bulletins, "storm", old.Version, settings.Bulletin{Text: "新文字。"})})
	}
	boss.want(200, `"on":true`, "PUT", "/api/settings/bulletins/storm/on", `{"on":true}`)
	if b := e.running.Bulletins[0]; !b.On || b.Text != "新文字。" {
		t.Errorf("%+v", b)
	}
	boss.want(200, `"on":false`, "PUT", "/api/settings/bulletins/storm/on", `{"on":false}`)
	boss.want(404, "", "PUT", "/api/settings/bulletins/none/on", `{"on":false}`)
	boss.want(403, "", "PUT", "/api/settings/bulletins/storm", body(0, settings.Bulletin{Text: "x"}))
	surge, _ := boss.do("GET", "/api/settings/policies", "").field("surge").(map[string]any)
	doc, _ := surge["setting"].(map[string]any)
	doc["on"] = true
	boss.want(200, `"on":true`, "PUT", "/api/settings/policies/surge", body(surge["version"], doc))
	if !e.running.Policies.Surge.On {
		t.Error("no surge")
	}
}

func TestWhatWasReadCanBePutBack(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	admin.want(200, "", "PUT", "/api/settings/agents/8001", body(0, map[string]any{"agent": "8001", "skills": map[string]int{"legal": 3}}))
	for _, kind := range []string{"lines", "queues", "skills", "agents", "bulletins"} {
		var all struct {
			Settings []struct {
				Version int64
				Setting map[string]any
			}
		}
		a := admin.want(200, "", "GET", "/api/settings/"+kind, "")
		if err := json.Unmarshal([]byte(a.text), &all); err != nil || len(all.Settings) == 0 {
			t.Fatal(kind, err)
		}
		for _, one := range all.Settings {
			for _, name := range []string{"dnis", "agent", "name"} {
				if key, ok := one.Setting[name].(string); ok {
					admin.want(200, "", "PUT", "/api/settings/"+kind+"/"+key, body(one.Version, one.Setting))
					break
				}
			}
		}
	}
	var policies map[string]map[string]any
	if err := json.Unmarshal([]byte(admin.want(200, "", "GET", "/api/settings/policies", "").text), &policies); err != nil || len(policies) != 8 {
		t.Fatal(err, policies)
	}
	for key, one := range policies {
		admin.want(200, "", "PUT", "/api/settings/policies/"+key, body(one["version"], one["setting"]))
	}
	if e.version != int64(len(e.rows)) {
		t.Error("something was changed")
	}
}

func TestSettingsWhileTheDatabaseIsAway(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	e.away = true
	for _, path := range []string{"lines", "queues/general", "policies", "lines.csv"} {
		admin.want(503, "database does not answer", "GET", "/api/settings/"+path, "")
	}
	admin.want(503, "", "PUT", "/api/settings/lines/1", body(0, someLine("x")))
	e.away = false
	r.world.set(func(w *world) { w.away = true })
	admin.want(503, "audit cannot be written", "PUT", "/api/settings/lines/1", body(0, someLine("x")))
	if e.handed != 0 {
		t.Error("changed without a trace")
	}
}
