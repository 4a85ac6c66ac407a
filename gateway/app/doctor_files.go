package app

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"hotline/gateway/call"
	"hotline/ivr/prompts"
)

// Least values of Asterisk's limits.
const (
	leastSessions = 1000
	leastWrite    = 1000 // milliseconds
)

// files examines what Asterisk can only be asked about where its files are on this machine.
func (x *examination) files(ctx context.Context) {
	dir := x.configFolder(ctx)
	if dir == "" {
		x.unseen()
		return
	}
	x.read = x.lastReload(ctx)
	x.number(dir, "http session limit", "http.conf", "sessionlimit", 100, leastSessions,
		"every request, the event stream and every browser's telephone count; calls fail at once when it is reached")
	x.number(dir, "ari write time-out", "ari.conf", "websocket_write_timeout", 100, leastWrite,
		"a gateway that is busy for a moment is cut off")
	x.dialplan(dir)
}

// unseen says what a person has to look at himself.
func (x *examination) unseen() {
	const found = "is not visible from here: Asterisk's configuration files are not on this machine, or may not be read"
	x.warn("http session limit", found, "check that http.conf has, below [general]:\nsessionlimit = 5000\nor run the doctor there, with --asterisk-config")
	x.warn("ari write time-out", found, "check that ari.conf has, below [general]:\nwebsocket_write_timeout = 5000")
	x.warn("dialplan", found, "check that extensions.conf hands calls over like this:\n"+x.asteriskFile("extensions.conf"))
}

// configFolder is Asterisk's folder of configuration if it is on this machine: the one that was named, else the one
// that Asterisk names, provided that its files are those of this very Asterisk.
func (x *examination) configFolder(ctx context.Context) string {
	if x.AsteriskConfig != "" {
		return x.AsteriskConfig
	}
	dir, err := x.ari.Variable(ctx, "ASTETCDIR")
	if err != nil || dir == "" || !x.asteriskIsHere(ctx) {
		return ""
	}
	lines, err := readConf(dir, "ari.conf")
	if err != nil {
		return ""
	}
	if _, ours := last(lines, x.ARIUser, "type"); !ours {
		return ""
	}
	return dir
}

// asteriskIsHere tells whether ARI's address is this machine's.
func (x *examination) asteriskIsHere(ctx context.Context) bool {
	u, err := url.Parse(x.ARIURL)
	if err != nil {
		return false
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, u.Hostname())
	if err != nil {
		return false
	}
	mine, _ := net.InterfaceAddrs()
	for _, a := range found {
		if a.IP.IsLoopback() || slices.ContainsFunc(mine, func(m net.Addr) bool {
			own, ok := m.(*net.IPNet)
			return ok && own.IP.Equal(a.IP)
		}) {
			return true
		}
	}
	return false
}

func (x *examination) lastReload(ctx context.Context) time.Time {
	at, err := x.ari.Reloaded(ctx)
	if err != nil {
		return time.Time{}
	}
	return at
}

// number examines one number below [general].
func (x *examination) number(dir, part, file, key string, byDefault, least int, why string) {
	lines, err := readConf(dir, file)
	if err != nil {
		x.warn(part, "cannot be read: "+err.Error(), "run the doctor as a user who may read "+dir+", or check that "+file+" has, below [general]:\n"+x.setting(file, key))
		return
	}
	value := byDefault
	if text, given := last(lines, "general", key); given {
		if value, err = strconv.Atoi(text); err != nil {
			value = byDefault
		}
	}
	advice := file + " needs, below [general]:\n" + x.setting(file, key) + "\nthen restart Asterisk"
	switch {
	case value < least:
		x.fault(part, fmt.Sprintf("is %d: %s", value, why), advice)
	case x.changedSince(filepath.Join(dir, file)):
		x.warn(part, fmt.Sprintf("is %d in %s, which was changed after Asterisk read it", value, file), "restart Asterisk, or reload what the file belongs to")
	default:
		x.ok(part, "%d", value)
	}
}

// setting is the line of the excerpt that sets key.
func (x *examination) setting(file, key string) string {
	for line := range strings.Lines(x.asteriskFile(file)) {
		if strings.HasPrefix(line, key) {
			return strings.TrimSpace(line)
		}
	}
	return key
}

func (x *examination) changedSince(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !x.read.IsZero() && info.ModTime().After(x.read)
}

