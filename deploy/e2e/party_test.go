package e2e

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// party is one end of a conversation: it sends its tone to whoever it heard last, and keeps what it hears.
type party struct {
	tone tone
	conn *net.UDPConn

	mu     sync.Mutex
	frames []frame
	peer   *net.UDPAddr
	keys   []rtp.Packet // of a key that is being pressed, one for each packet of sound
}

// frame is one packet of sound.
type frame struct {
	at      time.Time
	samples []int16
}

const (
	windowLength = 100 * time.Millisecond
	audible      = -50.0 // dB; the music is at about -24, A-law's silence at -72
	dominant     = 0.6   // share of a window's power that makes it a tone
	mixed        = 0.08  // share that makes it one of several; each of four has a quarter
)

func newParty(t *testing.T, f tone) *party {
	t.Helper()
	p, end, err := openParty(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return p
}

// openParty makes a party that ends with end. What it heard stays.
func openParty(f tone) (p *party, end func(), err error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	p = &party{tone: f, conn: conn}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(p.listen)
	wg.Go(func() { p.speak(stop) })
	return p, func() {
		close(stop)
		conn.Close()
		wg.Wait()
	}, nil
}

func (p *party) port() int { return p.conn.LocalAddr().(*net.UDPAddr).Port }

// sdp describes where the party listens.
func (p *party) sdp() string {
	return fmt.Sprintf("v=0\r\no=party 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"+
		"m=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n", p.port())
}

// speakTo lets the party speak first, to the address of the other side's session description.
func (p *party) speakTo(sdp []byte) {
	_, media, _ := strings.Cut(string(sdp), "m=audio ")
	word, _, _ := strings.Cut(media, " ")
	port, err := strconv.Atoi(word)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peer = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}
}

func (p *party) listen() {
	buffer := make([]byte, 2048)
	for {
		n, from, err := p.conn.ReadFromUDP(buffer)
		if err != nil {
			return
		}
		var packet rtp.Packet
		if packet.Unmarshal(buffer[:n]) != nil || packet.PayloadType != 8 {
			continue
		}
		f := frame{time.Now(), make([]int16, len(packet.Payload))}
		for i, a := range packet.Payload {
			f.samples[i] = fromALaw(a)
		}
		p.mu.Lock()
		p.frames, p.peer = append(p.frames, f), from
		p.mu.Unlock()
	}
}

// speak sends the tone to whoever was heard last.
func (p *party) speak(stop <-chan struct{}) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SSRC: uint32(p.port())}}
	packet.Payload = make([]byte, frameSize)
	began := time.Now()
	for sent := 0; ; {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		peer := p.peer
		p.mu.Unlock()
		due := int(time.Since(began) / (20 * time.Millisecond))
		if peer == nil {
			sent = due
			continue
		}
		for ; sent < due; sent++ {
			for i := range packet.Payload {
				packet.Payload[i] = toALaw(p.tone.at(sent*frameSize+i, rate))
			}
			packet.SequenceNumber, packet.Timestamp = uint16(sent), uint32(sent*frameSize)
			data, _ := p.keyOr(packet).Marshal()
			if _, err := p.conn.WriteToUDP(data, peer); err != nil {
				break
			}
		}
	}
}

// window is what was heard in 100 ms.
type window struct {
	at      time.Time
	level   float64 // dB
	samples []int16
}

func (w window) is(f tone) bool { return w.level > audible && f.share(w.samples, rate) > dominant }

// has tells whether the tone is among those that are heard.
func (w window) has(f tone) bool { return w.level > audible && f.share(w.samples, rate) > mixed }

// isAnyones tells whether a single party is heard.
func (w window) isAnyones() bool {
	for f := range tones {
		if w.is(f) {
			return true
		}
	}
	return false
}

// letter stands for the window in a summary.
func (w window) letter() byte {
	var heard []byte
	for f, letter := range tones {
		if w.has(f) {
			heard = append(heard, letter)
		}
	}
	switch {
	case len(w.samples) == 0:
		return '_'
	case w.level < audible:
		return '.'
	case len(heard) == 0:
		return 'm'
	case len(heard) == 1:
		return heard[0]
	}
	return byte('0' + len(heard))
}

