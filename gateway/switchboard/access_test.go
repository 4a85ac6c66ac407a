package switchboard_test

import (
	"maps"
	"slices"
	"testing"

	"hotline/agent"
	"hotline/gateway/switchboard"
)

// Every command is given with every role: who may is let through to it, who may not is told so, and nothing else.
func TestEveryCommandWithEveryRole(t *testing.T) {
	rights := switchboard.Rights()
	if have, want := slices.Sorted(maps.Keys(rights)), switchboard.Commands(); !slices.Equal(have, want) {
		t.Fatalf("the table of rights has rows for\n%v, the commands are\n%v", have, want)
	}
	play(t, func(b *board) {
		for i, role := range agent.Roles {
			p := profile(string(rune('A'+i)) + "1")
			p.Roles = []agent.Role{role}
			for _, name := range switchboard.Commands() {
				b.Linked(p, "session-"+p.No, "page-1", false)
				code := b.do(p.No, name, "", nil)
				if may := slices.Contains(rights[name], role); may == (code == switchboard.CodeForbidden) {
					t.Errorf("%s by %s: may %v, answered %q", name, role, may, code)
				}
			}
		}
	})
}

func TestWithoutARoleNothingIsDone(t *testing.T) {
	play(t, func(b *board) {
		p := profile("8001")
		p.Roles = nil
		b.Linked(p, "session-8001", "page-1", false)
		if code := b.do("8001", switchboard.CmdSignIn, "", nil); code != switchboard.CodeForbidden {
			t.Errorf("answered %q", code)
		}
	})
}
