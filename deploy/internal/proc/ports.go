package proc

import (
	"fmt"
	"io"
	"net"
	"strconv"
)

// Ports below the kernel's ephemeral range, so that no outgoing connection
// takes one between the choice and its use.
const (
	rtpFirst, rtpLast, rtpBlock = 14000, 27999, 1000
	oneFirst, oneLast           = 28000, 31999
)

// Ports hands out loopback ports and keeps each for its owner until Release,
// so that stacks that start at the same time do not meet, whoever runs them.
// They are free again when the process ends, however it ends.
type Ports struct {
	locks []io.Closer
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

// RTP returns a range of UDP ports, both ends included, for one Asterisk: so
// many blocks of 1,000 ports, each for some 250 calls of two legs.
func (p *Ports) RTP(blocks int) (first, last int, err error) {
	size := blocks * rtpBlock
	for first := rtpFirst; first+size-1 <= rtpLast; first += size {
		if p.takeBlocks(first, first+size) {
			return first, first + size - 1, nil
		}
	}
	return 0, 0, fmt.Errorf("no free RTP range of %d ports from %d to %d; stop another stack", size, rtpFirst, rtpLast)
}

// takeBlocks takes all blocks of a range or none.
func (p *Ports) takeBlocks(first, end int) bool {
	had := len(p.locks)
	for block := first; block < end; block += rtpBlock {
		if !p.take(block) {
			for _, lock := range p.locks[had:] {
				lock.Close()
			}
			p.locks = p.locks[:had]
			return false
		}
	}
	return true
}

// Release gives every port back.
func (p *Ports) Release() {
	for _, lock := range p.locks {
		lock.Close()
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

// lockPort binds a socket of that name. Such names live in the same network
// namespace as the ports, are shared by all users and vanish with their owner.
func lockPort(port int) (io.Closer, error) {
	return net.Listen("unix", "@hotline-port-"+strconv.Itoa(port))
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
