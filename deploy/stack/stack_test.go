package stack

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// start starts a stack without a gateway for one test.
func start(t *testing.T, opts Options) *Stack {
	t.Helper()
	if testing.Short() {
		t.Skip("runs PostgreSQL and Asterisk")
	}
	opts.Progress = t.Output()
	s, err := Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestCallerHearsMusicAndStaysWhileTheGatewayIsAway(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	caller := dial(t, s.SIPAddress(), "12345")
	if caller.lastStatus != "200" {
		t.Fatalf("the call was answered with %s", caller.lastStatus)
	}
	// Long enough for two retries of the gateway, each of which interrupts
	// the music for a moment.
	db, packets, gap := caller.listen(6 * time.Second)
	t.Logf("%.1f dB, %d packets, longest gap %v", db, packets, gap)
	if db < -35 {
		t.Errorf("the caller hears %.1f dB, which is silence", db)
	}
	if gap > 300*time.Millisecond {
		t.Errorf("nothing was heard for %v", gap)
	}
	caller.readUntil(100*time.Millisecond, func() bool { return caller.hungUp })
	if caller.hungUp {
		t.Error("the caller was hung up")
	}
	if len(channels(t, s)) != 1 {
		t.Error("the caller is not on the line")
	}
	caller.hangUp("12345")
	for deadline := time.Now().Add(3 * time.Second); len(channels(t, s)) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("the caller has hung up and is still on the line")
		}
	}
}

func TestStrangeNumbersGetAnAnswerAndNoHarm(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for _, c := range []struct{ dialled, status, dnis string }{
		{"12345", "200", "12345"},
		{"+8651912345", "200", "+8651912345"},
		{strings.Repeat("9", 300), "200", strings.Repeat("9", 32)},
		{"12345%27%3B%20DROP%20TABLE%20calls", "200", "12345"},
		{"12345)%7C%24%7BSHELL(touch%20/tmp/x)%7D", "200", "12345"},
		{"12345,2,3", "200", "1234523"},
		{"hello", "404", ""},
		{"%E4%B8%AD%E6%96%87", "404", ""},
	} {
		caller := dial(t, s.SIPAddress(), c.dialled)
		if caller.lastStatus != c.status {
			t.Errorf("%q: answered with %s, want %s", c.dialled, caller.lastStatus, c.status)
		}
		if caller.lastStatus != "200" {
			continue
		}
		ids := channels(t, s)
		if len(ids) != 1 || !strings.HasPrefix(ids[0], "hotline-") {
			t.Fatalf("%q: channels %v", c.dialled, ids)
		}
		var dnis struct{ Value string }
		ari(t, s, "/channels/"+ids[0]+"/variable?variable=DNIS", &dnis)
		if dnis.Value != c.dnis {
			t.Errorf("%q: the gateway would be told %q, want %q", c.dialled, dnis.Value, c.dnis)
		}
		caller.hangUp(c.dialled)
		for deadline := time.Now().Add(3 * time.Second); len(channels(t, s)) > 0 && time.Now().Before(deadline); {
		}
	}
}

// channels returns the ids of what Asterisk has on the line. Asterisk's list names a channel again whose state changes
// while the list is made.
func channels(t *testing.T, s *Stack) (ids []string) {
	t.Helper()
	var list []struct{ ID string }
	ari(t, s, "/channels", &list)
	for _, c := range list {
		if !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// ari asks Asterisk.
func ari(t *testing.T, s *Stack, path string, into any) {
	t.Helper()
	info := s.Info().ARI
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, info.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth(info.User, info.Password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestDutyPhoneOutOfReachLosesNobody(t *testing.T) {
	t.Parallel()
	// The duty phone cannot be reached, which must not cost the caller.
	s := start(t, Options{DutyPhones: []string{"PJSIP/nobody"}, DutyAfter: time.Second})
	caller := dial(t, s.SIPAddress(), "12345")
	db, _, gap := caller.listen(7 * time.Second)
	if db < -35 || gap > time.Second || caller.hungUp {
		t.Errorf("after a duty phone that cannot be reached: %.1f dB, gap %v, hung up: %v", db, gap, caller.hungUp)
	}
}

func TestServersSurviveOutages(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Bench: true})
	before := s.Info()
	if err := s.StopPostgres(); err != nil {
		t.Fatal(err)
	}
	if s.Info().PIDs.Postgres != 0 {
		t.Error("a stopped PostgreSQL has a process id")
	}
	if err := errors.Join(s.StartPostgres(t.Context()), s.RestartAsterisk(t.Context())); err != nil {
		t.Fatal(err)
	}
	after := s.Info()
	if after.SIP != before.SIP || after.Postgres != before.Postgres || after.ARI != before.ARI {
		t.Errorf("addresses changed: %+v, then %+v", before, after)
	}
	if out, err := s.Asterisk.CLI(t.Context(), "queue show bench"); err != nil || !strings.Contains(out, "PJSIP/agent-6200") {
		t.Errorf("the queue of the benchmarks: %v: %s", err, out)
	}
}

func TestStopLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	info := s.Info()
	mounts, _ := os.ReadFile("/proc/self/mounts")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	for name, pid := range map[string]int{"PostgreSQL": info.PIDs.Postgres, "Asterisk": info.PIDs.Asterisk} {
		if _, err := os.Stat("/proc/" + strconv.Itoa(pid)); err == nil {
			t.Errorf("%s is left: process %d", name, pid)
		}
	}
	if _, err := os.Stat(info.Dir); !os.IsNotExist(err) {
		t.Errorf("the work folder %s is left", info.Dir)
	}
	if strings.Contains(string(mounts), "hotline") {
		t.Error("the stack has mounted something")
	}
}

func TestFailedStartStopsWhatItStartedAndSaysWhy(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("runs PostgreSQL")
	}
	dir := t.TempDir()
	// A file where Asterisk's folder should be.
	if err := os.WriteFile(filepath.Join(dir, "asterisk"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir, Progress: t.Output()})
	if err == nil || !strings.Contains(err.Error(), "start Asterisk") {
		t.Errorf("got error %v", err)
	}
	if out, _ := exec.Command("pgrep", "-f", filepath.Join(dir, "postgres")).Output(); len(out) > 0 {
		t.Errorf("PostgreSQL is left running: %s", out)
	}
}

func TestInfoIsPrivateAndReadable(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	path := filepath.Join(t.TempDir(), "stack.json")
	if err := s.WriteJSON(path); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("stack.json has passwords and mode %v, %v", st.Mode(), err)
	}
	info, err := ReadInfo(path)
	if err != nil || info.SIP != s.SIPAddress() || info.PIDs.Asterisk == 0 {
		t.Errorf("read back: %+v, %v", info, err)
	}
}
