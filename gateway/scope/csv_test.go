package scope

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"hotline/gateway/directory"
)

func TestAListGoesOutAndComesBack(t *testing.T) {
	t.Parallel()
	items := []Item{
		{"01", "诉讼", "您反映的事项已进入诉讼程序，不属于受理范围。", "人民法院，12368"},
		{"LAW-2", "仲裁", "请向仲裁委员会提出，\n或拨打\"12348\"。", "仲裁委员会"},
	}
	var file bytes.Buffer
	if err := WriteCSV(&file, items); err != nil {
		t.Fatal(err)
	}
	back, err := ReadCSV(&file)
	if err != nil || !slices.Equal(back, items) {
		t.Errorf("%v, %v", back, err)
	}
}

func TestFaultsNameTheirRow(t *testing.T) {
	t.Parallel()
	head := "code,title,script,channel\n"
	for file, want := range map[string]string{
		"":             "row 1: the column names are \"\"",
		"title,code\n": "row 1: the column names are \"title,code\"",
		head + "01,诉讼,请向法院提出,法院\n02,仲裁\n":                  "row 3: has 2 columns",
		head + "# 注\n,诉讼,请,法院\n":                           "row 3, code: is empty",
		head + "0 1,诉讼,请,法院\n":                             "row 2, code: \"0 1\" is not a name: letters, digits, _ - . and no space",
		head + "01,诉讼,请,法院\n01,仲裁,请,仲裁委\n":                 "row 3, code: \"01\" is listed twice",
		head + "01,=1+1,请,法院\n":                            "row 2, title: \"=1+1\" holds a line end or a control character, begins or ends with a space, or begins like a formula (= + - @)",
		head + "01,诉讼, ,法院\n":                              "row 2, script: is empty",
		head + "01,\"诉讼,请,法院\n":                            "row 2, character",
		head + "01,\xb2\xe2,请,法院\n":                        "row 2: is not UTF-8 text (GBK?): save the file as \"CSV UTF-8\"",
		head + "01," + strings.Repeat("诉", 65) + ",请,法院\n": "row 2, title: \"" + strings.Repeat("诉", 20) + "…\" is too long",
		head + strings.Repeat("x", directory.MaxFile):      "\"the file\" is too long",
	} {
		items, err := ReadCSV(strings.NewReader(file))
		var faults directory.Faults
		if !errors.As(err, &faults) || items != nil {
			t.Errorf("%.60q was read as %v: %v", file, items, err)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), "scope: "); !strings.HasPrefix(got, want) {
			t.Errorf("%.60q: %s, want %s", file, got, want)
		}
	}
}

func TestAListIsBounded(t *testing.T) {
	t.Parallel()
	var items []Item
	for i := range MaxItems + 1 {
		items = append(items, Item{strings.Repeat("a", i/26+1)[:min(20, i/26+1)] + string(rune('a'+i%26)), "t", "s", "c"})
	}
	var file bytes.Buffer
	if err := WriteCSV(&file, items); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadCSV(&file); err == nil || !strings.Contains(err.Error(), "there are more than \"500\"") {
		t.Error(err)
	}
}

// FuzzReadCSV asserts that whatever is read is written and read again as the same.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("code,title,script,channel\n01,诉讼,请向法院提出,法院\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		items, err := ReadCSV(bytes.NewReader(file))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := WriteCSV(&out, items); err != nil {
			t.Fatal(err)
		}
		if again, err := ReadCSV(&out); err != nil || !slices.Equal(again, items) {
			t.Errorf("%q became %v, then %v: %v", file, items, again, err)
		}
	})
}
