package proc

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// Tail returns the last n lines of a log file as a phrase for an error
// message: it names the file and is never empty.
func Tail(path string, n int) string {
	lines, err := LastLines(path, n)
	if err != nil {
		return fmt.Sprintf("its log cannot be read: %v", err)
	}
	if len(lines) == 0 {
		return fmt.Sprintf("its log %s is empty", path)
	}
	return fmt.Sprintf("the last lines of %s:\n    %s", path, strings.Join(lines, "\n    "))
}

// LastLines returns up to n last lines of a file. It reads at most 64 KiB, so
// it is safe on a log of any size.
func LastLines(path string, n int) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer f.Close()
	const window = 64 << 10
	if info, err := f.Stat(); err == nil && info.Size() > window {
		if _, err := f.Seek(-window, io.SeekEnd); err != nil {
			return nil, fmt.Errorf("seek in log: %w", err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, window))
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil, nil
	}
	lines := strings.Split(string(data), "\n")
	return lines[max(0, len(lines)-n):], nil
}
