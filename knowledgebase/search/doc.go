// Package search finds articles by what callers say and agents type: BM25 in memory over pairs of Han characters,
// single characters, pairs of syllables without tones, words and numbers.
//
// An Index belongs to one writer. What it publishes is a Snapshot, which never changes: any number of searches run on
// it at once, and each sees whole articles only. An index that was edited ten thousand times answers exactly like one
// that was built anew, because every figure behind a score (how many articles there are, how long they are, how many
// have a term) is exact, and scores are whole numbers.
//
// Design: gateway/design/0029-search-in-memory.md.
package search
