package asterisk

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// MinVersion is the least Asterisk that the gateway trusts: deadlocks under
// ARI load were fixed in 22.10.0, twenty security advisories in 22.10.1.
var MinVersion = Version{22, 10, 1}

// Version is an Asterisk version.
type Version struct{ Major, Minor, Patch int }

func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Less tells whether v is older than w.
func (v Version) Less(w Version) bool {
	if v.Major != w.Major {
		return v.Major < w.Major
	}
	if v.Minor != w.Minor {
		return v.Minor < w.Minor
	}
	return v.Patch < w.Patch
}

var versionPattern = regexp.MustCompile(`(\d+)\.(\d+)(?:\.(\d+))?`)

// ParseVersion reads what `asterisk -V` or ARI says, such as
// "Asterisk 22.10.1+dfsg-1". A missing third number counts as 0.
func ParseVersion(s string) (Version, error) {
	m := versionPattern.FindStringSubmatch(s)
	if m == nil {
		return Version{}, fmt.Errorf("no version in %q", s)
	}
	var v Version
	v.Major, _ = strconv.Atoi(m[1])
	v.Minor, _ = strconv.Atoi(m[2])
	v.Patch, _ = strconv.Atoi(m[3])
	return v, nil
}

// Installation is an Asterisk that can be run: the host's own, or one that was
// unpacked into a folder. The latter is run through its own dynamic loader
// with its own libraries, so it needs no chroot, no mount and no root.
type Installation struct {
	// Root is the folder of an unpacked installation; empty for the host's.
	Root    string
	Version Version

	program   string // asterisk itself
	runAs     string // what to execute for it: the loader, linked under the name asterisk
	sipp      string // empty where there is none
	moduleDir string
	dataDir   string // documentation and stock sounds
	loader    string // empty for the host's
	libraries string // the loader's search path
	libDir    string
}

// Find returns the host's Asterisk if it is new enough, else the cached one.
// ErrNotInstalled is returned where there is neither; Install helps then.
func Find(ctx context.Context) (*Installation, error) {
	host, hostErr := findHost(ctx)
	if hostErr == nil {
		return host, nil
	}
	root := filepath.Join(CacheDir(), rootName)
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("%w: %w, and there is no %s; run `make setup`", ErrNotInstalled, hostErr, root)
	}
	return openRoot(ctx, root)
}

// ErrNotInstalled says that neither the host nor the cache has an Asterisk.
var ErrNotInstalled = errors.New("no usable Asterisk is installed")

func findHost(ctx context.Context) (*Installation, error) {
	program, err := lookPath("asterisk")
	if err != nil {
		return nil, errors.New("the host has no asterisk")
	}
	i := &Installation{program: program}
	i.sipp, _ = lookPath("sipp")
	if i.moduleDir, err = firstOf("/usr/lib/*/asterisk/modules", "/usr/lib/asterisk/modules", "/usr/lib64/asterisk/modules"); err != nil {
		return nil, fmt.Errorf("find the modules of %s: %w", program, err)
	}
	doc, err := firstOf("/usr/share/asterisk/documentation", "/var/lib/asterisk/documentation")
	if err != nil {
		return nil, fmt.Errorf("find the documentation that %s needs to start: %w", program, err)
	}
	i.dataDir = filepath.Dir(doc)
	return i, i.checkVersion(ctx)
}

func openRoot(ctx context.Context, root string) (*Installation, error) {
	i := &Installation{Root: root, program: filepath.Join(root, "usr/sbin/asterisk"), dataDir: filepath.Join(root, "usr/share/asterisk")}
	var err error
	if i.loader, err = loaderOf(root, i.program); err != nil {
		return nil, err
	}
	if i.moduleDir, err = firstOf(filepath.Join(root, "usr/lib/*/asterisk/modules")); err != nil {
		return nil, fmt.Errorf("find Asterisk's modules: %w; remove %s and run `make setup`", err, root)
	}
	i.libDir = filepath.Dir(filepath.Dir(i.moduleDir))
	i.libraries = i.libDir + ":" + filepath.Join(root, "usr/lib")
	i.runAs = i.loader
	if link := filepath.Join(root, namedLoader); exists(link) {
		i.runAs = link
	}
	if sipp := filepath.Join(root, "usr/bin/sipp"); exists(sipp) {
		i.sipp = sipp
	}
	return i, i.checkVersion(ctx)
}

// loaderOf returns the dynamic loader that a program of the root asks for.
func loaderOf(root, program string) (string, error) {
	f, err := elf.Open(program)
	if err != nil {
		return "", fmt.Errorf("read %s (remove %s and run `make setup`): %w", program, root, err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			name, err := io.ReadAll(p.Open())
			if err != nil {
				return "", fmt.Errorf("read the loader of %s: %w", program, err)
			}
			return filepath.Join(root, strings.TrimRight(string(name), "\x00")), nil
		}
	}
	return "", fmt.Errorf("%s names no dynamic loader", program)
}

func (i *Installation) checkVersion(ctx context.Context) error {
	out, err := i.command(ctx, i.program, "-V").CombinedOutput()
	if err != nil {
		return fmt.Errorf("ask %s for its version: %w: %s", i.program, err, out)
	}
	if i.Version, err = ParseVersion(string(out)); err != nil {
		return err
	}
	if i.Version.Less(MinVersion) {
		return fmt.Errorf("%s is %v, and at least %v is needed", i.program, i.Version, MinVersion)
	}
	return nil
}

// command runs a program of the installation.
func (i *Installation) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	path, all := i.argv(program, args)
	cmd := exec.CommandContext(ctx, path, all...)
	cmd.Env = i.env()
	return cmd
}

func (i *Installation) argv(program string, args []string) (path string, all []string) {
	if i.loader == "" {
		return program, args
	}
	path = i.loader
	if program == i.program {
		path = i.runAs
	}
	return path, append([]string{"--argv0", filepath.Base(program), "--library-path", i.libraries, program}, args...)
}

// env keeps an unpacked installation from picking up the host's plug-ins,
// which were built for other versions of the same libraries.
func (i *Installation) env() []string {
	env := os.Environ()
	if i.Root != "" {
		env = append(env,
			"OPENSSL_CONF=/dev/null",
			"OPENSSL_MODULES="+filepath.Join(i.libDir, "ossl-modules"),
			"GCONV_PATH="+filepath.Join(i.libDir, "gconv"))
	}
	return env
}

// SIPp returns a command that runs SIPp, the SIP load generator: the one that
// came with this Asterisk, else the host's. Files are the host's own. Its Run
// fails with a clear error where there is no SIPp at all.
func (i *Installation) SIPp(ctx context.Context, args ...string) *exec.Cmd {
	if i.sipp != "" {
		return i.command(ctx, i.sipp, args...)
	}
	cmd := exec.CommandContext(ctx, "sipp", args...)
	if cmd.Err != nil {
		cmd.Err = fmt.Errorf("SIPp is not installed; install the package sip-tester: %w", cmd.Err)
	}
	return cmd
}

func lookPath(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin"} { // not in everybody's PATH
		if path := filepath.Join(dir, name); exists(path) {
			return path, nil
		}
	}
	return "", exec.ErrNotFound
}

func firstOf(patterns ...string) (string, error) {
	for _, pattern := range patterns {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("nothing at %s", strings.Join(patterns, " or "))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
