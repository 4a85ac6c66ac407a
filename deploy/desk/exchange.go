package desk

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Exchange is another service's exchange, such as 110's: it listens for SIP over UDP at an address and takes every call
// that comes, many at the same time.
type Exchange struct {
	conn   *deafConn
	ua     *sipgo.UserAgent
	invite func(*Invitation)
	wg     sync.WaitGroup

	mu     sync.Mutex
	calls  map[string]*Invitation // by Call-ID
	closed bool
}

// deafConn loses what arrives while it is deaf, as a line that is cut.
type deafConn struct {
	*net.UDPConn
	deaf atomic.Bool
	lost sync.Map // Call-IDs
}

func (c *deafConn) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.UDPConn.ReadFrom(b)
		if err != nil || !c.deaf.Load() {
			return n, from, err
		}
		if msg, err := sip.ParseMessage(b[:n]); err == nil && msg.CallID() != nil {
			c.lost.Store(msg.CallID().Value(), true)
		}
	}
}

// OpenExchange listens at address, host:port. Each call is passed to invite, on a goroutine of its own; it is over when
// its context is. Close ends the exchange.
func OpenExchange(address string, invite func(*Invitation)) (*Exchange, error) {
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, fmt.Errorf("open an exchange: %w", err)
	}
	conn, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, fmt.Errorf("open an exchange: %w", err)
	}
	x := &Exchange{conn: &deafConn{UDPConn: conn}, invite: invite, calls: map[string]*Invitation{}}
	at = conn.LocalAddr().(*net.UDPAddr)
	ua, server, client, err := newUserAgent("exchange", at)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open an exchange: %w", err), conn.Close())
	}
	x.ua = ua
	x.serve(server, sipgo.NewDialogServerCache(client, contactAt("exchange", at)))
	x.wg.Go(func() { _ = server.ServeUDP(x.conn) }) // ends with its socket
	return x, nil
}

// Address is host:port where the exchange listens.
func (x *Exchange) Address() string { return x.conn.LocalAddr().String() }

// Deafen lets the exchange lose everything that is sent to it, as a line that is cut, or no longer.
func (x *Exchange) Deafen(on bool) { x.conn.deaf.Store(on) }

// Lost are the Call-IDs of what was lost. Their callers go on asking for half a minute, also whoever listens at the
// address by then.
func (x *Exchange) Lost() (ids []string) {
	x.conn.lost.Range(func(id, _ any) bool {
		ids = append(ids, id.(string))
		return true
	})
	return ids
}

// Close ends the exchange and every call without a word to anybody, and waits for their ends.
func (x *Exchange) Close() error {
	x.mu.Lock()
	x.closed = true
	for _, i := range x.calls {
		i.over()
	}
	x.mu.Unlock()
	err := errors.Join(x.ua.Close(), closed(x.conn.UDPConn))
	x.wg.Wait()
	return err
}

func (x *Exchange) serve(server *sipgo.Server, dialogs *sipgo.DialogServerCache) {
	server.OnOptions(func(req *sip.Request, tx sip.ServerTransaction) {
		_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil))
	})
	server.OnInvite(func(req *sip.Request, tx sip.ServerTransaction) { x.invited(dialogs, req, tx) })
	server.OnAck(func(req *sip.Request, tx sip.ServerTransaction) { _ = dialogs.ReadAck(req, tx) })
	server.OnBye(func(req *sip.Request, tx sip.ServerTransaction) {
		if dialogs.ReadBye(req, tx) != nil {
			_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusCallTransactionDoesNotExists, "Call Does Not Exist", nil))
		}
	})
}

// invited takes an INVITE; its transaction lives as long as its handler.
func (x *Exchange) invited(dialogs *sipgo.DialogServerCache, req *sip.Request, tx sip.ServerTransaction) {
	i, err := x.accept(dialogs, req, tx)
	if err != nil {
		_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusInternalServerError, err.Error(), nil))
	}
	if i == nil {
		return
	}
	select {
	case <-tx.Done():
		if !i.answered.Load() { // refused, or the caller gave up
			i.over()
		}
	case <-i.ctx.Done():
	}
}

// accept begins a call; nil where there is nothing new.
func (x *Exchange) accept(dialogs *sipgo.DialogServerCache, req *sip.Request, tx sip.ServerTransaction) (*Invitation, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	id := req.CallID().Value()
	if known := x.calls[id]; known != nil { // a re-INVITE changes nothing here
		return nil, tx.Respond(sip.NewSDPResponseFromRequest(req, known.sdp()))
	}
	if x.closed {
		return nil, tx.Respond(sip.NewResponseFromRequest(req, sip.StatusServiceUnavailable, "Service Unavailable", nil))
	}
	dialog, err := dialogs.ReadInvite(req, tx)
	if err != nil {
		return nil, err
	}
	i := &Invitation{Request: req, dialog: dialog, conn: x.conn.UDPConn}
	i.ctx, i.over = context.WithCancel(dialog.Context())
	tx.OnCancel(func(*sip.Request) { i.cancelled.Store(true); i.over() })
	x.calls[id] = i
	x.wg.Go(func() {
		defer i.over()
		x.invite(i)
	})
	x.wg.Go(func() {
		<-i.ctx.Done()
		dialog.Close()
		x.mu.Lock()
		defer x.mu.Unlock()
		delete(x.calls, id)
	})
	return i, nil
}
