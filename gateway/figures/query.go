package figures

import (
	"fmt"
	"time"
)

// By is what calls are grouped by.
type By string

// The groupings.
const (
	ByTotal By = "total"
	ByLine  By = "line"
	ByQueue By = "queue"
	ByAgent By = "agent"
	By5Min  By = "5min"
	ByDay   By = "day"
)

const (
	fiveMin   = 5 * time.Minute
	oneDay    = 24 * time.Hour
	maxSpan   = 31 * oneDay
	maxSpan5m = 7 * oneDay
	maxName   = 100 // of a line or a queue, in bytes
	firstYear = 2000
	endYear   = 2200
)

// China is the time of all of China, summer and winter.
var China = time.FixedZone("UTC+8", 8*3600)

// Query chooses calls by when they arrived and says how to group them. A call belongs to the five minutes and the day
// in which it arrived, whenever it ended.
type Query struct {
	From, To    time.Time // From included, To not
	By          By
	Line, Queue string         // only these; empty: all
	Zone        *time.Location // whose days; nil: China
}

// Check says what a person asked for that cannot be answered.
func (q Query) Check() error {
	most := maxSpan
	switch q.By {
	case ByTotal, ByLine, ByQueue, ByAgent, ByDay:
	case By5Min:
		most = maxSpan5m
	default:
		return fmt.Errorf("by %q: want total, line, queue, agent, 5min or day", q.By)
	}
	switch {
	case q.From.IsZero() || q.To.IsZero():
		return fmt.Errorf("from and to are both needed")
	case q.From.Year() < firstYear || q.To.Year() >= endYear:
		return fmt.Errorf("from and to must lie between the years %d and %d", firstYear, endYear)
	case !q.From.Before(q.To):
		return fmt.Errorf("from must be before to")
	case q.To.Sub(q.From) > most:
		return fmt.Errorf("by %s at most %d days at once", q.By, most/oneDay)
	case len(q.Line) > maxName || len(q.Queue) > maxName:
		return fmt.Errorf("line and queue are at most %d bytes", maxName)
	}
	return nil
}

// wants tells whether a call is one of those asked for; all times are in whole microseconds.
func (q *Query) wants(c *Call) bool {
	return !c.ArrivedAt.Before(q.From) && c.ArrivedAt.Before(q.To) &&
		(q.Line == "" || q.Line == c.Line) && (q.Queue == "" || q.Queue == c.Queue)
}

// begin is when the five minutes or the day of an instant began.
func (q *Query) begin(at time.Time) time.Time {
	zone := q.Zone
	if zone == nil {
		zone = China
	}
	switch local := at.In(zone); q.By {
	case By5Min:
		return at.UTC().Truncate(fiveMin).In(zone)
	case ByDay:
		return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	}
	return time.Time{}
}

// next is when the one after it begins.
func (q *Query) next(begin time.Time) time.Time {
	if q.By == ByDay {
		return begin.AddDate(0, 0, 1)
	}
	return begin.Add(fiveMin)
}
