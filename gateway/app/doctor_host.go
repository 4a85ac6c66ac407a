package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hotline/gateway/store"
)

// Limits of what a machine must have.
const (
	leastPostgreSQL = 130000
	diskFault       = 200 << 20
	diskWarning     = 2 << 30
	expiresSoon     = 30 * 24 * time.Hour
	resolveLimit    = 100 * time.Millisecond
)

// database examines PostgreSQL.
func (x *examination) database(ctx context.Context) {
	const part = "postgresql"
	keys, err := x.ring()
	if err != nil {
		x.fault("keys", err.Error(), "without its keys the gateway does not start; keep the file as long as what was sealed with it")
	} else {
		x.ok("keys", "can be read")
	}
	db, err := store.Open(ctx, x.DatabaseURL, keys, quiet())
	if err != nil {
		x.fault(part, err.Error(), "HOTLINE_DATABASE_URL is postgres://user:password@host:port/database")
		return
	}
	defer db.Close()
	found, err := db.Inspect(ctx, "ari/"+x.ARIApp)
	switch {
	case errors.Is(err, store.ErrUnavailable):
		x.fault(part, err.Error(), "start PostgreSQL, and check the address, user and password of HOTLINE_DATABASE_URL and pg_hba.conf; meanwhile calls are served and their records wait in "+x.SpoolDir)
		return
	case err != nil:
		x.fault(part, err.Error(), "")
		return
	}
	x.postgreSQL(found)
	x.readLines(ctx, db)
}

// postgreSQL judges what was found there.
func (x *examination) postgreSQL(found store.Inspection) {
	if found.VersionNum < leastPostgreSQL {
		x.fault("postgresql", "version "+found.Version+" is too old", "install PostgreSQL 13 or newer")
	} else {
		x.ok("postgresql", "version %s", found.Version)
	}
	x.leader, x.asked = found.Leader, true
	if found.Encoding != "UTF8" {
		x.fault("database encoding", "is "+found.Encoding+": Chinese text cannot be kept", "make a new one: CREATE DATABASE hotline ENCODING 'UTF8' TEMPLATE template0")
	} else {
		x.ok("database encoding", "UTF8")
	}
	x.schema(found)
	x.auditRights(found)
	x.clock("clock of postgresql", found.Ahead)
}

func (x *examination) schema(found store.Inspection) {
	const part = "database schema"
	switch {
	case found.Schema > found.Newest:
		x.warn(part, fmt.Sprintf("is of version %d, made by a newer program than this one (%d)", found.Schema, found.Newest), "install the newer program")
	case found.Schema < found.Newest && !found.MayCreate && x.OwnerURL == "":
		x.fault(part, fmt.Sprintf("is of version %d, %d is needed, and this role may not make tables", found.Schema, found.Newest),
			"as the database's owner: GRANT CREATE ON SCHEMA public TO the role of HOTLINE_DATABASE_URL")
	case found.Schema < found.Newest:
		x.warn(part, fmt.Sprintf("is of version %d, %d is needed", found.Schema, found.Newest), "`hotline serve` brings it up to date as it starts")
	default:
		x.ok(part, "up to date (version %d)", found.Schema)
	}
}

// auditRights says whether the gateway's own role could change what the audit holds.
func (x *examination) auditRights(found store.Inspection) {
	const part = "audit"
	switch {
	case found.Schema == 0:
	case found.AuditOpen:
		x.warn(part, "the role of HOTLINE_DATABASE_URL could change or remove its rows", "let another role own the tables: HOTLINE_OWNER_URL, as the operator's guide says")
	default:
		x.ok(part, "the gateway's role can only add to it")
	}
}

// host examines this machine.
func (x *examination) host(ctx context.Context) {
	x.spool()
	x.port(ctx, "HOTLINE_LISTEN", x.Listen, x.servesConsoles)
	x.port(ctx, "HOTLINE_METRICS_LISTEN", x.MetricsListen, x.servesMetrics)
	x.certificate(time.Now())
}

// ---- spool

func (x *examination) spool() {
	const part = "spool"
	dir := x.SpoolDir
	if _, err := os.Stat(dir); err == nil && !isFolder(dir) {
		x.fault(part, dir+" is no folder", "remove it, or set HOTLINE_SPOOL_DIR")
		return
	}
	for ; !isFolder(dir) && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
	}
	const write, enter = 2, 1
	if err := syscall.Access(dir, write|enter); err != nil {
		x.fault(part, "this user may not write in "+dir, "as root: install -d -m 700 -o hotline "+x.SpoolDir+", with the gateway's user; or set HOTLINE_SPOOL_DIR")
		return
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		x.fault(part, err.Error(), "")
		return
	}
	free := disk.Bavail * uint64(disk.Bsize)
	room := fmt.Sprintf("%d MB free in %s", free>>20, x.SpoolDir)
	const advice = "make room: with a full disk and PostgreSQL away, records of calls are lost"
	switch {
	case free < diskFault:
		x.fault(part, room, advice)
	case free < diskWarning:
		x.warn(part, room, advice)
	default:
		x.ok(part, "%s", room)
	}
	if info, err := os.Stat(filepath.Join(x.SpoolDir, "rejected.jsonl")); err == nil && info.Size() > 0 {
		x.warn("rejected records", fmt.Sprintf("%d bytes in rejected.jsonl", info.Size()),
			"PostgreSQL refused these records for good; each line says why. Keep the file, tell the developers, then move it away")
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// ---- ports

// port examines an address to listen at: free, or held by a gateway that runs already.
func (x *examination) port(ctx context.Context, part, address string, ours func(context.Context) bool) {
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		_ = l.Close()
		x.ok(part, "%s is free", address)
	case errors.Is(err, syscall.EADDRINUSE) && ours(ctx):
		x.ok(part, "%s is held by a running gateway", address)
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(address)
		x.fault(part, address+" is taken by another program", "see which: ss -ltnp 'sport = :"+port+"'; stop it, or set "+part)
	case errors.Is(err, syscall.EACCES):
		x.fault(part, "this user may not listen at "+address, "choose a port above 1023, or give the service AmbientCapabilities=CAP_NET_BIND_SERVICE")
	default:
		x.fault(part, err.Error(), part+" is host:port, of an address that this machine has")
	}
}

