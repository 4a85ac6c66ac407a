package search

// A segment is a part with what may change: which of its articles are alive, and what votes made of them. Both are
// copied before they are changed, so that a snapshot keeps its own.
type segment struct {
	*part
	weight []uint16 // of each article, in parts of 1024; 0: it is gone
	alive  int
}

// merge makes one segment of several, without their dead. Postings are copied, texts are not read again.
// The terms that the dead had are given to purged.
func merge(segments []segment, purged func(term, int)) segment {
	alive := 0
	for _, s := range segments {
		alive += s.alive
	}
	b := newBuilder(alive)
	weight := make([]uint16, 0, alive)
	for _, s := range segments {
		moved := make([]int32, len(s.docs)) // new places; -1 for the dead
		for i, w := range s.weight {
			moved[i] = -1
			if w > 0 {
				moved[i] = int32(len(b.docs))
				b.docs, b.length, weight = append(b.docs, s.docs[i]), append(b.length, s.length[i]), append(weight, w)
			}
		}
		for at, t := range s.terms {
			dead := 0
			to := ^uint32(0)
			for i := s.begin[at]; i < s.begin[at+1]; i++ {
				place := moved[s.place[i]]
				if place < 0 {
					dead++
					continue
				}
				if to == ^uint32(0) {
					to = b.intern(t)
				}
				b.raw = append(b.raw, posting{to, uint16(place), s.code[i]>>5 + 1})
			}
			if dead > 0 {
				purged(t, dead)
			}
		}
	}
	return segment{part: b.build(), weight: weight, alive: len(weight)}
}
