package main

import (
	"bufio"
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"
)

//go:embed scenarios/*.xml
var scenarios embed.FS

// sippRun is one running SIPp.
type sippRun struct {
	cmd    *exec.Cmd
	dir    string
	output bytes.Buffer
	began  time.Time
	took   time.Duration
}

// scenario writes a scenario with its numbers filled in.
func (r *rig) scenario(dir, name string, values any) (string, error) {
	text, err := scenarios.ReadFile("scenarios/" + name + ".xml")
	if err != nil {
		return "", err
	}
	t, err := template.New(name).Parse(string(text))
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name+".xml")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return path, t.Execute(f, values)
}

// startSIPp runs a scenario in a folder of its own.
func (r *rig) startSIPp(name string, values any, args ...string) (*sippRun, error) {
	dir, err := os.MkdirTemp(r.dir, name+"-")
	if err != nil {
		return nil, err
	}
	file, err := r.scenario(dir, name, values)
	if err != nil {
		return nil, err
	}
	run := &sippRun{dir: dir}
	args = append([]string{"-sf", file, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-nostdin", "-skip_rlimit"}, args...)
	run.cmd = r.stack.Installation.SIPp(context.Background(), args...)
	run.cmd.Dir, run.cmd.Stdout, run.cmd.Stderr = dir, &run.output, &run.output
	run.began = time.Now()
	return run, run.cmd.Start()
}

// startPhones runs the agents' telephones, all at one address.
func (r *rig) startPhones(contact string) (*sippRun, error) {
	_, port, _ := strings.Cut(contact, ":")
	return r.startSIPp("agents", struct{ TalkMS int }{r.opts.talkMS}, "-p", port, "-mp", "40000",
		"-trace_msg", "-message_file", "messages.log", "-ringbuffer_size", "0", "-aa")
}

// callers makes n calls to number, rate of them a second, at most limit at once, and waits for the end of all.
func (r *rig) callers(number string, n int, rate float64, limit, talkMS int) (*sippRun, error) {
	run, err := r.startCallers(number, n, rate, limit, talkMS, 2*time.Minute)
	if err != nil {
		return nil, err
	}
	return run, run.wait()
}

// talker is a caller: how long he talks, and the port of his sound, 0 for none.
type talker struct{ TalkMS, AudioPort int }

// startCallers begins such calls. After patience SIPp gives up all that are left, which is an error.
func (r *rig) startCallers(number string, n int, rate float64, limit, talkMS int, patience time.Duration) (*sippRun, error) {
	return r.startSIPp("caller", talker{TalkMS: talkMS}, r.stack.SIPAddress(), "-s", number,
		"-m", strconv.Itoa(n), "-r", strconv.FormatFloat(rate, 'f', -1, 64), "-l", strconv.Itoa(limit),
		"-mp", "42000", "-trace_rtt", "-rtt_freq", "1", "-trace_err", "-error_file", "errors.log",
		"-timeout", fmt.Sprintf("%.0fs", patience.Seconds()), "-timeout_error")
}

// wait waits for the end of all calls.
func (s *sippRun) wait() error {
	err := s.cmd.Wait()
	s.took = time.Since(s.began)
	if code := s.cmd.ProcessState.ExitCode(); err != nil && code != 1 { // 1: some calls failed, which is counted
		return fmt.Errorf("sipp: %w: %s", err, tail(s.output.String()))
	}
	return nil
}

func tail(s string) string { return s[max(0, len(s)-2000):] }

func (s *sippRun) stop() {
	if s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGKILL)
		_ = s.cmd.Wait()
	}
}

// responses are the times from INVITE to 200 in milliseconds, one for each answered call.
func (s *sippRun) responses() ([]float64, error) {
	files, _ := filepath.Glob(filepath.Join(s.dir, "*_rtt.csv"))
	if len(files) != 1 {
		return nil, fmt.Errorf("sipp wrote no response times: %s", tail(s.output.String()))
	}
	f, err := os.Open(files[0])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows := csv.NewReader(f)
	rows.Comma = ';'
	rows.FieldsPerRecord = -1
	all, err := rows.ReadAll()
	if err != nil {
		return nil, err
	}
	var times []float64
	for _, row := range all[min(1, len(all)):] {
		if ms, err := strconv.ParseFloat(strings.TrimSpace(row[1]), 64); err == nil {
			times = append(times, ms)
		}
	}
	return times, nil
}

// quantile is the q-quantile of values, 0 when there are none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// message is one SIP message of the agents' telephones.
type message struct {
	at     time.Time
	sent   bool
	method string // of a request, "" for responses
	callID string
	agent  string // agent_no in an INVITE's request line
}

// messages reads what the agents' telephones sent and received so far.
func (s *sippRun) messages() ([]message, error) {
	f, err := os.Open(filepath.Join(s.dir, "messages.log"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []message
	var current *message
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case strings.HasPrefix(line, "-----------"):
			list = append(list, message{at: stampOf(line)})
			current = &list[len(list)-1]
		case current == nil:
		case strings.Contains(line, "message sent"):
			current.sent = true
		case strings.HasSuffix(line, " SIP/2.0"):
			words := strings.Fields(line)
			current.method = words[0]
			if user, _, ok := strings.Cut(strings.TrimPrefix(words[1], "sip:agent-"), "@"); ok {
				current.agent = user
			}
		case strings.HasPrefix(line, "Call-ID:"):
			current.callID = strings.TrimSpace(strings.TrimPrefix(line, "Call-ID:"))
		}
	}
	return list, lines.Err()
}

// stampOf reads SIPp's "----------------------------------------------- 2026-01-05T09:00:00.123456Z".
func stampOf(line string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(strings.TrimLeft(line, "-")))
	if err != nil {
		return time.Time{} // not a stamp; no message is that old
	}
	return at
}
