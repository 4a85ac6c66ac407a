package web

import "testing"

func TestABrowserThatHasMovedIsNotFollowed(t *testing.T) {
	t.Parallel()
	const rest = "\r\nVia: SIP/2.0/WS x\r\nContact: <sip:PJSIP%2f001@trunk>\r\n\r\n"
	for line, want := range map[string]string{
		"SIP/2.0 302 Moved Temporarily":    "SIP/2.0 480 Temporarily Unavailable",
		"\r\nsip/2.0  300 Multiple":        "SIP/2.0 480 Temporarily Unavailable",
		"SIP/2.0 200 OK":                   "SIP/2.0 200 OK",
		"SIP/2.0 486 Busy 302":             "SIP/2.0 486 Busy 302",
		"INVITE sip:302@x SIP/2.0":         "INVITE sip:302@x SIP/2.0",
		"MESSAGE sip:x SIP/2.0 302\r\nA: ": "MESSAGE sip:x SIP/2.0 302\r\nA: ",
	} {
		if got := string(unmoved([]byte(line + rest))); got != want+rest {
			t.Errorf("%q becomes %q", line+rest, got)
		}
	}
}
