package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"
	"time"

	"hotline/agent"
	"hotline/deploy/desk"
	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
	"hotline/ivr/prompts"
)

const (
	silenceRounds = 10
	settles       = 700 * time.Millisecond // after a switch
)

// ear is when something was audible on a line.
type ear struct {
	mu   sync.Mutex
	loud []time.Time
}

func (e *ear) hear(sound []byte) {
	if desk.Loud(sound) {
		e.mu.Lock()
		e.loud = append(e.loud, time.Now())
		e.mu.Unlock()
	}
}

// silence is the longest time between two times without an audible packet, in milliseconds; each lasts 20.
func (e *ear) silence(from, to time.Time) float64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	first, _ := slices.BinarySearchFunc(e.loud, from, time.Time.Compare)
	longest, last := time.Duration(0), from
	for _, at := range e.loud[first:] {
		if at.After(to) {
			break
		}
		longest, last = max(longest, at.Sub(last)), at
	}
	longest = max(longest, to.Sub(last)) - 20*time.Millisecond
	return max(0, float64(longest.Microseconds())/1000)
}

// tone is five minutes of a tone, A-law.
func tone(hz float64) []byte {
	samples := make([]int16, 5*60*8000)
	for i := range samples {
		samples[i] = int16(9000 * math.Sin(2*math.Pi*hz*float64(i)/8000))
	}
	return prompts.Sound{Rate: 8000, Samples: samples}.ALaw()
}

// quietCall is a caller, an agent and a sub-centre whose sound is measured.
type quietCall struct {
	r       *rig
	console *desk.Console
	phone   *desk.Telephone
	ear     ear
	agent   []byte // his tone
}

// silences measures what one caller misses at each switch, ten times, and adds it to the results.
func (r *rig) silences(ctx context.Context, results figures) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	q := &quietCall{r: r, agent: tone(1850)}
	if err := q.sit(ctx); err != nil {
		return err
	}
	defer q.phone.Unplug()
	service := tone(2750)
	office, err := desk.OpenExchange(r.stack.TrunkAddress(stack.SubCentres), func(i *desk.Invitation) {
		line, err := desk.OpenLine("127.0.0.1", nil)
		if err != nil {
			return
		}
		line.Call(i.Request.Body())
		go line.Run(i.Context())
		if i.Answer(line.SDP()) == nil {
			line.Say(i.Context(), service)
		}
	})
	if err != nil {
		return err
	}
	defer office.Close()
	all := map[string][]float64{}
	for range silenceRounds {
		if err := q.round(ctx, all); err != nil {
			return err
		}
	}
	for name, values := range all {
		results["silence_"+name+"_ms"], results["silence_"+name+"_p50_ms"] = slices.Max(values), median(values)
	}
	return nil
}

// sit brings the agent to his desk.
func (q *quietCall) sit(ctx context.Context) error {
	db, err := q.r.database(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	account := store.Account{AgentNo: quietAgent, Name: quietAgent, Roles: []agent.Role{agent.RoleAgent}, Phone: agent.PhoneDesk}
	if err := db.CreateAccount(ctx, account, password, true); err != nil {
		return err
	}
	q.console = desk.NewConsole(q.r.stack.ConsoleURL(), quietAgent, password)
	go func() { _ = q.console.Run(ctx) }() // its end is seen in what follows
	if err := q.sees(ctx, "the console", func(switchboard.Desk) bool { return true }); err != nil {
		return err
	}
	sip, err := q.console.Phone(ctx)
	if err != nil {
		return err
	}
	if q.phone, err = desk.PlugIn(q.r.stack.SIPAddress(), sip.Username); err != nil {
		return err
	}
	if err := q.phone.Register(ctx, sip); err != nil {
		return err
	}
	if err := q.console.Do(ctx, switchboard.CmdSignIn, struct{}{}, ""); err != nil {
		return err
	}
	return q.console.Do(ctx, switchboard.CmdReady, struct{}{}, "")
}

// sees waits until the agent's screen is as asked.
func (q *quietCall) sees(ctx context.Context, what string, good func(switchboard.Desk) bool) error {
	return until(ctx, 10*time.Second, 5*time.Millisecond, what, func() (bool, error) {
		d, err := q.console.Desk()
		return err == nil && good(d), nil
	})
}

func (q *quietCall) seesPhase(ctx context.Context, phase string) (id call.ID, err error) {
	return id, q.sees(ctx, phase, func(d switchboard.Desk) bool {
		if d.Call == nil || d.Call.Phase != phase {
			return false
		}
		id = d.Call.ID
		return true
	})
}

// answers lifts the agent's receiver.
func (q *quietCall) answers(ctx context.Context) error {
	select {
	case ring := <-q.phone.Rings():
		go ring.Say(ring.Context(), q.agent)
		return ring.Answer()
	case <-time.After(10 * time.Second):
		return errors.New("the agent's telephone does not ring")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// round is one call: asked, all three, without the agent, with him again.
func (q *quietCall) round(ctx context.Context, all map[string][]float64) error {
	line, err := desk.OpenLine("127.0.0.1", q.ear.hear)
	if err != nil {
		return err
	}
	talking, hangUp := context.WithCancel(ctx)
	defer hangUp()
	go line.Run(talking)
	citizen, err := q.r.startSIPp("caller", talker{TalkMS: 60_000, AudioPort: line.Port()}, q.r.stack.SIPAddress(), "-s", quietNumber, "-m", "1")
	if err != nil {
		return err
	}
	defer citizen.stop()
	if err := q.answers(ctx); err != nil {
		return err
	}
	id, err := q.seesPhase(ctx, "talking")
	if err != nil {
		return err
	}
	pause(ctx, settles)
	to := switchboard.TargetKey{Kind: "sub_centre", Key: "12366"}
	for _, step := range []struct {
		name, command string
		args          any
		rings         bool
		then          string
	}{
		{"hold", switchboard.CmdBring, switchboard.BringArgs{How: call.Consult, To: to}, false, "consulting"},
		{"hold_to_three", switchboard.CmdMerge, struct{}{}, false, "three_way"},
		{"leave", switchboard.CmdLeave, struct{}{}, false, "wrap_up"},
		{"take_back", switchboard.CmdTakeBack, struct{}{}, true, "three_way"},
	} {
		from := time.Now()
		if err := q.console.Do(ctx, step.command, step.args, id); err != nil {
			return err
		}
		if step.rings {
			if err := q.answers(ctx); err != nil {
				return err
			}
		}
		if _, err := q.seesPhase(ctx, step.then); err != nil {
			return err
		}
		pause(ctx, settles)
		all[step.name] = append(all[step.name], q.ear.silence(from, time.Now()))
	}
	if err := q.console.Do(ctx, switchboard.CmdDrop, switchboard.PartyArgs{N: 1}, id); err != nil {
		return err
	}
	if err := q.console.Do(ctx, switchboard.CmdHangUp, struct{}{}, id); err != nil {
		return err
	}
	return q.sees(ctx, "ready for the next call", func(d switchboard.Desk) bool { return d.Agent.State == agent.Ready })
}
