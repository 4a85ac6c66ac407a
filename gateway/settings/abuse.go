package settings

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hotline/gateway/abuse"
	"hotline/gateway/caller"
	"hotline/gateway/directory"
)

// Abuse says what agents may do about abusive calls. Marks can always be made; some cities forbid agents to hang up.
type Abuse struct {
	HangUp    bool    `json:"hang_up" doc:"agents may end an abusive call, which is kept with reason and note"`
	Warnings  int     `json:"warnings" doc:"that must have been given before"`
	Least     Seconds `json:"least_s" doc:"that the conversation must have lasted before"`
	AlertAt   int     `json:"alert_at" doc:"so many marked calls of one number alert the supervisors; 0: never"`
	AlertDays int     `json:"alert_days" doc:"within so many days"`
}

// Rule is the policy as package abuse takes it.
func (a Abuse) Rule() abuse.Rule {
	return abuse.Rule{HangUp: a.HangUp, Warnings: a.Warnings, Least: a.Least.Duration()}
}

// BlockList says whether callers may be blocked, and how. It is off unless a deployment decides otherwise.
type BlockList struct {
	On         bool     `json:"on"`
	MostDays   int      `json:"most_days" doc:"an entry lasts at most"`
	ReviewDays int      `json:"review_days" doc:"an entry is up for review so many days before its end"`
	Trusted    []string `json:"trusted" nullable:"false" maxItems:"200" doc:"numbers that cannot be blocked: hospitals, schools, offices"`
	Notice     string   `json:"notice" doc:"what channels on the internet show to who is blocked"`
}

// Trusts says whether a number cannot be blocked: a trusted one, a service's short one, or one that is withheld.
func (b BlockList) Trusts(n caller.Number) bool {
	return n.Kind() == caller.Withheld || n.Kind() == caller.Short || slices.Contains(b.Trusted, n.Full())
}

const (
	maxTrusted = 200
	maxNotice  = 300
	maxDays    = 3650
)

// defaultNotice is shown on the internet; the telephone plays the prompts blocked and blocked_channels.
const defaultNotice = "您的账号或者号码已被限制使用本平台。如遇紧急情况，请拨打110、119或者120；您仍可以前往政务服务大厅反映问题。"

func defaultAbuse() Abuse {
	return Abuse{Warnings: 1, Least: 30, AlertAt: 3, AlertDays: 30}
}

func defaultBlockList() BlockList {
	return BlockList{MostDays: 180, ReviewDays: 14, Trusted: []string{}, Notice: defaultNotice}
}

func (c checker) abuse(a Abuse) {
	c.within("warnings", a.Warnings, 1, 5)
	c.seconds("least_s", a.Least, 0)
	c.within("alert_at", a.AlertAt, 0, maxNumber)
	c.within("alert_days", a.AlertDays, 1, maxDays)
}

func (c checker) blockList(b BlockList) {
	c.within("most_days", b.MostDays, 1, maxDays)
	c.within("review_days", b.ReviewDays, 1, maxDays)
	c.bad(len(b.Trusted) > maxTrusted, "trusted", directory.TooMany, strconv.Itoa(maxTrusted))
	for i, n := range b.Trusted {
		c.bad(n == "" || caller.Parse(n).Full() != n, "trusted", directory.NotNumber, n)
		c.bad(slices.Contains(b.Trusted[:i], n), "trusted", directory.Twice, n)
	}
	c.bad(strings.TrimSpace(b.Notice) == "", "notice", directory.Missing, "")
	c.bad(utf8.RuneCountInString(b.Notice) > maxNotice, "notice", directory.TooLong, "")
	c.bad(strings.ContainsFunc(b.Notice, unspeakable), "notice", directory.BadText, b.Notice)
}

// plain makes lists with and without entries the same.
func (b BlockList) plain() BlockList {
	b.Trusted = append([]string{}, b.Trusted...)
	return b
}
