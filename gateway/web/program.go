package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"hotline/agent"
)

// program is another program that proves by a token who it is. No account can have this role.
const program agent.Role = "program"

var errToken = errors.New("the token is wrong")

// asProgram is who sends a request with an Authorization header; wrong tokens are slowed down like wrong passwords.
func (h *Handler) asProgram(header, address string) (Identity, error) {
	try, wait := h.throttle.begin("program", address, time.Now())
	if wait > 0 {
		return Identity{}, Locked{Until: time.Now().Add(wait)}
	}
	token, bearer := strings.CutPrefix(header, "Bearer ")
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(h.o.ProgramToken))
	if !bearer || h.o.ProgramToken == "" || subtle.ConstantTimeCompare(given[:], want[:]) == 0 {
		h.log.Warn("a program's token is wrong", "address", address)
		return Identity{}, errToken
	}
	try.succeeded()
	return Identity{Profile: agent.Profile{No: string(program), Roles: []agent.Role{program}}, Address: address}, nil
}
