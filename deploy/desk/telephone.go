package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Registered is how long a registration lasts; whoever registers renews it in time.
const Registered = 60 * time.Second

// silent is where sipgo's words go: it has some for every closed socket.
var (
	silent = slog.New(slog.DiscardHandler)
	hush   = sync.OnceFunc(func() { sip.SetDefaultLogger(silent) })
)

// ErrRefused is the end of an attempt to register that the server answered, so that another account is needed.
var ErrRefused = errors.New("the telephone's registration was refused")

// Telephone is a SIP telephone over UDP with one line: while it is in a call it is busy to others.
type Telephone struct {
	server, host string
	conn         *net.UDPConn
	ua           *sipgo.UserAgent
	client       *sipgo.Client
	contact      sip.ContactHeader
	rings        chan *Ring
	wg           sync.WaitGroup

	mu        sync.Mutex
	ring      *Ring // nil while idle
	unplugged bool
}

// PlugIn starts a telephone that will register at a server, host:port, under an agent's number. Unplug ends it.
func PlugIn(server, username string) (*Telephone, error) {
	host, err := towards(server)
	if err != nil {
		return nil, err
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		return nil, fmt.Errorf("find the telephone a port: %w", err)
	}
	at := conn.LocalAddr().(*net.UDPAddr)
	ua, answers, client, err := newUserAgent(username, at)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the telephone: %w", err), conn.Close())
	}
	t := &Telephone{
		server: server, host: host, conn: conn, ua: ua, client: client, rings: make(chan *Ring, 1), contact: contactAt(username, at),
	}
	t.serve(answers)
	t.wg.Go(func() { _ = answers.ServeUDP(conn) }) // ends with its socket
	return t, nil
}

// newUserAgent makes what answers and calls at an address; it says nothing to anybody's log.
func newUserAgent(username string, at *net.UDPAddr) (*sipgo.UserAgent, *sipgo.Server, *sipgo.Client, error) {
	hush()
	host := at.IP.String()
	ua, err := sipgo.NewUA(sipgo.WithUserAgent(username), sipgo.WithUserAgentHostname(host),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(silent)),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(silent)))
	if err != nil {
		return nil, nil, nil, err
	}
	server, err := sipgo.NewServer(ua, sipgo.WithServerLogger(silent))
	if err != nil {
		return nil, nil, nil, errors.Join(err, ua.Close())
	}
	client, err := sipgo.NewClient(ua, sipgo.WithClientHostname(host), sipgo.WithClientPort(at.Port), sipgo.WithClientLogger(silent))
	if err != nil {
		return nil, nil, nil, errors.Join(err, ua.Close())
	}
	return ua, server, client, nil
}

func contactAt(username string, at *net.UDPAddr) sip.ContactHeader {
	return sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: username, Host: at.IP.String(), Port: at.Port}}
}

// towards is the address of this machine from which a server is reached.
func towards(server string) (string, error) {
	conn, err := net.Dial("udp", server)
	if err != nil {
		return "", fmt.Errorf("find the way to %s: %w", server, err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).IP.String(), nil
}

// Unplug ends the telephone without a word to anybody.
func (t *Telephone) Unplug() error {
	t.mu.Lock()
	t.unplugged = true
	if t.ring != nil {
		t.ring.over()
	}
	t.mu.Unlock()
	err := errors.Join(t.ua.Close(), closed(t.conn))
	t.wg.Wait()
	return err
}

// closed closes a socket that something else may have closed before.
func closed(conn *net.UDPConn) error {
	if err := conn.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Register tells the server where the telephone is, for Registered. The error of a server that said no is ErrRefused.
func (t *Telephone) Register(ctx context.Context, a Account) error {
	return t.register(ctx, a, Registered)
}

// Unregister takes that back.
func (t *Telephone) Unregister(ctx context.Context, a Account) error { return t.register(ctx, a, 0) }

func (t *Telephone) register(ctx context.Context, a Account, lasts time.Duration) error {
	var who sip.Uri
	if err := sip.ParseUri("sip:"+a.Username+"@"+t.server, &who); err != nil {
		return fmt.Errorf("register the telephone: %w", err)
	}
	req := sip.NewRequest(sip.REGISTER, who)
	tag := sip.NewParams()
	tag.Add("tag", sip.GenerateTagN(8))
	req.AppendHeader(&sip.FromHeader{Address: who, Params: tag})
	req.AppendHeader(&sip.ToHeader{Address: who, Params: sip.NewParams()})
	req.AppendHeader(&t.contact)
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(lasts.Seconds()))))
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	res, err := t.client.Do(ctx, req)
	if err == nil && res.StatusCode == sip.StatusUnauthorized {
		res, err = t.client.DoDigestAuth(ctx, req, res, sipgo.DigestAuth{Username: a.Username, Password: a.Password})
	}
	if err != nil {
		return fmt.Errorf("register the telephone: %w", err)
	}
	if res.StatusCode != sip.StatusOK {
		return fmt.Errorf("%w: %d %s", ErrRefused, res.StatusCode, res.Reason)
	}
	return nil
}

// Rings receives each call that comes in.
func (t *Telephone) Rings() <-chan *Ring { return t.rings }

func (t *Telephone) serve(server *sipgo.Server) {
	dialogs := sipgo.NewDialogServerCache(t.client, t.contact)
	server.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil))
	})
	server.OnInvite(func(req *sip.Request, tx sip.ServerTransaction) { t.invited(dialogs, req, tx) })
	server.OnAck(func(req *sip.Request, tx sip.ServerTransaction) { _ = dialogs.ReadAck(req, tx) })
	server.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		if dialogs.ReadBye(req, tx) != nil {
			_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusCallTransactionDoesNotExists, "Call Does Not Exist", nil))
		}
	})
}

// invited takes an INVITE; its transaction lives as long as its handler.
func (t *Telephone) invited(dialogs *sipgo.DialogServerCache, req *sip.Request, tx sip.ServerTransaction) {
	r, err := t.accept(dialogs, req, tx)
	if err != nil {
		_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusInternalServerError, err.Error(), nil))
	}
	if r == nil {
		return
	}
	select {
	case <-tx.Done():
	case <-r.ctx.Done():
	}
}

// accept begins to ring; nil where there is nothing new to ring for.
func (t *Telephone) accept(dialogs *sipgo.DialogServerCache, req *sip.Request, tx sip.ServerTransaction) (*Ring, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.ring != nil && t.ring.id == req.CallID().Value(): // a re-INVITE changes nothing here
		return nil, tx.Respond(sip.NewSDPResponseFromRequest(req, t.ring.SDP()))
	case t.ring != nil || t.unplugged:
		return nil, tx.Respond(sip.NewResponseFromRequest(req, sip.StatusBusyHere, "Busy Here", nil))
	}
	dialog, err := dialogs.ReadInvite(req, tx)
	if err != nil {
		return nil, err
	}
	r, err := newRing(t.host, dialog)
	if err != nil {
		return nil, errors.Join(err, dialog.Close())
	}
	r.Call(req.Body())
	_ = dialog.Respond(sip.StatusRinging, "Ringing", nil) // where this fails the caller has gone, which ends the dialog
	t.ring = r
	t.wg.Go(func() { t.carry(r) })
	t.rings <- r // has a place: an earlier ring was taken, or dropped by carry
	return r, nil
}

// carry moves a call's sound until the call is over; the telephone is then idle.
func (t *Telephone) carry(r *Ring) {
	r.Run(r.ctx)
	r.dialog.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ring = nil
	select {
	case <-t.rings: // nobody took it
	default:
	}
}