// dialplan looks for where calls are handed over, and whether they survive a gateway's restart.
func (x *examination) dialplan(dir string) {
	const part = "dialplan"
	lines, err := readConf(dir, "extensions.conf")
	if err != nil {
		x.warn(part, "cannot be read: "+err.Error(), "check that calls are handed over like this:\n"+x.asteriskFile("extensions.conf"))
		return
	}
	var contexts []string
	fallback := false
	for _, l := range lines {
		if strings.Contains(strings.ReplaceAll(l.value, " ", ""), "Stasis("+x.ARIApp+",inbound,") {
			contexts = append(contexts, l.section)
		}
		fallback = fallback || strings.Contains(l.value, "STASISSTATUS")
	}
	contexts = slices.Compact(contexts)
	advice := "extensions.conf needs\n" + x.asteriskFile("extensions.conf") + "then: asterisk -rx 'dialplan reload'"
	switch {
	case len(contexts) == 0 && (x.modules["pbx_lua.so"] || x.modules["pbx_ael.so"] || x.modules["pbx_realtime.so"]):
		x.warn(part, "extensions.conf hands no call to "+x.ARIApp+"; AEL, Lua or a database may", advice)
	case len(contexts) == 0:
		x.fault(part, "no extension runs Stasis("+x.ARIApp+",inbound,…): no call reaches the gateway", advice)
	case !fallback:
		x.warn(part, "callers are hung up while the gateway restarts: nothing follows Stasis() that looks at STASISSTATUS", advice)
	default:
		x.ok(part, "calls come in through %s", strings.Join(contexts, ", "))
	}
	if len(contexts) > 0 {
		x.trunk(dir, contexts)
	}
}

// trunk looks for a line that leads to one of the contexts.
func (x *examination) trunk(dir string, contexts []string) {
	const part = "trunk"
	for _, file := range []string{"pjsip.conf", "pjsip_wizard.conf"} {
		lines, err := readConf(dir, file)
		if err != nil {
			continue
		}
		for _, l := range lines {
			if strings.HasSuffix(l.key, "context") && slices.Contains(contexts, l.value) {
				x.ok(part, "%s leads to %s", l.section, l.value)
				return
			}
		}
	}
	x.warn(part, "no endpoint of pjsip.conf leads to "+strings.Join(contexts, " or "),
		"unless your lines are kept elsewhere, set in the section of the operator's line:\ncontext="+contexts[0])
}

// ---- prompts

// promptsPresent looks for every prompt of the table and of the lines' greetings.
func (x *examination) promptsPresent(ctx context.Context) {
	const part = "prompts"
	wanted, err := x.promptNames()
	if err != nil {
		x.fault(part, err.Error(), "")
		return
	}
	present, seenBy, err := x.promptsIn(ctx)
	if err != nil {
		x.warn(part, "cannot be listed: "+err.Error(), "load res_ari_sounds.so")
		return
	}
	var missing []string
	for _, name := range wanted {
		if !present[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		x.fault(part, "missing: "+someOf(missing)+" (callers would hear nothing)",
			"put NAME.wav (8 kHz) and NAME.wav16 (16 kHz), 16 bit, mono, into Asterisk's sounds/hotline/ for each; then: asterisk -rx 'core reload'")
		return
	}
	x.ok(part, "all %d are there, by %s", len(wanted), seenBy)
}

// someOf names the first few.
func someOf(names []string) string {
	const few = 8
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

func (x *examination) promptNames() ([]string, error) {
	table, err := prompts.Names()
	if err != nil {
		return nil, err
	}
	names := []string{call.PromptPleaseWait}
	for _, name := range table { // in the place of a foreign one the Mandarin one is heard
		if base := strings.TrimSuffix(name, "_"+prompts.English); base == name || !slices.Contains(table, base) {
			names = append(names, name)
		}
	}
	lines, err := x.Directory()
	if err != nil {
		return nil, err
	}
	names = append(names, lines.PromptNames()...)
	slices.Sort(names)
	return slices.Compact(names), nil
}

// promptsIn lists what is in Asterisk's folder hotline: by its files where they are on this machine, else by ARI,
// which knows the files of the last reload.
func (x *examination) promptsIn(ctx context.Context) (present map[string]bool, seenBy string, err error) {
	present = map[string]bool{}
	if data, err := x.ari.Variable(ctx, "ASTDATADIR"); err == nil && data != "" && x.asteriskIsHere(ctx) {
		sounds := filepath.Join(data, "sounds")
		found, _ := filepath.Glob(filepath.Join(sounds, promptFolder, "*"))
		perLanguage, _ := filepath.Glob(filepath.Join(sounds, "*", promptFolder, "*"))
		for _, path := range append(found, perLanguage...) {
			if info, err := os.Stat(path); err == nil && info.Size() > 0 {
				name, _, _ := strings.Cut(filepath.Base(path), ".")
				present[name] = true
			}
		}
		if len(present) > 0 {
			return present, "their files", nil
		}
	}
	list, err := x.ari.Sounds(ctx)
	if err != nil {
		return nil, "", err
	}
	folder := strings.TrimSuffix(promptFolder, "/")
	for _, s := range list {
		if s.Language == folder {
			present[s.ID] = true
		} else if name, ours := strings.CutPrefix(s.ID, promptFolder); ours {
			present[name] = true
		}
	}
	return present, "Asterisk's list", nil
}
