package calldata

import (
	"encoding/base64"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// whole is a call with something in every field.
var whole = Data{
	CallID: "n1-1764099421.17", From: "12345 常州", Number: "13800001234", Name: "王小明", Line: "12333",
	LineName: "12333人力资源和社会保障服务热线", Kind: "求助", Note: "老人在家跌倒，地址天宁区“红梅”小区3-201；<门锁着> & 有燃气味 🚑𠮷",
	Agent: "8001", Secret: true, Reason: "生命危险", Tags: []string{"紧急", "repeat-48h"},
}

// value is a header's, empty where there is none.
func value(headers []Header, name string) string {
	for _, h := range headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// over sends d and reads what arrives.
func over(d Data) Data {
	h := d.Headers()
	return Parse(value(h, CallIDHeader), value(h, UUIHeader), value(h, ContextHeader))
}

func TestWhatIsSentArrives(t *testing.T) {
	t.Parallel()
	for _, d := range []Data{{}, whole, {CallID: "a.b+c_d-e"}, {Number: "+85221234567"}, {Note: "只有备注"}, {Secret: true}} {
		if got := over(d); !reflect.DeepEqual(got, d) {
			t.Errorf("sent    %+v\narrived %+v", d, got)
		}
		if d.Empty() != (len(d.Headers()) == 0) {
			t.Errorf("%+v: empty is %v, with %d headers", d, d.Empty(), len(d.Headers()))
		}
	}
}

func TestWithoutTheContextIdAndNumberArrive(t *testing.T) {
	t.Parallel()
	uui := value(whole.Headers(), UUIHeader)
	if got := Parse("", uui, ""); got.CallID != whole.CallID || got.Number != whole.Number {
		t.Errorf("%s is read as %+v", uui, got)
	}
	content, params, _ := strings.Cut(uui, ";")
	if raw, err := hex.DecodeString(content); err != nil || string(raw) != "\x04id=n1-1764099421.17;number=13800001234" {
		t.Errorf("content is %q (%v)", raw, err)
	}
	if params != "encoding=hex;purpose=isdn-uui;content=isdn-uui" {
		t.Errorf("parameters are %s", params)
	}
	long := Data{CallID: strings.Repeat("7", MaxID), Number: "13800001234"}
	if got := Parse("", value(long.Headers(), UUIHeader), ""); got.CallID != "" || got.Number != long.Number {
		t.Errorf("of an id too long for User-to-User there came %+v", got)
	}
}

func TestLongTextsAreShortenedToFit(t *testing.T) {
	t.Parallel()
	d := whole
	for _, d.Note = range []string{strings.Repeat("说", 10_000), strings.Repeat("𠮷", 300), "a" + strings.Repeat("说", 299)} {
		got := over(d)
		if !strings.HasSuffix(got.Note, "…") || !strings.HasPrefix(d.Note, strings.TrimSuffix(got.Note, "…")) || len(got.Note) < 300 {
			t.Errorf("the note came as %q", got.Note)
		}
		if got.Note = d.Note; !reflect.DeepEqual(got, d) {
			t.Errorf("besides the note there came %+v", got)
		}
	}
	full := strings.Repeat("𠮷", MaxText)
	d = Data{CallID: "1", From: full, Name: full, Line: full, LineName: full, Kind: full, Note: full, Agent: full, Reason: full, Tags: []string{full}}
	if got := over(d); got.CallID != "1" || !strings.HasPrefix(got.From, "𠮷𠮷") || got.Note != "" {
		t.Errorf("of everything too long there came %+v", got)
	}
}

func TestWhatForeignExchangesSend(t *testing.T) {
	t.Parallel()
	context := func(json string) string { return base64.StdEncoding.EncodeToString([]byte(json)) }
	for name, c := range map[string]struct {
		callID, uui, context string
		want                 Data
	}{
		"only an id":              {"5F3A-77", "", "", Data{CallID: "5F3A-77"}},
		"a SIP Call-ID":           {"ab12@10.0.0.1", "", "", Data{CallID: "ab1210.0.0.1"}},
		"hex without ISDN's mark": {"", "3131302d37373737;encoding=hex", "", Data{CallID: "110-7777"}},
		"hex in capitals":         {"", "04 ;ENCODING=hex", "", Data{CallID: "04"}},
		"hex, nothing said of it": {"", "0469643D3737", "", Data{CallID: "77"}},
		"digits are a plain id":   {"", "20261125193701", "", Data{CallID: "20261125193701"}},
		"a binary id":             {"", "00FA080001000255D6A1B2;encoding=hex", "", Data{CallID: "00FA080001000255D6A1B2"}},
		"plain pairs":             {"", "callid=77;ani=+8613800001234;x=y;encoding=ascii", "", Data{CallID: "77", Number: "+8613800001234"}},
		"plain words":             {"", "来电人被困电梯", "", Data{Note: "来电人被困电梯"}},
		"quoted":                  {"", `"lift stuck, 3rd floor";content=text`, "", Data{Note: "lift stuck, 3rd floor"}},
		"the first of two":        {"", "77;purpose=a,88;purpose=b", "", Data{CallID: "77"}},
		"hex that is none":        {"", "zz;encoding=hex", "", Data{CallID: "zz"}},
		"base64 with padding":     {"", "", context(`{"id":"1","note":"??>>"}`), Data{CallID: "1", Note: "??>>"}},
		"fields of wrong types":   {"", "", context(`{"id":7,"tags":"x","note":"留","secret":"yes","new":[{}]}`), Data{Note: "留"}},
		"the header's id wins":    {"1", "id=2;number=3", context(`{"id":"4"}`), Data{CallID: "1", Number: "3"}},
		"not JSON":                {"1", "", context(`{"note":`), Data{CallID: "1"}},
		"not base64":              {"1", "", "!!", Data{CallID: "1"}},
		"controls":                {"1\r\nVia: x", "", context("{\"note\":\" a\\r\\nb\\u0000\\u202ec\\u2028d \"}"), Data{CallID: "1Viax", Note: "a bc d"}},
		"too many tags":           {"", "", context(`{"tags":["",` + strings.Repeat(`"t",`, 99) + `"t"]}`), Data{Tags: strings.Split("tttttttttt", "")}},
		"a number with a tail":    {"", "", context(`{"number":"+86 138-0000+1234;x=1"}`), Data{Number: "+86138000012341"}},
	} {
		if got := Parse(c.callID, c.uui, c.context); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// sendable asserts that the headers of d fit on the wire and break no line of it.
func sendable(t *testing.T, d Data) {
	t.Helper()
	for _, h := range d.Headers() {
		if i := strings.IndexFunc(h.Value, func(r rune) bool { return r <= ' ' || r > '~' }); i >= 0 || h.Value == "" {
			t.Errorf("%s: %q", h.Name, h.Value)
		}
		content, _, _ := strings.Cut(h.Value, ";")
		switch whole := len(h.Name) + len(": ") + len(h.Value) + len("\r\n"); {
		case h.Name == ContextHeader && whole > maxContext, h.Name == UUIHeader && len(content) > 2*maxUUI, h.Name == CallIDHeader && len(h.Value) > MaxID:
			t.Errorf("%s has %d bytes", h.Name, whole)
		}
	}
}

// tame asserts the bounds of what was read.
func tame(t *testing.T, d Data) {
	t.Helper()
	if len(d.CallID) > MaxID || strings.Trim(d.CallID, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.+_-") != "" {
		t.Errorf("id %q", d.CallID)
	}
	if len(d.Number) > MaxNumber || strings.Trim(strings.TrimPrefix(d.Number, "+"), "0123456789") != "" {
		t.Errorf("number %q", d.Number)
	}
	texts := append([]string(nil), d.Tags...)
	for _, s := range d.texts() {
		texts = append(texts, *s)
	}
	for _, s := range texts {
		if utf8.RuneCountInString(s) > MaxText || !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0 {
			t.Errorf("text %q", s)
		}
	}
	if len(d.Tags) > MaxTags {
		t.Errorf("%d tags", len(d.Tags))
	}
}

// FuzzParse asserts of any three headers: what is read is bounded, can be sent on, and reading it again changes nothing.
func FuzzParse(f *testing.F) {
	h := whole.Headers()
	f.Add(h[0].Value, h[1].Value, h[2].Value)
	f.Add("'; DROP TABLE call; --", "${SHELL(id)}", "<script>")
	f.Add("1\r\nX: y", "a\r\nContact: <sip:x>", "e30\r\n")
	f.Add("𠮷🚑", "🚑;encoding=hex", base64.RawURLEncoding.EncodeToString([]byte(`{"note":"\ud83d\ude91\ud83d","tags":[null]}`)))
	f.Add(strings.Repeat("1", 10_000), strings.Repeat("04", 5_000), strings.Repeat("W", 10_000))
	f.Add("", `"`, strings.Repeat("W", maxRead))
	f.Fuzz(func(t *testing.T, callID, uui, context string) {
		d := Parse(callID, uui, context)
		tame(t, d)
		sendable(t, d)
		again := over(d)
		if again.CallID != d.CallID || again.Number != d.Number || again.Secret != d.Secret {
			t.Errorf("%+v arrives as %+v", d, again)
		}
		if len(d.json()) <= maxJSON && !reflect.DeepEqual(again, d) {
			t.Errorf("%+v arrives as %+v", d, again)
		}
	})
}

// FuzzHeaders asserts of any data that they can be sent, and that what fits arrives.
func FuzzHeaders(f *testing.F) {
	f.Add("n1.7", "12345 常州", "13800001234", "备注", "标签")
	f.Add("a b\r\n", "\r\nVia: x", "++1", "\"\\\u2028\x00", "\xff")
	f.Add(strings.Repeat("x", 10_000), "𠮷", strings.Repeat("1", 10_000), strings.Repeat("🚑", 2_500), strings.Repeat("t", 10_000))
	f.Fuzz(func(t *testing.T, callID, from, number, note, tag string) {
		d := Data{CallID: callID, From: from, Number: number, Note: note, Name: note, Reason: note, Tags: []string{tag, tag}}
		sendable(t, d)
		got := over(d)
		tame(t, got)
		if d = d.bounded(); len(d.json()) <= maxJSON && !reflect.DeepEqual(got, d) {
			t.Errorf("sent %+v, arrived %+v", d, got)
		}
	})
}
