package knowledgebase_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	kb "hotline/knowledgebase"
)

var (
	at       = time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	editor   = kb.Person{No: "7001", Unit: "人社局", Roles: []kb.Role{kb.RoleEditor}}
	both     = kb.Person{No: "7002", Unit: "人社局", Roles: []kb.Role{kb.RoleEditor, kb.RoleReviewer, kb.RoleChecker}}
	reviewer = kb.Person{No: "7003", Unit: "人社局", Roles: []kb.Role{kb.RoleReviewer}}
	stranger = kb.Person{No: "7004", Unit: "医保局", Roles: []kb.Role{kb.RoleEditor, kb.RoleReviewer}}
	checker  = kb.Person{No: "9001", Unit: "热线办", Roles: []kb.Role{kb.RoleChecker}}
)

func content() kb.Content {
	return kb.Content{Kind: kb.Guide, Title: "社保卡遗失补办", Text: "先挂失。\n再补领。", Topic: "人社/社保卡", Unit: "人社局"}
}

func draft(t *testing.T, who kb.Person) kb.Article {
	t.Helper()
	a, err := kb.New("a1", content(), who, at)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// step takes one, and wants it to lead to a stage; empty: to be refused to this person.
func step(t *testing.T, a kb.Article, act kb.Act, who kb.Person, want kb.Stage) kb.Article {
	t.Helper()
	next, err := a.Step(act, who, a.Version, "数字有误", at.Add(time.Hour))
	switch {
	case want == "" && !errors.Is(err, kb.ErrNotYours):
		t.Errorf("%s by %s in %s: %v", act, who.No, a.Stage, err)
	case want != "" && (err != nil || next.Stage != want || next.Version != a.Version+1):
		t.Errorf("%s by %s in %s leads to %s, %v", act, who.No, a.Stage, next.Stage, err)
	}
	return next
}

func TestAnArticleIsSeenByThreePeople(t *testing.T) {
	t.Parallel()
	a := draft(t, editor)
	step(t, a, kb.Submit, stranger, "")
	a = step(t, a, kb.Submit, editor, kb.Review)
	step(t, a, kb.Approve, stranger, "")
	step(t, a, kb.Approve, editor, "")
	a = step(t, a, kb.Approve, both, kb.Checking)
	step(t, a, kb.Publish, both, "") // has approved it
	step(t, a, kb.Publish, reviewer, "")
	a = step(t, a, kb.Publish, checker, kb.Published)
	a = step(t, a, kb.Withdraw, reviewer, kb.Withdrawn)
	step(t, a, kb.Reopen, editor, kb.Draft)
}

func TestNobodyApprovesHisOwn(t *testing.T) {
	t.Parallel()
	a := step(t, draft(t, both), kb.Submit, both, kb.Review)
	step(t, a, kb.Approve, both, "")
	a = step(t, a, kb.Approve, reviewer, kb.Checking)
	step(t, a, kb.Publish, both, "")
}

func TestAReturnHasAReason(t *testing.T) {
	t.Parallel()
	a := step(t, draft(t, editor), kb.Submit, editor, kb.Review)
	if _, err := a.Step(kb.Return, reviewer, a.Version, " ", at); !strings.Contains(err.Error(), "reason") {
		t.Error(err)
	}
	a = step(t, a, kb.Return, reviewer, kb.Draft)
	if a.Reason != "数字有误" {
		t.Errorf("%+v", a)
	}
	var wrong *kb.StepError
	if _, err := a.Step(kb.Publish, checker, a.Version, "", at); !errors.As(err, &wrong) {
		t.Error(err)
	}
}

func TestTheSecondEditorSeesTheDifference(t *testing.T) {
	t.Parallel()
	a := draft(t, editor)
	mine, theirs := content(), content()
	mine.Text, theirs.Text = "先挂失。\n带身份证。\n再补领。", "先电话挂失。\n再补领。"
	first, err := a.Edit(mine, editor, a.Version, at)
	if err != nil || first.Version != 2 {
		t.Fatal(err)
	}
	_, err = first.Edit(theirs, both, a.Version, at)
	var conflict *kb.Conflict
	if !errors.As(err, &conflict) || conflict.Now.Editor != "7001" {
		t.Fatal(err)
	}
	want := []kb.Difference{{Field: "text", Old: "先挂失。"}, {Field: "text", Old: "带身份证。"}, {Field: "text", New: "先电话挂失。"}}
	if diff := cmp.Diff(want, conflict.Diff); diff != "" {
		t.Error(diff)
	}
}

func TestAnEditOfWhatIsPublishedIsADraftAgain(t *testing.T) {
	t.Parallel()
	a := draft(t, editor)
	a = step(t, step(t, step(t, a, kb.Submit, editor, kb.Review), kb.Approve, reviewer, kb.Checking), kb.Publish, checker, kb.Published)
	c := content()
	c.Title = "社保卡补领"
	next, err := a.Edit(c, both, a.Version, at)
	if err != nil || next.Stage != kb.Draft || next.Editor != "7002" || next.Owner != "" {
		t.Errorf("%+v %v", next, err)
	}
	c.Unit = "医保局"
	if _, err := a.Edit(c, both, a.Version, at); !errors.Is(err, kb.ErrNotYours) {
		t.Errorf("moved to another unit: %v", err)
	}
}

func TestFaultsNameTheirField(t *testing.T) {
	t.Parallel()
	for field, spoil := range map[string]func(*kb.Content){
		"kind":       func(c *kb.Content) { c.Kind = "poem" },
		"title":      func(c *kb.Content) { c.Title = " " },
		"text":       func(c *kb.Content) { c.Text = strings.Repeat("x", kb.MaxText+1) },
		"say":        func(c *kb.Content) { c.Say = "\x00" },
		"similar":    func(c *kb.Content) { c.Similar = make([]string, 1_000_000) },
		"similar[1]": func(c *kb.Content) { c.Similar = []string{"好", ""} },
		"topic":      func(c *kb.Content) { c.Topic = "" },
		"unit":       func(c *kb.Content) { c.Unit = "" },
		"secrecy":    func(c *kb.Content) { c.Secrecy = 3 },
		"until":      func(c *kb.Content) { c.From, c.Until = at, at },
	} {
		c := content()
		spoil(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), field+":") {
			t.Errorf("%s: %.200v", field, err)
		}
	}
}
