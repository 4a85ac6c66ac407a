package ivr

// Prompts that are played by name. Their words stand in prompts/prompts.csv.
const (
	RecordingNotice = "recording_notice"
	PleaseWait      = "please_wait_moment" // the fallback of shipped flows
	QueueFull       = "queue_full"         // not let in; he will be called back
	Overflowed      = "overflowed"         // another queue or city takes him
	Surge           = "surge"              // very many callers; heard before the queue
	NotCallable     = "not_callable"       // his number cannot be called back; he goes on waiting
	Blocked         = "blocked"            // on the block list; emergencies are told the way
	BlockedChannels = "blocked_channels"   // and the channels that are left to him
	ClosingAbuse    = "closing_abuse"      // before a logged hang-up
	WarnAbuse       = "warn_abuse"         // the spoken warning that must come before it
	ClosingSystem   = "closing_system"
	ClosingThanks   = "closing_thanks"
	Transferring    = "transferring" // heard before a blind transfer rings
	CallingBack     = "calling_back" // to a citizen who is called back: who calls
)

// TransferringTo tells caller and agent that a service is being called, by its number digit by digit; nothing for a
// number without digits.
func TransferringTo(number string) []string {
	spelled := Spell(number)
	if len(spelled) == 0 {
		return []string{Transferring}
	}
	return append([]string{"transferring_to"}, spelled...)
}

// LookUps are what a flow can look up, and the results that a look-up answers with; a failed one answers "".
var LookUps = []string{OrderProgress}

// OrderProgress looks up how far a work order is: found, with prompts that tell it, or not_found.
const (
	OrderProgress = "order_progress"
	Found         = "found"
	NotFound      = "not_found"
)
