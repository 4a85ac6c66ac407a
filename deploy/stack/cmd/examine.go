package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hotline/deploy/stack"
)

// report is what `hotline doctor --json` prints.
type report struct {
	Findings []struct{ Part, Level, Found, Advice string }
}

// examine lets the doctor look at the running stack, and shows what is not well.
func examine(ctx context.Context, p place) error {
	info, err := stack.ReadInfo(p.info())
	if err != nil {
		return fmt.Errorf("find what runs: %w", err)
	}
	found, err := askDoctor(ctx, info)
	if err != nil {
		return err
	}
	well := 0
	for _, f := range found.Findings {
		if f.Level == "ok" {
			well++
			continue
		}
		fmt.Printf("doctor: %s: %s: %s\n", f.Level, f.Part, f.Found)
		for line := range strings.Lines(f.Advice) {
			fmt.Println("         ", strings.TrimRight(line, "\n"))
		}
	}
	fmt.Printf("doctor: %d of %d checks are well\n", well, len(found.Findings))
	return nil
}

func askDoctor(ctx context.Context, info stack.Info) (report, error) {
	var r report
	cmd := exec.CommandContext(ctx, filepath.Join(info.Dir, "gateway", "hotline"), "doctor", "--json")
	cmd.Env = append(os.Environ(),
		"HOTLINE_DATABASE_URL="+info.GatewayPostgres,
		"HOTLINE_OWNER_URL="+info.Postgres,
		"HOTLINE_ARI_URL="+info.ARI.URL,
		"HOTLINE_ARI_USER="+info.ARI.User,
		"HOTLINE_ARI_PASSWORD="+info.ARI.Password,
		"HOTLINE_ARI_APP="+info.ARI.App,
		"HOTLINE_LISTEN="+hostOf(info.Console),
		"HOTLINE_METRICS_LISTEN="+hostOf(info.Metrics),
		"HOTLINE_KEYS_FILE="+info.Keys,
		"HOTLINE_SPOOL_DIR="+filepath.Join(info.Dir, "gateway", "spool"),
	)
	out, err := cmd.Output()
	var failed *exec.ExitError
	if err != nil && !(errors.As(err, &failed) && len(out) > 0) { // it fails where it finds a fault
		return r, fmt.Errorf("run the doctor: %w", err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		return r, fmt.Errorf("read the doctor's report: %w", err)
	}
	return r, nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
