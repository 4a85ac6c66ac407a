package ivr

// BlockedCaller is the result of BlockedFlow.
const BlockedCaller Result = "blocked"

// BlockedFlow tells a caller on the block list so, what is left to him, and the numbers for emergencies; then it ends.
// Nobody is shut out without a word.
func BlockedFlow() *Flow {
	return &Flow{
		Name: "blocked", Title: "黑名单提示", First: "say", Visits: 1,
		Steps: map[string]Step{
			"say": {Kind: End, Prompts: []string{Blocked, BlockedChannels}, Result: BlockedCaller},
		},
	}
}
