package knowledgebase

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Stage is how far an article has come.
type Stage string

// The stages, in their order.
const (
	Draft     Stage = "draft"     // 起草
	Review    Stage = "review"    // 审核, by another person of the owning unit
	Checking  Stage = "check"     // 校核, by the hotline
	Published Stage = "published" // 发布
	Withdrawn Stage = "withdrawn" // 撤回
)

// Act is a step that a person takes.
type Act string

// The acts.
const (
	Submit   Act = "submit"   // draft to review
	Approve  Act = "approve"  // review to check
	Publish  Act = "publish"  // check to published
	Return   Act = "return"   // review or check back to draft, with a reason
	Withdraw Act = "withdraw" // published to withdrawn, with a reason
	Reopen   Act = "reopen"   // withdrawn to draft
)

// Role is what a person may do in the knowledge base.
type Role string

// The roles.
const (
	RoleEditor   Role = "knowledge_editor"
	RoleReviewer Role = "knowledge_reviewer" // of a unit
	RoleChecker  Role = "knowledge_checker"  // of the hotline
)

// Person is who acts.
type Person struct {
	No    string
	Unit  string
	Roles []Role
}

func (p *Person) is(r Role) bool { return slices.Contains(p.Roles, r) }

// StepError is a step that is not possible now.
type StepError struct {
	Act   Act
	Stage Stage
}

func (e *StepError) Error() string {
	return fmt.Sprintf("an article in %s knows no %s: load it again to see where it stands", e.Stage, e.Act)
}

// Conflict is a change to an article that somebody else changed meanwhile.
type Conflict struct {
	Now  Article
	Diff []Difference // from what the article is now to what was to be kept
}

func (e *Conflict) Error() string {
	return fmt.Sprintf("%s changed this article at %s: compare, and save again on version %d",
		e.Now.Editor, e.Now.At.Format(time.DateTime), e.Now.Version)
}

// A rule says from where an act leads where, and for whom.
type rule struct {
	from   []Stage
	to     Stage
	reason bool
	may    func(*Article, *Person) bool
}

// No content goes out that only one person has seen: who wrote it neither approves nor publishes it, and who approved
// it for the unit does not publish it for the hotline.
var rules = map[Act]rule{
	Submit: {from: []Stage{Draft}, to: Review, may: edits},
	Approve: {from: []Stage{Review}, to: Checking, may: func(a *Article, p *Person) bool {
		return p.is(RoleReviewer) && p.Unit == a.Content.Unit && p.No != a.Editor
	}},
	Publish: {from: []Stage{Checking}, to: Published, may: func(a *Article, p *Person) bool {
		return p.is(RoleChecker) && p.No != a.Editor && p.No != a.Owner
	}},
	Return: {from: []Stage{Review, Checking}, to: Draft, reason: true, may: func(a *Article, p *Person) bool {
		return a.Stage == Review && p.is(RoleReviewer) && p.Unit == a.Content.Unit || a.Stage == Checking && p.is(RoleChecker)
	}},
	Withdraw: {from: []Stage{Published}, to: Withdrawn, reason: true, may: func(a *Article, p *Person) bool {
		return p.is(RoleChecker) || p.is(RoleReviewer) && p.Unit == a.Content.Unit
	}},
	Reopen: {from: []Stage{Withdrawn}, to: Draft, may: edits},
}

// edits tells whether a person may write this article: an editor of its unit.
func edits(a *Article, p *Person) bool { return p.is(RoleEditor) && p.Unit == a.Content.Unit }

// Step returns the article after a step. The version is the one that the person saw; the error is *Conflict where it
// is not the newest, *StepError where the step does not fit, ErrNotYours where another person has to take it.
func (a Article) Step(act Act, who Person, version int, reason string, at time.Time) (Article, error) {
	r, ok := rules[act]
	switch {
	case version != a.Version:
		return a, &Conflict{Now: a}
	case !ok || !slices.Contains(r.from, a.Stage):
		return a, &StepError{act, a.Stage}
	case !r.may(&a, &who):
		return a, fmt.Errorf("%s: %w", act, ErrNotYours)
	case r.reason && strings.TrimSpace(reason) == "":
		return a, fmt.Errorf("%s: %w", act, Faults{"reason: say why"})
	}
	a.Stage, a.Version, a.At, a.Reason = r.to, a.Version+1, at, strings.TrimSpace(reason)
	switch act {
	case Approve:
		a.Owner = who.No
	case Return, Reopen:
		a.Owner = ""
	}
	return a, nil
}

// New is a person's draft.
func New(id string, c Content, who Person, at time.Time) (Article, error) {
	a := Article{ID: id, Version: 1, Stage: Draft, Content: c, Editor: who.No, At: at}
	if !edits(&a, &who) {
		return Article{}, fmt.Errorf("draft: %w", ErrNotYours)
	}
	return a, c.Check()
}

// Edit returns the article with a new content as a draft. What is published stays published until the draft is: the
// store keeps the published version beside it.
func (a Article) Edit(c Content, who Person, version int, at time.Time) (Article, error) {
	switch {
	case version != a.Version:
		return a, &Conflict{Now: a, Diff: Diff(a.Content, c)}
	case !edits(&a, &who) || c.Unit != a.Content.Unit:
		return a, fmt.Errorf("edit: %w", ErrNotYours)
	}
	if err := c.Check(); err != nil {
		return a, err
	}
	a.Content, a.Stage, a.Version, a.Editor, a.Owner, a.At, a.Reason = c, Draft, a.Version+1, who.No, "", at, ""
	return a, nil
}