func (x *examination) servesConsoles(ctx context.Context) bool {
	scheme := "http://"
	if x.TLSCert != "" {
		scheme = "https://"
	}
	return says(ctx, scheme+reachAt(x.Listen)+"/api/", "this API has no such address and method")
}

func (x *examination) servesMetrics(ctx context.Context) bool {
	return says(ctx, "http://"+reachAt(x.MetricsListen)+"/metrics", "hotline_build_info")
}

// reachAt is where a listener of that address is reached from here.
func reachAt(address string) string {
	host, port, _ := net.SplitHostPort(address)
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// says tells whether a page has a text. Whose certificate it shows does not matter: nothing is sent.
func says(ctx context.Context, url, text string) bool {
	client := http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true,
	}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := client.Do(r)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	return strings.Contains(string(body), text)
}

// ---- certificate

func (x *examination) certificate(now time.Time) {
	const part = "certificate"
	if x.TLSCert == "" && x.TLSKey == "" {
		host, _, _ := net.SplitHostPort(x.Listen)
		if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
			x.ok(part, "none: browsers on this machine need none, others come through a proxy that has one")
			return
		}
		x.warn(part, "none, and consoles are served at "+x.Listen, "browsers give the microphone to HTTPS and localhost only: set HOTLINE_TLS_CERT and HOTLINE_TLS_KEY, or listen at 127.0.0.1 behind a proxy with a certificate")
		return
	}
	pair, err := tls.LoadX509KeyPair(x.TLSCert, x.TLSKey)
	if err != nil {
		x.fault(part, err.Error(), "HOTLINE_TLS_CERT is the certificate with its chain, HOTLINE_TLS_KEY its key, both PEM, readable for the gateway's user")
		return
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		x.fault(part, err.Error(), "")
		return
	}
	names := append([]string(nil), leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	until := leaf.NotAfter.Format(time.DateOnly)
	switch {
	case now.After(leaf.NotAfter):
		x.fault(part, "expired on "+until, "renew it; the gateway reads it as it starts")
	case now.Before(leaf.NotBefore):
		x.fault(part, "is valid only from "+leaf.NotBefore.Format(time.DateOnly), "check this machine's clock")
	case len(names) == 0:
		x.fault(part, "names no host: browsers refuse it", "have one issued with the consoles' address as subjectAltName")
	case leaf.NotAfter.Sub(now) < expiresSoon:
		x.warn(part, "for "+strings.Join(names, ", ")+" expires on "+until, "renew it, then restart the gateway, which nobody on the line notices")
	default:
		x.ok(part, "for %s, until %s", strings.Join(names, ", "), until)
	}
}

// ---- the machine's name

// hostName tries how fast Asterisk finds its own machine's name, which it looks up for every call.
func (x *examination) hostName(ctx context.Context) {
	const part = "host name"
	if !x.asteriskIsHere(ctx) {
		x.warn(part, "is not visible from here", "on Asterisk's machine this must answer at once: getent hosts $(hostname)")
		return
	}
	name, err := os.Hostname()
	if err != nil {
		x.warn(part, err.Error(), "")
		return
	}
	if asteriskHasOwnName() {
		x.ok(part, "Asterisk runs under a name of its own")
		return
	}
	limited, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	began := time.Now()
	_, err = net.DefaultResolver.LookupHost(limited, name)
	took := time.Since(began).Round(time.Millisecond)
	if err != nil || took > resolveLimit {
		x.fault(part, fmt.Sprintf("%s is not found at once (%v): Asterisk looks it up for every call, which then waits", name, took),
			"as root: echo '127.0.1.1 "+name+"' >> /etc/hosts")
		return
	}
	x.ok(part, "%s is found in %v", name, took)
}

// asteriskHasOwnName tells whether an Asterisk of this machine runs under another host name than this program, as
// in a container.
func asteriskHasOwnName() bool {
	mine, err := os.Readlink("/proc/self/ns/uts")
	if err != nil {
		return false
	}
	names, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, comm := range names {
		text, err := os.ReadFile(comm)
		if err != nil || strings.TrimSpace(string(text)) != "asterisk" {
			continue
		}
		its, err := os.Readlink(filepath.Join(filepath.Dir(comm), "ns/uts"))
		if err == nil && its != mine {
			return true
		}
	}
	return false
}
