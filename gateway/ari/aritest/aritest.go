// Package aritest is an Asterisk made of nothing but its REST interface, for tests: it answers what it is told to
// answer, keeps what it was asked, sends the events a test gives it, and fails on command.
package aritest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// The account that a new server accepts, and the version it claims.
const (
	User     = "hotline"
	Password = "secret"
	Version  = "22.10.1"
)

// Request is one request as it came.
type Request struct {
	Method string
	Path   string // below /ari, unescaped, with its query if any
	Body   string
}

func (r Request) String() string { return r.Method + " " + r.Path }

// Server is a pretended Asterisk. Its methods may be called from any goroutine.
type Server struct {
	// URL is the REST interface's address: "http://127.0.0.1:port/ari".
	URL string

	http *httptest.Server
	pipe *pipeListener // in memory only

	mu       sync.Mutex
	password string
	version  string
	answers  map[string]answer
	requests []Request
	streams  []*stream
	opened   int
	accepted int
	silent   bool
}

type answer struct {
	status int
	body   string
}

// stream is one event stream.
type stream struct {
	app string
	ws  *websocket.Conn
	mu  sync.Mutex // held while writing
}

// New starts a server on a loopback port; it ends with the test.
func New(t testing.TB) *Server {
	s := &Server{password: Password, version: Version, answers: map[string]answer{}}
	s.http = httptest.NewUnstartedServer(s)
	s.http.Config.ConnState = s.count
	s.http.Start()
	s.URL = s.http.URL + "/ari"
	t.Cleanup(s.close)
	return s
}

// InMemory starts a server that is reached through Dial alone. Nothing of it waits for the network, so it can be
// used inside a synctest bubble, where hours pass in no time.
func InMemory(t testing.TB) *Server {
	s := &Server{password: Password, version: Version, answers: map[string]answer{}, pipe: newPipeListener()}
	s.http = &httptest.Server{Listener: s.pipe, Config: &http.Server{Handler: s, ConnState: s.count}}
	go func() { _ = s.http.Config.Serve(s.pipe) }()
	s.URL = "http://asterisk/ari"
	t.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	_ = s.http.Config.Close() // httptest's own Close would cut the pooled connections of all tests
	s.Drop()
}

func (s *Server) count(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.mu.Lock()
		s.accepted++
		s.mu.Unlock()
	}
}

// Stop refuses all connections from now on and cuts those there are, as an Asterisk that died.
func (s *Server) Stop() { s.close() }

// Forget closes all connections, as an Asterisk does that is started anew at the same address.
func (s *Server) Forget() { s.http.CloseClientConnections() }

// SetPassword changes the password it accepts.
func (s *Server) SetPassword(password string) { s.set(func() { s.password = password }) }

// SetVersion changes the version it claims.
func (s *Server) SetVersion(version string) { s.set(func() { s.version = version }) }

// Answer scripts the answer to a request, "GET /channels" (without a query), from now on. body is sent as it is
// when it is a string, else as JSON. Status 0 takes the script away.
func (s *Server) Answer(request string, status int, body any) {
	text, ok := body.(string)
	if !ok {
		data, err := json.Marshal(body)
		if err != nil {
			panic(err) // a test's mistake
		}
		text = string(data)
	}
	s.set(func() {
		s.answers[request] = answer{status, text}
		if status == 0 {
			delete(s.answers, request)
		}
	})
}

// Silence makes it stay connected and say nothing: it neither reads its event streams nor answers their pings.
func (s *Server) Silence() { s.set(func() { s.silent = true }) }

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Requests are the requests so far, event streams included.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Asked counts the requests "GET /channels" (without a query) so far.
func (s *Server) Asked(request string) int {
	n := 0
	for _, r := range s.Requests() {
		if name, _, _ := strings.Cut(r.String(), "?"); name == request {
			n++
		}
	}
	return n
}

// Opened is how many event streams were opened so far.
func (s *Server) Opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Accepted is how many connections were made so far.
func (s *Server) Accepted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted
}

// Send sends one event, JSON of any shape or a frame that is none, to every open stream, and tells to how many.
func (s *Server) Send(event string) int {
	s.mu.Lock()
	streams := slices.Clone(s.streams)
	s.mu.Unlock()
	n := 0
	for _, one := range streams {
		if one.send(event) == nil {
			n++
		}
	}
	return n
}

func (st *stream) send(event string) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.ws.WriteMessage(websocket.TextMessage, []byte(event))
}

// Drop cuts every event stream without a word.
func (s *Server) Drop() {
	s.mu.Lock()
	streams := s.streams
	s.streams = nil
	s.mu.Unlock()
	for _, one := range streams {
		_ = one.ws.NetConn().Close()
	}
}

// ServeHTTP is Asterisk's side.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/ari")
	name := r.Method + " " + path
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, path, string(body)})
	password, version := s.password, s.version
	told, scripted := s.answers[name]
	s.mu.Unlock()

	user, given, _ := r.BasicAuth()
	switch {
	case r.URL.Path == "/ws": // the telephones' socket, which has no password
		s.telephone(w, r)
	case user != User || given != password:
		reply(w, http.StatusUnauthorized, `{"message":"Authentication required"}`)
	case scripted:
		reply(w, told.status, told.body)
	case name == "GET /events":
		s.events(w, r)
	case name == "GET /asterisk/info":
		reply(w, http.StatusOK, fmt.Sprintf(`{"system":{"version":%q}}`, version))
	case r.Method == http.MethodGet:
		reply(w, http.StatusOK, "[]")
	case makes.MatchString(name):
		reply(w, http.StatusOK, "{}")
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// makes are the requests that are answered with what they made; the others have nothing to say.
var makes = regexp.MustCompile(`^POST (/channels/create|/bridges/[^/]+|/(channels|bridges)/[^/]+/(play|record)(/.*)?)$|^PUT /(asterisk|applications)/`)

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func (s *Server) telephone(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{Subprotocols: []string{"sip"}}
	if ws, err := up.Upgrade(w, r, nil); err == nil {
		_ = ws.Close()
	}
}

// events holds one event stream open. As Asterisk does, it throws out who had the application before.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	var up websocket.Upgrader
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	one := &stream{app: r.URL.Query().Get("app"), ws: ws}
	s.mu.Lock()
	before := s.streams
	s.streams = append(slices.DeleteFunc(slices.Clone(before), one.replaces), one)
	s.opened++
	s.mu.Unlock()
	for _, other := range before {
		if one.replaces(other) {
			_ = other.send(fmt.Sprintf(`{"type":"ApplicationReplaced","application":%q}`, one.app))
			_ = other.ws.Close()
		}
	}
	s.listen(one)
}

func (st *stream) replaces(other *stream) bool { return st.app == other.app }

// listen answers pings until the stream ends or the server has fallen silent.
func (s *Server) listen(st *stream) {
	answerPing := st.ws.PingHandler()
	st.ws.SetPingHandler(func(data string) error {
		s.mu.Lock()
		silent := s.silent
		s.mu.Unlock()
		if silent {
			return nil
		}
		return answerPing(data)
	})
	for {
		if _, _, err := st.ws.ReadMessage(); err != nil {
			break
		}
	}
	_ = st.ws.Close()
	s.mu.Lock()
	s.streams = slices.DeleteFunc(s.streams, func(other *stream) bool { return other == st })
	s.mu.Unlock()
}
