package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"hotline/gateway/directory"
)

func TestLinesAsAFile(t *testing.T) {
	r, e := edit(t)
	admin := r.signedIn("9003")
	csv := http.Header{"Content-Type": {"text/csv"}}
	file := admin.want(200, "dnis,name,mode", "GET", "/api/settings/lines.csv", "")
	if file.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(file.header.Get("Content-Disposition"), "lines.csv") {
		t.Errorf("%v", file.header)
	}
	admin.want(200, `"added":[],"changed":[],"removed":[]`, "POST", "/api/settings/lines.csv", file.text, csv)
	changed := strings.Replace(file.text, "12333人力资源", "12333人事", 1)
	dry := admin.want(200, `"changed":["12333"]`, "POST", "/api/settings/lines.csv?dry_run=true", changed, csv)
	revision := fmt.Sprint(dry.field("revision"))
	if l, _ := e.running.Lines.Lookup("12333"); strings.Contains(l.Name, "人事") || e.handed != 1 {
		t.Error("a dry run changed something")
	}
	r.world.audited()
	admin.want(200, `"changed":["12333"]`, "POST", "/api/settings/lines.csv?revision="+revision, changed, csv)
	if l, _ := e.running.Lines.Lookup("12333"); !strings.Contains(l.Name, "人事") {
		t.Error("not imported")
	}
	if got := r.world.audited(); got != "9003 lines.import " {
		t.Error(got)
	}
	admin.want(409, `"conflict":{"who":"9001"`, "POST", "/api/settings/lines.csv?revision="+revision, file.text, csv)
	a := admin.want(422, `"row":3,"field":"mode"`, "POST", "/api/settings/lines.csv?dry_run=true",
		"dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes\n"+
			"12345,a,main,,general,,,no,,,,,,\n12333,b,blue,,general,,,no,,,,,,\nx,c,main,,general,,,no,,,,,,\n", csv)
	if !strings.Contains(a.text, `"row":4,"field":"dnis"`) {
		t.Error(a.text)
	}
	admin.want(422, `"code":"unknown_queue"`, "POST", "/api/settings/lines.csv", "dnis,name,queue,greeting,record\n1,a,nowhere,,no\n", csv)
	admin.want(422, "bad_encoding", "POST", "/api/settings/lines.csv", "dnis,name,queue,greeting,record\n1,\xc8\xc8,general,,no\n", csv)
	admin.want(413, "1024 KiB", "POST", "/api/settings/lines.csv", strings.Repeat("x", directory.MaxFile+1), csv)
	admin.want(200, "", "POST", "/api/settings/lines.csv?dry_run=true", file.text, http.Header{"Content-Type": {"application/vnd.ms-excel"}})
	large := "dnis,name,queue,greeting,record\n" + strings.Repeat("# a comment of some length\n", 10_000) + "12345,a,general,,no\n"
	admin.want(200, "", "POST", "/api/settings/lines.csv?dry_run=true", large, csv)
}
