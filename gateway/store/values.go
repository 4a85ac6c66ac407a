package store

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	keyRunes  = 500    // longest value of an indexed column; an index row holds 2,700 bytes
	textRunes = 20_000 // longest free text
)

// instant stores and reads a time whose zero value means "did not happen" and is NULL in PostgreSQL. Times come
// back in UTC and in whole microseconds.
type instant time.Time

func (i instant) TimestamptzValue() (pgtype.Timestamptz, error) {
	t := time.Time(i)
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}, nil
}

func (i *instant) ScanTimestamptz(v pgtype.Timestamptz) error {
	*i = instant{}
	if v.Valid && v.InfinityModifier == pgtype.Finite {
		*i = instant(v.Time.UTC())
	}
	return nil
}

// into is where a column of time is read to.
func into(t *time.Time) *instant { return (*instant)(t) }

// key cleans a value of an indexed column.
func key[T ~string](s T) string { return clean(string(s), keyRunes) }

// text cleans free text.
func text[T ~string](s T) string { return clean(string(s), textRunes) }

// clean makes s storable: PostgreSQL refuses NUL and invalid UTF-8, and an index refuses what is too long.
func clean(s string, most int) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	if !utf8.ValidString(s) {
		s = string([]rune(s)) // U+FFFD for each byte, as in the spool's JSON
	}
	if len(s) <= most {
		return s
	}
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}
