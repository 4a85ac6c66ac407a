package target

// Error is why a target cannot be reached. The set is closed.
type Error struct {
	Code    string // for programs
	Message string // for people: what to do
}

func (e *Error) Error() string { return e.Message }

// The errors of Resolve, told apart with errors.Is or by their codes.
var (
	ErrMalformed    = &Error{"target_malformed", "this is not a target: check the number"}
	ErrUnknown      = &Error{"target_unknown", "there is no such target: choose one from the list"}
	ErrNotPermitted = &Error{"target_not_permitted", "your roles may not dial this number: an administrator can permit it in the dial plan"}
	ErrNoRoute      = &Error{"target_no_route", "no route leads there: an administrator has to set one"}
)
