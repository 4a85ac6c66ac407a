package ivr_test

import (
	"strings"
	"testing"
	"time"

	"hotline/ivr"
	"hotline/ivr/prompts"
)

// sentence is what a caller hears when prompts are played one after another.
func sentence(t *testing.T, names []string) string {
	t.Helper()
	all, err := prompts.All()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, p := range all {
		if texts[p.Name] != "" {
			t.Errorf("prompt %s stands twice in the table", p.Name)
		}
		texts[p.Name] = p.Text
	}
	var heard strings.Builder
	for _, name := range names {
		if texts[name] == "" {
			t.Errorf("prompt %s is not in the table", name)
		}
		heard.WriteString(texts[name])
	}
	return heard.String()
}

func expectSentence(t *testing.T, names []string, want string) {
	t.Helper()
	if got := sentence(t, names); got != want {
		t.Errorf("%v\nsays %s\nwant %s", names, got, want)
	}
}

func TestWaitingIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		ahead    int
		estimate time.Duration
		want     string
	}{
		{12, 3 * time.Minute, "您前面还有十二位，预计等待约三分钟。"},
		{2, 2 * time.Minute, "您前面还有两位，预计等待约两分钟。"},
		{105, 61*time.Second + 10*time.Minute, "您前面还有一百零五位，预计等待约十二分钟。"},
		{1, 59 * time.Second, "您前面还有一位，预计等待不到一分钟。"},
		{0, 0, "您是下一位，预计等待不到一分钟。"},
		{3, 60 * time.Minute, "您前面还有三位，预计等待约六十分钟。"},
		{3, 60*time.Minute + 1, "您前面还有三位，预计等待超过一小时。"},
		{22, -1, "您前面还有二十二位，请您稍候。"},
		{10000, -1, "您前面等待的人较多，请您稍候。"},
		{-1, -1, "您是下一位，请您稍候。"},
	} {
		expectSentence(t, ivr.Waiting(c.ahead, c.estimate), c.want)
	}
}

func TestNumbersAreSpokenAsTheyAreCounted(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "零", 2: "两", 10: "十", 12: "十二", 20: "二十", 22: "二十二", 100: "一百", 102: "一百零二", 105: "一百零五",
		110: "一百一十", 112: "一百一十二", 120: "一百二十", 200: "二百", 222: "二百二十二", 1000: "一千", 1001: "一千零一",
		1010: "一千零一十", 1012: "一千零一十二", 1020: "一千零二十", 1100: "一千一百", 1101: "一千一百零一", 2000: "两千",
		2002: "两千零二", 2200: "两千二百", 9999: "九千九百九十九",
	} {
		expectSentence(t, ivr.Number(n), want)
	}
	if ivr.Number(-1) != nil || ivr.Number(ivr.MostNumber+1) != nil {
		t.Error("a number out of range is spoken")
	}
}

// Every number is what digit by digit with its place comes to.
func TestNumbersAgreeWithTheRule(t *testing.T) {
	t.Parallel()
	all, err := prompts.All()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, p := range all {
		texts[p.Name] = p.Text
	}
	for n := range ivr.MostNumber + 1 {
		var got strings.Builder
		for _, name := range ivr.Number(n) {
			got.WriteString(texts[name])
		}
		if want := byPlaces(n); got.String() != want {
			t.Fatalf("%d: %s, want %s", n, got.String(), want)
		}
	}
}

func byPlaces(n int) string {
	digits, places := []rune("零一二三四五六七八九"), []string{"千", "百", "十", ""}
	var s string
	skipped := false
	for i, unit := range []int{1000, 100, 10, 1} {
		d := n / unit % 10
		switch {
		case d == 0:
			skipped = s != ""
		default:
			if skipped {
				s += "零"
			}
			skipped = false
			s += string(digits[d]) + places[i]
		}
	}
	switch {
	case n == 0:
		return "零"
	case n == 2:
		return "两"
	case n >= 10 && n < 20:
		s = strings.TrimPrefix(s, "一")
	case n >= 2000 && n < 3000:
		s = "两" + strings.TrimPrefix(s, "二")
	}
	return s
}

func TestNumbersAreSpelled(t *testing.T) {
	t.Parallel()
	expectSentence(t, ivr.AgentNo("8001"), "工号八零零幺为您服务。")
	expectSentence(t, ivr.AgentNo("A-210"), "工号二幺零为您服务。")
	if got := ivr.AgentNo("trainee"); got != nil {
		t.Errorf("an agent without a number: %v", got)
	}
}

// prompted is all that a flow of ours may play.
func prompted(f *ivr.Flow) []string {
	names := []string{f.Fallback}
	for _, s := range f.Steps {
		names = append(append(names, s.Prompts...), s.Invalid...)
	}
	return names
}

func TestQuestionsRead(t *testing.T) {
	t.Parallel()
	rating := ivr.RatingFlow(ivr.DefaultScale)
	expectSentence(t, rating.Steps["ask"].Prompts, "请您对本次服务作出评价，非常满意请按一，满意请按二，基本满意请按三，不满意请按四，非常不满意请按五，")
	sentence(t, prompted(rating))
	callback := ivr.CallbackFlow("+86 138-0000-1234")
	expectSentence(t, callback.Steps["offer"].Prompts, "如需我们稍后回拨，请按一；继续等待，请按二。")
	expectSentence(t, callback.Steps["confirm"].Prompts, "已为您登记回拨，我们将拨打八六幺三八零零零零幺二三四，您的排队位置为您保留，请保持电话畅通，再见。")
	sentence(t, prompted(callback))
	sentence(t, []string{
		ivr.RecordingNotice, ivr.PleaseWait, ivr.QueueFull, ivr.Overflowed, ivr.Surge, ivr.NotCallable, ivr.Blocked,
		ivr.ClosingAbuse, ivr.WarnAbuse, ivr.ClosingSystem, ivr.ClosingThanks,
	})
}

// A city may have it the other way round, or with three answers.
func TestTheScaleIsASetting(t *testing.T) {
	t.Parallel()
	flow := ivr.RatingFlow(ivr.Scale{{"3", "rating_satisfied", 1}, {"1", "rating_unsatisfied", 5}})
	expectSentence(t, flow.Steps["ask"].Prompts, "请您对本次服务作出评价，满意请按三，不满意请按一，")
	s := ivr.Start(flow, ivr.Facts{})
	s.Step(epoch, ivr.Event{Kind: ivr.Begin})
	s.Step(epoch, ivr.Event{Kind: ivr.Key, Key: "1"})
	if got := s.Values()[ivr.RatingValue]; got != "5" {
		t.Errorf("rated %q", got)
	}
}

func TestScalesAreChecked(t *testing.T) {
	t.Parallel()
	names, err := prompts.Names()
	if err != nil {
		t.Fatal(err)
	}
	good := ivr.Choice{Key: "1", Label: "rating_satisfied", Value: 1}
	for _, c := range []struct {
		scale ivr.Scale
		want  string
	}{
		{ivr.DefaultScale, ""},
		{ivr.Scale{good}, "a scale of 1 is no choice"},
		{ivr.Scale{good, good}, "the key 1 stands twice"},
		{ivr.Scale{good, {"*", "rating_satisfied", 2}}, `"*" is no key for a rating: 1 to 9`},
		{ivr.Scale{good, {"2", "rating_satisfied", 6}}, "the key 2 is worth 6, want 1 to 5"},
		{ivr.Scale{good, {"2", "no_such", 2}}, `the key 2: no prompt "no_such"`},
	} {
		if err := c.scale.Check(names); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%v: %v, want %q", c.scale, err, c.want)
		}
	}
}
