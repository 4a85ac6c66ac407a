package desk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/rtp"
)

const (
	packetTime = 20 * time.Millisecond
	packetSize = 160  // samples of 20 ms at 8 kHz, a byte each
	aLaw       = 8    // RTP payload type
	quiet      = 0xD5 // A-law's zero
)

// Line carries the sound of one call: G.711 A-law over RTP, a packet each 20 ms, silence where nothing is said.
type Line struct {
	conn *net.UDPConn
	host string
	hear func(sound []byte)

	mu     sync.Mutex
	peer   *net.UDPAddr
	speech []byte        // still to be said
	said   chan struct{} // closed when speech is
}

// OpenLine opens a line on an address of this machine. What is heard is passed to hear, which may be nil, packet by
// packet from one goroutine. Run moves the sound.
func OpenLine(host string, hear func(sound []byte)) (*Line, error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		return nil, fmt.Errorf("open a line for sound: %w", err)
	}
	return &Line{conn: conn, host: host, hear: hear}, nil
}

// Port is where the line listens.
func (l *Line) Port() int { return l.conn.LocalAddr().(*net.UDPAddr).Port }

// SDP describes the line to the other side.
func (l *Line) SDP() []byte {
	return fmt.Appendf(nil, "v=0\r\no=desk 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"+
		"m=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n", l.host, l.host, l.Port())
}

// Call sends the sound to where the other side's session description wants it. Until then, and where it does not say,
// the line answers to wherever it hears sound from.
func (l *Line) Call(sdp []byte) {
	var host, port string
	for _, row := range strings.Split(string(sdp), "\n") {
		if rest, ok := strings.CutPrefix(row, "c=IN IP4 "); ok {
			host = strings.TrimSpace(rest)
		}
		if rest, ok := strings.CutPrefix(row, "m=audio "); ok {
			port, _, _ = strings.Cut(rest, " ")
		}
	}
	n, err := strconv.Atoi(port)
	if ip := net.ParseIP(host); ip != nil && err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.peer = &net.UDPAddr{IP: ip, Port: n}
	}
}

// Say speaks A-law sound and returns when it is over, or ctx is.
func (l *Line) Say(ctx context.Context, sound []byte) {
	said := make(chan struct{})
	l.mu.Lock()
	l.speech, l.said = sound, said
	l.mu.Unlock()
	select {
	case <-said:
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		l.speech, l.said = nil, nil
	}
}

// Run moves the sound until ctx ends, and closes the line.
func (l *Line) Run(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(l.listen)
	l.talk(ctx)
	l.conn.Close()
	wg.Wait()
}

func (l *Line) listen() {
	buffer := make([]byte, 2048)
	for {
		n, from, err := l.conn.ReadFromUDP(buffer)
		if err != nil {
			return
		}
		var packet rtp.Packet
		if packet.Unmarshal(buffer[:n]) != nil || packet.PayloadType != aLaw {
			continue
		}
		l.mu.Lock()
		if l.peer == nil {
			l.peer = from
		}
		l.mu.Unlock()
		if l.hear != nil {
			l.hear(packet.Payload)
		}
	}
}

// talk sends a packet each 20 ms; after a late tick it catches up, so that speech keeps its pace.
func (l *Line) talk(ctx context.Context) {
	tick := time.NewTicker(packetTime)
	defer tick.Stop()
	packet := rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: aLaw, SSRC: rand.Uint32(), Marker: true},
		Payload: make([]byte, packetSize),
	}
	began := time.Now()
	for sent := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for due := int(time.Since(began) / packetTime); sent < due; sent++ {
			peer := l.next(packet.Payload)
			if peer == nil {
				continue
			}
			packet.SequenceNumber, packet.Timestamp = uint16(sent), uint32(sent*packetSize)
			if data, err := packet.Marshal(); err == nil {
				_, _ = l.conn.WriteToUDP(data, peer) // nobody there: the call is about to end
			}
			packet.Marker = false
		}
	}
}

// next fills in the next 20 ms and says to whom they go, nil when to nobody yet.
func (l *Line) next(payload []byte) *net.UDPAddr {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.peer == nil {
		return nil
	}
	n := copy(payload, l.speech)
	for i := n; i < len(payload); i++ {
		payload[i] = quiet
	}
	l.speech = l.speech[n:]
	if len(l.speech) == 0 && l.said != nil {
		close(l.said)
		l.said = nil
	}
	return l.peer
}

// Loud tells whether A-law sound is more than silence and hum.
func Loud(sound []byte) bool {
	for _, b := range sound {
		if (b^0x55)&0x7F >= 0x30 { // about -30 dB below full scale
			return true
		}
	}
	return false
}
