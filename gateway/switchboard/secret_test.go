package switchboard_test

import (
	"testing"

	"hotline/gateway/caller"
	"hotline/gateway/switchboard"
)

// Who asks for secrecy is hidden from the agent too, and so is what would tell who he is.
func TestASecretCallerIsHiddenAtTheDesk(t *testing.T) {
	play(t, func(b *board) {
		b.known()
		b.from("c1", stubborn)
		b.served("8001")
		if d := b.desk("8001").Call; d.Number != stubborn || d.Caller.Place == "" || len(d.Caller.Requests) != 1 {
			t.Fatalf("the desk shows %+v", d)
		}
		b.must("8001", switchboard.CmdSecret, "c1", switchboard.SecretArgs{On: true})
		d := b.desk("8001").Call
		if d.Number != caller.Hidden || !d.Secret || d.Caller.Place != "" || len(d.Caller.Requests) != 0 || d.Caller.Counts.Hours48 != 20 {
			t.Errorf("the desk shows %+v", d)
		}
		b.must("8001", switchboard.CmdSecret, "c1", switchboard.SecretArgs{})
		if d := b.desk("8001").Call; d.Number != stubborn || len(d.Caller.Requests) != 1 {
			t.Errorf("taken back, the desk shows %+v", d)
		}
	})
}
