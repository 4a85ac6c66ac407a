package e2e

import (
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/ari"
	"hotline/gateway/calldata"
)

// dialOut calls a service through a trunk, with headers, and returns when its INVITE is there.
func (p *plain) dialOut(t *testing.T, id, route string, data calldata.Data, s *service) *serviceCall {
	t.Helper()
	variables := map[string]string{}
	for _, h := range data.Headers() {
		variables["PJSIP_HEADER(add,"+h.Name+")"] = h.Value
	}
	if err := p.Originate(ari.Origination{Channel: id, Endpoint: "PJSIP/" + route, Timeout: 20 * time.Second, Variables: variables}); err != nil {
		t.Fatal(err)
	}
	return s.call(5 * time.Second)
}

// must fails at an error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// The tests' own instruments: three parties in one bridge hear each other, two when one is put aside, and the service
// reads what was sent along.
func TestThePartiesTellWhoHearsWhom(t *testing.T) {
	p := newPlain(t, stack.Options{})
	police := p.newService(t, stack.Emergency, serviceTone, answers(200*time.Millisecond))
	customs := p.newService(t, stack.SubCentres, serviceTone2, answersTwice(0))

	caller := p.dial(t, dialled{line: "12345", number: "13800004321"})
	in := p.enters(t, 10*time.Second).Channel.ID
	must(t, p.Answer(in), p.MakeBridge("all"), p.Join("all", in))

	sent := calldata.Data{CallID: in, From: "12345", Number: "13800004321", Note: "有人落水，“红梅”桥下", Secret: true}
	first := p.dialOut(t, "first", "110@"+stack.Emergency, sent, police)
	got := calldata.Parse(first.Header(calldata.CallIDHeader), first.Header(calldata.UUIHeader), first.Header(calldata.ContextHeader))
	if first.Number() != "110" || got.Note != sent.Note || got.CallID != in || !got.Secret {
		t.Errorf("110 is called as %s with %+v", first.Number(), got)
	}
	first.isAnswered(5 * time.Second)
	must(t, p.Join("all", p.enters(t, 5*time.Second).Channel.ID))
	hearing{caller.party: {first.party}, first.party: {caller.party}}.now(t, 2*time.Second)

	second := p.dialOut(t, "second", "12360@"+stack.SubCentres, calldata.Data{}, customs)
	must(t, p.Join("all", p.enters(t, 5*time.Second).Channel.ID))
	three := hearing{
		caller.party: {first.party, second.party},
		first.party:  {caller.party, second.party},
		second.party: {caller.party, first.party},
	}
	t.Logf("three hear each other %v after the third is put through", three.now(t, 2*time.Second))
	since := time.Now()
	sleep(t.Context(), 2*time.Second) // it is the time that is looked at
	three.always(t, since, time.Now().Add(-windowLength))
	if till := time.Now().Add(-2 * windowLength); !hears(caller.party, serviceTone, since, till) || hears(caller.party, callerTone, since, till) {
		t.Errorf("the caller heard %s", caller.summary(since, till))
	}

	must(t, p.Part("all", "first"), p.StartMusic("first"))
	hearing{caller.party: {second.party}, second.party: {caller.party}, first.party: {}}.now(t, 2*time.Second)
	first.hearsMusic(t, time.Now(), 3*time.Second)
	if to := time.Now().Add(-windowLength); three.true(to.Add(-settled*windowLength), to) {
		t.Error("who was put aside passes for one who is heard")
	}

	second.hangUp()
	second.isOver(2 * time.Second)
	must(t, p.HangUp("first"))
	first.isOver(2 * time.Second)
	hearing{caller.party: {}, first.party: {}, second.party: {}}.now(t, 2*time.Second)
	police.notCalled()
}

// Each manner of a service is what Asterisk makes of it.
func TestServicesBehaveAsTheyAreTold(t *testing.T) {
	p := newPlain(t, stack.Options{})
	s := p.newService(t, stack.Emergency, serviceTone)
	try := func(id string, m manner, over time.Duration) (*serviceCall, int) {
		t.Helper()
		s.behave(m)
		c := p.dialOut(t, id, "119@"+stack.Emergency, calldata.Data{}, s)
		if over == 0 {
			return c, 0
		}
		c.isOver(over)
		return c, p.ends(t, id, 2*time.Second)
	}
	for status, cause := range map[int]int{486: 17, 503: 34, 404: 1, 480: 19} {
		if _, got := try("refused", refuses(status, 50*time.Millisecond), 5*time.Second); got != cause {
			t.Errorf("%d ends with cause %d, want %d", status, got, cause)
		}
	}
	try("at once", hangsUp(0, 0), 5*time.Second)
	c, _ := try("after a while", hangsUp(0, time.Second), 5*time.Second)
	if talked := time.Since(c.at); talked < time.Second {
		t.Errorf("it hung up after %v", talked)
	}
	for id, m := range map[string]manner{"rings": ringsOnly(), "early": earlyOnly()} {
		c, _ := try(id, m, 0)
		must(t, p.HangUp(id))
		c.isOver(2 * time.Second)
		p.ends(t, id, 2*time.Second)
		if !c.Cancelled() {
			t.Errorf("%s: it was not cancelled", id)
		}
	}
	s.behave(lineCut())
	must(t, p.Originate(ari.Origination{Channel: "deaf", Endpoint: "PJSIP/119@" + stack.Emergency, Timeout: time.Second}))
	p.ends(t, "deaf", 5*time.Second)
	s.notCalled()
	s.behave(answers(0))
	answered, _ := try("answered", answers(0), 0)
	answered.isAnswered(5 * time.Second)
	must(t, p.HangUp("answered"))
	answered.isOver(2 * time.Second)
}

// Who presses 110 in a demonstration hears somebody.
func TestServicesOfADemonstrationSpeak(t *testing.T) {
	p := newPlain(t, stack.Options{Services: true})
	if lines := p.Info().Services; len(lines) != 3 || len(lines[0].Numbers) != 4 {
		t.Errorf("services: %+v", lines)
	}
	caller := p.dial(t, dialled{line: "12345", number: "13800004321"})
	in := p.enters(t, 10*time.Second).Channel.ID
	must(t, p.Answer(in), p.MakeBridge("all"), p.Join("all", in))
	for id, route := range map[string]string{
		"a": "110@" + stack.Emergency, "b": "120@" + stack.Emergency2, "c": "0519000119@" + stack.Emergency2, "d": "12366@" + stack.SubCentres,
	} {
		must(t, p.Originate(ari.Origination{Channel: id, Endpoint: "PJSIP/" + route, Timeout: 10 * time.Second}))
		must(t, p.Join("all", p.enters(t, 10*time.Second).Channel.ID))
		caller.hearsMusic(t, time.Now(), 5*time.Second) // speech is nobody's tone either
		must(t, p.HangUp(id))
		p.ends(t, id, 2*time.Second)
	}
	must(t, p.Originate(ari.Origination{Channel: "nobody", Endpoint: "PJSIP/12366@" + stack.Emergency, Timeout: 10 * time.Second}))
	if cause := p.ends(t, "nobody", 5*time.Second); cause != 1 {
		t.Errorf("a number that nobody has ends with cause %d", cause)
	}
}
