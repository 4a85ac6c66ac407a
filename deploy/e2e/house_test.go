package e2e

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/settings"
)

// lines of the tests: the shipped ones with greeting and recording, and one that leads straight to an agent.
const lines = `dnis,name,queue,greeting,record
12345,12345政务服务便民热线,general,greeting_12345,yes
12300,直通,general,,no
12301,直通录音,general,greeting_12333,yes
`

const password = "e2e-Password-1"

// people who can sign in. 80xx sit at a page, 81xx at a desk telephone.
func people() []stack.Account {
	all := []stack.Account{
		{AgentNo: "9001", Name: "班长", Role: "supervisor", Phone: "browser"},
		{AgentNo: "9003", Name: "管理", Role: "administrator", Phone: "browser"},
	}
	for no, name := range map[string]string{"8001": "甲", "8002": "乙"} {
		all = append(all, stack.Account{AgentNo: no, Name: name, Role: "agent", Phone: "browser"})
	}
	for _, no := range []string{"8101", "8102", "8103"} {
		all = append(all, stack.Account{AgentNo: no, Name: "话机" + no, Role: "agent", Phone: "desk"})
	}
	for i := range all {
		all[i].Password = password
	}
	return all
}

// house is a running stack with what a test asks of it.
type house struct {
	*stack.Stack
	restarted bool     // the gateway's counters began anew
	lost      []string // Call-IDs that reached nobody, see service.take
}

var (
	shared   = sync.OnceValues(func() (*house, error) { return newHouse() })
	breaking = sync.OnceValues(func() (*house, error) { return newHouse("HOTLINE_WRAP_UP=5s") })

	sharedDoor, breakingDoor door

	ends      sync.Mutex // of stopHouse
	stopHouse []func()
)

// atEnd keeps what is to be done when all tests are over, the last one first.
func atEnd(stop func()) {
	ends.Lock()
	defer ends.Unlock()
	stopHouse = append(stopHouse, stop)
}

// newHouse starts all servers; env are more variables for the gateway.
func newHouse(env ...string) (*house, error) {
	return newHouseOf(people(), lines, nil, env...)
}

// newHouseOf starts all servers for some people and lines, with settings that were changed.
func newHouseOf(agents []stack.Account, lines string, changes []func(*settings.Snapshot), env ...string) (*house, error) {
	return openHouse(lines, changes, stack.Options{Agents: agents, GatewayEnv: env})
}

// openHouse starts all servers as told, with some lines and changed settings.
func openHouse(lines string, changes []func(*settings.Snapshot), opts stack.Options) (*house, error) {
	dir, err := os.MkdirTemp("", "hotline-e2e-")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "settings.json")
	if err := stack.PlainSettings(file, lines, changes...); err != nil {
		return nil, err
	}
	opts.Gateway, opts.Settings, opts.Progress = true, file, os.Stderr
	s, err := stack.Start(context.Background(), opts)
	atEnd(func() {
		if s != nil {
			if err := s.Stop(); err != nil {
				fmt.Fprintln(os.Stderr, "stop the servers:", err)
			}
		}
		os.RemoveAll(dir)
	})
	if err != nil {
		return nil, err
	}
	return &house{Stack: s}, nil
}

// theHouse is the stack that most tests share, one after the other.
func theHouse(t *testing.T) *house {
	t.Helper()
	sharedDoor.enter(t)
	h, err := shared()
	return h.visit(t, err)
}

// outages is the stack that breaks: its tests run one after the other, too.
func outages(t *testing.T) *house {
	t.Helper()
	breakingDoor.enter(t)
	h, err := breaking()
	return h.visit(t, err)
}

