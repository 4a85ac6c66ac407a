package ivr

import (
	"slices"
	"time"
)

// The value that CallbackFlow sets when the caller accepts.
const (
	CallbackValue = "callback"
	KeptPlace     = "kept_place"
)

// mostSpelled bounds how much of a number is read back.
const mostSpelled = 20

// CallbackFlow offers a caller who waits to be called back at number, once. He presses 1: DoSet callback=kept_place,
// the number is read back, DoEnd callback_kept. Anything else, or nothing within five seconds: DoQueue "", he goes on
// waiting where he was. An empty number cannot be called back: he is told so only if he asked, see NotCallable, and
// the flow leads straight back to the queue.
//
// He keeps his place while the flow runs. If an agent becomes free meanwhile, drop the session and connect him.
func CallbackFlow(number string) *Flow {
	flow := &Flow{
		Name: "callback", Title: "排队回拨", First: "offer", Visits: 4, Fallback: PleaseWait,
		Steps: map[string]Step{"wait_on": {Kind: ToQueue}},
	}
	spelled := Spell(number)
	if len(spelled) == 0 || len(spelled) > mostSpelled {
		flow.First = "wait_on"
		return flow
	}
	flow.Steps["offer"] = Step{
		Kind: Menu, Prompts: []string{"callback_offer"}, Timeout: 5 * time.Second, Tries: 1,
		Keys: map[string]string{"1": "accept", "2": "wait_on"}, Otherwise: "wait_on",
	}
	flow.Steps["accept"] = Step{Kind: Set, Store: CallbackValue, Value: KeptPlace, Next: "confirm"}
	flow.Steps["confirm"] = Step{
		Kind: End, Prompts: slices.Concat([]string{"callback_number"}, spelled, []string{"callback_kept"}),
		Result: CallbackKept,
	}
	return flow
}
