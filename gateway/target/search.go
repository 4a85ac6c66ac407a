package target

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxQuery is how many characters a query may have; a longer one finds nothing.
const MaxQuery = 64

// Search finds entries by number, name, unit, pinyin or the first letters of pinyin, the best match first and equal
// ones in their order, at most limit. An empty query finds all.
func Search(entries []Entry, query string, limit int) []Entry {
	if utf8.RuneCountInString(query) > MaxQuery {
		return nil
	}
	query = strings.ToLower(strings.TrimSpace(query))
	type match struct {
		entry Entry
		how   int
	}
	var matches []match
	for _, e := range entries {
		if how, ok := e.matches(query); ok {
			matches = append(matches, match{e, how})
		}
	}
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Compare(a.how, b.how) })
	var best []Entry
	for _, m := range matches[:max(0, min(limit, len(matches)))] {
		best = append(best, m.entry)
	}
	return best
}

// matches says how well an entry fits a query in small letters: 0 best.
func (e Entry) matches(query string) (how int, ok bool) {
	key, title := strings.ToLower(e.Key), strings.ToLower(e.Title)
	name := strings.TrimPrefix(title, key) // "12329住房公积金热线" is called 住房公积金热线 as well
	letters := strings.ReplaceAll(query, " ", "")
	first, somewhere := false, false
	if letters != "" && strings.Trim(letters, "abcdefghijklmnopqrstuvwxyz") == "" {
		first, somewhere = spells(e.sounds, letters)
	}
	for i, found := range []bool{
		query == "" || key == query || title == query || name == query,
		strings.HasPrefix(key, query),
		strings.HasPrefix(title, query) || strings.HasPrefix(name, query),
		strings.Contains(title, query),
		first,
		somewhere,
		strings.Contains(strings.ToLower(e.Unit), query),
	} {
		if found {
			return i, true
		}
	}
	return 0, false
}
