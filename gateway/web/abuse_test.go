package web

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"hotline/gateway/abuse"
	"hotline/gateway/blocklist"
	"hotline/gateway/evidence"
	"hotline/gateway/settings"
)

const (
	numberKey = "00112233445566778899aabbccddeeff"
	entryID   = "01M8AGSHYSJ12XWN69FYD8SM0X"
)

// shady is what is known of abusive callers.
type shady struct {
	world  *world
	policy settings.BlockList
	fails  bool // a bundle, in its middle
}

func newShady(w *world) *shady {
	return &shady{world: w, policy: settings.BlockList{On: true, MostDays: 30, ReviewDays: 7, Notice: "请拨打110"}}
}

func (s *shady) Numbers(context.Context, time.Time, int, int) ([]Offender, error) {
	if s.world.isAway() {
		return nil, errAway
	}
	return []Offender{{Key: numberKey, Number: number, Calls: 3, Kinds: map[abuse.Kind]int{abuse.Abusive: 3}}}, nil
}

func (s *shady) Calls(_ context.Context, key string, _, _ time.Time, _ int) ([]evidence.Call, error) {
	if key != numberKey {
		return nil, nil
	}
	at := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	return []evidence.Call{{ID: "h-1.1", TalkingAt: at, Recording: "h-1.1", Notes: []abuse.Entry{
		{Act: abuse.Marked, Kind: abuse.Abusive, At: at.Add(9 * time.Second)}, {Act: abuse.Marked, Kind: abuse.Silent, Withdrawn: true},
	}}}, nil
}

func (s *shady) OfNumber(_ context.Context, key string, _, _ time.Time) (Evidence, error) {
	if key != numberKey {
		return nil, errMissing
	}
	return s.bundle, nil
}

func (s *shady) OfCall(_ context.Context, id string) (Evidence, error) {
	if id != "h-1.1" {
		return nil, errMissing
	}
	return s.bundle, nil
}

func (s *shady) bundle(_ context.Context, w io.Writer, who, reason string) error {
	s.world.mu.Lock()
	fails := s.fails
	s.world.mu.Unlock()
	if _, err := io.WriteString(w, "PK "+who+" "+reason); err != nil || !fails {
		return err
	}
	return errAway
}

func (s *shady) Policy() settings.BlockList {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	return s.policy
}

func (s *shady) List(context.Context, string) ([]Block, error) {
	return []Block{{ID: entryID, Key: numberKey, Number: number, State: blocklist.Proposed, ProposedBy: "9001"}}, nil
}

func (s *shady) Propose(_ context.Context, p BlockProposal) (Block, error) {
	if p.Call == "trusted" {
		return Block{}, errTrusted
	}
	return Block{ID: entryID, Key: p.Key, Number: number, Reason: p.Reason, State: blocklist.Proposed, ProposedBy: p.Who}, nil
}

func (s *shady) Decide(_ context.Context, id, who string, approve bool, _ string) (Block, error) {
	if approve && who == "9001" {
		return Block{}, errSame
	}
	return Block{ID: id, Number: number, State: blocklist.Approved, ProposedBy: "9001", DecidedBy: who}, nil
}

func (s *shady) Lift(_ context.Context, id, who, _ string) (Block, error) {
	return Block{ID: id, Number: number, State: blocklist.Lifted, LiftedBy: who}, nil
}

func (s *shady) Check(_ blocklist.Channel, n, _ string) bool { return s.Policy().On && n == number }

func TestAbusiveNumbersAreShownMasked(t *testing.T) {
	r := newRig(t)
	boss := r.signedIn("9001")
	calls := "/api/abuse/numbers/" + numberKey + "/calls"
	for _, a := range []answer{
		boss.want(200, `"number":"138****5678"`, "GET", "/api/abuse/numbers?days=90", ""),
		boss.want(200, `"into_s":9`, "GET", calls, ""),
		boss.want(200, `"number":"138****5678"`, "GET", "/api/blocks?which=proposed", ""),
	} {
		if strings.Contains(a.text, number) || strings.Contains(a.text, "silent") {
			t.Error("too much is told: " + a.text)
		}
	}
	if got := r.world.audited(); got != "9001 abuse.list ; 9001 abuse.view number:"+numberKey+"; 9001 block.list " {
		t.Error(got)
	}
	for _, path := range []string{"/api/abuse/numbers", calls, "/api/blocks"} {
		r.signedIn("8001").want(403, "roles", "GET", path, "")
	}
	for _, path := range []string{"/api/abuse/numbers?days=0", "/api/abuse/numbers?limit=501", "/api/abuse/numbers/%27;DROP/calls", "/api/blocks?which=all"} {
		boss.want(422, "", "GET", path, "")
	}
	r.world.set(func(w *world) { w.away = true })
	boss.want(503, "database", "GET", "/api/abuse/numbers", "")
}

