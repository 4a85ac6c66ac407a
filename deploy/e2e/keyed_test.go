package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// orderDesk is the city's system of work orders: it knows one order by its words and one by its state, and is out of
// order for another.
func orderDesk() (address string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/orders/20261101":
			fmt.Fprintf(w, `{"found":true,"say":"您反映的路灯问题，城市管理局已于第%d分钟派人维修，预计三日内修好。"}`, time.Now().UnixNano()%1000)
		case "/orders/20261102":
			fmt.Fprint(w, `{"state":"handling"}`)
		case "/orders/20261103":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	atEnd(server.Close)
	return server.URL + "/orders/{order}"
}

// keys presses keys one after another, as people do.
func (c *caller) keys(keys string) {
	for _, key := range keys {
		c.press(string(key))
		time.Sleep(300 * time.Millisecond)
	}
}

// Who keys the number of his order hears how far it is, in words that were not known before. Where that cannot be
// found out he gets a human.
func TestOrderProgress(t *testing.T) {
	h := theHall(t)
	c := h.dial(t, dialled{line: "7013", number: "13500000221"})
	id := h.callOf(t, "13500000221")
	h.plays(t, id, 1, 20*time.Second, "progress_menu")
	began := time.Now()
	c.keys("1")
	h.plays(t, id, 1, 20*time.Second, "progress_ask_number")
	c.keys("20261101#")
	var said played
	until(t, "the answer is spoken", 15*time.Second, func() bool {
		for i, one := range h.of(id) {
			if one.prompt == "progress_result" && len(h.of(id)) > i+1 {
				said = h.of(id)[i+1]
			}
		}
		return said.prompt != ""
	}, func() string { return fmt.Sprint(names(h.of(id))) })
	_, to := h.plays(t, id, 1, 30*time.Second, "progress_result", said.prompt)
	if lasts := to.Sub(said.at); lasts < 4*time.Second || said.prompt[:7] != "answer_" {
		t.Errorf("the answer %s lasts %v", said.prompt, lasts)
	}
	c.noLongSilence(t, began, to)

	h.plays(t, id, 1, 20*time.Second, "progress_more")
	c.keys("1")
	h.plays(t, id, 2, 20*time.Second, "progress_ask_number")
	c.keys("20261102#")
	h.plays(t, id, 1, 30*time.Second, "progress_result", "progress_handling")
	h.plays(t, id, 2, 20*time.Second, "progress_more")
	c.keys("1")
	h.plays(t, id, 3, 20*time.Second, "progress_ask_number")
	c.keys("20261103#")
	h.plays(t, id, 1, 30*time.Second, "progress_unavailable")
	h.reaches(t, "13500000221", "waiting")
	c.hearsMusic(t, time.Now(), 5*time.Second)
	c.noLongSilence(t, began, time.Now())
	c.hangUp()
	h.record(t, "13500000221").wantResult(t, "abandoned", "caller", "")
}

// Who chooses English hears it from there on, in the queue too, and waits for those who speak it.
func TestEnglish(t *testing.T) {
	h := theHall(t)
	c := h.dial(t, dialled{line: "7014", number: "13500000231"})
	id := h.callOf(t, "13500000231")
	h.plays(t, id, 1, 20*time.Second, "language_menu", "language_menu_en")
	began := time.Now()
	c.keys("2")
	h.plays(t, id, 1, 20*time.Second, "english_desk_en")
	h.reaches(t, "13500000231", "waiting")
	h.plays(t, id, 1, 20*time.Second, "wait_next_en", "wait_hold_en")
	type row struct{ Queue, Language string }
	if got := rows[row](t, h.house, "SELECT queue, language FROM call WHERE id = %s", id)[0]; got != (row{"language", "en"}) {
		t.Errorf("he is kept as %+v", got)
	}
	d := h.staff(t, "8105", agentTone)
	ring := d.phone.ringing(10 * time.Second)
	answered := time.Now()
	ring.answer()
	h.plays(t, id, 1, 15*time.Second, "agent_no_en", "d_8_en", "d_1_en", "d_0_en", "d_5_en", "agent_serves_en")
	c.hears(t, agentTone, answered, 10*time.Second)
	c.noLongSilence(t, began, time.Now())
	c.hangUp()
	h.record(t, "13500000231").wantResult(t, "answered", "caller", "8105")
}
