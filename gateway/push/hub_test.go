package push

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"hotline/gateway/switchboard"
)

// events lets the loop tell n events, the first with the desk from+1.
func (r *rig) events(agentNo string, from, n int) {
	done := make(chan struct{})
	r.desks.todo <- func() {
		for i := range n {
			r.hub.Event(agentNo, switchboard.KindAgentState, desk(from+i+1))
		}
		close(done)
	}
	<-done
}

// follow reads n events and checks that none is missing or twice.
func (c *console) follow(after uint64, n int) {
	c.t.Helper()
	for i := range n {
		want := after + uint64(i) + 1
		f := c.expect("event")
		if f.Seq != want || f.Desk.Today.Answered != int(want)-1 || f.ID == "" || f.At == nil {
			c.t.Fatalf("want event %d, have %+v", want, f)
		}
	}
}

func TestEventsComeInOrder(t *testing.T) {
	r := newRig(t, false)
	c, hello := r.start("8001", "p1")
	if hello.SID == "" || hello.Epoch != r.hub.Epoch() || hello.Heartbeat != 15 || hello.Build != "test" {
		t.Fatalf("hello: %+v", hello)
	}
	for i := range 10 {
		r.events("8001", i*50, 50)
		c.follow(uint64(i*50)+1, 50)
	}
	r.events("8002", 0, 3) // nobody there
}

func TestResumeLosesAndRepeatsNothing(t *testing.T) {
	r := newRig(t, false)
	c, hello := r.start("8001", "p1")
	seq := uint64(1)
	for round := range 5 {
		r.events("8001", int(seq)-1, 20)
		c.follow(seq, 7) // the rest is lost with the socket
		c.drop()
		r.events("8001", int(seq)+19, 300)
		c = r.open("8001")
		c.expect("hello")
		c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: seq + 7})
		c.follow(seq+7, 313)
		if f := c.expect("pong"); f.SID != hello.SID {
			t.Fatalf("end of replay: %+v", f)
		}
		seq += 320
		// The switchboard's desk(0) differs from the last event, so it is told.
		if f := c.expect("event"); f.Seq != seq+1 || f.Desk.Today.Answered != 0 {
			t.Fatalf("round %d: correction: %+v", round, f)
		}
		seq++
	}
}

func TestResumeThatCannotBeIsAStart(t *testing.T) {
	r := newRig(t, false)
	_, hello := r.start("8001", "p1")
	ok := ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1}
	for name, change := range map[string]func(*ClientFrame){
		"unknown session": func(f *ClientFrame) { f.SID = "x" },
		"other epoch":     func(f *ClientFrame) { f.Epoch = "x" },
		"other page":      func(f *ClientFrame) { f.Page = "p2" },
		"nothing seen":    func(f *ClientFrame) { f.Seq = 0 },
		"seen too much":   func(f *ClientFrame) { f.Seq = 99 },
	} {
		c := r.open("8001")
		next := c.expect("hello")
		f := ok
		change(&f)
		c.send(f)
		if s := c.expect("snapshot"); s.Seq != 1 {
			t.Fatalf("%s: %+v", name, s)
		}
		ok.SID = next.SID
	}
}

func TestNewerConsoleTakesOver(t *testing.T) {
	r := newRig(t, false)
	first, hello := r.start("8001", "p1")
	second, _ := r.start("8001", "p2")
	if code := first.closed(); code != CloseTakenOver {
		t.Fatal(code)
	}
	back := r.open("8001")
	back.expect("hello")
	back.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1})
	if code := back.closed(); code != CloseTakenOver {
		t.Fatal(code)
	}
	r.events("8001", 0, 1)
	second.follow(1, 1)
	if got := r.desks.lines(); got != "linked p1; linked p2" {
		t.Fatal(got)
	}
}

func TestUnlinkedWhenTheSocketIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c, hello := r.start("8001", "p1")
		c.drop()
		synctest.Wait()
		c = r.open("8001")
		c.expect("hello")
		c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1})
		c.expect("pong")
		c.send(ClientFrame{T: "ping"})
		c.expect("pong") // no event between: the desk had not changed
		if got := r.desks.lines(); got != "linked p1; unlinked; resumed p1" {
			t.Fatal(got)
		}
	})
}

func TestUnlinkedWhenThePageIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c, _ := r.start("8001", "p1")
		go func() { _, _, _ = c.ws.ReadMessage() }()                          // takes the gateway's half of the closing
		goodbye := websocket.FormatCloseMessage(websocket.CloseGoingAway, "") // what browsers send
		if err := c.ws.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := r.desks.lines(); got != "linked p1; page gone" {
			t.Fatal(got)
		}
	})
}

func TestSlowConsoleIsClosedAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c, hello := r.start("8001", "p1")
		r.events("8001", 0, 1)
		synctest.Wait() // this one is in the writer's hand
		r.events("8001", 1, maxQueued+1)
		synctest.Wait()
		if got := r.desks.lines(); got != "linked p1; unlinked" {
			t.Fatal(got)
		}
		c.follow(1, 1) // the console wakes up
		if code := c.closed(); code != CloseSlow {
			t.Fatal(code)
		}
		c = r.open("8001")
		c.expect("hello")
		c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 2})
		c.follow(2, maxQueued+1)
	})
}

func TestConsoleThatNeverReadsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		r.start("8001", "p1")
		r.events("8001", 0, 1)
		time.Sleep(writeWithin + time.Second)
		synctest.Wait()
		if got := r.desks.lines(); got != "linked p1; unlinked" {
			t.Fatal(got)
		}
		if n := len(r.hub.open()); n != 0 {
			t.Fatal(n, "sockets left")
		}
	})
}

func TestSilentConsoleIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c, _ := r.start("8001", "p1")
		for range 10 {
			time.Sleep(40 * time.Second)
			c.send(ClientFrame{T: "ping"})
			c.expect("pong")
		}
		begun := time.Now()
		c.ws.SetReadDeadline(time.Time{})
		_, _, err := c.ws.ReadMessage()
		if !websocket.IsCloseError(err, CloseSilent) || time.Since(begun) != 45*time.Second {
			t.Fatal(err, time.Since(begun))
		}
	})
}

func TestSocketThatNeverStartsIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c := r.open("8001")
		c.expect("hello")
		for range 2 {
			time.Sleep(20 * time.Second)
			c.send(ClientFrame{T: "ping"})
			c.expect("pong")
		}
		if code := c.closed(); code != CloseSilent {
			t.Fatal(code)
		}
	})
}

func TestSessionIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c, hello := r.start("8001", "p1")
		c.drop()
		time.Sleep(replayFor + 2*sweepEvery)
		c = r.open("8001")
		c.expect("hello")
		c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1})
		c.expect("snapshot")
	})
}

func TestFiguresAreCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		r.hub.Tick("", "queue", 0)
		a, _ := r.start("8001", "p1")
		b, _ := r.start("8002", "p2")
		for _, c := range []*console{a, b} {
			if f := c.expect("tick"); f.Topic != "queue" || string(f.Value) != "0" {
				t.Fatalf("latest at start: %+v", f)
			}
		}
		r.hub.Tick("8002", "own", "x")
		b.expect("tick")
		time.Sleep(2 * time.Second)
		begun := time.Now()
		go func() {
			for i := range 300 {
				r.hub.Tick("", "queue", i+1)
				time.Sleep(10 * time.Millisecond)
			}
		}()
		var seen []string
		for len(seen) == 0 || seen[len(seen)-1] != "300" {
			seen = append(seen, string(a.expect("tick").Value))
		}
		if len(seen) > 5 || time.Since(begun) > 5*time.Second {
			t.Fatal(seen, time.Since(begun))
		}
	})
}

func TestRepeatedCommandActsOnce(t *testing.T) {
	r := newRig(t, false)
	c, hello := r.start("8001", "p1")
	hold := ClientFrame{T: "cmd", ID: "k1", Name: "call.hold", Call: "c1", Ver: 3}
	var first ServerFrame
	for i := range 3 {
		c.send(hold)
		if f := c.expect("ack"); f.ID != "k1" {
			t.Fatalf("%+v", f)
		}
		res := c.expect("res")
		if i == 0 {
			first = res
		}
		if diff := cmp.Diff(first, res); diff != "" || !*res.OK || string(res.Result) != `"call.hold"` {
			t.Fatalf("%+v %s", res, diff)
		}
	}
	c.send(ClientFrame{T: "cmd", ID: "k1", Name: "call.hangup"})
	c.expect("ack")
	if f := c.expect("res"); f.Error.Code != switchboard.CodeBadRequest {
		t.Fatalf("%+v", f)
	}
	want := switchboard.Command{ID: "k1", Agent: "8001", Name: "call.hold", Args: []byte("{}"), Call: "c1", Ver: 3}
	if diff := cmp.Diff([]switchboard.Command{want}, r.desks.commands); diff != "" {
		t.Fatal(diff)
	}
	_ = hello
}

