package store

import (
	"encoding/json"

	"hotline/gateway/caller"
)

// scrubDetail masks every telephone number in an audit's detail. A value that is one as a whole, such as what was
// searched for, has its hash beside it, so that who looked for a number can be found. Nothing in the audit needs a
// key to be read: it is never written anew, whichever keys come and go.
func (s *Store) scrubDetail(raw []byte) ([]byte, error) {
	var detail map[string]any
	if err := json.Unmarshal(raw, &detail); err != nil {
		return nil, err
	}
	s.scrubMap(detail)
	return json.Marshal(detail)
}

func (s *Store) scrubMap(m map[string]any) {
	hashes := make(map[string]any)
	for name, v := range m {
		if text, ok := v.(string); ok && personal[name] && caller.Parse(text).Private() {
			number := caller.Parse(text)
			hashes[name+"_hash"] = s.NumberHash(number.Full())
			m[name] = number.String()
			continue
		}
		m[name] = s.scrubValue(v)
	}
	for name, v := range hashes {
		m[name] = v
	}
}

// personal are the names of details that hold a telephone number, whatever it looks like.
var personal = map[string]bool{"number": true, "callback": true, "caller": true, "to": true}

func (s *Store) scrubValue(v any) any {
	switch v := v.(type) {
	case string:
		return caller.Scrub(v)
	case []any:
		for i := range v {
			v[i] = s.scrubValue(v[i])
		}
	case map[string]any:
		s.scrubMap(v)
	}
	return v
}
