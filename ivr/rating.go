package ivr

import (
	"strconv"
	"time"
)

// Choice is one of the answers to the question after a call.
type Choice struct {
	Key   string // "1" to "9"
	Label string // prompt: rating_very_satisfied
	Value int    // kept: 1 (best) to 5
}

// Scale is what a caller may answer when he is asked to rate, in the order in which it is read to him. It is a
// setting: cities differ in which key is best.
type Scale []Choice

// DefaultScale is 非常满意 1 to 非常不满意 5.
var DefaultScale = Scale{
	{"1", "rating_very_satisfied", 1},
	{"2", "rating_satisfied", 2},
	{"3", "rating_fairly_satisfied", 3},
	{"4", "rating_unsatisfied", 4},
	{"5", "rating_very_unsatisfied", 5},
}

// RatingValue is the value that RatingFlow sets.
const RatingValue = "rating"

// ratingRepeats is how often the question is repeated to a caller who keys nothing, or something else.
const ratingRepeats = 2

// RatingFlow asks the caller to rate: DoSet rating=1 to 5 as soon as he keys it, thanks, and DoEnd with NoResult. A
// caller who keys nothing hears the question twice more and then the thanks. Start it when the agent hung up.
func RatingFlow(scale Scale) *Flow {
	ask := Step{
		Kind: Menu, Prompts: []string{"rating_ask"}, Invalid: []string{"wrong_key"}, Timeout: 5 * time.Second,
		Tries: 1 + ratingRepeats, Keys: map[string]string{}, Otherwise: "bye",
	}
	flow := &Flow{
		Name: "rating", Title: "满意度评价", First: "ask", Visits: 4, Fallback: PleaseWait,
		Steps: map[string]Step{
			"thanks": {Kind: End, Prompts: []string{"rating_thanks"}},
			"bye":    {Kind: End, Prompts: []string{ClosingThanks}},
		},
	}
	for _, c := range scale {
		name := "rated_" + c.Key
		ask.Prompts = append(ask.Prompts, c.Label, "press_"+c.Key)
		ask.Keys[c.Key] = name
		flow.Steps[name] = Step{Kind: Set, Store: RatingValue, Value: strconv.Itoa(c.Value), Next: "thanks"}
	}
	flow.Steps["ask"] = ask
	return flow
}
