package store

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

//go:embed common_passwords.txt
var commonText string

// commonPasswords are those that are guessed first: the frequent ones of published leaks, and what lies near here.
var commonPasswords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(commonText) {
		set[word] = true
	}
	return set
})

// leastDistinct is how many different characters a password has at least.
const leastDistinct = 5

// isCommon says whether a password is guessed first: a frequent word, also with figures and signs around it, nothing
// but figures, or few characters over and over.
func isCommon(password string) bool {
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	low := strings.ToLower(password)
	stem := strings.TrimFunc(low, func(r rune) bool { return !unicode.IsLetter(r) })
	return len(distinct) < leastDistinct || stem == "" || commonPasswords()[low] || commonPasswords()[stem]
}