func TestEvidenceIsExportedForAReason(t *testing.T) {
	var s *shady
	r := newRig(t, func(o *Options) {
		s = newShady(o.Accounts.(*world))
		o.Abuses = s
	})
	boss := r.signedIn("9001")
	path := "/api/abuse/numbers/" + numberKey + "/evidence.zip"
	a := boss.want(200, "PK 9001 报案", "GET", path+"?reason=%E6%8A%A5%E6%A1%88", "")
	if a.header.Get("Content-Type") != "application/zip" || !strings.Contains(a.header.Get("Content-Disposition"), ".zip") {
		t.Error(a.header)
	}
	boss.want(200, "PK", "GET", "/api/calls/h-1.1/evidence.zip?reason=xx", "")
	if got := r.world.audited(); got != "9001 evidence.export number:"+numberKey+"; 9001 evidence.export h-1.1" {
		t.Error(got)
	}
	boss.want(422, "reason", "GET", path, "")
	boss.want(422, "", "GET", path+"?reason="+strings.Repeat("x", 201), "")
	boss.want(404, "", "GET", "/api/calls/h-9.9/evidence.zip?reason=xx", "")
	r.signedIn("9002").want(403, "roles", "GET", path+"?reason=xx", "")
	r.signedIn("8001").want(403, "roles", "GET", "/api/calls/h-1.1/evidence.zip?reason=xx", "")
	r.world.set(func(*world) { s.fails = true })
	if resp, err := boss.client.Get(boss.server.URL + path + "?reason=xx"); err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil {
			t.Error("half a bundle looks whole")
		}
	}
	r.world.set(func(w *world) { w.away = true })
	boss.want(503, "audit", "GET", path+"?reason=xx", "")
}

func TestABlockNeedsTwoPeople(t *testing.T) {
	var s *shady
	r := newRig(t, func(o *Options) {
		s = newShady(o.Accounts.(*world))
		o.Blocks = s
	})
	boss, other := r.signedIn("9001"), r.signedIn("9003")
	const proposal = `{"key":"` + numberKey + `","reason":"辱骂","calls":["h-1.1"],"days":30}`
	boss.want(201, `"state":"proposed"`, "POST", "/api/blocks", proposal)
	boss.want(403, "somebody else", "POST", "/api/blocks/"+entryID+"/decide", `{"approve":true}`)
	other.want(200, `"decided_by":"9003"`, "POST", "/api/blocks/"+entryID+"/decide", `{"approve":true}`)
	other.want(200, `"state":"lifted"`, "POST", "/api/blocks/"+entryID+"/lift", `{"note":"已悔改"}`)
	if got := r.world.audited(); !strings.Contains(got, "9001 block.propose "+numberKey) || !strings.Contains(got, "9003 block.approve "+entryID) || !strings.Contains(got, "9003 block.lift "+entryID) {
		t.Error(got)
	}
	for body, words := range map[string]string{
		`{"reason":"辱骂","calls":["h-1.1"],"days":30}`:                                                     "one of call, key and entry",
		`{"key":"` + numberKey + `","call":"h-1.1","reason":"辱骂","calls":["h-1.1"],"days":30}`:            "one of call, key and entry",
		`{"key":"` + numberKey + `","reason":"辱骂","calls":[],"days":30}`:                                  "calls",
		`{"key":"` + numberKey + `","reason":" ","calls":["h-1.1"],"days":30}`:                            "reason",
		`{"key":"` + numberKey + `","reason":"` + strings.Repeat("x", 501) + `","calls":["a"],"days":1}`:  "reason",
		`{"key":"` + numberKey + `","reason":"辱骂","calls":["h-1.1"],"days":31}`:                           "fewer days",
		`{"key":"x' OR 1=1","reason":"辱骂","calls":["h-1.1"],"days":3}`:                                    "key",
		`{"key":"` + numberKey + `","reason":"辱骂","calls":["` + strings.Repeat("x", 200) + `"],"days":3}`: "ids of calls",
	} {
		boss.want(422, words, "POST", "/api/blocks", body)
	}
	boss.want(403, "cannot be blocked", "POST", "/api/blocks", `{"call":"trusted","reason":"辱骂","calls":["h-1.1"],"days":3}`)
	r.signedIn("9002").want(403, "roles", "POST", "/api/blocks", proposal)
	boss.want(200, `"notice":"请拨打110"`, "POST", "/api/blocks/check", `{"channel":"web","number":"`+number+`"}`)
	boss.want(200, `"blocked":false`, "POST", "/api/blocks/check", `{"channel":"web","number":"13700000000"}`)
	boss.want(422, "", "POST", "/api/blocks/check", `{"channel":"`+strings.Repeat("w", 30)+`","number":"1"}`)
	r.world.set(func(*world) { s.policy.On = false })
	boss.want(403, "policy is off", "POST", "/api/blocks", proposal)
	other.want(403, "policy is off", "POST", "/api/blocks/"+entryID+"/decide", `{"approve":true}`)
	other.want(200, "", "POST", "/api/blocks/"+entryID+"/decide", `{"approve":false}`)
}