func TestCommandRepeatedAfterAReconnectWhileUnderWay(t *testing.T) {
	r := newRig(t, false)
	r.desks.answer = func(switchboard.Command) {} // takes its time
	c, hello := r.start("8001", "p1")
	dial := ClientFrame{T: "cmd", ID: "k1", Name: "call.hangup"}
	c.send(dial)
	c.expect("ack")
	c.drop()
	c = r.open("8001")
	c.expect("hello")
	c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1})
	c.expect("pong")
	c.send(dial)
	c.expect("ack")
	r.desks.todo <- func() {
		r.hub.Reply("8001", "k1", nil, &switchboard.Error{Code: switchboard.CodeNoSuchCall, Message: "over"})
	}
	if f := c.expect("res"); *f.OK || f.Error.Code != switchboard.CodeNoSuchCall {
		t.Fatalf("%+v", f)
	}
	if n := r.desks.acted(); n != 1 {
		t.Fatal("acted", n, "times")
	}
}

func TestBusySwitchboardRefusesAndForgets(t *testing.T) {
	r := newRig(t, false)
	c, _ := r.start("8001", "p1")
	r.desks.mu.Lock()
	r.desks.full = true
	r.desks.mu.Unlock()
	c.send(ClientFrame{T: "cmd", ID: "k1", Name: "agent.ready"})
	c.expect("ack")
	if f := c.expect("res"); f.Error.Code != switchboard.CodeUnavailable || !f.Error.Temporary {
		t.Fatalf("%+v", f)
	}
	r.desks.mu.Lock()
	r.desks.full = false
	r.desks.mu.Unlock()
	c.send(ClientFrame{T: "cmd", ID: "k1", Name: "agent.ready"})
	c.expect("ack")
	if f := c.expect("res"); !*f.OK {
		t.Fatalf("%+v", f)
	}
}

func TestTooManyCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		c, _ := r.start("8001", "p1")
		count := func(n int, tag string) (refused int) {
			for i := range n {
				c.send(ClientFrame{T: "cmd", ID: fmt.Sprint(tag, i), Name: "agent.ready"})
				c.expect("ack")
				if f := c.expect("res"); !*f.OK && f.Error.Code == switchboard.CodeTooMany {
					refused++
				}
			}
			return refused
		}
		if n := count(commandBurst+5, "a"); n != 5 {
			t.Fatal(n)
		}
		time.Sleep(time.Second)
		if n := count(commandRate+5, "b"); n != 5 {
			t.Fatal(n)
		}
	})
}

func TestHostileFrames(t *testing.T) {
	r := newRig(t, false)
	long := strings.Repeat("x", maxID+1)
	text := func(s string) func(*console) {
		return func(c *console) { c.ws.WriteMessage(websocket.TextMessage, []byte(s)) }
	}
	for name, send := range map[string]func(*console){
		"binary":         func(c *console) { c.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"t":"ping"}`)) },
		"not JSON":       text(`{"t":"ping"`),
		"two values":     text(`{"t":"ping"}{}`),
		"null":           text(`null`),
		"array":          text(`[]`),
		"empty":          text(``),
		"wrong type":     text(`{"t":"cmd","id":"1","name":"x","ver":"3"}`),
		"unknown":        text(`{"t":"snapshot"}`),
		"not UTF-8":      text("{\"t\":\"ping\",\"page\":\"\xff\"}"),
		"deep":           text(strings.Repeat("[", 20000)),
		"large":          text(`{"t":"ping","page":"` + strings.Repeat("x", maxFrame) + `"}`),
		"huge":           text(strings.Repeat("x", 4<<20)),
		"no page":        text(`{"t":"start"}`),
		"start twice":    text(`{"t":"start","page":"p9"}`),
		"resume twice":   text(`{"t":"resume","page":"p","sid":"s","epoch":"e","seq":1}`),
		"command no id":  text(`{"t":"cmd","name":"agent.ready"}`),
		"long id":        text(`{"t":"cmd","name":"agent.ready","id":"` + long + `"}`),
		"control in id":  text(`{"t":"cmd","name":"agent.ready","id":"a\nb"}`),
		"negative seq":   text(`{"t":"ping","seq":-1}`),
		"long name":      text(`{"t":"cmd","id":"1","name":"` + long + `"}`),
		"unmasked bytes": func(c *console) { c.ws.NetConn().Write([]byte{0x81, 0x02, '{', '}'}) },
	} {
		c, _ := r.start("8001", "p1")
		send(c)
		code := c.closed()
		if name == "unmasked bytes" {
			if code != websocket.CloseProtocolError {
				t.Errorf("%s: %d", name, code)
			}
			continue
		}
		if code != CloseBadFrame {
			t.Errorf("%s: %d", name, code)
		}
	}
	c := r.open("8001")
	c.expect("hello")
	c.send(ClientFrame{T: "cmd", ID: "1", Name: "agent.ready"})
	if code := c.closed(); code != CloseBadFrame {
		t.Errorf("command before start: %d", code)
	}
}

func TestBadCommandsAreAnswered(t *testing.T) {
	r := newRig(t, false)
	c, _ := r.start("8001", "p1")
	for i, body := range []string{
		`"args":[]`, `"args":"x"`, `"args":3`, `"ver":-1`, `"call":"` + strings.Repeat("x", 129) + `"`,
		`"args":{"note":"` + strings.Repeat("x", maxArgs) + `"}`,
	} {
		c.ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"cmd","id":"%d","name":"x",%s}`, i, body))
		c.expect("ack")
		if f := c.expect("res"); f.Error == nil || f.Error.Code != switchboard.CodeBadRequest {
			t.Errorf("%.40s: %+v", body, f)
		}
	}
	if n := r.desks.acted(); n != 0 {
		t.Fatal(n)
	}
}

