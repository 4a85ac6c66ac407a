package switchboard_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hotline/agent"
	"hotline/gateway/call"
	"hotline/gateway/caller"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
	"hotline/gateway/switchboard"
)

const elder, stubborn = "13800000070", "13800000666"

// known lets PostgreSQL know an elderly citizen, and one who was told for good and comes again.
func (b *board) known() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.profiles = map[string]caller.Profile{
		elder: {Tags: []caller.Tag{caller.Elderly}, Counts: caller.Counts{Days30: 1}},
		stubborn: {
			Tags:     []caller.Tag{caller.Nuisance},
			Counts:   caller.Counts{Hours24: 9, Hours48: 20, Days7: 40, Days30: 90},
			Requests: []caller.Request{{OrderNo: "A-1", Title: "噪音", State: caller.Final, Answer: "已依法答复", Basis: "无新事实"}},
		},
	}
}

// from is a caller with a number who waits a little before the next comes.
func (b *board) from(id, number string) {
	b.ChannelEntered(id, switchboard.Channel{Inbound: true, Number: number, DNIS: "12333"})
	b.pass(time.Second)
}

// served brings agents one after another and says in which order callers are offered to them.
func (b *board) served(agents ...string) (order []call.ID) {
	b.t.Helper()
	for _, no := range agents {
		b.ready(no)
		synctest.Wait()
		if c := b.desk(no).Call; c != nil {
			order = append(order, c.ID)
		}
	}
	return order
}

func TestTheElderlyAreServedSooner(t *testing.T) {
	play(t, func(b *board) {
		b.known()
		b.from("c1", "13800000001")
		b.from("c2", elder)
		if got := b.served("8001", "8002"); !slices.Equal(got, []call.ID{"c2", "c1"}) {
			t.Errorf("served %v", got)
		}
		if r := b.record("c2"); r.Priority != "elderly" {
			t.Errorf("the record says %q", r.Priority)
		}
		if d := b.desk("8001").Call.Caller; !slices.Equal(d.Tags, []caller.Tag{caller.Elderly}) || d.Counts.Days30 != 1 || d.Repeat != caller.NotRepeat {
			t.Errorf("the desk shows %+v", d)
		}
	})
}

// Whoever comes again and again, and whatever a supervisor thinks of him, keeps the place he came to.
func TestRepeatsAreNotServedWorse(t *testing.T) {
	play(t, func(b *board) {
		b.known()
		b.from("c1", stubborn)
		b.from("c2", "13800000001")
		b.from("c3", stubborn)
		if got := b.served("8001", "8002", "8003"); !slices.Equal(got, []call.ID{"c1", "c2", "c3"}) {
			t.Errorf("served %v", got)
		}
		d := b.desk("8001").Call.Caller
		if d.Repeat != caller.Groundless || len(d.Requests) != 1 || d.Requests[0].Answer == "" || d.Counts.Hours48 != 20 {
			t.Errorf("the desk shows %+v", d)
		}
		one, other := b.record("c1"), b.record("c2")
		if one.Priority != other.Priority || one.Queue != other.Queue || one.Refused {
			t.Errorf("the two are kept as %+v and %+v", one, other)
		}
	})
}

// Without the database a caller waits like everybody; when the answer comes late he gets the place his tags give him.
func TestTagsThatComeLate(t *testing.T) {
	play(t, func(b *board) {
		b.known()
		b.historyBy = make(chan error, 1)
		b.from("c1", "13800000001")
		b.historyBy <- nil
		b.from("c2", elder)
		if r := b.record("c2"); r.State != call.Waiting || r.Priority != "" {
			t.Fatalf("%+v", r)
		}
		b.historyBy <- nil
		b.pass(time.Millisecond)
		if got := b.served("8001"); !slices.Equal(got, []call.ID{"c2"}) {
			t.Errorf("served %v", got)
		}
	})
}

