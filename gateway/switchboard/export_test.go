package switchboard

import (
	"maps"
	"slices"
)

// Commands are the names of all commands that exist.
func Commands() []string { return slices.Sorted(maps.Keys(commandTable)) }
