package call

// SetSecret notes that the caller asked for secrecy, or that it was set by mistake. It is possible at any time, also
// after the end; the caller of it keeps the record.
func (c *Call) SetSecret(on bool) { c.rec.Secret = on }
