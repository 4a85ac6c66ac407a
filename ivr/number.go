package ivr

import (
	"strconv"
	"strings"
)

// MostNumber is the greatest number that can be spoken.
const MostNumber = 9999

// Number returns the prompts that speak a count from 0 to MostNumber as it stands before a measure word: 两 for 2
// alone, 十二, 一百零五, 两千二百. None for other numbers. Up to 99 it is a prompt of its own, which sounds better
// than syllables put together; above that thousands, hundreds and the rest are.
func Number(n int) []string {
	switch {
	case n < 0 || n > MostNumber:
		return nil
	case n == 2:
		return []string{"n_liang"}
	case n < 100:
		return []string{numbered("n_", n)}
	}
	thousands, hundreds, rest := n/1000, n/100%10, n%100
	var prompts []string
	if thousands > 0 {
		prompts = append(prompts, numbered("n_", thousands*1000))
	}
	if hundreds > 0 {
		prompts = append(prompts, numbered("n_", hundreds*100))
	}
	if rest == 0 {
		return prompts
	}
	if rest < 10 || hundreds == 0 { // a place is skipped
		prompts = append(prompts, "n_0")
	}
	if rest >= 10 && rest < 20 { // 一十二, not 十二, behind something greater
		return append(prompts, numbered("n_after_", rest))
	}
	return append(prompts, numbered("n_", rest))
}

// Spell returns the prompts that speak a number digit by digit, 幺 for 1: agents' and telephone numbers. What is no
// digit is left out.
func Spell(digits string) []string {
	var prompts []string
	for _, d := range digits {
		if strings.ContainsRune("0123456789", d) {
			prompts = append(prompts, "d_"+string(d))
		}
	}
	return prompts
}

func numbered(prefix string, n int) string { return prefix + strconv.Itoa(n) }
