package directory

import "time"

// Date is a day of the civil calendar in China, "2026-11-21"; empty when open. Dates compare as text.
type Date string

const civil = "2006-01-02"

// Here is the hotline's time zone. China has one, without summer time, so no table of zones is needed.
var Here = time.FixedZone("Asia/Shanghai", 8*60*60)

// DateOf is the day of an instant.
func DateOf(t time.Time) Date { return Date(t.In(Here).Format(civil)) }

// Valid says whether the date is empty or a day of the calendar.
func (d Date) Valid() bool {
	_, err := time.Parse(civil, string(d))
	return d == "" || err == nil
}

// parseDate reads a date as this package or a spreadsheet writes it; what is none comes back as it is.
func parseDate(text string) Date {
	if t, err := time.Parse("2006/1/2", text); err == nil {
		return Date(t.Format(civil))
	}
	return Date(text)
}

// Transition is the announcement of a number that changes or retires, with the first and the last day it is played.
type Transition struct {
	Prompt string `json:"prompt" doc:"name of the prompt, empty for none"`
	From   Date   `json:"from" doc:"first day, empty: from ever"`
	Until  Date   `json:"until" doc:"last day, empty: until changed"`
}

// InForce says whether the announcement is played at an instant.
func (t Transition) InForce(now time.Time) bool {
	day := DateOf(now)
	return t.Prompt != "" && day >= t.From && (t.Until == "" || day <= t.Until)
}
