package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

const (
	hashesAtOnce = 4 // 4 × 46 MiB
	leastRunes   = 10
	mostBytes    = 512
)

// hashParams are the costs of argon2id.
type hashParams struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// params are OWASP's first choice, about 40 ms of one core; a whole shift signs in within seconds on two.
var params = hashParams{memory: 46 << 10, passes: 1, threads: 1}

// nobody is checked where there is no account, so that it costs the same.
var nobody = encodeHash(params, make([]byte, 16), make([]byte, 32))

func checkPassword(agentNo, password string) error {
	switch {
	case utf8.RuneCountInString(password) < leastRunes:
		return fmt.Errorf("password: %w: at least %d characters", ErrInvalid, leastRunes)
	case len(password) > mostBytes:
		return fmt.Errorf("password: %w: at most %d bytes", ErrInvalid, mostBytes)
	case strings.EqualFold(password, agentNo):
		return fmt.Errorf("password: %w: not the agent number", ErrInvalid)
	case isCommon(password):
		return fmt.Errorf("password: %w: it is among those that are guessed first; take several words, or letters with figures and signs", ErrInvalid)
	}
	return nil
}

// hash returns a password's PHC string.
func (s *Store) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	sum, err := s.sum(ctx, params, password, salt, 32)
	if err != nil {
		return "", err
	}
	return encodeHash(params, salt, sum), nil
}

// verify tells whether the password is the one of a PHC string, and whether that has other costs than today's. An
// empty string is nobody's.
func (s *Store) verify(ctx context.Context, phc, password string) (ok, outdated bool, err error) {
	known := phc != ""
	if !known {
		phc = nobody
	}
	p, salt, want, err := decodeHash(phc)
	if err != nil {
		return false, false, err
	}
	if len(password) > mostBytes {
		password, known = password[:mostBytes], false
	}
	got, err := s.sum(ctx, p, password, salt, uint32(len(want)))
	if err != nil {
		return false, false, err
	}
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && known, p != params, nil
}

// sum computes argon2id when its turn has come.
func (s *Store) sum(ctx context.Context, p hashParams, password string, salt []byte, size uint32) ([]byte, error) {
	select {
	case s.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn to check a password: %w", ctx.Err())
	}
	defer func() { <-s.hashing }()
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.threads, size), nil
}

func encodeHash(p hashParams, salt, sum []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

func decodeHash(phc string) (p hashParams, salt, sum []byte, err error) {
	fields := strings.Split(phc, "$")
	if len(fields) != 6 || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, fmt.Errorf("stored password hash: %w", ErrInvalid)
	}
	_, err1 := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.threads)
	salt, err2 := base64.RawStdEncoding.DecodeString(fields[4])
	sum, err3 := base64.RawStdEncoding.DecodeString(fields[5])
	sane := p.memory >= 8 && p.memory <= 1<<20 && p.passes >= 1 && p.passes <= 16 && p.threads >= 1
	if err1 != nil || err2 != nil || err3 != nil || !sane || len(salt) < 8 || len(sum) < 16 {
		return p, nil, nil, fmt.Errorf("stored password hash: %w", ErrInvalid)
	}
	return p, salt, sum, nil
}
