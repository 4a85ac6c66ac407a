package totp

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"
)

// rfc is the secret of RFC 6238, "12345678901234567890", in base32.
const rfc Secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// The vectors of RFC 6238, appendix B, SHA-1; a code of six digits is the last six of its eight.
func TestVectorsOfRFC6238(t *testing.T) {
	for second, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037",
		20000000000: "353130",
	} {
		now := time.Unix(second, 0)
		if got, err := rfc.Code(now); err != nil || got != code {
			t.Errorf("at %d: %s, %v", second, got, err)
		}
		if step := rfc.Step(code[:3]+" "+code[3:], now); step != second/30 {
			t.Errorf("at %d the code is of step %d", second, step)
		}
		for _, late := range []time.Duration{-31 * time.Second, 29 * time.Second} {
			if step := rfc.Step(code, now.Add(late)); step != 0 && step != second/30 {
				t.Errorf("%v off: step %d", late, step)
			}
		}
		if rfc.Step(code, now.Add(91*time.Second)) != 0 || rfc.Step(code, now.Add(-91*time.Second)) != 0 {
			t.Errorf("the code of %d is good a minute and a half off", second)
		}
	}
}

func TestWhatIsNoCode(t *testing.T) {
	for _, bad := range []string{"", "0", "28708", "2870822", "abcdef", "２８７０８２", strings.Repeat("1", 1<<16), "28708\x00"} {
		if rfc.Step(bad, time.Unix(59, 0)) != 0 {
			t.Errorf("%.20q was taken", bad)
		}
	}
	if Secret("not base32!").Step("287082", time.Unix(59, 0)) != 0 {
		t.Error("a broken secret took a code")
	}
}

func TestEnrolment(t *testing.T) {
	e, err := Enrol("Hotline 12345", "9003")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"otpauth://totp/", "9003", "secret=" + string(e.Secret), "Hotline"} {
		if !strings.Contains(e.URI, part) {
			t.Errorf("%s lacks %s", e.URI, part)
		}
	}
	if image, err := png.Decode(bytes.NewReader(e.QR)); err != nil || image.Bounds().Dx() < 200 {
		t.Error("no QR code", err)
	}
	other, _ := Enrol("Hotline 12345", "9003")
	if other.Secret == e.Secret {
		t.Error("the same secret twice")
	}
	code, err := e.Secret.Code(time.Now())
	if err != nil || e.Secret.Step(code, time.Now()) == 0 {
		t.Error("its own code is refused", err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes := NewRecoveryCodes()
	seen := map[string]bool{}
	for _, c := range codes {
		h := RecoveryHash(c)
		if seen[string(h)] || len(h) != 32 || !bytes.Equal(h, RecoveryHash(strings.ToLower(strings.ReplaceAll(c, "-", " ")))) {
			t.Errorf("%s: %x", c, h)
		}
		seen[string(h)] = true
	}
	if len(codes) != RecoveryCodes || RecoveryHash("123456") != nil || RecoveryHash("") != nil {
		t.Error(codes)
	}
}
