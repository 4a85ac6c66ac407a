package e2e

import (
	"encoding/base64"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hotline/deploy/stack"
	"hotline/gateway/calldata"
)

// What a caller's INVITE says of its call reaches the application, whole where it is well made, harmless where not; and
// an ordinary call has nothing of it.
func TestHeadersReachTheApplication(t *testing.T) {
	p := newPlain(t, stack.Options{})
	note := strings.Repeat("老人被困电梯，", 60)
	whole := calldata.Data{CallID: "cz-1764099421.17", From: "12345 常州", Number: "13800001234", Note: note, Tags: []string{"紧急"}}
	var headers []string
	for _, h := range whole.Headers() {
		headers = append(headers, h.Name+": "+h.Value)
	}
	wild := "a\"b,c)d(${EXTEN}$e;f|\\g'h"
	for _, c := range []struct {
		what string
		call dialled
		dnis string
		want calldata.Data
	}{
		{"an ordinary call", dialled{line: "12345"}, "12345", calldata.Data{}},
		{"everything", dialled{line: "12345", headers: headers}, "12345", calldata.Parse(value(whole, 0), value(whole, 1), value(whole, 2))},
		{"from 110", dialled{line: "99", address: stack.Address110, headers: headers[:1]}, "12345110", calldata.Data{CallID: whole.CallID}},
		{"from 110, nothing said", dialled{line: "12345", address: stack.Address110}, "12345110", calldata.Data{}},
		{"User-to-User alone", dialled{line: "12333", headers: headers[1:2]}, "12333", calldata.Data{CallID: whole.CallID, Number: whole.Number}},
		{"plain words", dialled{line: "12345", headers: []string{"User-to-User: 电梯, 3楼"}}, "12345", calldata.Data{Note: "电梯"}},
		{"wild characters", dialled{line: "12345", headers: []string{"X-Hotline-Call-Id: " + wild, "X-Hotline-Context: " + wild}}, "12345",
			calldata.Data{CallID: "abcdEXTENefgh"}},
		{"wild User-to-User", dialled{line: "12345", headers: []string{"User-to-User: x" + wild}}, "12345", calldata.Data{Note: `xa"b`}},
		{"far too long", dialled{line: "12345", headers: []string{"X-Hotline-Call-Id: " + strings.Repeat("7", 1000),
			"User-to-User: " + strings.Repeat("8", 1000)}}, "12345", calldata.Data{CallID: strings.Repeat("7", 128), Note: strings.Repeat("8", 300)}},
	} {
		c.call.number = "13800004321"
		caller := p.dial(t, c.call)
		in := p.enters(t, 10*time.Second)
		if len(in.Args) < 2 || in.Args[0] != "inbound" || in.Args[1] != c.dnis {
			t.Fatalf("%s: handed over with %q", c.what, in.Args)
		}
		var got calldata.Data
		if len(in.Args) > 2 {
			uui, err := base64.StdEncoding.DecodeString(in.Args[3])
			if err != nil || len(in.Args) != 5 || strings.ContainsAny(strings.Join(in.Args, ""), `,"\()$'`) {
				t.Errorf("%s: handed over with %q", c.what, in.Args)
			}
			got = calldata.Parse(in.Args[2], string(uui), in.Args[4])
		}
		if len(in.Args) != 2 && c.want.Empty() || got.CallID != c.want.CallID || got.Number != c.want.Number || got.Note != c.want.Note || !slices.Equal(got.Tags, c.want.Tags) {
			t.Errorf("%s: %+v, want %+v, from %q", c.what, got, c.want, in.Args)
		}
		caller.hangUp()
	}
	log, err := os.ReadFile(p.Asterisk.Messages())
	if err != nil || strings.Contains(string(log), "ERROR") || strings.Contains(string(log), "WARNING") {
		t.Errorf("Asterisk complains (%v): %s", err, log)
	}
}

func value(d calldata.Data, n int) string { return d.Headers()[n].Value }
