// Package totp is the second factor of a sign-in: codes by time after RFC 6238, as every authenticator app makes them,
// and recovery codes for who lost his telephone. It knows no clock: time is told.
package totp

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

const (
	period = 30 // seconds of one code
	skew   = 1  // steps that a telephone's clock may be off

	// RecoveryCodes is how many there are.
	RecoveryCodes = 10
	recoveryRunes = 16 // 80 bits in base32
)

// Secret is what the authenticator app and the gateway share, in base32.
type Secret string

// Enrolment is what a person needs to put a secret into his app.
type Enrolment struct {
	Secret Secret
	URI    string // otpauth://
	QR     []byte // the same as a PNG
}

// Enrol draws a new secret for an account.
func Enrol(issuer, account string) (Enrolment, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: account, Period: period, SecretSize: 20, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw a second factor: %w", err)
	}
	image, err := key.Image(240, 240)
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw the QR code: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image); err != nil {
		return Enrolment{}, fmt.Errorf("draw the QR code: %w", err)
	}
	return Enrolment{Secret: Secret(key.Secret()), URI: key.URL(), QR: b.Bytes()}, nil
}

// Step returns the step of time whose code this is, 0 when it is none of now's. Each step's code is good once: the
// caller keeps the last and refuses what is not later.
func (s Secret) Step(code string, now time.Time) int64 {
	code = strings.ReplaceAll(code, " ", "")
	for step := now.Unix()/period - skew; step <= now.Unix()/period+skew; step++ {
		want, err := hotp.GenerateCodeCustom(string(s), uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step
		}
	}
	return 0
}

// Code is the code of now, for tests and programs that sign in.
func (s Secret) Code(now time.Time) (string, error) { return totp.GenerateCode(string(s), now) }

// NewRecoveryCodes draws codes that are good once each. They are shown to the person and kept as hashes only.
func NewRecoveryCodes() []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		text := rand.Text()[:recoveryRunes]
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	}
	return codes
}

// RecoveryHash is how a recovery code is kept, nil when the text cannot be one. Drawn codes are too long to be
// guessed from a plain hash.
func RecoveryHash(code string) []byte {
	code = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(code))
	if len(code) != recoveryRunes {
		return nil
	}
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}
