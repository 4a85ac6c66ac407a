package flow

import (
	"slices"
	"strings"

	"hotline/ivr"
)

// graph checks how the steps hang together.
func (r *reader) graph() {
	all, auto := map[string][]string{}, map[string][]string{}
	for _, ref := range r.refs {
		if _, known := r.lines[ref.to]; !known {
			if ref.to != "" {
				r.faultAt(ref.line, "%sno step %q", prefix(ref.from), ref.to)
			}
			r.broken[ref.from] = true
			continue
		}
		all[ref.from] = append(all[ref.from], ref.to)
		if ref.auto {
			auto[ref.from] = append(auto[ref.from], ref.to)
		}
	}
	if _, known := r.lines[r.flow.First]; known {
		r.unreachable(all)
	}
	r.noWayOut(all)
	r.loops(auto)
}

func (r *reader) unreachable(all map[string][]string) {
	seen := reach(r.flow.First, all)
	for _, name := range r.order {
		if !seen[name] {
			r.faultAt(r.lines[name], "step %q is never reached", name)
		}
	}
}

// noWayOut finds steps from which the call is neither put through nor ended.
func (r *reader) noWayOut(all map[string][]string) {
	for _, name := range r.order {
		out := false
		for step := range reach(name, all) {
			switch r.flow.Steps[step].Kind {
			case ivr.ToQueue, ivr.End, ivr.Silent:
				out = true
			}
			out = out || r.broken[step]
		}
		if !out {
			r.faultAt(r.lines[name], "step %q is a dead end: no way leads on to a queue or an end", name)
		}
	}
}

// loops finds circles that turn while the caller does nothing.
func (r *reader) loops(auto map[string][]string) {
	told := map[string]bool{}
	for _, name := range r.order {
		circle := circleFrom(name, auto)
		if circle == nil || slices.ContainsFunc(circle, func(step string) bool { return told[step] }) {
			continue
		}
		for _, step := range circle {
			told[step] = true
		}
		r.faultAt(r.lines[name], "%s goes round for ever while the caller does nothing", strings.Join(append(circle, name), " → "))
	}
}

func reach(from string, ways map[string][]string) map[string]bool {
	seen := map[string]bool{from: true}
	for todo := []string{from}; len(todo) > 0; todo = todo[1:] {
		for _, next := range ways[todo[0]] {
			if !seen[next] {
				seen[next] = true
				todo = append(todo, next)
			}
		}
	}
	return seen
}

// circleFrom returns the shortest way from a step back to itself, without the return; nil when there is none.
func circleFrom(start string, ways map[string][]string) []string {
	cameFrom := map[string]string{}
	for todo := []string{start}; len(todo) > 0; todo = todo[1:] {
		for _, next := range ways[todo[0]] {
			if next == start {
				return wayTo(todo[0], start, cameFrom)
			}
			if _, seen := cameFrom[next]; !seen {
				cameFrom[next] = todo[0]
				todo = append(todo, next)
			}
		}
	}
	return nil
}

func wayTo(step, start string, cameFrom map[string]string) []string {
	way := []string{step}
	for step != start {
		step = cameFrom[step]
		way = append(way, step)
	}
	slices.Reverse(way)
	return way
}
