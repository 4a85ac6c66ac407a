package e2e

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/gateway/switchboard"
)

// A citizen who asks for secrecy is hidden from everybody, and told to who gives a reason. Neither he nor anybody else
// is to be read in a dump of the database, in the gateway's folder or in those of the recordings.
func TestNothingPersonalIsInClear(t *testing.T) {
	h := theExchange(t)
	const number, missed, name = "13712340771", "13712340772", "欧阳慕容"
	k := h.talkingOn(t, "12300", number, "8101")
	written := switchboard.WrapUpArgs{Disposition: "report", Note: name + "，回拨" + number}
	k.agent.must(switchboard.CmdSave, written, k.id)
	k.agent.must(switchboard.CmdSecret, switchboard.SecretArgs{On: true}, k.id)
	d := k.agent.sees("that it is secret", func(d switchboard.Desk) bool { return d.Call != nil && d.Call.Secret })
	if d.Call.Number != "***" {
		t.Errorf("the agent's screen shows %s", d.Call.Number)
	}
	time.Sleep(2 * time.Second) // something to record
	k.caller.hangUp()
	k.agent.seesPhase("wrap_up")
	k.agent.must(switchboard.CmdFinish, written, k.id)
	h.record(t, number)
	h.secretOnes(t, string(k.id), number)
	h.sealedRecording(t, string(k.id))

	k.agent.must(switchboard.CmdSignOut, struct{}{}, "")
	waiting := h.dial(t, dialled{line: "12300", number: missed})
	h.reaches(t, missed, "waiting")
	time.Sleep(time.Until(waiting.began.Add(6 * time.Second))) // who leaves within five seconds is not called back
	waiting.hangUp()
	h.record(t, missed)
	until(t, "he is to be called back", 20*time.Second, func() bool {
		return len(rows[taskRow](t, h, "SELECT * FROM callback WHERE number_hash = %s", h.hash(missed))) == 1
	})
	h.nothingInClear(t, number, missed, name)
	if out, err := h.Admin(t.Context(), "", "audit", "verify"); err != nil || !strings.Contains(out, "no row was changed") {
		t.Errorf("the audit: %v: %s", err, out)
	}
}

// secretOnes looks at a secret call with the eyes of each who may.
func (h *house) secretOnes(t *testing.T, id, number string) {
	t.Helper()
	supervisor := h.signedIn(t, "9001")
	for _, who := range []*person{supervisor, h.signedIn(t, "8101"), h.signedIn(t, "9003")} {
		for _, path := range []string{"/api/calls/" + id, "/api/calls?limit=200", "/api/me/calls"} {
			if status, body := who.ask(t, http.MethodGet, path, nil); status != http.StatusOK || bytes.Contains(body, []byte(number)) && path == "/api/calls/"+id {
				t.Errorf("%s: %d %s", path, status, body)
			} else if strings.Contains(string(body), `"number":"`+number) {
				t.Errorf("%s shows the number", path)
			}
		}
	}
	if status, body := supervisor.ask(t, http.MethodGet, "/api/calls?number="+number, nil); status != http.StatusOK || bytes.Contains(body, []byte(id)) {
		t.Errorf("he is found by his number: %d %s", status, body)
	}
	unmask := "/api/calls/" + id + "/unmask"
	if status, _ := h.signedIn(t, "8101").ask(t, http.MethodPost, unmask, map[string]string{"reason": "想知道"}); status != http.StatusForbidden {
		t.Errorf("an agent unmasks him: %d", status)
	}
	if status, _ := supervisor.ask(t, http.MethodPost, unmask, map[string]string{"reason": ""}); status != http.StatusUnprocessableEntity {
		t.Errorf("he is unmasked without a reason: %d", status)
	}
	status, body := supervisor.ask(t, http.MethodPost, unmask, map[string]string{"reason": "公安机关来函调取"})
	var told struct{ Number string }
	if err := json.Unmarshal(body, &told); err != nil || status != http.StatusOK || told.Number != number {
		t.Errorf("unmasked: %d %s", status, body)
	}
	type row struct{ Who, Reason string }
	if got := rows[row](t, h, "SELECT who, detail->>'reason' AS reason FROM audit WHERE action = 'call.unmask' AND object = %s", id); len(got) != 1 || got[0] != (row{"9001", "公安机关来函调取"}) {
		t.Errorf("the audit of it: %+v", got)
	}
}

// sealedRecording waits until a recording is no longer in clear, and plays it from its middle.
func (h *house) sealedRecording(t *testing.T, id string) {
	t.Helper()
	until(t, "the recording is sealed", 20*time.Second, func() bool {
		_, err := os.Stat(filepath.Join(h.Info().Recordings, id+".wav"))
		found, _ := filepath.Glob(filepath.Join(h.Dir(), "gateway/spool/recordings/*", id+".sealed"))
		return os.IsNotExist(err) && len(found) == 1
	})
	supervisor := h.signedIn(t, "9001")
	status, whole := supervisor.ask(t, http.MethodGet, "/api/calls/"+id+"/recording", nil)
	if samples, _, ok := readWAV(whole); status != http.StatusOK || !ok || len(samples) < 8000 {
		t.Fatalf("the recording: %d, %d bytes", status, len(whole))
	}
}

// nothingInClear looks for words wherever the hotline keeps something.
func (h *house) nothingInClear(t *testing.T, words ...string) {
	t.Helper()
	dump, err := exec.CommandContext(t.Context(), "pg_dump", h.Postgres.DSN()).Output()
	if err != nil || !bytes.Contains(dump, []byte("COPY public.call ")) {
		t.Fatalf("%d bytes of dump: %v", len(dump), err)
	}
	look := func(where string, text []byte) {
		for _, word := range words {
			if at := bytes.Index(text, []byte(word)); at >= 0 {
				t.Errorf("%s has %s in clear: …%.120q", where, word, text[max(0, at-60):])
			}
		}
	}
	look("the database", dump)
	for _, dir := range []string{filepath.Join(h.Dir(), "gateway"), h.Info().Recordings} {
		files := 0
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Base(path) == "hotline" {
				return nil // a recording may be sealed just now
			}
			files++
			text, err := os.ReadFile(path)
			look(path, text)
			return err
		})
		if err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
		t.Logf("%s: %d files", dir, files)
	}
}
