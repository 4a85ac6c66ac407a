package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"hotline/gateway/seal"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/totp"
)

// withFactor makes 甲 an account with a second factor.
func withFactor(t *testing.T, s *store.Store) (secret totp.Secret, recovery []string) {
	t.Helper()
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	e, err := totp.Enrol("test", "8001")
	if err != nil {
		t.Fatal(err)
	}
	recovery, err = s.SetFactor(t.Context(), "8001", e.Secret, 0)
	if err != nil {
		t.Fatal(err)
	}
	return e.Secret, recovery
}

func code(t *testing.T, secret totp.Secret, now time.Time) string {
	t.Helper()
	c, err := secret.Code(now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASecondFactorIsAskedForAndEachCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	secret, recovery := withFactor(t, s)
	now := time.Now()
	for i, c := range []struct {
		code string
		now  time.Time
		want error
	}{
		{"", now, store.ErrNeedsCode},
		{"000000", now, store.ErrCredentials},
		{code(t, secret, now), now, nil},
		{code(t, secret, now), now, store.ErrCredentials}, // replayed
		{code(t, secret, now.Add(-30*time.Second)), now, store.ErrCredentials},
		{code(t, secret, now.Add(time.Minute)), now.Add(time.Minute), nil},
		{recovery[3], now, nil},
		{recovery[3], now, store.ErrCredentials},
		{"' OR 1=1 --", now, store.ErrCredentials},
	} {
		_, err := s.SignIn(t.Context(), "8001", password, c.code, c.now)
		if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("sign-in %d: %v, want %v", i, err, c.want)
		}
	}
	if _, err := s.SignIn(t.Context(), "8001", "wrong password", recovery[0], now); !errors.Is(err, store.ErrCredentials) {
		t.Error(err)
	}
	if n, err := s.RecoveryCodesLeft(t.Context(), "8001"); n != totp.RecoveryCodes-1 || err != nil {
		t.Errorf("%d recovery codes are left, %v", n, err)
	}
	if err := s.ResetFactor(t.Context(), "8001"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SignIn(t.Context(), "8001", password, "", now); err != nil {
		t.Error("after a reset: ", err)
	}
	if n, _ := s.RecoveryCodesLeft(t.Context(), "8001"); n != 0 {
		t.Errorf("%d recovery codes outlive the reset", n)
	}
}

func TestTheSecondFactorIsSealedForItsAccount(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	s := storetest.Open(t, dsn)
	secret, _ := withFactor(t, s)
	conn := connectTo(t, s)
	sealed := one[[]byte](t, conn, "SELECT totp FROM account")
	if bytes.Contains(sealed, []byte(secret)) {
		t.Error("the secret is kept in clear")
	}
	other := jia()
	other.AgentNo = "8002"
	if err := s.CreateAccount(t.Context(), other, password, false); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "UPDATE account SET totp = $1 WHERE agent_no = '8002'", sealed); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if _, err := s.SignIn(t.Context(), "8002", password, code(t, secret, now), now); !errors.Is(err, seal.ErrBroken) {
		t.Errorf("another's factor was taken: %v", err)
	}
	ring, err := seal.NewKeyRing([seal.KeySize]byte{1}, seal.Key{ID: 9, Secret: [seal.KeySize]byte{3}})
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := store.Open(t.Context(), dsn, ring, storetest.Log(t))
	if err != nil {
		t.Fatal(err)
	}
	defer wrong.Close()
	if _, err := wrong.SignIn(t.Context(), "8001", password, code(t, secret, now), now); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("with a wrong key: %v", err)
	}
}

func TestTooManyWrongSignInsLockTheAccountUntilItIsUnlocked(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	s := storetest.Open(t, dsn)
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	sign := func(s *store.Store, password string) error {
		_, err := s.SignIn(t.Context(), "8001", password, "", time.Now())
		return err
	}
	for range 9 {
		if err := sign(s, "wrong password"); !errors.Is(err, store.ErrCredentials) {
			t.Fatal(err)
		}
	}
	if err := sign(s, password); err != nil { // which forgets the wrong ones
		t.Fatal(err)
	}
	for range 10 {
		_ = sign(s, "wrong password")
	}
	var locked store.Locked
	again := storetest.Open(t, dsn) // a restarted gateway
	if err := sign(again, password); !errors.As(err, &locked) || !errors.Is(err, store.ErrLocked) {
		t.Fatal("not locked: ", err)
	}
	if left := time.Until(locked.Until); left < 29*time.Minute || left > 31*time.Minute {
		t.Errorf("locked for %v", left)
	}
	if err := s.Unlock(t.Context(), "8001"); err != nil {
		t.Fatal(err)
	}
	if err := sign(s, password); err != nil {
		t.Error("after unlocking: ", err)
	}
	if at, err := s.UnlockedAt(t.Context(), "8001"); err != nil || time.Since(at) > time.Minute {
		t.Error(at, err)
	}
	if err := s.Unlock(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestPasswordsThatAreGuessedFirstOrWereUsedAreRefused(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"1234567890", "13812345678", "20260901123456", "qwertyuiop", "Password123!", "admin@12345", "!!!hotline12345",
		"aaaaaaaaaaaa", "abababababab", "1qaz2wsx3edc", "woaini1314520", "12345-12345",
	} {
		if err := s.SetPassword(t.Context(), "8001", bad); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s was taken: %v", bad, err)
		}
	}
	for i := range 5 {
		if err := s.SetPassword(t.Context(), "8001", fmt.Sprint("梧桐树下 walks ", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		if err := s.SetPassword(t.Context(), "8001", fmt.Sprint("梧桐树下 walks ", i)); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("used %d passwords ago, and taken: %v", 5-i, err)
		}
	}
	if err := s.SetPassword(t.Context(), "8001", password); err != nil {
		t.Errorf("the sixth last is refused: %v", err)
	}
	conn := connectTo(t, s)
	if n := one[int](t, conn, "SELECT count(*)::int FROM password_history"); n != 4 {
		t.Errorf("%d earlier passwords are kept", n)
	}
}
