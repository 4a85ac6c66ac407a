package stack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

// Account is a person who can sign in at the console.
type Account struct {
	AgentNo string `json:"agent_no"`
	Name    string `json:"name"`
	// Role is agent or supervisor, Phone browser or a SIP telephone's kind.
	Role  string `json:"role"`
	Phone string `json:"phone"`
	// Password is drawn at random where it is empty, once for each folder.
	Password string `json:"password"`
}

// DemoAgent is the agent whom `make demo AGENT=1` plays.
const DemoAgent = "8003"

// DemoAccounts are two agents for people, the one the demo plays, a supervisor, an administrator and an auditor, with no passwords yet.
func DemoAccounts() []Account {
	return []Account{
		{AgentNo: "8001", Name: "甲", Role: "agent", Phone: "browser"},
		{AgentNo: "8002", Name: "乙", Role: "agent", Phone: "browser"},
		{AgentNo: DemoAgent, Name: "丙", Role: "agent", Phone: "desk"},
		{AgentNo: "9001", Name: "班长", Role: "supervisor", Phone: "browser"},
		{AgentNo: "9003", Name: "管理员", Role: "administrator", Phone: "browser"},
		{AgentNo: "9004", Name: "审计员", Role: "auditor", Phone: "browser"},
	}
}

// Accounts are the accounts of this stack, with their passwords.
func (s *Stack) Accounts() []Account { return s.accounts }

// createAccounts creates the accounts in the database. A password, once drawn,
// stays in the folder, since the database knows only its hash.
func (s *Stack) createAccounts(ctx context.Context) error {
	if !s.opts.Gateway || len(s.opts.Agents) == 0 {
		return nil
	}
	path := filepath.Join(s.dir, "accounts.json")
	kept, err := readAccounts(path)
	if err != nil {
		return err
	}
	for _, a := range s.opts.Agents {
		if a.Password == "" {
			a.Password = kept[a.AgentNo].Password
		}
		if a.Password == "" {
			a.Password = rand.Text()[:16]
		}
		s.accounts = append(s.accounts, a)
	}
	// Written before they are created, so that a password in use is never lost.
	if err := writePrivate(path, s.accounts); err != nil {
		return err
	}
	for _, a := range s.accounts {
		if _, err := s.Admin(ctx, a.Password+"\n", "admin", "create-user", "--agent-no", a.AgentNo,
			"--name", a.Name, "--role", a.Role, "--phone", a.Phone, "--if-missing"); err != nil {
			return err
		}
	}
	return nil
}

func readAccounts(path string) (map[string]Account, error) {
	byNumber := map[string]Account{}
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return byNumber, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the demo accounts: %w", err)
	}
	var list []Account
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("read the demo accounts in %s: %w", path, err)
	}
	for _, a := range list {
		byNumber[a.AgentNo] = a
	}
	return byNumber, nil
}

// writePrivate writes v as JSON that only its owner can read, whole or not at
// all.
func writePrivate(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s: %w", filepath.Base(path), err)
	}
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("put %s in place: %w", path, err)
	}
	return nil
}
