package store_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"hotline/gateway/store/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		crashChild(dir, os.Getenv(crashDSN))
	}
	// scs.New starts a cleaner for the store in memory that we replace, and cannot stop it without a race.
	storetest.Main(m, goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}
