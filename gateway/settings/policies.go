package settings

import (
	"slices"
	"time"

	"hotline/gateway/directory"
	"hotline/gateway/figures"
)

// Seconds is a length of time as people set it.
type Seconds int

// longest keeps a senseless number senseless instead of letting it wrap around.
const longest = 1_000_000_000

// Duration is the same for programs.
func (s Seconds) Duration() time.Duration {
	return time.Duration(max(-longest, min(s, longest))) * time.Second
}

func secondsOf(d time.Duration) Seconds { return Seconds(d / time.Second) }

// Policies are the choices the rules leave open.
type Policies struct {
	Figures   Figures
	Callback  Callback
	Surge     Surge
	Rest      Rest
	Transfers Transfers
	Abuse     Abuse
	BlockList BlockList
}

// Figures say how calls are counted. They stand beside every figure that is shown.
type Figures struct {
	AnswerWithin Seconds             `json:"answer_within_s" doc:"N of the N-second rate"`
	ClockStart   figures.Clock       `json:"clock_start" enum:"queued,arrived"`
	Denominator  figures.Denominator `json:"denominator" enum:"offered,offered_without_short_abandons"`
	ShortAbandon Seconds             `json:"short_abandon_s" doc:"who leaves the queue sooner counts as a short abandon"`
	RepeatWithin Seconds             `json:"repeat_within_s" doc:"who called before within this is a repeat"`
	SatisfiedTo  int                 `json:"satisfied_to" doc:"ratings from 1, very satisfied, to this one are satisfied"`
	AnswerTarget int                 `json:"answer_target_percent"`
	WithinTarget int                 `json:"within_target_percent"`
}

// Settings is the policy as the figures take it.
func (f Figures) Settings() figures.Settings {
	return figures.Settings{
		AnswerWithin: f.AnswerWithin.Duration(), ClockStart: f.ClockStart, Denominator: f.Denominator,
		ShortAbandon: f.ShortAbandon.Duration(), RepeatWithin: f.RepeatWithin.Duration(), SatisfiedTo: f.SatisfiedTo,
	}
}

// Callback says how those who reached nobody are called back.
type Callback struct {
	On        bool    `json:"on"`
	Attempts  int     `json:"attempts"`
	Every     Seconds `json:"every_s" doc:"between attempts"`
	From      string  `json:"from" doc:"first minute of the day, 08:00"`
	To        string  `json:"to" doc:"when the day ends, 20:00"`
	Days      []int   `json:"days" nullable:"false" doc:"1 Monday to 7 Sunday"`
	ShortToo  bool    `json:"short_too" doc:"short abandons are called back as well"`
	KeepPlace bool    `json:"keep_place" doc:"who waits may ask to be called back and keeps his place"`
}

// Open says whether people may be called back at an instant.
func (c Callback) Open(now time.Time) bool { return c.On && c.Next(now).Equal(now) }

// Next is the first instant from now on at which people may be called back; zero when there is none.
func (c Callback) Next(now time.Time) time.Time {
	from, okFrom := minute(c.From)
	to, okTo := minute(c.To)
	if !okFrom || !okTo {
		return time.Time{}
	}
	local := now.In(directory.Here)
	for day := range 8 {
		midnight := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, directory.Here)
		if !slices.Contains(c.Days, (int(midnight.Weekday())+6)%7+1) {
			continue
		}
		begin, end := midnight.Add(from), midnight.Add(to)
		if now.Before(begin) {
			return begin
		}
		if now.Before(end) {
			return now
		}
	}
	return time.Time{}
}

// minute reads "08:30", up to "24:00".
func minute(s string) (time.Duration, bool) {
	if s == "24:00" {
		return 24 * time.Hour, true
	}
	t, err := time.Parse("15:04", s)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err == nil && len(s) == 5
}

// Surge is what changes in every queue while far more people call than can be served.
type Surge struct {
	On       bool    `json:"on"`
	WrapUp   Seconds `json:"wrap_up_s" doc:"wrap-up is at most this"`
	Callback Seconds `json:"callback_s" doc:"a call-back is offered after this at the latest; 0: no change"`
	Widen    bool    `json:"widen" doc:"agents who would be asked after a while are asked at once"`
	NoRating bool    `json:"no_rating" doc:"callers are not asked to rate"`
}

// Rest bounds how many agents of each group rest at once.
type Rest struct {
	Most    int `json:"most" doc:"so many; 0: no such limit"`
	Share   int `json:"share_percent" doc:"of those signed in, rounded down but never less than one; 0: no such limit"`
	Pending int `json:"pending" doc:"how many may wait for their turn; more are refused"`
}

// Transfers say how calls are handed on.
type Transfers struct {
	EmergencyRing    Seconds  `json:"emergency_ring_s" doc:"how long each route to an emergency service rings"`
	Ring             Seconds  `json:"ring_s" doc:"how long each route to anybody else rings"`
	BlindChain       int      `json:"blind_chain" doc:"most blind transfers in one call"`
	RecordConsult    bool     `json:"record_consult" doc:"the consultation while the caller is on hold is recorded"`
	RecordHandedOver bool     `json:"record_handed_over" doc:"recording goes on after the agent left"`
	DialPlan         DialPlan `json:"dial_plan" nullable:"false" maxItems:"3" doc:"the outside numbers that each role may dial; own lines need no permission"`
}
