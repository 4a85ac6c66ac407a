package switchboard

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Who is given a later time than he had does not make another late.
func TestALaterTimeHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		timers := timers{now: time.Now}
		timers.set("patient", began.Add(3*time.Second))
		timers.set("next", began.Add(10*time.Second))
		timers.set("patient", began.Add(time.Minute))
		for {
			<-timers.C()
			if keys := timers.due(time.Now()); len(keys) > 0 {
				if took := time.Since(began); !slices.Equal(keys, []string{"next"}) || took != 10*time.Second {
					t.Errorf("%v are woken after %v", keys, took)
				}
				return
			}
		}
	})
}
