package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"

	"hotline/deploy/desk"
	"hotline/deploy/stack"
	"hotline/ivr/prompts"
)

// citizenOfTest is a caller by SIPp whose sound a line of ours carries.
type citizenOfTest struct {
	number string
	mu     sync.Mutex
	heard  []byte
}

func (c *citizenOfTest) hear(sound []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = append(c.heard, sound...)
}

// calls dials and speaks until hung up.
func (c *citizenOfTest) calls(t *testing.T, s *stack.Stack, speech []byte) error {
	line, err := desk.OpenLine("127.0.0.1", c.hear)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	wg.Go(func() { line.Run(ctx) })
	wg.Go(func() {
		for ctx.Err() == nil {
			line.Say(ctx, speech)
			wait(ctx, time.Second)
		}
	})

	scenario := strings.ReplaceAll(callerXML, "[rtpstream_audio_port]", fmt.Sprint(line.Port()))
	from, to := strings.Index(scenario, "<nop>"), strings.Index(scenario, "</nop>")
	scenario = scenario[:from] + scenario[to+len("</nop>"):]
	var text bytes.Buffer
	if err := template.Must(template.New("").Parse(scenario)).Execute(&text, map[string]any{"Number": c.number, "Patience": 90_000}); err != nil {
		return err
	}
	file := filepath.Join(t.TempDir(), "caller.xml")
	if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	cmd := s.Installation.SIPp(ctx, s.SIPAddress(), "-sf", file, "-s", "12345", "-m", "1", "-i", "127.0.0.1", "-p", port, "-nostdin")
	cmd.Dir = filepath.Dir(file)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("caller %s: %w: %s", c.number, err, lastLine(out))
	}
	return nil
}

// finds tells how alike the best match of a piece of speech in what was heard is, 0 to 1.
func (c *citizenOfTest) finds(piece []byte) (best float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard, want := expand(c.heard), expand(piece)
	power := func(x []float64) (sum float64) {
		for _, v := range x {
			sum += v * v
		}
		return sum
	}
	all := power(want)
	for i := 0; i+len(want) <= len(heard); i++ {
		product := 0.0
		for j, v := range want {
			product += v * heard[i+j]
		}
		// Most places are not worth the root.
		if product > 0.3*all {
			best = max(best, product/math.Sqrt(all*power(heard[i:i+len(want)])))
		}
	}
	return best
}

// expand decodes A-law to the range from -1 to 1.
func expand(sound []byte) []float64 {
	out := make([]float64, len(sound))
	for i, b := range sound {
		b ^= 0x55
		v := float64(int(b&0x0F)<<1 + 1)
		if seg := int(b>>4) & 7; seg > 0 {
			v = (v + 32) * float64(int(1)<<(seg-1))
		}
		if b&0x80 == 0 {
			v = -v
		}
		out[i] = v / 4096
	}
	return out
}

// progress collects the agent's lines.
type progress struct {
	mu   sync.Mutex
	text strings.Builder
	t    *testing.T
}

func (p *progress) Write(line []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.t.Logf("%s %s", time.Now().Format("05.000"), bytes.TrimSpace(line))
	return p.text.Write(line)
}

func (p *progress) waitFor(t *testing.T, text string, within time.Duration) {
	t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		p.mu.Lock()
		there := strings.Contains(p.text.String(), text)
		p.mu.Unlock()
		if there {
			return
		}
	}
	t.Fatalf("the agent did not say within %v: %s", within, text)
}

