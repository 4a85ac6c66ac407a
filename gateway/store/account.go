package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"hotline/agent"
)

const (
	insertAccount = `
INSERT INTO account (agent_no, name, roles, phone, password_hash) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (agent_no) DO NOTHING`

	selectAccount = `
SELECT agent_no, name, roles, phone, created_at FROM account WHERE agent_no = $1`

	selectAccounts = `
SELECT agent_no, name, roles, phone, created_at FROM account ORDER BY agent_no`
)

// Account is a person who may sign in.
type Account struct {
	AgentNo   string       `json:"agent_no"` // 2–16 of 0-9 A-Z a-z _ -
	Name      string       `json:"name"`     // 1–64 characters
	Roles     []agent.Role `json:"roles"`    // at least one
	Phone     agent.Phone  `json:"phone"`    // empty means browser
	CreatedAt time.Time    `json:"created_at"`
}

// Has tells whether the account has a role.
func (a Account) Has(role agent.Role) bool { return slices.Contains(a.Roles, role) }

// Profile is what the switchboard needs of an account.
func (a Account) Profile() agent.Profile {
	return agent.Profile{No: a.AgentNo, Name: a.Name, Phone: a.Phone, Roles: a.Roles}
}

var agentNoPattern = regexp.MustCompile(`^[0-9A-Za-z_-]{2,16}$`)

func (a Account) validate() error {
	switch name := clean(a.Name, textRunes); {
	case !agentNoPattern.MatchString(a.AgentNo):
		return fmt.Errorf("agent number %q: %w: 2 to 16 of 0-9 A-Z a-z _ -", key(a.AgentNo), ErrInvalid)
	case name != a.Name || name == "" || utf8.RuneCountInString(name) > 64:
		return fmt.Errorf("name of agent %s: %w: 1 to 64 characters", a.AgentNo, ErrInvalid)
	case a.Phone != agent.PhoneBrowser && a.Phone != agent.PhoneDesk:
		return fmt.Errorf("phone of agent %s: %w: browser or desk", a.AgentNo, ErrInvalid)
	case len(a.Roles) == 0:
		return fmt.Errorf("roles of agent %s: %w: at least one of %v", a.AgentNo, ErrInvalid, agent.Roles)
	}
	for _, r := range a.Roles {
		if !slices.Contains(agent.Roles, r) {
			return fmt.Errorf("role %q of agent %s: %w: one of %v", r, a.AgentNo, ErrInvalid, agent.Roles)
		}
	}
	return nil
}

// CreateAccount adds a person. Where the number is taken it returns ErrExists, or with ifMissing nil and changes
// nothing. What is wrong with a or the password is ErrInvalid with the rule it breaks.
func (s *Store) CreateAccount(ctx context.Context, a Account, password string, ifMissing bool) error {
	if a.Phone == "" {
		a.Phone = agent.PhoneBrowser
	}
	if err := errors.Join(a.validate(), checkPassword(a.AgentNo, password)); err != nil {
		return err
	}
	switch _, err := s.Account(ctx, a.AgentNo); {
	case err == nil && ifMissing:
		return nil
	case err == nil:
		return fmt.Errorf("create account %s: %w", a.AgentNo, ErrExists)
	case !errors.Is(err, ErrNotFound):
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	done, err := s.pool.Exec(ctx, insertAccount, a.AgentNo, a.Name, a.Roles, a.Phone, hash)
	if err == nil && done.RowsAffected() == 0 && !ifMissing {
		err = ErrExists
	}
	return wrap(err, "create account %s", a.AgentNo)
}

// Account returns one account, or ErrNotFound.
func (s *Store) Account(ctx context.Context, agentNo string) (Account, error) {
	found, err := query(ctx, s.pool, scanAccount, selectAccount, key(agentNo))
	if err == nil && len(found) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return Account{}, wrap(err, "read account %s", key(agentNo))
	}
	return found[0], nil
}

// People are all who may sign in, by agent_no.
func (s *Store) People(ctx context.Context) ([]agent.Profile, error) {
	accounts, err := s.ListAccounts(ctx)
	people := make([]agent.Profile, len(accounts))
	for i, a := range accounts {
		people[i] = a.Profile()
	}
	return people, err
}

// ListAccounts are all accounts, by agent_no.
func (s *Store) ListAccounts(ctx context.Context) ([]Account, error) {
	accounts, err := query(ctx, s.pool, scanAccount, selectAccounts)
	return accounts, wrap(err, "list accounts")
}

func scanAccount(row pgx.CollectableRow) (a Account, err error) {
	return a, row.Scan(&a.AgentNo, &a.Name, &a.Roles, &a.Phone, into(&a.CreatedAt))
}
