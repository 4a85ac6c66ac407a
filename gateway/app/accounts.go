package app

import (
	"context"
	"crypto/rand"
	"fmt"

	"hotline/agent"
	"hotline/gateway/ari"
	"hotline/gateway/web"
)

// sipRealm is the realm of agents' telephones.
const sipRealm = "hotline"

// sipAccounts makes agents' SIP accounts in Asterisk: it is the web's PhoneAccounts port.
type sipAccounts struct {
	ari   *ari.Client
	media string // address for sound; empty: Asterisk's own choice
}

// Make gives the agent's telephone an account with a secret of its own; an earlier secret stops working.
func (s *sipAccounts) Make(ctx context.Context, p agent.Profile) (web.PhoneAccount, error) {
	id := "agent-" + p.No
	account := web.PhoneAccount{URI: "sip:" + id + "@" + sipRealm, Username: id, Password: rand.Text(), Realm: sipRealm}
	objects := []struct {
		kind   string
		fields map[string]string
	}{
		{"auth", map[string]string{"auth_type": "userpass", "username": id, "password": account.Password, "realm": sipRealm}},
		{"aor", map[string]string{
			"max_contacts": "1", "remove_existing": "yes", "qualify_frequency": "15", "support_path": "no",
		}},
		{"endpoint", s.endpoint(id, p.Phone)},
	}
	for _, o := range objects {
		if err := s.ari.Configure(ctx, "res_pjsip", o.kind, id, o.fields); err != nil {
			return web.PhoneAccount{}, fmt.Errorf("make SIP account of %s: %s: %w", p.No, o.kind, err)
		}
	}
	return account, nil
}

// endpoint is how Asterisk treats an agent's telephone. An agent dials nothing himself: context agents hangs up.
// Fields reach Asterisk in any order, so "disallow" beside "allow" could leave a telephone without a codec.
func (s *sipAccounts) endpoint(id string, phone agent.Phone) map[string]string {
	fields := map[string]string{
		"context": "agents", "allow": "!all,alaw,ulaw", "auth": id, "aors": id,
		"allow_transfer": "no", "direct_media": "no", "rtp_symmetric": "yes", "rtp_timeout": "20",
		"device_state_busy_at": "1",
	}
	if phone == agent.PhoneBrowser {
		fields["webrtc"] = "yes"
		fields["allow"] = "!all,opus,alaw,ulaw"
		fields["rtp_timeout"] = "3" // a page sends sound all the time, muted or not: when none comes it is gone
	}
	if s.media != "" {
		fields["media_address"], fields["bind_rtp_to_media_address"] = s.media, "yes"
	}
	return fields
}
