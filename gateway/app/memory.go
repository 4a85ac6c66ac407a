package app

import (
	"os"
	"runtime/debug"
)

const (
	// gcPercent lets the heap, which is small, grow further between collections: they cost more than the memory.
	gcPercent = 800
	// memoryLimit bounds that. Each check of a password takes 46 MiB, so a shift that signs in would leave a gigabyte
	// behind; near the limit it is collected sooner instead.
	memoryLimit = 768 << 20
)

// boundMemory sets how much memory the program takes. GOGC and GOMEMLIMIT win.
func boundMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
