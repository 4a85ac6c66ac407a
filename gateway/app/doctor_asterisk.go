package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"hotline/gateway/ari"
)

// Differences between clocks: records carry the times of all three.
const clockLimit = 2 * time.Second

// asterisk examines what can be asked over ARI, then the files.
func (x *examination) asterisk(ctx context.Context) {
	if !x.reachable(ctx) {
		return
	}
	x.moduleList(ctx)
	x.stream(ctx)
	x.application(ctx)
	x.accounts(ctx)
	x.telephones(ctx)
	x.wayToCitizens(ctx)
	x.emergencyRoutes(ctx)
	x.identifierOrder(ctx)
	x.asteriskClock(ctx)
	x.files(ctx)
	x.promptsPresent(ctx)
	x.hostName(ctx)
}

// reachable tells whether the rest can be asked.
func (x *examination) reachable(ctx context.Context) bool {
	version, err := x.ari.Version(ctx)
	switch {
	case errors.Is(err, ari.ErrCredentials):
		x.fault("asterisk", "refuses the user "+x.ARIUser+" or its password", "compare HOTLINE_ARI_USER and HOTLINE_ARI_PASSWORD with ari.conf, which needs\n"+
			x.asteriskFile("ari.conf")+"after a change there: asterisk -rx 'module reload res_ari.so'")
	case errors.Is(err, ari.ErrNotFound):
		x.fault("asterisk", "a web server answers at "+x.ARIURL+", but no ARI", "check the path of HOTLINE_ARI_URL (…/ari), that ari.conf has enabled = yes and that res_ari.so is loaded")
	case err != nil:
		x.fault("asterisk", "cannot be reached at "+x.ARIURL+": "+err.Error(), "start Asterisk; check HOTLINE_ARI_URL; http.conf needs\n"+x.asteriskFile("http.conf"))
	case !ari.AtLeast(version):
		x.fault("asterisk", "version "+version+" is older than "+ari.MinVersion, "install "+ari.MinVersion+" or newer: older ones lock up under load and have known security faults")
		return true
	default:
		x.ok("asterisk", "version %s at %s", version, x.ARIURL)
	}
	return err == nil
}

func (x *examination) moduleList(ctx context.Context) {
	const part = "asterisk modules"
	var err error
	if x.modules, err = x.ari.Modules(ctx); err != nil {
		x.warn(part, "cannot be listed: "+err.Error(), "load res_ari_asterisk.so")
		return
	}
	var missing []string
	for _, m := range neededModules {
		if !x.modules[m] {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		lines := "modules.conf needs autoload = yes, or below [modules]:\n"
		for _, m := range missing {
			lines += "load = " + m + "\n"
		}
		x.fault(part, "not running: "+strings.Join(missing, " "), lines+"now: asterisk -rx 'module load NAME'; where that fails its package is missing")
		return
	}
	x.ok(part, "all %d that are needed run", len(neededModules))
}

// stream opens the event stream under a name of its own, so that a gateway which serves is not thrown out.
func (x *examination) stream(ctx context.Context) {
	const part = "event stream"
	if err := x.ari.TryStream(ctx, "hotline-doctor-"+rand.Text()[:8]); err != nil {
		x.fault(part, "cannot be opened: "+err.Error(), "load res_ari_events.so and res_http_websocket.so; with 503 or a closed connection raise sessionlimit in http.conf")
		return
	}
	x.ok(part, "can be opened")
}

// application finds out whether another program answers the calls.
func (x *examination) application(ctx context.Context) {
	part := "application " + x.ARIApp
	held, err := x.ari.Registered(ctx, x.ARIApp)
	switch {
	case err != nil:
		x.warn(part, "cannot be asked: "+err.Error(), "load res_ari_applications.so")
	case held && !x.asked:
		x.warn(part, "some program has it; whether that is a gateway cannot be told without PostgreSQL", "mend PostgreSQL first, and start no second gateway meanwhile")
	case held && x.leader != "":
		x.ok(part, "served by %s", x.leader)
	case held:
		x.warn(part, "some program has it, or had it and calls are still there, but no gateway holds the lease in this database",
			"two programs with one name take the event stream from each other for ever: stop the other one, let it use the same HOTLINE_DATABASE_URL, or choose another HOTLINE_ARI_APP here and in the dialplan")
	case x.leader != "":
		x.warn(part, "a gateway leads ("+x.leader+") but does not hear this Asterisk", "look at its log and at the ARI address it was given")
	default:
		x.ok(part, "free: no gateway serves just now")
	}
}

// accounts makes a telephone's account as signing in does, and removes it.
func (x *examination) accounts(ctx context.Context) {
	const part, class, id = "telephone accounts", "res_pjsip", "hotline-doctor"
	kinds := []struct {
		kind   string
		fields map[string]string
	}{
		{"auth", map[string]string{"auth_type": "userpass", "username": id, "password": rand.Text()}},
		{"aor", map[string]string{"max_contacts": "1"}},
		{"endpoint", map[string]string{"context": "agents", "allow": "!all,alaw", "auth": id, "aors": id}},
	}
	var failed []string
	var made []string
	for _, k := range kinds {
		if err := x.ari.Configure(ctx, class, k.kind, id, k.fields); err != nil {
			failed = append(failed, k.kind+": "+err.Error())
			continue
		}
		made = append(made, k.kind)
	}
	for _, kind := range slices.Backward(made) {
		if err := x.ari.Unconfigure(ctx, class, kind, id); err != nil {
			failed = append(failed, kind+": "+err.Error())
		}
	}
	if len(failed) > 0 {
		x.fault(part, "the gateway cannot write them: "+strings.Join(failed, "; "),
			"sorcery.conf needs\n"+x.asteriskFile("sorcery.conf")+"and ari.conf read_only = no for the user "+x.ARIUser+"; then restart Asterisk")
		return
	}
	x.ok(part, "one was made and removed again")
}

// telephones tries the socket by which browsers' telephones come in.
func (x *examination) telephones(ctx context.Context) {
	const part = "browser telephones"
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second, Subprotocols: []string{"sip"}}
	ws, resp, err := dialer.DialContext(ctx, sipSocket(x.ARIURL), nil)
	switch {
	case err != nil && resp != nil && resp.StatusCode == http.StatusNotFound, err == nil && ws.Subprotocol() != "sip", err != nil && resp != nil:
		x.fault(part, "Asterisk's /ws takes no SIP", "load res_pjsip_transport_websocket.so; pjsip.conf needs a transport with protocol=ws:\n"+x.asteriskFile("pjsip.conf"))
	case err != nil:
		x.fault(part, sipSocket(x.ARIURL)+": "+err.Error(), "check http.conf")
	default:
		x.ok(part, "%s speaks SIP", sipSocket(x.ARIURL))
	}
	if err == nil {
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
		_ = ws.Close()
	}
}

