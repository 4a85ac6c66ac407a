package store_test

import (
	"os"
	"testing"

	"hotline/gateway/store/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir, os.Getenv(crashDSN))
	}
	storetest.Main(m)
}
