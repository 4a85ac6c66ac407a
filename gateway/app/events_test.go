package app

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	ariv5 "github.com/CyCoreSystems/ari/v5"

	"hotline/gateway/calldata"
)

func TestCallDataInTheDialplansArguments(t *testing.T) {
	t.Parallel()
	sent := calldata.Data{CallID: "cz-17", From: "12345 常州", Number: "13800001234", Note: "电梯困人", Tags: []string{"紧急"}}
	h := sent.Headers()
	uui := base64.StdEncoding.EncodeToString([]byte(h[1].Value))
	for name, c := range map[string]struct {
		args string
		want calldata.Data
	}{
		"all three":            {"inbound,12345," + h[0].Value + "," + uui + "," + h[2].Value, sent},
		"an ordinary call":     {"inbound,12345", calldata.Data{}},
		"only an id":           {"inbound,12345,77,,", calldata.Data{CallID: "77"}},
		"only an id, no more":  {"inbound,12345,77", calldata.Data{CallID: "77"}},
		"only User-to-User":    {"inbound,12345,," + uui + ",", calldata.Data{CallID: "cz-17", Number: "13800001234"}},
		"User-to-User is none": {"inbound,12345,77,%%,", calldata.Data{CallID: "77"}},
		"more than we know":    {"inbound,12345,77,,,x,y", calldata.Data{CallID: "77"}},
		"an agent's leg":       {"agent", calldata.Data{}},
		"nothing":              {"", calldata.Data{}},
	} {
		ev := &ariv5.StasisStart{Args: strings.Split(c.args, ",")}
		if got := inboundData(ev.Args); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if got := inboundData(nil); !got.Empty() {
		t.Errorf("of no arguments came %+v", got)
	}
}
