package store_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestSessionsServeAWebPage(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	sessions := store.NewSessions(s)
	stop := runUntil(t, sessions.Run)
	if err := sessions.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, client := serve(t, counting(sessions)), &http.Client{}
	client.Jar, _ = cookiejar.New(nil)
	visit(t, client, page, http.StatusCreated)
	visit(t, client, page, http.StatusOK)
	stop()

	next := store.NewSessions(s) // the gateway was restarted
	if err := next.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	page.handler.Store(counting(next))
	visit(t, client, page, http.StatusOK)
}

// counting answers 201 to a new visitor and 200 to one it knows.
func counting(sessions *store.Sessions) *http.Handler {
	m := scs.New()
	m.Store = sessions
	h := m.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !m.Exists(r.Context(), "agent") {
			m.Put(r.Context(), "agent", "8001")
			w.WriteHeader(http.StatusCreated)
		}
	}))
	return &h
}

// page is a server whose handler can be replaced while its address stays.
type page struct {
	url     string
	handler *atomic.Pointer[http.Handler]
}

func serve(t testing.TB, h *http.Handler) page {
	var current atomic.Pointer[http.Handler]
	current.Store(h)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*current.Load()).ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return page{url: server.URL, handler: &current}
}

func visit(t testing.TB, client *http.Client, p page, want int) {
	t.Helper()
	answer, err := client.Get(p.url)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != want {
		t.Errorf("status %d, want %d", answer.StatusCode, want)
	}
}

func TestSessionsEndAndTokensAreNotKept(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	conn := connectTo(t, s)
	rows := func() int { return one[int](t, conn, "SELECT count(*) FROM web_session") }
	sessions := store.NewSessions(s)
	runUntil(t, sessions.Run)
	commit(t, sessions, "secret-token")
	commit(t, sessions, "secret-token")
	if err := sessions.Commit("expired", []byte("x"), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return rows() == 2 })
	if n := one[int](t, conn, "SELECT count(*) FROM web_session WHERE encode(token_hash, 'escape') LIKE '%secret%'"); n != 0 {
		t.Error("the token itself is in the table")
	}
	if _, found, err := sessions.Find("expired"); found || err != nil {
		t.Error("an expired session was found", err)
	}
	if err := sessions.Delete("secret-token"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := sessions.Find("secret-token"); found || err != nil {
		t.Error("an ended session was found", err)
	}
	sessions.Expire(t.Context())
	eventually(t, func() bool { return rows() == 0 })
}