func query[T any](t *testing.T, s *stack.Stack, sql string) (rows []T) {
	t.Helper()
	out, err := exec.Command("psql", s.Postgres.DSN(), "-XAtqc", "SELECT coalesce(json_agg(t), '[]') FROM ("+sql+") t").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

type callRow struct{ Result, Agent, Kind, Note, State string }

// The gateway is restarted while the agent has nobody on the line, so that he has to come back by himself.
func TestAgentTakesCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("runs all servers")
	}
	plain := filepath.Join(t.TempDir(), "settings.json")
	if err := stack.PlainSettings(plain, "dnis,name,queue,greeting,record\n12345,12345,general,greeting_12345,yes\n"); err != nil {
		t.Fatal(err)
	}
	s, err := stack.Start(t.Context(), stack.Options{
		Gateway: true, Agents: stack.DemoAccounts(), Settings: plain, Progress: t.Output(),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	}()
	password := ""
	for _, a := range s.Accounts() {
		if a.AgentNo == stack.DemoAgent {
			password = a.Password
		}
	}
	said := &progress{t: t}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	gone := make(chan error, 1)
	go func() {
		gone <- RunAgent(ctx, AgentOptions{
			Console: s.ConsoleURL(), SIP: s.SIPAddress(), No: stack.DemoAgent, Password: password,
			Cache: stack.PromptCache(), Progress: said,
		})
	}()
	said.waitFor(t, "ready", 20*time.Second)
	if err := restart(t, s); err != nil {
		t.Fatal(err)
	}

	speak := func(voice prompts.Voice, text string) []byte {
		sound, err := prompts.Speak(t.Context(), stack.PromptCache(), voice, text, nil)
		if err != nil {
			t.Fatal(err)
		}
		return sound.Resample(8000).ALaw()
	}
	question := speak(prompts.Voice{Name: "cmn+m3", Speed: 250, Pitch: 45}, "您好，我想问一下，社保卡丢了怎么补办？")
	callers := []*citizenOfTest{{number: "13861234504"}, {number: "13961234505"}}
	var wg sync.WaitGroup
	for _, c := range callers {
		wg.Go(func() {
			if err := c.calls(t, s, question); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	said.waitFor(t, "has written down 13861234504", 10*time.Second)
	said.waitFor(t, "has written down 13961234505", 10*time.Second)

	hello := speak(agentVoice, greeting(stack.DemoAgent))
	for _, c := range callers {
		if alike := c.finds(hello[8000:9600]); alike < 0.8 {
			t.Errorf("%s did not hear the agent's greeting: the best match is %.2f", c.number, alike)
		} else {
			t.Logf("%s heard the agent's greeting (%.2f)", c.number, alike)
		}
	}
	if strings.Contains(said.text.String(), "heard him for 0s") {
		t.Error("the agent did not hear a caller")
	}

	stop()
	select {
	case err := <-gone:
		if err != nil {
			t.Errorf("the agent did not go home in good order: %v", err)
		}
	case <-time.After(leaveFor + 5*time.Second):
		t.Fatal("the agent does not go home")
	}
	said.waitFor(t, "signed out", time.Second)
	var rows []callRow
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		rows = query[callRow](t, s, `SELECT result, c.agent, c.state, kind, note_sealed AS note FROM call c
			JOIN disposition d ON d.call = c.id ORDER BY kind`)
		if len(rows) == 2 && rows[0].State == "ended" && rows[1].State == "ended" {
			break
		}
	}
	type heldRow struct{ Times int }
	if held := query[heldRow](t, s, `SELECT count(*) AS times FROM call_change WHERE to_state = 'held'`); held[0].Times != 1 {
		t.Errorf("calls were held %d times, want once", held[0].Times)
	}
	if len(rows) != 2 {
		t.Fatalf("%d calls with a disposition, want 2: %+v", len(rows), rows)
	}
	for i, want := range []string{"consultation", "help"} {
		if r := rows[i]; r.Result != "answered" || r.Agent != stack.DemoAgent || r.Kind != want || r.Note == "" || r.State != "ended" {
			t.Errorf("a call was recorded as %+v, want it answered by %s as %s", r, stack.DemoAgent, want)
		}
	}
}

// restart kills the gateway and starts it again.
func restart(t *testing.T, s *stack.Stack) error {
	s.KillGateway()
	time.Sleep(time.Second) // the agent notices
	return s.StartGateway(t.Context())
}
