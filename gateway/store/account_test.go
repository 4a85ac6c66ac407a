package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"hotline/agent"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

const password = "correct horse battery"

func jia() store.Account {
	return store.Account{AgentNo: "8001", Name: "甲", Phone: agent.PhoneDesk,
		Roles: []agent.Role{agent.RoleAgent, agent.RoleSupervisor}}
}

func TestAccountsAreCheckedAndKept(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateAccount(t.Context(), jia(), password, false); !errors.Is(err, store.ErrExists) {
		t.Errorf("made twice: %v", err)
	}
	if err := s.CreateAccount(t.Context(), jia(), "another password", true); err != nil {
		t.Errorf("made if missing: %v", err)
	}
	got, err := s.Authenticate(t.Context(), "8001", password)
	if diff := cmp.Diff(jia(), got, cmpopts.IgnoreFields(store.Account{}, "CreatedAt")); diff != "" || err != nil {
		t.Error(err, diff)
	}
	all, err := s.ListAccounts(t.Context())
	if len(all) != 1 || err != nil {
		t.Error(err, all)
	}
	if _, err := s.Account(t.Context(), "8002"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestWrongCredentialsAreRefusedAlike(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"8001", "wrong"}, {"8001", ""}, {"8002", password}, {"", ""},
		{"8001\x00", password}, {"' OR 1=1 --", password}, {"8001", strings.Repeat("x", 1<<20)}} {
		if _, err := s.Authenticate(t.Context(), c[0], c[1]); !errors.Is(err, store.ErrCredentials) {
			t.Errorf("%.20q: %v", c, err)
		}
	}
	if err := s.SetPassword(t.Context(), "8001", "another password"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Authenticate(t.Context(), "8001", password); !errors.Is(err, store.ErrCredentials) {
		t.Errorf("the old password: %v", err)
	}
	if err := s.SetPassword(t.Context(), "8002", "another password"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestBadAccountsAreRefused(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for name, change := range map[string]func(*store.Account, *string){
		"short number":       func(a *store.Account, _ *string) { a.AgentNo = "8" },
		"long number":        func(a *store.Account, _ *string) { a.AgentNo = strings.Repeat("8", 17) },
		"strange number":     func(a *store.Account, _ *string) { a.AgentNo = "80/../01" },
		"line end":           func(a *store.Account, _ *string) { a.AgentNo = "8001\n" },
		"no name":            func(a *store.Account, _ *string) { a.Name = "" },
		"long name":          func(a *store.Account, _ *string) { a.Name = strings.Repeat("甲", 65) },
		"NUL":                func(a *store.Account, _ *string) { a.Name = "甲\x00" },
		"no role":            func(a *store.Account, _ *string) { a.Roles = nil },
		"unknown role":       func(a *store.Account, _ *string) { a.Roles = []agent.Role{"king"} },
		"unknown phone":      func(a *store.Account, _ *string) { a.Phone = "fax" },
		"short password":     func(_ *store.Account, p *string) { *p = "一二三四五六七八九" },
		"long password":      func(_ *store.Account, p *string) { *p = strings.Repeat("x", 513) },
		"number as password": func(a *store.Account, p *string) { a.AgentNo, *p = "abcdefghij", "ABCDEFGHIJ" },
	} {
		a, p := jia(), password
		change(&a, &p)
		if err := s.CreateAccount(t.Context(), a, p, false); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnOldHashIsRenewedAtSignIn(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), jia(), "something else", false); err != nil {
		t.Fatal(err)
	}
	conn := connectTo(t, s)
	old := s.HashWith(8<<10, 2)
	if _, err := conn.Exec(t.Context(), "UPDATE account SET password_hash = $1", old); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Authenticate(t.Context(), "8001", password); err != nil {
			t.Error(err)
		}
	}
	if now := one[string](t, conn, "SELECT password_hash FROM account"); !strings.HasPrefix(now, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("hash is %.40s", now)
	}
}

func TestAFloodOfSignInsWaitsItsTurn(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Millisecond)
	defer cancel()
	var flood sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[bool]int{} // by: gave up
	for range 16 {
		flood.Go(func() {
			_, err := s.Authenticate(ctx, "8001", password)
			mu.Lock()
			outcomes[errors.Is(err, context.DeadlineExceeded)]++
			mu.Unlock()
		})
	}
	flood.Wait()
	if outcomes[true] == 0 {
		t.Errorf("nobody had to wait: %v", outcomes)
	}
}

// OWASP's least costs of argon2id with one pass.
func TestAHashOfAPasswordCostsAsMuchAsItShould(t *testing.T) {
	if shippedMemory < 46<<10 || shippedPasses < 1 {
		t.Errorf("%d KiB in %d passes", shippedMemory, shippedPasses)
	}
}
