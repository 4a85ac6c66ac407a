package proc

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// fallbackID is the user and group id of servers for which the host has no
// account. PostgreSQL refuses to run as root and Asterisk should not.
const fallbackID = 12345

// capDacReadSearch lets a process walk through folders that it may not search.
const capDacReadSearch = 2

// User is who runs a child. The zero value is the parent's own user.
type User struct {
	UID, GID uint32
	drop     bool
}

// Unprivileged returns whom a server should run as: the parent's own user,
// unless that is root; then the first of the named accounts that the host
// has, else a fixed id without an account.
func Unprivileged(accounts ...string) User {
	if os.Geteuid() != 0 {
		return User{}
	}
	for _, name := range accounts {
		if u, err := user.Lookup(name); err == nil {
			uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
			gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
			if err1 == nil && err2 == nil {
				return User{UID: uint32(uid), GID: uint32(gid), drop: true}
			}
		}
	}
	return User{UID: fallbackID, GID: fallbackID, drop: true}
}

// Own gives a folder and all that is in it to u. It does nothing where the
// parent's own user runs the child.
func (u User) Own(dir string) error {
	if !u.drop {
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(u.UID), int(u.GID))
	})
	if err != nil {
		return fmt.Errorf("give %s to user %d: %w", dir, u.UID, err)
	}
	return nil
}

// Apply makes cmd run as u with dir as its working folder. Where dir lies under
// a folder that u may not search, such as a checkout in /root, the child keeps
// the one capability to walk through it; all it writes is its own anyway.
func (u User) Apply(cmd *exec.Cmd, dir string) {
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if !u.drop {
		return
	}
	// The capability works only once the child's program runs, so the child
	// cannot be started inside dir.
	cmd.Dir = "/"
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: u.UID, Gid: u.GID}
	if !u.canReach(dir) {
		cmd.SysProcAttr.AmbientCaps = []uintptr{capDacReadSearch}
	}
}

// canReach tells whether u may search every folder on the way to dir.
func (u User) canReach(dir string) bool {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	for ; ; abs = filepath.Dir(abs) {
		info, err := os.Stat(abs)
		if err != nil {
			return false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return false
		}
		need := os.FileMode(0o001)
		switch {
		case st.Uid == u.UID:
			need = 0o100
		case st.Gid == u.GID:
			need = 0o010
		}
		if info.Mode().Perm()&need == 0 {
			return false
		}
		if abs == filepath.Dir(abs) {
			return true
		}
	}
}
