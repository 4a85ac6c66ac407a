package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"

	"hotline/deploy/desk"
	"hotline/deploy/stack"
	"hotline/gateway/call"
	"hotline/gateway/calldata"
	"hotline/gateway/push"
	"hotline/gateway/store"
	"hotline/gateway/switchboard"
)

const (
	emergencies     = 100
	emergencyCalls  = 480 // in whose middle they are
	emergencyRate   = 30
	emergencyTalkMS = 3000
	emergencyEach   = 4 // of so many conversations one becomes an emergency
	serviceRings    = 300 * time.Millisecond
)

// keys are the one-key transfers of a run: when each was pressed, and when 110 was called for it.
type keys struct {
	mu            sync.Mutex
	conversations int
	pressed       map[string]time.Time
	dialled       map[string][]time.Time
	fault         error
}

// emergency presses the key in every fourth of many conversations, and counts what came of it; then it measures what a
// caller misses of the sound.
func emergency(ctx context.Context, r *rig) (figures, error) {
	k := &keys{pressed: map[string]time.Time{}, dialled: map[string][]time.Time{}}
	police, err := desk.OpenExchange(r.stack.TrunkAddress(stack.Emergency), k.invited)
	if err != nil {
		return nil, err
	}
	defer police.Close()
	if _, err := r.callers(oursNumber, 60, emergencyRate, r.opts.agents, emergencyTalkMS); err != nil { // warms up
		return nil, err
	}
	if err := r.idle(ctx); err != nil {
		return nil, err
	}
	for _, c := range r.fleet.consoles {
		c.mu.Lock()
		c.talk = k.press
		c.mu.Unlock()
	}
	if _, err := r.callers(oursNumber, emergencyCalls, emergencyRate, r.opts.agents, emergencyTalkMS); err != nil {
		return nil, err
	}
	if err := r.idle(ctx); err != nil {
		return nil, err
	}
	results, err := k.figures(ctx, r)
	if err != nil {
		return nil, err
	}
	return results, r.silences(ctx, results)
}

// press sends the command twice, as a console does that had no answer.
func (k *keys) press(c *console, ws *websocket.Conn, id string) {
	k.mu.Lock()
	k.conversations++
	due := k.conversations%emergencyEach == 0 && len(k.pressed) < emergencies
	if due {
		k.pressed[id] = time.Now()
	}
	k.mu.Unlock()
	if !due {
		return
	}
	args, _ := json.Marshal(switchboard.OneKeyArgs{Service: "110"}) // strings alone
	frame := push.ClientFrame{T: "cmd", ID: ulid.Make().String(), Name: switchboard.CmdOneKey, Args: args, Call: id}
	for range 2 {
		if err := c.send(ws, frame); err != nil {
			k.mu.Lock()
			k.fault = err
			k.mu.Unlock()
		}
	}
}

// invited is 110's exchange.
func (k *keys) invited(i *desk.Invitation) {
	at := time.Now()
	data := calldata.Parse(i.Header(calldata.CallIDHeader), i.Header(calldata.UUIHeader), i.Header(calldata.ContextHeader))
	k.mu.Lock()
	k.dialled[data.CallID] = append(k.dialled[data.CallID], at)
	k.mu.Unlock()
	_ = i.Ring() // where this fails the caller has gone
	select {
	case <-i.Context().Done():
		return
	case <-time.After(serviceRings):
	}
	if i.Answer([]byte(soundless)) == nil {
		<-i.Context().Done()
	}
}

// soundless describes a telephone of which nothing is heard.
const soundless = "v=0\r\no=service 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"

func (k *keys) figures(ctx context.Context, r *rig) (figures, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fault != nil {
		return nil, k.fault
	}
	db, err := r.database(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var times []float64
	double, missed, dropped := 0, 0, 0
	for id, at := range k.pressed {
		switch n := len(k.dialled[id]); n {
		case 0:
			missed++
		default:
			double += n - 1
			times = append(times, float64(k.dialled[id][0].Sub(at).Microseconds())/1000)
		}
		var detail store.CallDetail
		err := until(ctx, 10*time.Second, 50*time.Millisecond, "the record of "+id, func() (bool, error) {
			detail, err = db.Call(ctx, call.ID(id))
			return !detail.Call.EndedAt.IsZero(), err
		})
		if err != nil {
			return nil, err
		}
		if detail.Call.EndedBy != call.ByCaller {
			dropped++
		}
	}
	fmt.Printf("  %d keys in %d conversations\n", len(k.pressed), k.conversations)
	return figures{
		"keys_pressed": float64(len(k.pressed)), "never_dialled": float64(missed), "double_dials": float64(double),
		"dropped_callers":        float64(dropped),
		"click_to_invite_p50_ms": quantile(times, 0.5), "click_to_invite_p99_ms": quantile(times, 0.99),
	}, nil
}
