package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hotline/gateway/ari"
	"hotline/gateway/directory"
)

// Doctor is `hotline doctor`: it looks at everything that a serving gateway needs, changes nothing that stays, and
// says of each fault what to do. It can be run beside a gateway that serves.
type Doctor struct {
	Config
	ServeConfig
	AsteriskConfig string `env:"HOTLINE_ASTERISK_CONFIG" type:"path" help:"Folder of Asterisk's configuration on this machine; found by itself where Asterisk runs here."`
	Print          bool   `name:"print-asterisk-config" help:"Only print the lines that an existing Asterisk needs."`
	JSON           bool   `name:"json" help:"For programs."`
}

// Level says how a finding is to be taken.
type Level string

// The levels of a finding.
const (
	LevelOK      Level = "ok"
	LevelWarning Level = "warning" // it works, or cannot be seen from here
	LevelFault   Level = "fault"   // it does not work
)

// Finding is one line of the report.
type Finding struct {
	Part   string `json:"part"`
	Level  Level  `json:"level"`
	Found  string `json:"found"`
	Advice string `json:"advice,omitempty"` // what to do; of one or more lines
}

// Report is what --json prints.
type Report struct {
	Faults   int       `json:"faults"`
	Warnings int       `json:"warnings"`
	Findings []Finding `json:"findings"`
}

// examineTime is how long the whole examination may take.
const examineTime = 60 * time.Second

// Run examines and prints. Faults are its error, so that the exit status is 1.
func (d *Doctor) Run(ctx context.Context) error {
	if d.Print {
		return d.printAsterisk(os.Stdout)
	}
	limited, cancel := context.WithTimeout(ctx, examineTime)
	defer cancel()
	report := d.examine(limited)
	if err := report.print(os.Stdout, d.JSON); err != nil {
		return err
	}
	if report.Faults > 0 {
		return fmt.Errorf("faults found: %d", report.Faults)
	}
	return nil
}

// examination is one run of the doctor.
type examination struct {
	*Doctor
	ari      *ari.Client
	findings []Finding

	modules map[string]bool  // of Asterisk, running
	read    time.Time        // when Asterisk read its files last
	leader  string           // who holds the lease, empty when nobody does
	asked   bool             // whether PostgreSQL could be asked for him
	lines   []directory.Line // that people edited; nil where PostgreSQL has none
}

func (d *Doctor) examine(ctx context.Context) Report {
	x := &examination{Doctor: d, ari: d.ARI(noARIMeter{}, quiet())}
	if x.configuration() {
		x.ari = d.ARI(noARIMeter{}, quiet()) // the password may have come from a file
		x.database(ctx)
		x.asterisk(ctx)
	}
	x.host(ctx)
	report := Report{Findings: x.findings}
	for _, f := range x.findings {
		switch f.Level {
		case LevelFault:
			report.Faults++
		case LevelWarning:
			report.Warnings++
		}
	}
	return report
}

// configuration is what serve would refuse to start with; without it nothing can be asked.
func (x *examination) configuration() bool {
	const part = "configuration"
	fine := true
	for _, check := range []func() error{
		x.Config.Check, x.ServeConfig.Check,
		func() error { _, err := x.Directory(); return err },
	} {
		if err := check(); err != nil {
			x.fault(part, "serve would not start", err.Error())
			fine = false
		}
	}
	if fine {
		lines, _ := x.Directory()
		x.ok(part, "complete; queues: %s", strings.Join(lines.Queues(), ", "))
	}
	return fine
}

func (x *examination) ok(part, found string, args ...any) {
	x.findings = append(x.findings, Finding{part, LevelOK, fmt.Sprintf(found, args...), ""})
}

func (x *examination) warn(part, found, advice string) {
	x.findings = append(x.findings, Finding{part, LevelWarning, found, advice})
}

func (x *examination) fault(part, found, advice string) {
	x.findings = append(x.findings, Finding{part, LevelFault, found, advice})
}

// print writes the report, for people or for programs.
func (r Report) print(out io.Writer, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	for _, f := range r.Findings {
		f.Print(out)
	}
	_, err := fmt.Fprintf(out, "\nfaults: %d, warnings: %d\n", r.Faults, r.Warnings)
	return err
}

// Print writes one finding as a line, with its advice below.
func (f Finding) Print(out io.Writer) {
	fmt.Fprintf(out, "%-8s %-22s %s\n", f.Level, f.Part, f.Found)
	for line := range strings.Lines(f.Advice) {
		fmt.Fprintf(out, "%31s %s\n", "", strings.TrimRight(line, "\n"))
	}
}

// noARIMeter counts nothing.
type noARIMeter struct{}

func (noARIMeter) ARIRequest(string, time.Duration, error) {}
func (noARIMeter) ARIEvent(string, time.Duration)          {}
func (noARIMeter) ARISkipped(string)                       {}
func (noARIMeter) ARIConnected(bool)                       {}
