package stack

import (
	"fmt"
	"os"
	"strings"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

// PlainSettings writes settings of a first start for tests and benchmarks: the
// lines of a CSV text and queues that only find agents. Nobody who waits is
// told anything, no agent's number is spoken, nobody is asked to rate. More
// changes may follow.
func PlainSettings(path, lines string, more ...func(*settings.Snapshot)) error {
	d, err := directory.ReadCSV(strings.NewReader(lines))
	if err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	set := settings.Default().For(d)
	for i := range set.Queues {
		q := &set.Queues[i]
		q.Announce, q.Callback, q.TellAgentNo, q.Rating = 0, 0, false, false
	}
	for _, change := range more {
		change(&set)
	}
	return writeSettings(path, set)
}

func writeSettings(path string, set settings.Snapshot) error {
	text, err := settings.Encode(set.Rows())
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}
