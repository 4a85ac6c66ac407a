package app

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"hotline/agent"
	"hotline/gateway/ari"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

// Config is everything a gateway is told. Each flag is also an environment variable; secrets belong there or in a
// file, never on a command line that others can list.
type Config struct {
	KeysConfig
	DatabaseURL string     `env:"HOTLINE_DATABASE_URL" help:"PostgreSQL, postgres://user:password@host/database. Needed."`
	ARIURL      string     `name:"ari-url" env:"HOTLINE_ARI_URL" default:"http://127.0.0.1:8088/ari" help:"Asterisk's REST interface."`
	ARIUser     string     `name:"ari-user" env:"HOTLINE_ARI_USER" default:"hotline" help:"User of ari.conf."`
	ARIPassword string     `name:"ari-password" env:"HOTLINE_ARI_PASSWORD" help:"Its password; or give the file."`
	ARISecret   string     `name:"ari-password-file" env:"HOTLINE_ARI_PASSWORD_FILE" type:"path" help:"File that holds it."`
	ARIApp      string     `name:"ari-app" env:"HOTLINE_ARI_APP" default:"hotline" help:"Stasis application of the dialplan."`
	Lines       string     `env:"HOTLINE_LINES" type:"path" help:"CSV file of the dialled numbers of a first start; the shipped list when empty."`
	Settings    string     `env:"HOTLINE_SETTINGS" type:"path" help:"JSON file with all settings of a first start, in place of the shipped ones; the spool folder's settings.json is such a file."`
	Trunk       string     `env:"HOTLINE_TRUNK" default:"trunk" help:"PJSIP endpoint that citizens are called back through."`
	LogLevel    slog.Level `env:"HOTLINE_LOG_LEVEL" default:"info" help:"debug, info, warn or error."`
}

// ServeConfig is what a serving gateway is told besides.
type ServeConfig struct {
	Listen        string `env:"HOTLINE_LISTEN" default:"127.0.0.1:8443" help:"Address of the consoles and the API."`
	MetricsListen string `env:"HOTLINE_METRICS_LISTEN" default:"127.0.0.1:9345" help:"Address of /metrics, /healthz and /readyz."`
	Folders
	TLSCert       string        `env:"HOTLINE_TLS_CERT" type:"path" help:"Certificate of the consoles; browsers give the microphone to HTTPS and localhost only."`
	TLSKey        string        `env:"HOTLINE_TLS_KEY" type:"path" help:"Its key."`
	RingTimeout   time.Duration `env:"HOTLINE_RING_TIMEOUT" default:"0s" help:"How long a call rings at one agent, of all queues of a first start; each queue's own (20 s) when 0."`
	MediaAddress  string        `env:"HOTLINE_MEDIA_ADDRESS" help:"Address that agents' telephones send sound to; Asterisk's choice when empty."`
	WrapUp        time.Duration `env:"HOTLINE_WRAP_UP" default:"-1s" help:"Time for notes after a call, 0 for none, of all queues of a first start; each queue's own (60 s) when negative."`
	SoundsDir     string        `env:"HOTLINE_SOUNDS_DIR" type:"path" help:"Asterisk's folder sounds/hotline, where bulletins are spoken into; without it only recorded ones play."`
	FlowsDir      string        `env:"HOTLINE_FLOWS_DIR" type:"path" help:"Folder of flows (*.yaml) beside the shipped ones; one of the same name wins."`
	SpeechURL     string        `name:"speech-url" env:"HOTLINE_SPEECH_URL" help:"Speech service for bulletins, {text} and {language} are put in; espeak-ng when empty."`
	SpeechBody    string        `env:"HOTLINE_SPEECH_BODY" help:"JSON that is posted to it; asked by GET when empty."`
	SpeechHeader  string        `env:"HOTLINE_SPEECH_HEADER" help:"Header that proves who asks, such as Authorization."`
	SpeechSecret  string        `env:"HOTLINE_SPEECH_SECRET" help:"Value of that header."`
	OrdersURL     string        `name:"orders-url" env:"HOTLINE_ORDERS_URL" help:"Where work orders are asked for by callers who keyed a number, {order} is put in; such callers get a human when empty."`
	OrdersHeader  string        `env:"HOTLINE_ORDERS_HEADER" help:"Header that proves who asks, such as Authorization."`
	OrdersSecret  string        `env:"HOTLINE_ORDERS_SECRET" help:"Value of that header."`
	ProgramToken  string        `env:"HOTLINE_PROGRAM_TOKEN" help:"Token by which the system that works on requests proves who it is; or give the file. Without one no program may tell how far requests are."`
	ProgramSecret string        `name:"program-token-file" env:"HOTLINE_PROGRAM_TOKEN_FILE" type:"path" help:"File that holds it."`
	SpeechRate    int           `env:"HOTLINE_SPEECH_RATE" default:"8000" help:"Samples a second that it answers with, 8000 or 16000."`
	OIDCConfig
	TLS             string        `name:"tls" env:"HOTLINE_TLS" enum:",local,proxy" default:"" help:"Without a certificate: local makes one, in the spool folder's tls/, renewed at a start; proxy says that a proxy before the gateway has one."`
	TLSNames        []string      `name:"tls-names" env:"HOTLINE_TLS_NAMES" help:"Names and addresses besides this machine's own that a local certificate is for, with commas."`
	SecondFactor    []string      `env:"HOTLINE_SECOND_FACTOR" default:"administrator" enum:"agent,expert,supervisor,quality,editor,reviewer,administrator,auditor,nobody" help:"Roles whose people must have a second factor, with commas; nobody for none."`
	OneSession      bool          `env:"HOTLINE_ONE_SESSION" default:"true" negatable:"" help:"An account is signed in in one place: a second sign-in ends the first, and both are told."`
	SessionIdle     time.Duration `env:"HOTLINE_SESSION_IDLE" default:"30m" help:"After which a sign-in ends that makes no request and has no console open."`
	SessionLifetime time.Duration `env:"HOTLINE_SESSION_LIFETIME" default:"12h" help:"After which any sign-in ends; in a call, when that is over."`
}

