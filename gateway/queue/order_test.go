package queue

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTreesStayShallow inserts the worst way there is, in order, as callers come: the way to a member must grow with
// the logarithm of how many there are.
func TestTreesStayShallow(t *testing.T) {
	t.Parallel()
	for _, n := range []int{100, 1_000, 10_000, 100_000} {
		var f forest
		root, oldest := int32(0), make([]int32, 0, 2*n)
		for i := range 2 * n { // the first half leaves again
			at := f.take()
			f.insert(&root, at, key{major: int64(i)})
			oldest = append(oldest, at)
			if i >= n {
				f.remove(&root, oldest[i-n])
				f.give(oldest[i-n])
			}
		}
		mean := float64(depths(&f, root, 1)) / float64(n)
		if limit := 2.2 * math.Log2(float64(n)); f.size(root) != n || mean > limit {
			t.Errorf("%d members: on average %.1f steps, more than %.1f", f.size(root), mean, limit)
		}
	}
}

func depths(f *forest, root int32, depth int) int {
	if root == 0 {
		return 0
	}
	return depth + depths(f, f.nodes[root].left, depth+1) + depths(f, f.nodes[root].right, depth+1)
}

func TestTreeAgainstASortedList(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	var f forest
	var list []key
	at := map[key]int32{}
	root := int32(0)
	for range 20_000 {
		if len(list) > 0 && r.IntN(2) == 0 {
			i := r.IntN(len(list))
			f.remove(&root, at[list[i]])
			f.give(at[list[i]])
			delete(at, list[i])
			list = slices.Delete(list, i, i+1)
		} else {
			k := key{int64(r.IntN(20)), int64(r.IntN(5)), r.Uint64()}
			i, _ := slices.BinarySearchFunc(list, k, compareKeys)
			list = slices.Insert(list, i, k)
			at[k] = f.take()
			f.insert(&root, at[k], k)
		}
		if f.size(root) != len(list) {
			t.Fatalf("%d members, want %d", f.size(root), len(list))
		}
		if len(list) == 0 {
			continue
		}
		i := r.IntN(len(list))
		if f.nodes[f.at(root, i)].key != list[i] || f.rank(root, list[i]) != i || f.nodes[f.first(root)].key != list[0] {
			t.Fatalf("member %d of %d is not where it belongs", i, len(list))
		}
	}
	if f.at(root, len(list)) != 0 {
		t.Error("there is a member after the last")
	}
}

func compareKeys(a, b key) int {
	switch {
	case a.before(b):
		return -1
	case b.before(a):
		return 1
	}
	return 0
}
