package asterisk

import (
	"strings"
	"testing"
	"time"
)

func file(t *testing.T, c Config, name string) string {
	t.Helper()
	text, err := c.File(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestDutyPhonesAreDialledOnlyWhereThereAreAny(t *testing.T) {
	t.Parallel()
	c := Config{ARIApp: "hotline"}
	if text := file(t, c, "extensions.conf"); strings.Contains(text, "Dial(") {
		t.Errorf("without duty phones something is dialled:\n%s", text)
	}
	c.DutyPhones, c.DutyAfter = []string{"PJSIP/1@trunk", "PJSIP/2@trunk"}, 90*time.Second
	text := file(t, c, "extensions.conf")
	for _, want := range []string{"Dial(PJSIP/1@trunk&PJSIP/2@trunk,", "< 90]"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

func TestProductionHasNothingOfTheBenchmarks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"extensions.conf", "pjsip.conf", "queues.conf", "modules.conf"} {
		text := file(t, Config{TrunkAddresses: []string{"198.51.100.0/24"}}, name)
		for _, bad := range []string{"agent-", "[bench]", "app_queue", "7000", "<no value>", "{{", "media_address"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", name, bad)
			}
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for text, enough := range map[string]bool{
		"Asterisk 22.10.1+dfsg+~cs6.17.60671434-1": true,
		"Asterisk 22.10.1":                         true,
		"Asterisk 23.4":                            true,
		"22.11.0-rc1":                              true,
		"Asterisk 22.10.0":                         false,
		"Asterisk 22.9.3":                          false,
		"Asterisk 20.19.0":                         false,
	} {
		v, err := ParseVersion(text)
		if err != nil || v.Less(MinVersion) == enough {
			t.Errorf("%q is %v, %v", text, v, err)
		}
	}
	if _, err := ParseVersion("Asterisk UNKNOWN__and_probably_unsupported"); err == nil {
		t.Error("took a text without a version for one")
	}
}

func TestOwnNameIsLookedForInHosts(t *testing.T) {
	t.Parallel()
	const hosts = "127.0.0.1 localhost\n# 10.0.0.1 ghost\n127.0.1.1\tbox.example box # me\n"
	for name, want := range map[string]bool{"box": true, "BOX": true, "localhost": true, "ghost": false, "me": false, "127.0.1.1": false} {
		if namedIn(hosts, name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}
