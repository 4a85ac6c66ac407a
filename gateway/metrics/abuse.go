package metrics

import "hotline/gateway/abuse"

// Abuse counts what agents note of abusive calls.
func (m *Metrics) Abuse(act abuse.Act, kind abuse.Kind) {
	m.abuse.WithLabelValues(string(act), string(kind)).Inc()
}