// Check finds what cannot work and says what to do.
func (c *Config) Check() error {
	if c.ARISecret != "" {
		secret, err := os.ReadFile(c.ARISecret)
		if err != nil {
			return fmt.Errorf("ARI password: %w", err)
		}
		c.ARIPassword = strings.TrimSpace(string(secret))
	}
	if c.DatabaseURL == "" {
		return errors.New("the address of PostgreSQL is missing: set HOTLINE_DATABASE_URL")
	}
	if c.ARIPassword == "" {
		return errors.New("the ARI password is missing: set HOTLINE_ARI_PASSWORD or HOTLINE_ARI_PASSWORD_FILE")
	}
	return nil
}

// leastToken is the least length of a token that nobody guesses.
const leastToken = 24

// Check finds what cannot work and says what to do.
func (c *ServeConfig) Check() error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("TLS needs both HOTLINE_TLS_CERT and HOTLINE_TLS_KEY")
	}
	if c.TLS != "" && c.TLSCert != "" {
		return errors.New("HOTLINE_TLS is for gateways without a certificate: leave it or HOTLINE_TLS_CERT empty")
	}
	if (c.SessionIdle != 0 && c.SessionIdle < time.Minute) || c.SessionLifetime < c.SessionIdle {
		return errors.New("HOTLINE_SESSION_IDLE must be at least 1m, and HOTLINE_SESSION_LIFETIME not less")
	}
	if c.ProgramSecret != "" {
		secret, err := os.ReadFile(c.ProgramSecret)
		if err != nil {
			return fmt.Errorf("token of programs: %w", err)
		}
		c.ProgramToken = strings.TrimSpace(string(secret))
	}
	if c.ProgramToken != "" && len(c.ProgramToken) < leastToken {
		return fmt.Errorf("the token of programs is shorter than %d characters: make one with `openssl rand -hex 32`", leastToken)
	}
	if c.RingTimeout != 0 && c.RingTimeout < time.Second {
		return errors.New("the ring time-out must be at least 1s, or 0 for each queue's own")
	}
	return c.OIDCConfig.Check()
}

// secondFactor are the roles whose people must have a second factor.
func (c *ServeConfig) secondFactor() (roles []agent.Role) {
	for _, r := range c.SecondFactor {
		if r != "nobody" {
			roles = append(roles, agent.Role(r))
		}
	}
	return roles
}

// Logger writes JSON lines to standard error, without anybody's number.
func (c *Config) Logger() *slog.Logger {
	return slog.New(scrubbed{slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: c.LogLevel})})
}

// Directory reads the lines.
func (c *Config) Directory() (*directory.Directory, error) {
	if c.Lines == "" {
		return directory.Default(), nil
	}
	f, err := os.Open(c.Lines)
	if err != nil {
		return nil, fmt.Errorf("HOTLINE_LINES: %w", err)
	}
	defer f.Close()
	d, err := directory.ReadCSV(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Lines, err)
	}
	return d, nil
}

// firstSettings are the settings of a first start. Once they are kept, people edit them in the console.
func (c *Config) firstSettings() (settings.Snapshot, error) {
	lines, err := c.Directory()
	if err != nil || c.Settings == "" {
		return settings.Default().For(lines), err
	}
	if c.Lines != "" {
		return settings.Snapshot{}, errors.New("HOTLINE_SETTINGS has lines too: leave HOTLINE_LINES empty")
	}
	text, err := os.ReadFile(c.Settings)
	if err != nil {
		return settings.Snapshot{}, fmt.Errorf("HOTLINE_SETTINGS: %w", err)
	}
	_, set, err := settings.Decode(text)
	if err != nil {
		return settings.Snapshot{}, fmt.Errorf("%s: %w", c.Settings, err)
	}
	return set, nil
}

// ARI is a client for the configured Asterisk.
func (c *Config) ARI(meter ari.Meter, log *slog.Logger) *ari.Client {
	return ari.New(ari.Config{
		URL: c.ARIURL, User: c.ARIUser, Password: c.ARIPassword, App: c.ARIApp, Log: log, Meter: meter,
	})
}

// quiet is the log of commands whose errors are their output.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
