package sim

import (
	"reflect"
	"testing"
	"time"
)

func TestTheDrawnDay(t *testing.T) {
	t.Parallel()
	d := NewDay(1)
	if len(d.Calls) != 87_000 || len(d.Workers) != 650 {
		t.Fatalf("%d calls and %d agents", len(d.Calls), len(d.Workers))
	}
	for _, b := range bursts {
		in, before := 0, 0
		for _, c := range d.Calls {
			switch {
			case c.At >= b && c.At < b+burstLength:
				in++
			case c.At >= b-burstLength && c.At < b:
				before++
			}
		}
		if times := float64(in) / float64(before); times < 9 || times > 16 {
			t.Errorf("burst at %v: %d calls after %d", b, in, before)
		}
	}
	if !reflect.DeepEqual(d, NewDay(1)) {
		t.Error("the same seed draws another day")
	}
}

func TestADayGoesTheSameWayTwice(t *testing.T) {
	t.Parallel()
	d := NewDay(2)
	o := d.Ours()
	if again := d.Ours(); !reflect.DeepEqual(o, again) {
		t.Errorf("%+v, then %+v", o, again)
	}
	if o.Faults > 0 || o.AnswerRate() < 0.8 || o.Occupancy() > 0.95 || o.Staffed < 650*8*time.Hour {
		t.Errorf("%+v", o)
	}
	if o.Forecasts < 1000 || o.Off >= o.OffLES {
		t.Errorf("%d forecasts, off by %v; the last who was served would be by %v", o.Forecasts, o.Off, o.OffLES)
	}
	for _, s := range []Strategy{RRMemory, LeastRecent} {
		if a := d.AppQueue(s); a.Faults > 0 || a.WorstQueue() >= o.WorstQueue() || a.AnswerRate() < 0.8 {
			t.Errorf("%s: %+v", s, a)
		}
	}
}

func TestEventsComeInOrder(t *testing.T) {
	t.Parallel()
	var e events
	for n := range 1000 {
		e.push(event{at: time.Duration(n * 7919 % 1000)})
	}
	for n := range 1000 {
		if got := e.pop().at; got != time.Duration(n) {
			t.Fatalf("%d comes at place %d", got, n)
		}
	}
}