// heard cuts what came between two times into windows.
func (p *party) heard(from, to time.Time) []window {
	p.mu.Lock()
	frames := slices.Clone(p.frames)
	p.mu.Unlock()
	first, _ := slices.BinarySearchFunc(frames, from, func(f frame, at time.Time) int { return f.at.Compare(at) })
	var all []window
	for at := from; at.Before(to); at = at.Add(windowLength) {
		w := window{at: at}
		for ; first < len(frames) && frames[first].at.Before(at.Add(windowLength)); first++ {
			w.samples = append(w.samples, frames[first].samples...)
		}
		w.level = loudness(w.samples)
		all = append(all, w)
	}
	return all
}

// hears waits until the party hears the tone for three windows on end and returns when that began, counted from
// since.
func (p *party) hears(t *testing.T, f tone, since time.Time, within time.Duration) time.Duration {
	t.Helper()
	var began time.Duration
	p.wait(t, fmt.Sprintf("the %.0f Hz party hears %.0f Hz", p.tone, f), since, within, func(w []window) bool {
		for i := 0; i+2 < len(w); i++ {
			if w[i].is(f) && w[i+1].is(f) && w[i+2].is(f) {
				began = w[i].at.Sub(since)
				return true
			}
		}
		return false
	})
	return began
}

// hearsMusic waits for a second of sound that is nobody's tone.
func (p *party) hearsMusic(t *testing.T, since time.Time, within time.Duration) {
	t.Helper()
	p.wait(t, fmt.Sprintf("the %.0f Hz party hears music", p.tone), since, within, func(w []window) bool {
		run := 0
		for _, one := range w {
			if one.level < audible || one.isAnyones() {
				run = 0
				continue
			}
			if run++; run == 10 {
				return true
			}
		}
		return false
	})
}

// hearsNothing waits for half a second of silence.
func (p *party) hearsNothing(t *testing.T, since time.Time, within time.Duration) {
	t.Helper()
	p.wait(t, fmt.Sprintf("the %.0f Hz party hears nothing", p.tone), since, within, func(w []window) bool {
		run := 0
		for _, one := range w {
			if run++; one.level > audible {
				run = 0
			}
			if run == 5 {
				return true
			}
		}
		return false
	})
}

func (p *party) wait(t *testing.T, what string, since time.Time, within time.Duration, good func([]window) bool) {
	t.Helper()
	until(t, what, within+3*windowLength, func() bool { return good(p.heard(since, time.Now().Add(-windowLength))) },
		func() string { return "it heard " + p.summary(since, time.Now()) })
}

// never fails when the tone was heard between two times.
func (p *party) never(t *testing.T, f tone, from, to time.Time) {
	t.Helper()
	n := 0
	for _, w := range p.heard(from, to) {
		if w.is(f) {
			n++
		}
	}
	if n > 0 {
		t.Errorf("the %.0f Hz party heard %.0f Hz for %d windows, and must not: %s", p.tone, f, n, p.summary(from, to))
	}
}

// longestSilence is the longest time without any sound between two times.
func (p *party) longestSilence(from, to time.Time) (longest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := from
	for _, f := range p.frames {
		if f.at.Before(from) || loudness(f.samples) < audible {
			continue
		}
		if f.at.After(to) {
			break
		}
		longest, last = max(longest, f.at.Sub(last)), f.at
	}
	return max(longest, to.Sub(last))
}

// noLongSilence fails where a caller heard nothing for more than a second.
func (p *party) noLongSilence(t *testing.T, from, to time.Time) {
	t.Helper()
	longest := p.longestSilence(from, to)
	t.Logf("longest silence of the %.0f Hz party in %v: %v", p.tone, to.Sub(from).Round(time.Millisecond), longest.Round(time.Millisecond))
	if longest > time.Second {
		t.Errorf("the %.0f Hz party heard nothing for %v: %s", p.tone, longest, p.summary(from, to))
	}
}

// summary is what was heard, a letter for each window: a party's alone (see tones), a digit for so many parties at once,
// m for other sound, a dot for silence, a line for nothing at all.
func (p *party) summary(from, to time.Time) string {
	letters := []byte{}
	for _, w := range p.heard(from, to) {
		letters = append(letters, w.letter())
	}
	return string(letters)
}
