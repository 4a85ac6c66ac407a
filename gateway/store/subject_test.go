package store_test

import (
	"errors"
	"testing"
	"time"

	"hotline/agent"
	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

func TestAProvidersAccountsAreMadeAndFollowIt(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	person := store.Account{AgentNo: "8101", Name: "李", Roles: []agent.Role{agent.RoleAgent}}
	first, err := s.SignInSubject(t.Context(), "https://id.example u-1", person)
	if err != nil || first.AgentNo != "8101" || first.CreatedAt.IsZero() {
		t.Fatalf("%+v, %v", first, err)
	}
	changed := store.Account{AgentNo: "8109", Name: "李四", Roles: []agent.Role{agent.RoleSupervisor}}
	second, err := s.SignInSubject(t.Context(), "https://id.example u-1", changed)
	if err != nil || second.AgentNo != "8101" || second.Name != "李四" || !second.Has(agent.RoleSupervisor) || second.Has(agent.RoleAgent) {
		t.Errorf("%+v, %v", second, err)
	}
	if kept, err := s.Account(t.Context(), "8101"); err != nil || kept.Name != "李四" {
		t.Errorf("%+v, %v", kept, err)
	}
	if _, err := s.SignInSubject(t.Context(), "https://id.example u-2", person); !errors.Is(err, store.ErrExists) {
		t.Errorf("another took the number: %v", err)
	}
	if _, err := s.SignIn(t.Context(), "8101", "", "", time.Now()); !errors.Is(err, store.ErrCredentials) {
		t.Errorf("signed in without a password: %v", err)
	}
	person.AgentNo = "'; --"
	if _, err := s.SignInSubject(t.Context(), "https://id.example u-3", person); !errors.Is(err, store.ErrInvalid) {
		t.Error(err)
	}
}

func TestAnAccountIsLinked(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	if err := s.CreateAccount(t.Context(), jia(), password, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Link(t.Context(), "8001", "https://id.example u-1"); err != nil {
		t.Fatal(err)
	}
	got, err := s.SignInSubject(t.Context(), "https://id.example u-1", jia())
	if err != nil || got.AgentNo != "8001" {
		t.Errorf("%+v, %v", got, err)
	}
	other := jia()
	other.AgentNo = "8002"
	if err := s.CreateAccount(t.Context(), other, password, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Link(t.Context(), "8002", "https://id.example u-1"); !errors.Is(err, store.ErrExists) {
		t.Error(err)
	}
	if err := s.Link(t.Context(), "8009", "https://id.example u-9"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}
