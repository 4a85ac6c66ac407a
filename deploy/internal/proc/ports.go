package proc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Ports below the kernel's ephemeral range, so that no outgoing connection
// takes one between the choice and its use.
const (
	rtpFirst, rtpLast, rtpBlock = 14000, 27999, 2000
	oneFirst, oneLast           = 28000, 31999
)

// Ports hands out loopback ports and keeps each for its owner by a lock file
// until Release, so that stacks that start at the same time do not meet. The
// locks end with the process, however it ends.
type Ports struct {
	locks []*os.File
}

// One returns a port free for TCP and UDP on 127.0.0.1. The preferred port, if
// not 0, is taken where it is free.
func (p *Ports) One(preferred int) (int, error) {
	if preferred != 0 && p.take(preferred) {
		return preferred, nil
	}
	for port := oneFirst; port <= oneLast; port++ {
		if p.take(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port from %d to %d on 127.0.0.1; stop what uses them", oneFirst, oneLast)
}

// RTP returns a range of UDP ports, both ends included, for one Asterisk.
func (p *Ports) RTP() (first, last int, err error) {
	for first := rtpFirst; first+rtpBlock-1 <= rtpLast; first += rtpBlock {
		if p.take(first) {
			return first, first + rtpBlock - 1, nil
		}
	}
	return 0, 0, fmt.Errorf("no free RTP range from %d to %d; stop another stack", rtpFirst, rtpLast)
}

// Release gives every port back.
func (p *Ports) Release() {
	for _, f := range p.locks {
		f.Close()
	}
	p.locks = nil
}

func (p *Ports) take(port int) bool {
	lock, err := lockPort(port)
	if err != nil {
		return false
	}
	if !free(port) {
		lock.Close()
		return false
	}
	p.locks = append(p.locks, lock)
	return true
}

func lockPort(port int) (*os.File, error) {
	dir := filepath.Join(os.TempDir(), "hotline-ports-"+strconv.Itoa(os.Geteuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of port locks: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, strconv.Itoa(port)), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open port lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, errors.New("port is taken by another stack")
	}
	return f, nil
}

func free(port int) bool {
	addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return false
	}
	defer l.Close()
	u, err := net.ListenPacket("udp", addr)
	if err != nil {
		return false
	}
	u.Close()
	return true
}
