package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"hotline/agent"
	"hotline/gateway/store"
)

// Admin is `hotline admin`.
type Admin struct {
	CreateUser  CreateUser  `cmd:"" help:"Create an account. The password is read from standard input."`
	SetPassword SetPassword `cmd:"" help:"Change an account's password. It is read from standard input."`
}

// CreateUser is `hotline admin create-user`.
type CreateUser struct {
	KeysConfig
	DatabaseURL string   `env:"HOTLINE_DATABASE_URL" required:"" help:"PostgreSQL, postgres://user:password@host/database."`
	AgentNo     string   `required:"" help:"Agent number, 2 to 16 letters and digits."`
	Name        string   `required:"" help:"Name shown to colleagues."`
	Role        []string `default:"agent" enum:"agent,expert,supervisor,quality,editor,reviewer,administrator,auditor" help:"${enum}; may be repeated."`
	Phone       string   `default:"browser" enum:"browser,desk" help:"browser (the console) or desk (a SIP telephone)."`
	IfMissing   bool     `help:"Do nothing when the account exists."`
}

// Run creates the account.
func (c *CreateUser) Run(ctx context.Context) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	db, err := c.open(ctx, c.DatabaseURL, quiet())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	account := store.Account{AgentNo: c.AgentNo, Name: c.Name, Phone: agent.Phone(c.Phone)}
	for _, r := range c.Role {
		account.Roles = append(account.Roles, agent.Role(r))
	}
	if err := db.CreateAccount(ctx, account, password, c.IfMissing); err != nil {
		return err
	}
	return db.Audit(ctx, store.AuditEntry{Who: "system", Action: "account.create", Object: c.AgentNo})
}

// SetPassword is `hotline admin set-password`.
type SetPassword struct {
	KeysConfig
	DatabaseURL string `env:"HOTLINE_DATABASE_URL" required:"" help:"PostgreSQL, postgres://user:password@host/database."`
	AgentNo     string `required:"" help:"Agent number of the account."`
}

// Run changes the password.
func (c *SetPassword) Run(ctx context.Context) error {
	password, err := readPassword()
	if err != nil {
		return err
	}
	db, err := c.open(ctx, c.DatabaseURL, quiet())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.SetPassword(ctx, c.AgentNo, password); err != nil {
		return err
	}
	return db.Audit(ctx, store.AuditEntry{Who: "system", Action: "account.set_password", Object: c.AgentNo})
}

// readPassword reads one line, without showing it where a person types.
func readPassword() (string, error) {
	if fd := int(os.Stdin.Fd()); term.IsTerminal(fd) {
		fmt.Fprint(os.Stderr, "Password: ")
		typed, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		return string(typed), err
	}
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", errors.Join(errors.New("the password is read from standard input, and there is none"), err)
	}
	return line, nil
}