func TestAnAgentTagsHisCaller(t *testing.T) {
	play(t, func(b *board) {
		b.connected("c1", "8001")
		b.pass(time.Second)
		b.must("8001", switchboard.CmdTag, "c1", switchboard.TagArgs{Tag: caller.Disabled, On: true})
		if tags := b.desk("8001").Call.Caller.Tags; !slices.Equal(tags, []caller.Tag{caller.Disabled}) {
			t.Errorf("the desk shows %v", tags)
		}
		for _, refused := range []struct {
			no, id string
			args   any
			code   switchboard.Code
		}{
			{"8001", "c2", switchboard.TagArgs{Tag: caller.Disabled}, switchboard.CodeNoSuchCall},
			{"8001", "c1", switchboard.TagArgs{Tag: "fool", On: true}, switchboard.CodeBadRequest},
			{"8001", "c1", `{"tag":7}`, switchboard.CodeBadRequest},
			{"8001", "c1", switchboard.TagArgs{Tag: caller.Nuisance, On: true}, switchboard.CodeForbidden},
		} {
			if code := b.do(refused.no, switchboard.CmdTag, refused.id, refused.args); code != refused.code {
				t.Errorf("%v on %s: %q, want %q", refused.args, refused.id, code, refused.code)
			}
		}
		kept, deeds := b.tags()
		if !slices.Equal(kept, []string{"c1 disabled true by 8001"}) || !slices.Equal(deeds, []string{"caller.tag by 8001"}) {
			t.Errorf("kept %v, audited %v", kept, deeds)
		}
	})
}

func TestASupervisorsTag(t *testing.T) {
	play(t, func(b *board) {
		p := profile("9001")
		p.Roles = []agent.Role{agent.RoleSupervisor}
		b.Linked(p, "session-9001", "page-1", false)
		b.must("9001", switchboard.CmdSignIn, "", nil)
		b.must("9001", switchboard.CmdReady, "", nil)
		b.ChannelEntered("c1", switchboard.Channel{Inbound: true, DNIS: "12333"})
		synctest.Wait()
		if code := b.do("9001", switchboard.CmdTag, "c1", switchboard.TagArgs{Tag: caller.Elderly, On: true}); code != switchboard.CodeWrongState {
			t.Errorf("a caller without a number: %q", code)
		}
		b.ChannelGone("c1", 16)
		b.from("c2", stubborn)
		b.must("9001", switchboard.CmdTag, "c2", switchboard.TagArgs{Tag: caller.Nuisance, On: false})
		if tags := b.desk("9001").Call.Caller.Tags; len(tags) != 0 {
			t.Errorf("the desk shows %v", tags)
		}
	})
}

func (b *board) tags() (kept, deeds []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		if e.Tag != nil {
			kept = append(kept, string(e.Tag.Call)+" "+string(e.Tag.Tag)+" "+map[bool]string{true: "true", false: "false"}[e.Tag.On]+" by "+e.Tag.By)
		}
		if e.Deed != nil {
			deeds = append(deeds, e.Deed.Action+" by "+e.Deed.Who)
		}
	}
	return kept, deeds
}

func TestTheLegalChannelIsTold(t *testing.T) {
	play(t, func(b *board) {
		b.changed(func(set *settings.Snapshot) {
			set.Scope = []scope.Item{{Code: "01", Title: "诉讼", Script: "请向人民法院提出", Channel: "12368"}}
		})
		b.connected("c1", "8001")
		for _, wrong := range []switchboard.WrapUpArgs{
			{Disposition: "legal_channel", Scope: "02"}, {Disposition: "help", Scope: "01"},
		} {
			if code := b.do("8001", switchboard.CmdSave, "c1", wrong); code != switchboard.CodeBadRequest {
				t.Errorf("%+v: %q", wrong, code)
			}
		}
		b.must("8001", switchboard.CmdSave, "c1", switchboard.WrapUpArgs{Disposition: "legal_channel", Scope: "01"})
		if c := b.desk("8001").Call; c.Disposition != "legal_channel" || c.Scope != "01" {
			t.Errorf("the desk shows %q %q", c.Disposition, c.Scope)
		}
		b.mu.Lock()
		last := b.entries[len(b.entries)-1].Disposition
		b.mu.Unlock()
		if last == nil || last.Scope != "01" || last.Kind != "legal_channel" {
			t.Errorf("kept %+v", last)
		}
	})
}
