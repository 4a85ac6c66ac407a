package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/queue"
	"hotline/gateway/settings"
	"hotline/gateway/store"
)

// The dialled numbers of a benchmark.
const (
	oursNumber     = "7100" // straight into the gateway's queue, no greeting
	appQueueNumber = "7000" // Asterisk's app_queue
	firstAgent     = 6001

	quietNumber = "7200" // served by quietAgent alone, whose call can be heard
	quietAgent  = "6999"
)

// lines of the gateway for benchmarks: no greeting and no recording, as app_queue has none.
const lines = `dnis,name,mode,unit,queue,expert_queue,greeting,record,flow,priority,transition,transition_from,transition_until,routes
7100,bench,main,,bench,,,no,,,,,,
7200,quiet,main,,quiet,,,no,,,,,,
110,police,emergency,police,bench,,,no,,,,,,emergency/110
12366,tax,sub_centre,tax,bench,,,no,,,,,,sub-centres/12366
`

// quietQueue gives quietAgent a queue of his own.
func quietQueue(s *settings.Snapshot) {
	for i := range s.Queues {
		if q := &s.Queues[i]; q.Name == "quiet" {
			q.Needs = []queue.Need{{Skill: "quiet", Level: 1}}
		}
	}
	s.SkillNames = append(s.SkillNames, settings.Skill{Name: "quiet", Title: "quiet"})
	s.Skills[quietAgent] = map[string]int{"quiet": 1}
}

type rigOptions struct {
	agents int // agents signed in at the gateway
	talkMS int // agents hang up after so long; 0: callers do
	wrapUp int // seconds
}

// rig is everything a benchmark stands on: real servers, agents' telephones and agents' consoles.
type rig struct {
	opts   rigOptions
	stack  *stack.Stack
	dir    string
	phones *sippRun
	fleet  *fleet
}

// database opens what the gateway keeps.
func (r *rig) database(ctx context.Context) (*store.Store, error) {
	keys, err := r.stack.Keys()
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, r.stack.Postgres.DSN(), keys, slog.New(slog.DiscardHandler))
}

func newRig(ctx context.Context, opts rigOptions) (*rig, error) {
	dir, err := os.MkdirTemp("", "hotline-bench-")
	if err != nil {
		return nil, err
	}
	r := &rig{opts: opts, dir: dir}
	if err := r.start(ctx); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *rig) start(ctx context.Context) error {
	contact, err := freeUDP()
	if err != nil {
		return err
	}
	file := filepath.Join(r.dir, "settings.json")
	if err := stack.PlainSettings(file, lines, quietQueue); err != nil {
		return err
	}
	r.stack, err = stack.Start(ctx, stack.Options{
		Gateway: true, Bench: true, BenchContact: contact, BenchAgents: r.opts.agents, Settings: file, Progress: os.Stdout,
		GatewayEnv: []string{fmt.Sprintf("HOTLINE_WRAP_UP=%ds", r.opts.wrapUp), "HOTLINE_LOG_LEVEL=warn"},
	})
	if err != nil {
		return err
	}
	if r.phones, err = r.startPhones(contact); err != nil {
		return err
	}
	r.fleet, err = newFleet(ctx, r)
	return err
}

func (r *rig) close() {
	if r.fleet != nil {
		r.fleet.close()
	}
	if r.phones != nil {
		r.phones.stop()
	}
	if r.stack != nil {
		_ = r.stack.Stop()
	}
	_ = os.RemoveAll(r.dir)
}

func freeUDP() (string, error) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer c.Close()
	return c.LocalAddr().String(), nil
}

// cpuSeconds is the processor time a process has used so far, user and system.
func cpuSeconds(pid int) (float64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100, nil // clock ticks of 10 ms
}

// channels is how many channels Asterisk has.
func (r *rig) channels(ctx context.Context) (int, error) {
	out, err := r.stack.Asterisk.CLI(ctx, "core show channels count")
	if err != nil {
		return 0, err
	}
	n, _, _ := strings.Cut(strings.TrimSpace(out), " ")
	return strconv.Atoi(n)
}

// until polls a condition of other programs, which give no signal.
func until(ctx context.Context, limit, every time.Duration, what string, ok func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	for {
		done, err := ok()
		if err != nil || done {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: not within %s", what, limit)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
		}
	}
}

// idle waits until Asterisk has no channel.
func (r *rig) idle(ctx context.Context) error {
	return until(ctx, 30*time.Second, 100*time.Millisecond, "all channels gone", func() (bool, error) {
		n, err := r.channels(ctx)
		return n == 0, err
	})
}
