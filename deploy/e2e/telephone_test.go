package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// telephone is the SIP telephone on an agent's desk. What it does with a call is the test's business.
type telephone struct {
	*party
	t       *testing.T
	rings   chan *ring
	client  *sipgo.Client
	contact sip.ContactHeader
	unplug  func() // without a word to anybody
}

// ring is an INVITE that reached a telephone.
type ring struct {
	dialog    *sipgo.DialogServerSession
	cancelled chan struct{} // closed when the other side gave up
	over      chan struct{} // closed at the other side's BYE
	tele      *telephone
}

// phoneAccount is the answer of POST /api/phone.
type phoneAccount struct{ URI, Username, Password string }

// plugIn registers a desk telephone for an agent.
func (h *house) plugIn(t *testing.T, who *person, f tone) *telephone {
	t.Helper()
	tele := &telephone{party: newParty(t, f), t: t, rings: make(chan *ring, 16)}
	account := tele.account(who)
	silent := slog.New(slog.NewTextHandler(io.Discard, nil))
	ua, err := sipgo.NewUA(sipgo.WithUserAgent(account.Username), sipgo.WithUserAgentHostname("hotline"),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(silent)))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(freeUDP(t))
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	server, err := sipgo.NewServer(ua, sipgo.WithServerLogger(silent))
	if err != nil {
		t.Fatal(err)
	}
	tele.client, err = sipgo.NewClient(ua, sipgo.WithClientHostname("127.0.0.1"), sipgo.WithClientPort(port),
		sipgo.WithClientLogger(silent))
	if err != nil {
		t.Fatal(err)
	}
	tele.contact = sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: account.Username, Host: "127.0.0.1", Port: port}}
	tele.serve(server)
	listening := make(chan struct{})
	//lint:ignore SA1029 the key is sipgo's own
	ctx, stop := context.WithCancel(context.WithValue(context.Background(), sipgo.ListenReadyCtxKey, sipgo.ListenReadyCtxValue(listening)))
	var wg sync.WaitGroup
	wg.Go(func() { _ = server.ListenAndServe(ctx, "udp", address) })
	tele.unplug = sync.OnceFunc(func() {
		stop()
		ua.Close()
		wg.Wait()
	})
	t.Cleanup(tele.unplug)
	waitFor(t, "the telephone listens", listening, 5*time.Second)
	tele.register(h, account)
	return tele
}

func (p *telephone) account(who *person) (a phoneAccount) {
	p.t.Helper()
	status, body := who.ask(p.t, http.MethodPost, "/api/phone", struct{}{})
	if err := json.Unmarshal(body, &a); err != nil || status != http.StatusOK {
		p.t.Fatalf("SIP account of %s: %d %s %v", who.no, status, body, err)
	}
	return a
}

func (p *telephone) register(h *house, a phoneAccount) {
	p.t.Helper()
	var to sip.Uri
	if err := sip.ParseUri("sip:"+a.Username+"@"+h.SIPAddress(), &to); err != nil {
		p.t.Fatal(err)
	}
	req := sip.NewRequest(sip.REGISTER, to)
	tag := sip.NewParams()
	tag.Add("tag", sip.GenerateTagN(8))
	req.AppendHeader(&sip.FromHeader{Address: to, Params: tag})
	req.AppendHeader(&sip.ToHeader{Address: to, Params: sip.NewParams()})
	req.AppendHeader(&p.contact)
	req.AppendHeader(sip.NewHeader("Expires", "600"))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	res, err := p.client.Do(ctx, req)
	if err == nil && res.StatusCode == 401 {
		res, err = p.client.DoDigestAuth(ctx, req, res, sipgo.DigestAuth{Username: a.Username, Password: a.Password})
	}
	if err != nil || res.StatusCode != 200 {
		p.t.Fatalf("register the telephone of %s: %v %v", a.Username, res, err)
	}
}

func (p *telephone) serve(server *sipgo.Server) {
	dialogs := sipgo.NewDialogServerCache(p.client, p.contact)
	calls := sync.Map{} // Call-ID: *ring
	server.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		_ = tx.Respond(sip.NewResponseFromRequest(req, 200, "OK", nil))
	})
	server.OnInvite(func(req *sip.Request, tx sip.ServerTransaction) {
		if known, again := calls.Load(req.CallID().Value()); again { // a re-INVITE changes nothing here
			_ = tx.Respond(sip.NewSDPResponseFromRequest(req, []byte(known.(*ring).tele.sdp())))
			return
		}
		dialog, err := dialogs.ReadInvite(req, tx)
		if err != nil {
			return
		}
		r := &ring{dialog: dialog, cancelled: make(chan struct{}), over: make(chan struct{}), tele: p}
		tx.OnCancel(func(*sip.Request) { close(r.cancelled) })
		calls.Store(req.CallID().Value(), r)
		p.speakTo(req.Body())
		_ = dialog.Respond(180, "Ringing", nil)
		p.rings <- r
		select { // the transaction lives as long as its handler
		case <-tx.Done():
		case <-dialog.Context().Done():
		}
	})
	server.OnAck(func(req *sip.Request, tx sip.ServerTransaction) { _ = dialogs.ReadAck(req, tx) })
	server.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		_ = dialogs.ReadBye(req, tx)
		if r, known := calls.Load(req.CallID().Value()); known {
			close(r.(*ring).over)
		}
	})
}

// ringing waits until the telephone rings.
func (p *telephone) ringing(within time.Duration) *ring {
	p.t.Helper()
	select {
	case r := <-p.rings:
		return r
	case <-time.After(within):
		p.t.Fatalf("the %.0f Hz telephone does not ring within %v", p.tone, within)
		return nil
	}
}

func (r *ring) answer() {
	r.tele.t.Helper()
	if err := r.dialog.RespondSDP([]byte(r.tele.sdp())); err != nil {
		r.tele.t.Fatal("answer: ", err)
	}
}

func (r *ring) reject(status int, reason string) {
	r.tele.t.Helper()
	if err := r.dialog.Respond(status, reason, nil); err != nil {
		r.tele.t.Fatal("reject: ", err)
	}
}

// hangUp puts the receiver down.
func (r *ring) hangUp() {
	r.tele.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := r.dialog.Bye(ctx); err != nil {
		r.tele.t.Error("hang up: ", err)
	}
}

func waitFor(t *testing.T, what string, signal <-chan struct{}, within time.Duration) {
	t.Helper()
	select {
	case <-signal:
	case <-time.After(within):
		t.Fatalf("not within %v: %s", within, what)
	}
}

// desk is an agent with a telephone on his desk and a console.
type desk struct {
	*console
	phone *telephone
}

// staff seats an agent at a desk telephone and makes him ready.
func (h *house) staff(t *testing.T, no string, f tone) desk {
	t.Helper()
	d := h.present(t, no, f)
	d.must(switchboard.CmdReady, struct{}{}, "") // where somebody waits his telephone rings at once
	return d
}

// present seats him without making him ready.
func (h *house) present(t *testing.T, no string, f tone) desk {
	t.Helper()
	c := h.sit(t, no)
	d := desk{c, h.plugIn(t, c.person, f)}
	d.must(switchboard.CmdSignIn, struct{}{}, "")
	d.seesState(agent.NotReady)
	return d
}

func (d desk) String() string { return fmt.Sprintf("agent %s", d.no) }
