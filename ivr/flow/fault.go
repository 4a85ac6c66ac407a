package flow

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Fault is one thing that is wrong in a flow's file.
type Fault struct {
	File string
	Line int
	Text string
}

func (f Fault) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text) }

// Faults are all that is wrong, by file and line. As an error they are a line each.
type Faults []Fault

func (all Faults) Error() string {
	lines := make([]string, len(all))
	for i, f := range all {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// sorted returns the faults in the order in which one mends them; nil when there are none.
func (all Faults) sorted() error {
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return slices.Compact(all)
}

func (r *reader) fault(n *yaml.Node, format string, args ...any) {
	r.faultAt(max(1, n.Line), format, args...)
}

func (r *reader) faultAt(line int, format string, args ...any) {
	r.faults = append(r.faults, Fault{r.file, line, fmt.Sprintf(format, args...)})
}

var yamlComplaint = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// notYAML tells of a file that cannot be read at all.
func (r *reader) notYAML(err error) {
	line, text := 1, err.Error()
	if m := yamlComplaint.FindStringSubmatch(text); m != nil {
		text = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	r.faultAt(line, "it is not YAML: %s", text)
}
