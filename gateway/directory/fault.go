package directory

import (
	"fmt"
	"strings"
)

// Fault is one thing that is wrong with settings, told so that a person finds it and a screen can translate it.
type Fault struct {
	Row   int    `json:"row,omitempty" doc:"line of the file, from 1; 0 when it is in no file"`
	Item  string `json:"item,omitempty" doc:"which setting: \"line 12333\""`
	Field string `json:"field,omitempty" doc:"column or field"`
	Code  Code   `json:"code"`
	Value string `json:"value,omitempty" doc:"what stands there, or what is missing"`
}

// Code is the kind of a fault; the set is closed.
type Code string

// The faults of lines and their files.
const (
	Missing      Code = "missing"
	TooLong      Code = "too_long"
	BadText      Code = "bad_text"
	NotNumber    Code = "not_number"
	NotName      Code = "not_name"
	NotKey       Code = "not_key"
	NotOneOf     Code = "not_one_of"
	NotDate      Code = "not_date"
	NotYesNo     Code = "not_yes_no"
	NotRoute     Code = "not_route"
	Twice        Code = "twice"
	Backwards    Code = "backwards"
	NotTold      Code = "not_told"
	NoLines      Code = "no_lines"
	TooMany      Code = "too_many"
	BadHeader    Code = "bad_header"
	BadCSV       Code = "bad_csv"
	BadEncoding  Code = "bad_encoding"
	WrongColumns Code = "wrong_columns"
)

// The faults of other settings and of what refers to what.
const (
	UnknownQueue Code = "unknown_queue"
	UnknownSkill Code = "unknown_skill"
	UnknownLine  Code = "unknown_line"
	OutOfRange   Code = "out_of_range"
	NoRoute      Code = "no_route"
	ToItself     Code = "to_itself"
	Circle       Code = "circle"
	NeverApplies Code = "never_applies"
	NotTime      Code = "not_time"
	NotAgent     Code = "not_agent"
	NotPattern   Code = "not_pattern"
	NobodyAble   Code = "nobody_able" // a warning
)

// Words are what the codes mean; %q is the value.
var Words = map[Code]string{
	Missing:      "is empty",
	TooLong:      "%q is too long",
	BadText:      "%q holds a line end or a control character, begins or ends with a space, or begins like a formula (= + - @)",
	NotNumber:    "%q is not a telephone number",
	NotName:      "%q is not a name: letters, digits, _ - . and no space",
	NotKey:       "%q is not the name of a queue: 1 to 32 of A-Z a-z 0-9 _ -",
	NotOneOf:     "%q is none of the values that are known",
	NotDate:      "%q is not a date such as 2026-11-21",
	NotYesNo:     "is %q, want yes or no",
	NotRoute:     "%q is not a route such as trunk/110",
	Twice:        "%q is listed twice",
	Backwards:    "%q is before the first day",
	NotTold:      "is yes without a greeting: callers must be told that they are recorded",
	NoLines:      "no line is listed: callers could not be served",
	TooMany:      "there are more than %q",
	BadHeader:    "the column names are %q",
	BadCSV:       "cannot be read as CSV: %s",
	BadEncoding:  "is not UTF-8 text (GBK?): save the file as \"CSV UTF-8\"",
	WrongColumns: "has %s columns",

	UnknownQueue: "there is no queue %q",
	UnknownSkill: "there is no skill %q",
	UnknownLine:  "there is no line %q",
	OutOfRange:   "%s is out of range",
	NoRoute:      "line %q is of no other city or has no route",
	ToItself:     "%q is the queue itself",
	Circle:       "callers would come back from queue %q",
	NeverApplies: "has no condition and would never apply",
	NotTime:      "%q is not a time of the day such as 08:00, or ends before it begins",
	NotAgent:     "%q is not an agent number",
	NotPattern:   "%q is not a pattern such as 1[3-9]XXXXXXXXX: digits, X (0-9), Z (1-9), N (2-9), [13-5], and a last . or !",
	NobodyAble:   "no agent has the skills it needs: %s",
}

func (f Fault) Error() string {
	var at []string
	if f.Row > 0 {
		at = append(at, fmt.Sprintf("row %d", f.Row))
	}
	if f.Item != "" {
		at = append(at, f.Item)
	}
	if f.Field != "" {
		at = append(at, f.Field)
	}
	words, known := Words[f.Code]
	if !known {
		words = string(f.Code) + " %q"
	}
	if strings.Contains(words, "%") {
		words = fmt.Sprintf(words, f.Value)
	}
	if len(at) == 0 {
		return words
	}
	return strings.Join(at, ", ") + ": " + words
}

// Faults are all that is wrong, in the order of the file or the settings. An empty list is not an error: return Err.
type Faults []Fault

// most is how many faults are told at once.
const most = 100

func (f Faults) Error() string {
	words := make([]string, 0, len(f))
	for i, one := range f {
		if i == most {
			words = append(words, fmt.Sprintf("and %d more", len(f)-most))
			break
		}
		words = append(words, one.Error())
	}
	return strings.Join(words, "\n")
}

// Err is the list as an error, nil when nothing is wrong.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}
