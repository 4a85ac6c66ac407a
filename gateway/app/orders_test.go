package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/ivr"
	"hotline/ivr/prompts"
)

// orderDesk is a system of work orders that answers with handle, and us as its caller.
func orderDesk(t *testing.T, handle http.HandlerFunc) *orders {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	c := ServeConfig{OrdersURL: server.URL + "/orders/{order}?by=hotline", OrdersHeader: "X-Key", OrdersSecret: "secret-7"}
	port, err := c.orders(prompts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := port.(*orders)
	o.speak = func(_ context.Context, text string) (string, error) {
		if text == "坏" {
			return "", errors.New("cannot be spoken")
		}
		return "spoken " + text, nil
	}
	return o
}

func TestOrders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer string
		status int
		result string
		say    []string
		fault  string // in the error: a human takes the caller
	}{
		"words":                {`{"found":true,"say":"您的工单已派往城管局。"}`, 200, ivr.Found, []string{"spoken 您的工单已派往城管局。"}, ""},
		"words alone":          {`{"say":"好"}`, 200, ivr.Found, []string{"spoken 好"}, ""},
		"a state":              {`{"state":"handling"}`, 200, ivr.Found, []string{"progress_handling"}, ""},
		"no such order":        {`{"found":false}`, 200, ivr.NotFound, nil, ""},
		"no such order, 404":   {`not here`, 404, ivr.NotFound, nil, ""},
		"a strange state":      {`{"state":"../../etc/passwd"}`, 200, "", nil, "neither say nor one of the states"},
		"nothing":              {`{"found":true}`, 200, "", nil, "neither say"},
		"words nobody speaks":  {`{"say":"坏"}`, 200, "", nil, "cannot be spoken"},
		"no JSON":              {`<html>`, 200, "", nil, "not JSON"},
		"a fault":              {`{"say":"好"}`, 500, "", nil, "500"},
		"somewhere else":       {`{"say":"好"}`, 302, "", nil, "302"},
		"more than is read":    {`{"say":"` + strings.Repeat("很", orderBytes) + `"}`, 200, "", nil, "more than 65536 bytes"},
		"not for us":           {``, 403, "", nil, "403"},
		"numbers instead":      {`{"say":5}`, 200, "", nil, "not JSON"},
		"a list":               {`[]`, 200, "", nil, "not JSON"},
		"words of white space": {`{"say":"  ","state":"closed"}`, 200, ivr.Found, []string{"progress_closed"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := orderDesk(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.String() != "/orders/20260001?by=hotline" || r.Header.Get("X-Key") != "secret-7" {
					t.Errorf("it is asked %s with key %q", r.URL, r.Header.Get("X-Key"))
				}
				w.Header().Set("Location", "http://127.0.0.1:1/")
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.answer)
			})
			result, say, err := o.Progress(t.Context(), "20260001")
			if result != c.result || !slices.Equal(say, c.say) || (err != nil) != (c.fault != "") {
				t.Errorf("%q %q, %v", result, say, err)
			}
			if err != nil && (!strings.Contains(err.Error(), c.fault) || strings.Contains(err.Error(), "20260001") || strings.Contains(err.Error(), "secret")) {
				t.Errorf("the log gets %v, want %q and neither number nor key", err, c.fault)
			}
		})
	}
}

func TestOrdersAreNotWaitedForLong(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	o := orderDesk(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	began := time.Now()
	_, _, err := o.Progress(t.Context(), "1")
	if took := time.Since(began); err == nil || took < orderTime-time.Second || took > orderTime+time.Second {
		t.Errorf("%v after %v", err, took)
	}
	<-asked
}

func TestOnlyNumbersAreAskedFor(t *testing.T) {
	t.Parallel()
	o := orderDesk(t, func(http.ResponseWriter, *http.Request) { t.Error("it is asked") })
	for _, no := range []string{"", "1/2", "%2e", "*5", "１"} {
		if result, _, err := o.Progress(t.Context(), no); result != ivr.NotFound || err != nil {
			t.Errorf("%q: %q %v", no, result, err)
		}
	}
}

func TestOrdersAddress(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"": true, "http://orders/{order}": true, "https://orders/?no={order}": true,
		"http://orders/": false, "orders/{order}": false, "file:///{order}": false, "http://{order}": true,
	} {
		c := ServeConfig{OrdersURL: address}
		port, err := c.orders(prompts.Options{})
		if (err == nil) != good || (port == nil) != (address == "" || !good) {
			t.Errorf("%q: %v, %v", address, port, err)
		}
	}
}
