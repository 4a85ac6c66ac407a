package queue

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestCheckNamesQueueAndField(t *testing.T) {
	t.Parallel()
	to := func(name string) []Overflow { return []Overflow{{Waiting: 1, To: Target{ToQueue, name}}} }
	for _, c := range []struct {
		field string
		def   Definition
	}{
		{"Name", Definition{Name: ""}},
		{"Name", Definition{Name: "two words"}},
		{"Name", Definition{Name: "other"}},
		{"Title", Definition{Title: strings.Repeat("综", 65)}},
		{"Order", Definition{Order: "random"}},
		{"LastAgent", Definition{LastAgent: -1}},
		{"RingTimeout", Definition{RingTimeout: time.Hour}},
		{"WrapUp", Definition{WrapUp: 2 * time.Hour}},
		{"MaxWaiting", Definition{MaxWaiting: -1}},
		{"Announce", Definition{Announce: -1}},
		{"Callback", Definition{Callback: 25 * time.Hour}},
		{"Needs[0].Level", Definition{Needs: []Need{{"social", 0}}}},
		{"Needs[0].Level", Definition{Needs: []Need{{"social", 10}}}},
		{"Needs[0].Skill", Definition{Needs: []Need{{"", 1}}}},
		{"Needs[0].Skill", Definition{Needs: []Need{{"juggling", 1}}}},
		{"Needs[1].Skill", Definition{Needs: []Need{{"social", 1}, {"social", 2}}}},
		{"len(Needs)", Definition{Needs: make([]Need, 9)}},
		{"Widen[0].After", Definition{Widen: []Widening{{0, nil}}}},
		{"Widen[1].After", Definition{Widen: []Widening{{seconds(9), nil}, {seconds(9), nil}}}},
		{"Widen[0].Needs[0].Level", Definition{Widen: []Widening{{seconds(9), []Need{{"social", 0}}}}}},
		{"Overflow[0].Waiting", Definition{Overflow: []Overflow{{Waiting: -1, To: region}}}},
		{"Overflow[0].Longest", Definition{Overflow: []Overflow{{Longest: -1, To: region}}}},
		{"Overflow[0].LossRate", Definition{Overflow: []Overflow{{LossRate: 1.1, To: region}}}},
		{"Overflow[0].To.Name", Definition{Overflow: []Overflow{{To: Target{ToRegion, ""}}}}},
		{"Overflow[0].To.Kind", Definition{Overflow: []Overflow{{To: Target{"nowhere", "x"}}}}},
		{"Overflow[0].To.Name", Definition{Overflow: to("missing")}},
		{"Overflow[0].To.Name", Definition{Overflow: to("queue")}},
		{"Overflow[0].To.Name", Definition{Overflow: to("back")}},
	} {
		if c.def.Name == "" && c.field != "Name" {
			c.def.Name = "queue"
		}
		defs := []Definition{{Name: "other"}, {Name: "back", Overflow: to("further")}, {Name: "further", Overflow: to("queue")}}
		if c.def.Name != "queue" {
			defs = defs[:1]
		}
		var faults Faults
		if err := Check(append(defs, c.def), "social"); !errors.As(err, &faults) {
			t.Errorf("%s of %+v: no fault", c.field, c.def)
			continue
		}
		found := false
		for _, f := range faults {
			found = found || f.Field == c.field && f.Queue == c.def.Name
		}
		if !found {
			t.Errorf("%s of %+v: %v", c.field, c.def, faults)
		}
	}
}

func TestCheckTakesWhatIsSound(t *testing.T) {
	t.Parallel()
	defs := []Definition{
		{Name: "general", Title: "综合", Order: LeastOccupied, RingTimeout: seconds(15), MaxWaiting: 200,
			Overflow: []Overflow{{Waiting: 100, Longest: seconds(300), LossRate: 0.2, To: region}, {To: message}}},
		{Name: "social", Needs: []Need{{"social", 3}}, Overflow: []Overflow{{Waiting: 9, To: general}},
			Widen: []Widening{{seconds(30), []Need{{"social", 1}}}, {seconds(60), nil}}},
	}
	if err := Check(defs); err != nil {
		t.Error(err)
	}
	var many []Definition
	for n := range 501 {
		many = append(many, Definition{Name: fmt.Sprint("q", n)})
	}
	if Check(many) == nil {
		t.Error("took 501 queues")
	}
	if err := (Credits{Elderly: -1}).Check(); err == nil {
		t.Error("took a negative credit")
	}
}
