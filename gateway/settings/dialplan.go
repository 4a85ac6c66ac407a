package settings

import (
	"slices"
	"strings"

	"hotline/agent"
)

// Dialling is what outside numbers a role may dial.
type Dialling struct {
	Role  agent.Role `json:"role" enum:"agent,expert,supervisor"`
	Allow []Pattern  `json:"allow" nullable:"false" maxItems:"50" doc:"nothing outside when empty"`
}

// dialling are the roles that sit at a telephone.
var dialling = []agent.Role{agent.RoleAgent, agent.RoleExpert, agent.RoleSupervisor}

// DialPlan is what each role may dial; a role that is not listed dials nothing outside.
type DialPlan []Dialling

// Permits says whether one of the roles may dial the digits, which are as they go into the trunk: 00 before the
// country code of a foreign number.
func (p DialPlan) Permits(roles []agent.Role, digits string) bool {
	return slices.ContainsFunc(p, func(d Dialling) bool {
		return slices.Contains(roles, d.Role) && slices.ContainsFunc(d.Allow, func(one Pattern) bool { return one.Matches(digits) })
	})
}

// Pattern stands for numbers, as in Asterisk's dialplan but without its underscore: a digit for itself, X for 0–9,
// Z for 1–9, N for 2–9, [13-5] for one of those digits; a last . for one or more digits of any sort, a last ! for
// any number of them, also none.
type Pattern string

const maxPattern = 64

// digits is a set of digits: bit 3 is the digit 3.
type digits uint16

const (
	zero     digits = 1
	anyDigit digits = 1<<10 - 1
)

func (d digits) has(c byte) bool { return c >= '0' && c <= '9' && d&(1<<(c-'0')) != 0 }

// Valid says whether the pattern can be read. One that would stand for every number is not: too much for a slip of
// the finger.
func (p Pattern) Valid() bool {
	_, _, ok := p.parse()
	return ok
}

// Matches says whether the pattern stands for a number of digits. Numbers abroad, which begin with 00, are meant
// only by a pattern that says 00 itself: no X and no class opens the way there.
func (p Pattern) Matches(number string) bool {
	places, tail, ok := p.parse()
	if !ok || len(number) < len(places) || strings.Trim(number, "0123456789") != "" {
		return false
	}
	if strings.HasPrefix(number, "00") && (len(places) < 2 || places[0] != zero || places[1] != zero) {
		return false
	}
	for i, place := range places {
		if !place.has(number[i]) {
			return false
		}
	}
	more := len(number) - len(places)
	return tail == '!' || tail == '.' && more > 0 || tail == 0 && more == 0
}

// parse reads the places and what follows them: '.', '!' or 0 for nothing.
func (p Pattern) parse() (places []digits, tail byte, ok bool) {
	if len(p) > maxPattern {
		return nil, 0, false
	}
	for rest := string(p); rest != ""; {
		c := rest[0]
		rest = rest[1:]
		var place digits
		switch {
		case c == 'X':
			place = anyDigit
		case c == 'Z':
			place = anyDigit &^ zero
		case c == 'N':
			place = anyDigit &^ 3
		case c >= '0' && c <= '9':
			place = 1 << (c - '0')
		case c == '[':
			inside, after, closed := strings.Cut(rest, "]")
			place, rest = class(inside), after
			if !closed {
				return nil, 0, false
			}
		case (c == '.' || c == '!') && rest == "":
			return places, c, len(places) > 0
		}
		if place == 0 {
			return nil, 0, false
		}
		places = append(places, place)
	}
	return places, 0, len(places) > 0
}

// class reads what stands between brackets; 0 when it cannot be read.
func class(inside string) (set digits) {
	for i := 0; i < len(inside); i++ {
		from, to := inside[i], inside[i]
		if i+2 < len(inside) && inside[i+1] == '-' {
			to = inside[i+2]
			i += 2
		}
		if from < '0' || to > '9' || from > to {
			return 0
		}
		for c := from; c <= to; c++ {
			set |= 1 << (c - '0')
		}
	}
	return set
}
