package asterisk

import (
	"embed"
	"fmt"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"
	"time"
)

//go:embed conf/*.conf
var confFiles embed.FS

// Config is what the templates in conf/ are filled with.
type Config struct {
	// SystemName is the node's name, the first part of every channel's id.
	SystemName string
	// HTTPAddress is host:port of ARI and of the browsers' SIP socket (/ws).
	HTTPAddress string
	// SIPAddress is host:port of SIP over UDP.
	SIPAddress string
	// RTPFirst and RTPLast are the ports of sound, both included.
	RTPFirst, RTPLast int

	ARIApp, ARIUser, ARIPassword string

	// TrunkAddresses are the addresses or networks whose calls come in as the
	// operator's line.
	TrunkAddresses []string
	// TrunkContact is host:port of the operator's switch, where citizens are
	// called back through. Empty: nobody can be called back.
	TrunkContact string
	// Trunks are further lines, to and from other services.
	Trunks []Trunk
	// Loopback keeps all sound on 127.0.0.1, for tests and development.
	Loopback bool

	// DutyPhones are dialled, all at once, when the gateway has been away for
	// DutyAfter: Asterisk's dial strings, such as PJSIP/110@trunk. With none
	// the caller goes on hearing music.
	DutyPhones []string
	DutyAfter  time.Duration

	// Bench adds what the benchmarks compare with; nil in production.
	Bench *Bench

	// Dir is the work folder, ModuleDir the folder of Asterisk's modules,
	// RunDir that of its control socket. The server fills them.
	Dir, ModuleDir, RunDir string
}

// Trunk is a line to another exchange, as a PJSIP endpoint.
type Trunk struct {
	Name string
	// Context is where its calls come in: FromTrunk or From110.
	Context string
	// Addresses or networks whose calls are its own; none, and none come in.
	Addresses []string
	// Contact is host:port of the exchange. Empty: nobody can be called.
	Contact string
	// Qualify has Asterisk ask now and then whether it is there.
	Qualify bool
}

// The contexts of extensions.conf.
const (
	FromTrunk = "from-trunk"
	From110   = "from-110" // as line 12345110, whatever was dialled
)

// AllTrunks are the operator's line and the further ones.
func (c Config) AllTrunks() []Trunk {
	if len(c.TrunkAddresses) == 0 {
		return c.Trunks
	}
	return append([]Trunk{{Name: "trunk", Context: FromTrunk, Addresses: c.TrunkAddresses, Contact: c.TrunkContact}}, c.Trunks...)
}

// Bench are agents for Asterisk's own queue: agent-FIRST and the following.
type Bench struct {
	First, Agents int
	// Contact is host:port where all these agents answer. Empty: no accounts
	// are written, and somebody makes them over ARI.
	Contact string
}

// Names are the endpoints of the agents: agent-6001, agent-6002 …
func (b Bench) Names() []string {
	names := make([]string, b.Agents)
	for i := range names {
		names[i] = fmt.Sprintf("agent-%d", b.First+i)
	}
	return names
}

// Render writes all configuration files into dir, which must exist.
func (c Config) Render(dir string) error {
	files, err := confFiles.ReadDir("conf")
	if err != nil {
		return fmt.Errorf("list configuration templates: %w", err)
	}
	for _, f := range files {
		text, err := c.File(f.Name())
		if err != nil {
			return err
		}
		// The ARI password is in one of them.
		if err := os.WriteFile(filepath.Join(dir, f.Name()), []byte(text), 0o640); err != nil {
			return fmt.Errorf("write Asterisk's configuration: %w", err)
		}
	}
	return nil
}

// File returns one configuration file filled in, such as "extensions.conf".
func (c Config) File(name string) (string, error) {
	text, err := confFiles.ReadFile(path.Join("conf", name))
	if err != nil {
		return "", fmt.Errorf("read template: %w", err)
	}
	t, err := template.New(name).Funcs(funcs).Parse(string(text))
	if err != nil {
		return "", fmt.Errorf("parse template %s: %w", name, err)
	}
	var out strings.Builder
	if err := t.Execute(&out, c); err != nil {
		return "", fmt.Errorf("fill in %s: %w", name, err)
	}
	return out.String(), nil
}

var funcs = template.FuncMap{
	"agents":  Bench.Names,
	"join":    strings.Join,
	"seconds": func(d time.Duration) int { return int(d.Seconds()) },
	"host": func(address string) (string, error) {
		host, _, err := net.SplitHostPort(address)
		return host, err
	},
	"port": func(address string) (string, error) {
		_, port, err := net.SplitHostPort(address)
		return port, err
	},
}