// wayToCitizens looks for the way to citizens who are called back.
func (x *examination) wayToCitizens(ctx context.Context) {
	part := "calls to citizens"
	endpoints, err := x.ari.Endpoints(ctx)
	online, there := endpoints[x.Trunk]
	switch {
	case err != nil:
		x.warn(part, "cannot be asked: "+err.Error(), "load res_ari_endpoints.so")
	case !there:
		x.warn(part, x.Trunk+" is no PJSIP endpoint: nobody can be called back", "name the endpoint of the operator's line in HOTLINE_TRUNK")
	case !online:
		x.warn(part, "the endpoint "+x.Trunk+" cannot be reached: nobody can be called back", "pjsip.conf needs aors= in its section, and that aor a contact=sip:HOST of the operator's switch")
	default:
		x.ok(part, "go through the endpoint %s", x.Trunk)
	}
}

// identifierOrder asks for the setting that is in force.
func (x *examination) identifierOrder(ctx context.Context) {
	const part = "identification order"
	global, err := x.ari.Setting(ctx, "res_pjsip", "global", "global")
	if err != nil {
		x.warn(part, "is not visible from here: "+err.Error(), "check that pjsip.conf has\n"+x.asteriskFile("pjsip.conf"))
		return
	}
	order := global["endpoint_identifier_order"]
	user, ip := strings.Index(order, "username"), strings.Index(order, "ip")
	if user < 0 || (ip >= 0 && ip < user) {
		x.fault(part, fmt.Sprintf("is %q: a trunk known by its address swallows the telephones behind that address", order),
			"pjsip.conf needs, below [global]:\ntype=global\nendpoint_identifier_order=username,auth_username,ip,anonymous")
		return
	}
	x.ok(part, "%s", order)
}

func (x *examination) asteriskClock(ctx context.Context) {
	const part = "clock of asterisk"
	began := time.Now()
	clock, err := x.ari.Clock(ctx)
	if err != nil {
		x.warn(part, "cannot be asked: "+err.Error(), "")
		return
	}
	x.clock(part, clock.Add(500*time.Millisecond).Sub(began).Round(time.Second)) // it tells whole seconds
}

func (x *examination) clock(part string, ahead time.Duration) {
	if ahead.Abs() > clockLimit {
		x.warn(part, fmt.Sprintf("differs from this machine's by %v", ahead.Round(100*time.Millisecond)),
			"let both machines follow the same time servers (chrony, systemd-timesyncd): records mix their times")
		return
	}
	x.ok(part, "as this machine's")
}
