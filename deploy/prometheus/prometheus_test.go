package prometheus_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/deploy/prometheus"
	"hotline/gateway/call"
	"hotline/gateway/figures"
	"hotline/gateway/figures/figurestest"
	"hotline/gateway/metrics"
)

// need skips what takes real servers in the short run, and fails where they are not installed.
func need(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts Prometheus's programs")
	}
	if !prometheus.Installed() {
		t.Fatal(prometheus.ErrNotInstalled)
	}
}

// promtool runs it and returns what it says.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput()
	if err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestRulesDoWhatTheyMust(t *testing.T) {
	need(t)
	promtool(t, "check", "config", "prometheus.yml")
	promtool(t, "test", "rules", "testdata/recording_test.yml", "testdata/alerts_test.yml")
}

func TestEveryAlertIsTested(t *testing.T) {
	rules, err := os.ReadFile("rules/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := os.ReadFile("testdata/alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(rules)) {
		name, is := strings.CutPrefix(strings.TrimSpace(line), "- alert: ")
		if !is {
			continue
		}
		n++
		_, after, tested := strings.Cut(string(tests), "alertname: "+name+"\n        exp_alerts:")
		if !tested || after == "" {
			t.Errorf("no test lets %s fire", name)
		}
	}
	if n < 10 {
		t.Errorf("only %d alerts were found", n)
	}
}

// transfer is an emergency hand-over that was answered after four seconds.
var transfer = call.Transfer{
	Kind: call.OneKey, ToKind: "emergency", ToKey: "110", At: figurestest.To, RingingAt: figurestest.To.Add(time.Second),
	AnsweredAt: figurestest.To.Add(4 * time.Second), Result: call.Connected,
}

// filled is a gateway's metrics after the scripted hour, each with at least one value.
func filled(t testing.TB) *metrics.Metrics {
	m := metrics.New("test")
	set := figures.Default()
	tables := map[figures.By]*figures.Table{}
	for _, by := range []figures.By{figures.ByLine, figures.ByQueue} {
		tables[by] = figures.NewTable(set, figures.Rolling(figurestest.To, by, nil))
	}
	for _, c := range figurestest.Hour(t) {
		m.CallOffered(c.Line, false)
		m.CallEnded(c.Line, c.Result)
		m.CallCounted(c.Line, c.Queue, set.Judge(c))
		tables[figures.ByLine].Add(c)
		tables[figures.ByQueue].Add(c)
	}
	m.RollingDay(tables[figures.ByLine], tables[figures.ByQueue])
	m.Trunk("city", true)
	m.AgentLinks(3, 1)
	m.CallbacksPending(2)
	m.TransferEnded(transfer)
	m.Supervised(call.Whisper)
	m.Alerts(1)
	m.OfferEnded(call.OfferNoAnswer)
	m.Waiting("general", 3, 41*time.Second)
	m.Agents(agent.Ready, 1)
	m.Agents(agent.Talking, 3)
	m.Talking(3)
	m.Step(time.Millisecond)
	m.Swept("channel")
	m.ARIRequest("answer", time.Millisecond, nil)
	m.ARIEvent("StasisStart", time.Millisecond)
	m.ARISkipped("unknown")
	m.ARIConnected(true)
	m.ConsoleSessions(2)
	m.ConsoleClosed("slow")
	m.ConsoleResumed(true)
	m.SignIn("ok")
	m.WatchJournal(func() int64 { return 0 }, func() int64 { return 0 })
	return m
}

// TestARealPrometheusWatches lets Prometheus scrape the gateway's own registry and work out the rules.
func TestARealPrometheusWatches(t *testing.T) {
	need(t)
	mux := metrics.Mux(filled(t), metrics.Health{})
	gateway := httptest.NewServer(mux)
	defer gateway.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	p, err := prometheus.Start(ctx, prometheus.Options{
		Dir: t.TempDir(), Every: 200 * time.Millisecond, Targets: []string{host(gateway), host(dead)},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	byHand := figurestest.ByHand(t, figures.ByQueue)
	for expr, want := range map[string]float64{
		fmt.Sprintf(`up{instance=%q}`, host(gateway)):                1,
		fmt.Sprintf(`up{instance=%q}`, host(dead)):                   0,
		`sum(hotline_requests_total)`:                                byHand["total"]["offered"].V,
		`hotline_answers_total{queue="social"}`:                      byHand["social"]["answered"].V,
		`hotline_lost_total{queue="general",reason="system"}`:        byHand["general"]["lost_system"].V,
		`hotline_day_answer_rate{queue="social"}`:                    byHand["social"]["answer_rate"].V,
		`hotline_day_all_in_time_rate`:                               byHand["total"]["within_rate"].V,
		`hotline:occupancy`:                                          .75,
		`count(ALERTS{alertname="HotlineDown",alertstate="firing"})`: -1, // never
	} {
		if want < 0 {
			if samples, err := p.Query(ctx, expr); err != nil || len(samples) > 0 {
				t.Errorf("%s: %v %v", expr, samples, err)
			}
		} else if err := p.Await(ctx, expr, want); err != nil {
			t.Error(err)
		}
	}
	if err := p.Await(ctx, `count(ALERTS{alertname="HotlineCallersLostBySystem",alertstate="firing"})`, 1); err != nil {
		t.Error(err)
	}
	rules, err := p.Rules(ctx)
	if err != nil || len(rules) < 20 {
		t.Errorf("%d rules, %v", len(rules), err)
	}
	for _, r := range rules {
		if r.Health != "ok" && r.Health != "unknown" { // unknown: not yet worked out
			t.Errorf("rule %s: %s %s", r.Name, r.Health, r.LastError)
		}
	}
}

func host(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }

// TestRulesAndDashboardsNameWhatThereIs finds a metric that was renamed or never existed.
func TestRulesAndDashboardsNameWhatThereIs(t *testing.T) {
	w := httptest.NewRecorder()
	filled(t).Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	known := map[string]bool{}
	for line := range strings.Lines(w.Body.String()) {
		if !strings.HasPrefix(line, "#") {
			known[name.FindString(line)] = true
		}
	}
	expressions := ruleExpressions(t, known)
	for where, exprs := range dashboards(t) {
		if len(exprs) < 5 {
			t.Errorf("%s has %d expressions", where, len(exprs))
		}
		for _, expr := range exprs {
			expressions[where+": "+expr] = expr
		}
	}
	for where, expr := range expressions {
		for _, metric := range name.FindAllString(quoted.ReplaceAllString(expr, `""`), -1) {
			if strings.HasPrefix(metric, "hotline") && metric != prometheus.Job && !known[metric] {
				t.Errorf("%s: there is no %s", where, metric)
			}
		}
	}
}

func TestDashboardsParse(t *testing.T) {
	need(t)
	var rules bytes.Buffer
	rules.WriteString("groups:\n  - name: dashboards\n    rules:\n")
	n := 0
	for where, exprs := range dashboards(t) {
		for _, expr := range exprs {
			n++
			expr = strings.NewReplacer("$__rate_interval", "5m", "$__range", "1h", "$queue", ".*").Replace(expr)
			fmt.Fprintf(&rules, "      - record: q%d # %s\n        expr: %q\n", n, filepath.Base(where), expr)
		}
	}
	file := filepath.Join(t.TempDir(), "dashboards.yml")
	if err := os.WriteFile(file, rules.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
}
