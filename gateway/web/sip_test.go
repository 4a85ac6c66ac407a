package web

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"hotline/gateway/push"
)

// fakeAsterisk is a WebSocket that sends back what it gets and closes when told "bye".
func fakeAsterisk(t *testing.T) string {
	var open sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer open.Done()
		u := websocket.Upgrader{Subprotocols: []string{"sip"}}
		ws, err := u.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer ws.Close()
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil {
				return
			}
			if string(data) == "bye" {
				ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1001, ""))
				return
			}
			ws.WriteMessage(kind, data)
		}
	}))
	t.Cleanup(func() { server.Close(); open.Wait() })
	return "ws" + strings.TrimPrefix(server.URL, "http") + "/ws"
}

func TestTelephoneIsPassedThrough(t *testing.T) {
	url := fakeAsterisk(t)
	r := newRig(t, func(o *Options) { o.SIP = url })
	b := r.signedIn("8001")
	ws, _, err := b.socket("/sip", "sip", r.server.URL)
	if err != nil || ws.Subprotocol() != "sip" {
		t.Fatal(err)
	}
	for _, m := range []struct {
		kind int
		data []byte
	}{
		{websocket.TextMessage, []byte("REGISTER sip:hotline SIP/2.0\r\nFrom: 甲\r\n\r\n")},
		{websocket.BinaryMessage, []byte{0, 1, 2, 255}},
		{websocket.TextMessage, []byte("\r\n\r\n")},
		{websocket.TextMessage, bytes.Repeat([]byte("x"), maxSIP)},
	} {
		ws.WriteMessage(m.kind, m.data)
		kind, data, err := ws.ReadMessage()
		if err != nil || kind != m.kind || !bytes.Equal(data, m.data) {
			t.Fatal(kind, len(data), err)
		}
	}
	ws.WriteMessage(websocket.TextMessage, []byte("bye"))
	if code := closeCode(ws); code != 1001 {
		t.Fatal(code)
	}
}

func TestTelephoneBounds(t *testing.T) {
	url := fakeAsterisk(t)
	r := newRig(t, func(o *Options) { o.SIP = url })
	b := r.signedIn("8001")
	ws, _, err := b.socket("/sip", "sip", r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	ws.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), maxSIP+1))
	if code := closeCode(ws); code != websocket.CloseMessageTooBig {
		t.Fatal(code)
	}
	ws, _, err = b.socket("/sip", "sip", r.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	b.want(204, "", "DELETE", "/api/session", "")
	if code := closeCode(ws); code != push.CloseSignedOut {
		t.Fatal(code)
	}
}

func TestTelephoneRefusals(t *testing.T) {
	url := fakeAsterisk(t)
	r := newRig(t, func(o *Options) { o.SIP = url })
	b := r.signedIn("8001")
	refused := func(code int, who *browser, subprotocol, origin string) {
		t.Helper()
		_, resp, err := who.socket("/sip", subprotocol, origin)
		if err == nil || resp == nil || resp.StatusCode != code {
			t.Errorf("want %d, have %v %v", code, resp, err)
		}
	}
	refused(401, r.browser(), "sip", r.server.URL)
	refused(403, r.signedIn("9005"), "sip", r.server.URL)
	refused(403, b, "sip", "")
	refused(403, b, "sip", "http://elsewhere.example")
	refused(400, b, "mqtt", r.server.URL)
	b.want(400, "subprotocol sip", "GET", "/sip", "", http.Header{"Origin": {r.server.URL}})
	for _, away := range []string{"", "ws://127.0.0.1:1/ws"} {
		r.h.sip.url = away
		refused(502, b, "sip", r.server.URL)
	}
}
