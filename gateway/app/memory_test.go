package app

import (
	"runtime/debug"
	"testing"
)

func TestMemoryIsBounded(t *testing.T) {
	percent, limit := debug.SetGCPercent(100), debug.SetMemoryLimit(-1)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(limit)
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	boundMemory()
	if p, l := debug.SetGCPercent(gcPercent), debug.SetMemoryLimit(-1); p != gcPercent || l != memoryLimit {
		t.Errorf("the heap may grow by %d %%, to %d", p, l)
	}
	debug.SetMemoryLimit(limit)
	t.Setenv("GOMEMLIMIT", "1GiB")
	boundMemory()
	if l := debug.SetMemoryLimit(-1); l != limit {
		t.Errorf("who runs it asked for another limit, and it is %d", l)
	}
}