// ownHouse is a stack for one test that breaks things.
func ownHouse(t *testing.T, env ...string) *house {
	t.Helper()
	new(door).enter(t)
	h, err := newHouse(env...)
	if err == nil {
		t.Cleanup(func() {
			if err := h.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	return h.visit(t, err)
}

// visit makes sure that the test leaves nothing behind, and that its failure can be understood.
func (h *house) visit(t *testing.T, err error) *house {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	size := fileSize(h.GatewayLog())
	t.Cleanup(func() {
		h.nothingLeft(t)
		if t.Failed() {
			t.Logf("the gateway's log of this test:\n%s", lastLines(h.GatewayLog(), size, 60))
		}
	})
	return h
}

func fileSize(path string) int64 {
	st, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return st.Size()
}

// lastLines are at most n lines of a file behind an offset.
func lastLines(path string, from int64, n int) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(data[min(from, int64(len(data))):])), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}

// until polls until done, and fails with what was waited for and the details when it takes longer than within.
func until(t *testing.T, what string, within time.Duration, done func() bool, details ...func() string) time.Duration {
	t.Helper()
	began := time.Now()
	for !done() {
		if took := time.Since(began); took > within {
			for _, d := range details {
				what += ": " + d()
			}
			t.Fatalf("not within %v: %s", within, what)
		}
		time.Sleep(25 * time.Millisecond)
	}
	return time.Since(began)
}

// ---- PostgreSQL

// rows are what a query returns, read with psql, so that nothing of the product stands between test and table.
func rows[T any](t *testing.T, h *house, query string, args ...any) []T {
	t.Helper()
	list, err := tryRows[T](h, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// tryRows reads rows; %s in the query is an argument, quoted.
func tryRows[T any](h *house, query string, args ...any) ([]T, error) {
	for i, a := range args {
		args[i] = "'" + strings.ReplaceAll(fmt.Sprint(a), "'", "''") + "'"
	}
	query = "SELECT coalesce(json_agg(t), '[]') FROM (" + fmt.Sprintf(query, args...) + ") t"
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "psql", h.Postgres.DSN(), "-XAtqc", query).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", query, err, out)
	}
	var list []T
	return list, json.Unmarshal(out, &list)
}

// hash is what a number is found by in the tables, as PostgreSQL writes it.
func (h *house) hash(number string) string {
	keys, err := h.Keys()
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("\\x%x", keys.Hash("number", number))
}

// opened is what a sealed column holds that PostgreSQL wrote as hexadecimal.
func (h *house) opened(t *testing.T, purpose, column string) string {
	t.Helper()
	keys, err := h.Keys()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := hex.DecodeString(strings.TrimPrefix(column, "\\x"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.Open(purpose, sealed)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// callRow is a row of the table call.
type callRow struct {
	ID         string
	Number     string `json:"-"`
	Sealed     string `json:"number_sealed"`
	DNIS       string
	Line       string
	State      string
	Agent      string
	Result     string
	EndedBy    string     `json:"ended_by"`
	Recording  string     `json:"recording"`
	Rating     int        `json:"rating"`
	ArrivedAt  time.Time  `json:"arrived_at"`
	AnsweredAt *time.Time `json:"answered_at"`
	QueuedAt   *time.Time `json:"queued_at"`
	TalkingAt  *time.Time `json:"talking_at"`
	EndedAt    *time.Time `json:"ended_at"`
}

// record waits until the number's latest call is over in the database and returns it.
func (h *house) record(t *testing.T, number string) callRow {
	t.Helper()
	return h.reaches(t, number, "ended")
}

// reaches waits until the number's latest call is in a state, as the database tells it.
func (h *house) reaches(t *testing.T, number, state string) callRow {
	t.Helper()
	var row callRow
	until(t, "the call of "+number+" is "+state, 20*time.Second, func() bool {
		list, err := tryRows[callRow](h, "SELECT * FROM call WHERE number_hash = %s ORDER BY arrived_at DESC LIMIT 1", h.hash(number))
		if err == nil && len(list) == 1 {
			row = list[0]
			row.Number = number
		}
		return row.State == state
	}, func() string { return fmt.Sprintf("%+v", row) })
	return row
}

// wantResult checks how a call ended.
func (r callRow) wantResult(t *testing.T, result, endedBy, agent string) {
	t.Helper()
	if r.Result != result || r.EndedBy != endedBy || r.Agent != agent {
		t.Errorf("call %s of %s ended as %s by %s with agent %q, want %s by %s with %q",
			r.ID, r.Number, r.Result, r.EndedBy, r.Agent, result, endedBy, agent)
	}
}

// offerRow is a row of the table offer.
type offerRow struct {
	N       int
	Agent   string
	Outcome string
	Reason  string
	At      time.Time
	EndedAt *time.Time `json:"ended_at"`
}

// offers are how a call was offered, as "8101 refused/paperwork".
func (h *house) offers(t *testing.T, id string) string {
	t.Helper()
	var words []string
	for _, o := range rows[offerRow](t, h, "SELECT * FROM offer WHERE call = %s ORDER BY n", id) {
		word := o.Agent + " " + o.Outcome
		if o.Reason != "" {
			word += "/" + o.Reason
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// changes are a call's states in order.
func (h *house) changes(t *testing.T, id string) string {
	t.Helper()
	type row struct {
		To string `json:"to_state"`
	}
	var words []string
	for _, c := range rows[row](t, h, "SELECT to_state FROM call_change WHERE call = %s ORDER BY seq", id) {
		words = append(words, c.To)
	}
	return strings.Join(words, " ")
}

// ---- Asterisk and metrics

// ari asks Asterisk.
func (h *house) ari(path string, into any) error {
	info := h.Info().ARI
	req, err := http.NewRequest(http.MethodGet, info.URL+path, nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(info.User, info.Password)
	return fetch(req, into)
}

var client = &http.Client{Timeout: 5 * time.Second}

func fetch(req *http.Request, into any) error {
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", req.URL, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(into)
}

// remains are the channels and bridges of Asterisk.
func (h *house) remains() (channels, bridges []string, err error) {
	var list []struct{ ID, Name, State string }
	if err := h.ari("/channels", &list); err != nil {
		return nil, nil, err
	}
	for _, c := range list {
		channels = append(channels, c.ID+" "+c.Name+" "+c.State)
	}
	list = nil
	if err := h.ari("/bridges", &list); err != nil {
		return nil, nil, err
	}
	for _, b := range list {
		bridges = append(bridges, b.ID)
	}
	return channels, bridges, nil
}

// metric sums a metric over its labels.
func (h *house) metric(name string) (sum float64, err error) {
	resp, err := client.Get(h.MetricsURL())
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text := bufio.NewScanner(resp.Body)
	for text.Scan() {
		line := text.Text()
		rest, ok := strings.CutPrefix(line, name)
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		value, err := strconv.ParseFloat(line[strings.LastIndexByte(line, ' ')+1:], 64)
		if err != nil {
			return 0, err
		}
		sum += value
	}
	return sum, text.Err()
}

// nothingLeft is what must hold after every test: Asterisk has nothing on the line, every call has exactly one
// result, and database and metrics count the same calls.
func (h *house) nothingLeft(t *testing.T) {
	t.Helper()
	check := func(what string, within time.Duration, good func() (bool, string)) {
		var last string
		end := time.Now().Add(within)
		for {
			ok, said := good()
			if ok {
				return
			}
			if last = said; time.Now().After(end) {
				t.Errorf("after the test %s: %s", what, last)
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	check("something is left in Asterisk", 10*time.Second, func() (bool, string) {
		channels, bridges, err := h.remains()
		return err == nil && len(channels)+len(bridges) == 0, fmt.Sprintf("channels %v, bridges %v, %v", channels, bridges, err)
	})
	check("the journal is behind", 10*time.Second, func() (bool, string) {
		pending, err := h.metric("hotline_journal_pending")
		return err == nil && pending == 0, fmt.Sprintf("%v entries, %v", pending, err)
	})
	type count struct{ All, Ended, Offers int }
	check("figures disagree", 5*time.Second, func() (bool, string) {
		// Calls that begin from us are counted beside these.
		counts, err := tryRows[count](h, `SELECT count(*) AS "all",
			count(*) FILTER (WHERE state = 'ended' AND result <> '' AND ended_at IS NOT NULL) AS "ended",
			(SELECT count(*) FROM offer WHERE outcome = '' OR ended_at IS NULL) AS "offers" FROM call
			WHERE direction = 'inbound'`)
		if err != nil {
			return false, err.Error()
		}
		offered, err := h.metric("hotline_calls_offered_total")
		ended, err2 := h.metric("hotline_calls_ended_total")
		n := counts[0]
		said := fmt.Sprintf("database: %d calls, %d with a result, %d open offers; metrics: %v offered, %v ended; %v %v",
			n.All, n.Ended, n.Offers, offered, ended, err, err2)
		if n.All != n.Ended || n.Offers != 0 || err != nil || err2 != nil {
			return false, said
		}
		return h.restarted || int(offered) == n.All && int(ended) == n.All, said
	})
	for _, name := range []string{"hotline_journal_dropped_total", "hotline_journal_rejected_total"} {
		if lost, err := h.metric(name); err != nil || lost != 0 {
			t.Errorf("%s is %v, %v", name, lost, err)
		}
	}
}
