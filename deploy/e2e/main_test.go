package e2e

import (
	"flag"
	"log/slog"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // sipgo has words for every closed socket
	flag.Parse()
	_ = flag.Set("test.parallel", "1000") // doors decide who waits
	code := m.Run()
	closeBrowser()
	for i := len(stopHouse) - 1; i >= 0; i-- {
		stopHouse[i]()
	}
	os.Exit(code)
}
