package ivr

import (
	"fmt"
	"slices"
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

// Check tells what is wrong with a scale; prompts are those that exist.
func (s Scale) Check(prompts []string) error {
	keys := map[string]bool{}
	for _, c := range s {
		switch {
		case len(c.Key) != 1 || c.Key < "1" || c.Key > "9":
			return fmt.Errorf("%q is no key for a rating: 1 to 9", c.Key)
		case keys[c.Key]:
			return fmt.Errorf("the key %s stands twice", c.Key)
		case c.Value < 1 || c.Value > 5:
			return fmt.Errorf("the key %s is worth %d, want 1 to 5", c.Key, c.Value)
		case !slices.Contains(prompts, c.Label):
			return fmt.Errorf("the key %s: no prompt %q", c.Key, c.Label)
		}
		keys[c.Key] = true
	}
	if len(s) < 2 {
		return fmt.Errorf("a scale of %d is no choice", len(s))
	}
	return nil
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
