package calldata

import "hotline/gateway/caller"

// Hidden is the same without what says who the citizen is.
func (d Data) Hidden() Data {
	if d.Number != "" {
		d.Number = caller.Hidden
	}
	if d.Name != "" {
		d.Name = caller.Hidden
	}
	return d
}
