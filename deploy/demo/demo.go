// Package demo lets citizens call a running stack: SIPp dials, with real speech
// in Mandarin, so that a newcomer at the console has somebody to talk to.
package demo

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"text/template"
	"time"

	"hotline/ivr/prompts"
)

var (
	//go:embed callers.csv
	callersCSV []byte
	//go:embed caller.xml
	callerXML string

	callerScenario = template.Must(template.New("caller.xml").Parse(callerXML))
)

// Options says who is called, and how often.
type Options struct {
	// SIP is host:port of the stack; Dial the number dialled there.
	SIP, Dial string
	// Every is the mean time between two calls; AtOnce how many citizens may
	// be on the line at the same time.
	Every  time.Duration
	AtOnce int
	// Calls ends the demo after so many; 0 means never.
	Calls int
	// Patience is after how long a citizen hangs up by himself.
	Patience time.Duration
	// SIPp runs SIPp with arguments.
	SIPp func(ctx context.Context, args ...string) *exec.Cmd
	// Cache keeps the synthetic speech between runs.
	Cache string
	// Progress receives a line for each call.
	Progress io.Writer
}

// citizen is one of those who call.
type citizen struct{ number, voice, text, speech string }

// Run makes calls until ctx ends, or opts.Calls are over, and returns how many
// were made and how many of them failed. Callers on the line hang up at its end.
func Run(ctx context.Context, opts Options) (made, failed int, err error) {
	dir, err := os.MkdirTemp("", "hotline-demo-")
	if err != nil {
		return 0, 0, fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	citizens, err := gather(ctx, dir, opts)
	if err != nil {
		return 0, 0, err
	}

	var (
		mu    sync.Mutex
		calls sync.WaitGroup
		lines = make(chan struct{}, max(1, opts.AtOnce))
	)
	defer func() { calls.Wait() }()
	for made = 0; opts.Calls == 0 || made < opts.Calls; made++ {
		select {
		case lines <- struct{}{}:
		case <-ctx.Done():
			return made, failed, nil
		}
		who, n := citizens[made%len(citizens)], made+1
		// A different person each round, but one who has called before now and
		// then, so that the console has a history to show.
		who.number = vary(who.number, made/len(citizens)%3)
		calls.Go(func() {
			defer func() { <-lines }()
			if err := dial(ctx, dir, n, who, opts); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed++
				fmt.Fprintf(opts.Progress, "call %d: %v\n", n, err)
			}
		})
		if !wait(ctx, time.Duration(float64(opts.Every)*(0.5+rand.Float64()))) {
			made++
			break
		}
	}
	calls.Wait()
	return made, failed, nil
}

// vary changes the last digit of a number.
func vary(number string, by int) string {
	last := number[len(number)-1]
	return number[:len(number)-1] + string('0'+(last-'0'+byte(by)*3)%10)
}

func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// gather reads who calls and has each one's words spoken into dir, as the bytes
// that go over the line: the words, then a pause to listen.
func gather(ctx context.Context, dir string, opts Options) ([]citizen, error) {
	rows, err := csv.NewReader(bytes.NewReader(callersCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of citizens: %w", err)
	}
	var all []citizen
	for i, row := range rows[1:] {
		c := citizen{number: row[0], voice: row[1], text: row[2], speech: filepath.Join(dir, fmt.Sprintf("citizen%d.alaw", i))}
		voice := prompts.Voice{Name: c.voice, Speed: 250, Pitch: 45}
		sound, err := prompts.Speak(ctx, opts.Cache, voice, c.text, opts.Progress)
		if err != nil {
			return nil, fmt.Errorf("let a citizen speak: %w", err)
		}
		sound = sound.Resample(8000)
		sound = sound.Then(4*time.Second, prompts.Sound{Rate: sound.Rate})
		if err := os.WriteFile(c.speech, sound.ALaw(), 0o644); err != nil {
			return nil, fmt.Errorf("write a citizen's speech: %w", err)
		}
		all = append(all, c)
	}
	return all, nil
}

// dial makes one call and returns when it is over.
func dial(ctx context.Context, dir string, n int, who citizen, opts Options) error {
	scenario := filepath.Join(dir, fmt.Sprintf("call%d.xml", n))
	defer os.Remove(scenario)
	var text bytes.Buffer
	patience := time.Duration(float64(opts.Patience) * (0.7 + 0.6*rand.Float64()))
	if err := callerScenario.Execute(&text, map[string]any{
		"Number": who.number, "Speech": who.speech, "Patience": patience.Milliseconds(),
	}); err != nil {
		return fmt.Errorf("fill in the scenario: %w", err)
	}
	if err := os.WriteFile(scenario, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the scenario: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	cmd := opts.SIPp(ctx, opts.SIP, "-sf", scenario, "-s", opts.Dial, "-m", "1",
		"-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", port, "-nostdin")
	cmd.Dir = dir
	// This ends a call in good order: SIPp sends the BYE. At an interrupt it just goes, so that Ctrl-C at the
	// terminal must not reach it.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGUSR1) }
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 5 * time.Second
	began := time.Now()
	fmt.Fprintf(opts.Progress, "call %d: %s dials %s: %s\n", n, who.number, opts.Dial, who.text)
	out, err := cmd.CombinedOutput()
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("SIPp: %w: %s", err, lastLine(out))
	}
	fmt.Fprintf(opts.Progress, "call %d: over after %v\n", n, time.Since(began).Round(time.Second))
	return nil
}

// freePort finds the citizen a port. Left to itself SIPp takes 5060, which
// belongs to servers.
func freePort() (string, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port for the caller: %w", err)
	}
	defer conn.Close()
	_, port, err := net.SplitHostPort(conn.LocalAddr().String())
	return port, err
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
