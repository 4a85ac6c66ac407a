package web

import (
	"net/http"
	"strings"
	"testing"

	"hotline/deploy/apifuzz"
	"hotline/gateway/call"
)

// Whatever is sent to any field that the API's own description names, by whoever may use it, is answered or refused.
func TestEveryFieldOfTheAPI(t *testing.T) {
	r := newRig(t)
	spec := r.signedIn("9004").do("GET", "/api/openapi.json", "").text
	skip := []string{"DELETE /api/session", "POST /api/session"} // they end the session
	people := []string{"9003", "9001"}
	if testing.Short() {
		people = people[:1] // the end-to-end tests ask with more of them
	}
	for _, no := range people {
		b := r.signedIn(no)
		report, err := apifuzz.Run([]byte(spec), skip, func(method, path string, body []byte) (int, string, string, error) {
			a := b.do(method, path, string(body))
			return a.code, a.header.Get("Content-Type"), a.text, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("as %s: %d operations, %d fields, %d requests", no, report.Operations, report.Fields, report.Requests)
		for _, f := range report.Faults {
			t.Error(f)
		}
		b.want(200, no, "GET", "/api/session", "") // still there
	}
	if strings.Contains(r.log.String(), "panic") {
		t.Error("something panicked")
	}
}

// A recording's name that leads elsewhere is never asked for, wherever it came from.
func TestPathTricksInNamesOfRecordings(t *testing.T) {
	r := newRig(t)
	b := r.signedIn("9001")
	for _, name := range []string{"..", "../rec-1", "/etc/passwd", "rec-1/../../x", "..%2frec-1", "rec-1\x00", ".hidden", strings.Repeat("r", 300), "rec 1"} {
		r.world.set(func(w *world) {
			w.calls = map[call.ID]CallDetail{"h-9.1": {Call: call.Record{ID: "h-9.1", Recording: name}}}
			w.deaf = true // who asks for it finds the store away
		})
		b.want(404, "not found", "GET", "/api/calls/h-9.1/recording", "")
	}
	for _, id := range []string{"..%2f..%2fetc", "%2e%2e", "a%00b", "a%2fb"} {
		if a := b.do("GET", "/api/calls/"+id+"/recording", ""); a.code != http.StatusUnprocessableEntity && a.code != http.StatusNotFound {
			t.Errorf("%s: %d %s", id, a.code, a.text)
		}
	}
}