func TestHandshake(t *testing.T) {
	r := newRig(t, false)
	for _, offer := range [][]string{{"hotline.console.v0"}, nil} {
		c := r.openWith("8001", websocket.Dialer{Subprotocols: offer})
		if code := c.closed(); code != CloseBuildTooOld {
			t.Errorf("%v: %d", offer, code)
		}
	}
	for _, origin := range []string{"", "null", "http://elsewhere.example", "file:///x"} {
		h := http.Header{}
		if origin != "" {
			h.Set("Origin", origin)
		}
		_, resp, err := r.dial.Dial(r.url+"/?agent=8001", h)
		if err == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: %v", origin, err)
		}
	}
}

func TestTooManySockets(t *testing.T) {
	r := newRig(t, false)
	for range maxSockets {
		r.open("8001").expect("hello")
	}
	_, resp, err := r.dial.Dial(r.url+"/?agent=8001", nil)
	if err == nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Fatal(err)
	}
	r.open("8002").expect("hello")
}

func TestSignOut(t *testing.T) {
	r := newRig(t, false)
	c, hello := r.start("8001", "p1")
	other, _ := r.start("8002", "p1")
	r.hub.SignOut("web-8001")
	if code := c.closed(); code != CloseSignedOut {
		t.Fatal(code)
	}
	c = r.open("8001")
	c.expect("hello")
	c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1})
	c.expect("snapshot")
	other.send(ClientFrame{T: "ping"})
	other.expect("pong")
}

func TestCloseSendsEverybodyAway(t *testing.T) {
	r := newRig(t, false)
	c, _ := r.start("8001", "p1")
	r.events("8001", 0, 3)
	done := make(chan error)
	go func() { done <- r.hub.Close(context.Background()) }()
	c.follow(1, 3) // what waited is still written
	if code := c.closed(); code != CloseRestart {
		t.Fatal(code)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := r.desks.lines(); got != "linked p1" {
		t.Fatal(got)
	}
	if code := r.open("8001").closed(); code != CloseRestart {
		t.Fatal(code)
	}
}

func TestCloseCutsOffWhoDoesNotGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, true)
		r.start("8001", "p1") // and reads no more
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if err := r.hub.Close(ctx); err != nil || time.Since(begun) > time.Second || len(r.hub.open()) > 0 {
			t.Fatal(err, time.Since(begun))
		}
	})
}

func TestSnapshotOfAResumedSessionCorrectsIt(t *testing.T) {
	r := newRig(t, false)
	c, hello := r.start("8001", "p1")
	c.drop()
	r.events("8001", 6, 1) // while the link is lost
	c = r.open("8001")
	c.expect("hello")
	c.send(ClientFrame{T: "resume", Page: "p1", SID: hello.SID, Epoch: hello.Epoch, Seq: 1})
	if f := c.expect("event"); f.Desk.Today.Answered != 7 {
		t.Fatalf("%+v", f)
	}
	c.expect("pong")
	if f := c.expect("event"); f.Seq != 3 || f.Desk.Today.Answered != 0 || f.Kind != switchboard.KindAgentState {
		t.Fatalf("%+v", f)
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"t":"start","page":"p"}`, `{"t":"resume","page":"p","sid":"s","epoch":"e","seq":3}`, `{"t":"ping"}`,
		`{"t":"cmd","id":"1","name":"call.hold","args":{"a":1},"call":"c","ver":2}`, `null`, `[]`, `{"t":1}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := decode(data)
		if err != nil {
			if r := reason(err); r == "" || len(r) > 120 {
				t.Fatalf("reason %q", r)
			}
			return
		}
		if frame.T == "cmd" && (frame.ID == "" || len(frame.ID) > maxID || len(frame.Name) > maxID) {
			t.Fatalf("accepted %+v", frame)
		}
		checkCommand(&frame)
		marshal(&ServerFrame{T: "ack", ID: frame.ID})
	})
}
