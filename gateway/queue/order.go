package queue

// key is a place in an order: who has the smaller one comes first. turn makes every key different, so that equals
// stay in the order they came.
type key struct {
	major, minor int64
	turn         uint64
}

func (k key) before(o key) bool {
	if k.major != o.major {
		return k.major < o.major
	}
	if k.minor != o.minor {
		return k.minor < o.minor
	}
	return k.turn < o.turn
}

// node is one member of a tree. Which node stands for whom is its owner's affair: who keeps the number of a node
// needs no search, and a number given back is used again, so that nothing is allocated once the crowd has its size.
type node struct {
	key
	item        int32 // what the owner keeps here
	weight      uint32
	size        int32
	left, right int32
}

// forest is the memory of many ordered trees (treaps): insert, remove, rank and at cost O(log n). A tree is the number
// of its root, 0 is the empty one.
type forest struct {
	nodes []node
	spare []int32
	dice  uint32
}

// take gives out an unused node.
func (f *forest) take() int32 {
	if n := len(f.spare); n > 0 {
		i := f.spare[n-1]
		f.spare = f.spare[:n-1]
		return i
	}
	if len(f.nodes) == 0 {
		f.nodes, f.dice = append(f.nodes, node{}), 2463534242
	}
	f.nodes = append(f.nodes, node{})
	return int32(len(f.nodes) - 1)
}

// give takes back a node that is in no tree.
func (f *forest) give(i int32) { f.spare = append(f.spare, i) }

// insert puts node i into a tree in the place of k.
func (f *forest) insert(root *int32, i int32, k key) {
	f.dice ^= f.dice << 13
	f.dice ^= f.dice >> 17
	f.dice ^= f.dice << 5
	n := &f.nodes[i]
	n.key, n.weight = k, f.dice
	for *root != 0 && f.nodes[*root].weight >= n.weight {
		top := &f.nodes[*root]
		top.size++
		if k.before(top.key) {
			root = &top.left
		} else {
			root = &top.right
		}
	}
	n.left, n.right = f.split(*root, k)
	f.count(n)
	*root = i
}

// remove takes node i out of the tree it is in.
func (f *forest) remove(root *int32, i int32) {
	n := &f.nodes[i]
	for *root != i {
		top := &f.nodes[*root]
		top.size--
		if n.before(top.key) {
			root = &top.left
		} else {
			root = &top.right
		}
	}
	*root = f.join(n.left, n.right)
	n.left, n.right = 0, 0
}

func (f *forest) count(n *node) { n.size = 1 + f.nodes[n.left].size + f.nodes[n.right].size }

// split parts a tree into those before k and the others.
func (f *forest) split(root int32, k key) (left, right int32) {
	if root == 0 {
		return 0, 0
	}
	n := &f.nodes[root]
	if n.before(k) {
		n.right, right = f.split(n.right, k)
		f.count(n)
		return root, right
	}
	left, n.left = f.split(n.left, k)
	f.count(n)
	return left, root
}

// join makes one tree of two, all of left before all of right.
func (f *forest) join(left, right int32) int32 {
	switch {
	case left == 0:
		return right
	case right == 0:
		return left
	case f.nodes[left].weight >= f.nodes[right].weight:
		n := &f.nodes[left]
		n.right = f.join(n.right, right)
		f.count(n)
		return left
	}
	n := &f.nodes[right]
	n.left = f.join(left, n.left)
	f.count(n)
	return right
}

// size is how many are in a tree.
func (f *forest) size(root int32) int {
	if root == 0 {
		return 0
	}
	return int(f.nodes[root].size)
}

// first is the node that comes first in a tree, 0 when it is empty.
func (f *forest) first(root int32) int32 {
	if root == 0 {
		return 0
	}
	for f.nodes[root].left != 0 {
		root = f.nodes[root].left
	}
	return root
}

// at is the node with n others before it, 0 when there are not so many.
func (f *forest) at(root int32, n int) int32 {
	for root != 0 {
		left := f.size(f.nodes[root].left)
		switch {
		case n < left:
			root = f.nodes[root].left
		case n == left:
			return root
		default:
			n -= left + 1
			root = f.nodes[root].right
		}
	}
	return 0
}

// rank is how many of a tree come before k.
func (f *forest) rank(root int32, k key) int {
	n := f.size(root)
	for root != 0 {
		top := &f.nodes[root]
		if top.before(k) {
			root = top.right
		} else { // it and all that come after it do not
			root = top.left
			n -= int(top.size) - f.size(root)
		}
	}
	return n
}
