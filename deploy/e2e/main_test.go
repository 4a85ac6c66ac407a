package e2e

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	closeBrowser()
	for i := len(stopHouse) - 1; i >= 0; i-- {
		stopHouse[i]()
	}
	os.Exit(code)
}
