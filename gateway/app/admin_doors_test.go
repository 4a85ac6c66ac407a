package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/seal"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
	"hotline/gateway/totp"
)

// An operator unlocks an account and takes a lost second factor away; both leave a trace.
func TestAdminUnlocksAndResets(t *testing.T) {
	dsn := storetest.DSN(t)
	keys := KeysConfig{Keys: "hash " + seal.NewSecret() + ",key 1 " + seal.NewSecret()}
	ring, err := keys.ring()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), dsn, ring, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const password = "correct horse battery"
	err = db.CreateAccount(t.Context(), store.Account{AgentNo: "9003", Name: "管理", Roles: []agent.Role{agent.RoleAdmin}}, password, false)
	if err != nil {
		t.Fatal(err)
	}
	e, err := totp.Enrol("test", "9003")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.SetFactor(t.Context(), "9003", e.Secret, 0); err != nil {
		t.Fatal(err)
	}
	signIn := func() error {
		_, err := accounts{db}.SignIn(t.Context(), "9003", password, "")
		return err
	}
	for range 10 {
		_, _ = db.SignIn(t.Context(), "9003", "wrong password", "", time.Now())
	}
	if err := signIn(); err == nil || !strings.Contains(err.Error(), "too many wrong") {
		t.Fatal("not locked: ", err)
	}
	flags := accountFlags{KeysConfig: keys, DatabaseURL: dsn, AgentNo: "9003"}
	if err := (&Unlock{flags}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := signIn(); !errors.Is(err, store.ErrNeedsCode) {
		t.Fatal("after unlocking: ", err)
	}
	if err := (&ResetSecondFactor{flags}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := signIn(); err != nil {
		t.Fatal("after the reset: ", err)
	}
	trail, err := db.AuditLog(t.Context(), "9003", "system", 10)
	if err != nil || len(trail) != 2 || trail[0].Action != "account.reset_second_factor" || trail[1].Action != "account.unlock" || trail[0].Detail["by"] == "" {
		t.Errorf("%+v, %v", trail, err)
	}
	flags.AgentNo = "nobody"
	if err := (&Unlock{flags}).Run(t.Context()); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}
