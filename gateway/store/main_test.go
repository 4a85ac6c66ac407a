package store_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"hotline/gateway/store"
	"hotline/gateway/store/storetest"
)

// shippedMemory (KiB) and shippedPasses are what a password's hash costs outside tests.
var shippedMemory, shippedPasses uint32

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir, os.Getenv(crashDSN))
	}
	shippedMemory, shippedPasses = store.HashesOfTests()
	// scs.New starts a cleaner for the store in memory that we replace, and cannot stop it without a race.
	storetest.Main(m, goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}
