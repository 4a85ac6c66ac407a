package stack

import (
	"fmt"
	"math"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// phone is a caller of a few lines: one call over SIP, and the loudness of the
// sound that comes back.
type phone struct {
	t          *testing.T
	server     string
	sip, rtp   *net.UDPConn
	id, toTag  string
	hungUp     bool
	lastStatus string
}

func dial(t *testing.T, server, number string) *phone {
	t.Helper()
	p := &phone{t: t, server: server, id: fmt.Sprintf("%d", time.Now().UnixNano())}
	addr, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		t.Fatal(err)
	}
	if p.sip, err = net.DialUDP("udp", nil, addr); err != nil {
		t.Fatal(err)
	}
	if p.rtp, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.sip.Close(); p.rtp.Close() })
	p.send("INVITE", number, 1, fmt.Sprintf("v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n",
		p.rtp.LocalAddr().(*net.UDPAddr).Port))
	p.readUntil(10*time.Second, func() bool { return p.lastStatus >= "200" })
	if p.lastStatus == "200" {
		p.send("ACK", number, 1, "")
	}
	return p
}

func (p *phone) send(method, number string, cseq int, body string) {
	p.t.Helper()
	to := fmt.Sprintf("<sip:%s@%s>", number, p.server)
	if p.toTag != "" {
		to += ";tag=" + p.toTag
	}
	me := p.sip.LocalAddr()
	msg := fmt.Sprintf("%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%s;rport\r\nFrom: <sip:13800000000@127.0.0.1>;tag=%s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:me@%s>\r\nMax-Forwards: 70\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
		method, number, p.server, me, method, p.id, p.id, to, p.id, cseq, method, me, len(body), body)
	if _, err := p.sip.Write([]byte(msg)); err != nil {
		p.t.Fatal(err)
	}
}

var toTag = regexp.MustCompile(`(?mi)^To:.*;tag=([^\s;]+)`)

// readUntil reads SIP messages until done or the time is over.
func (p *phone) readUntil(atMost time.Duration, done func() bool) {
	p.t.Helper()
	buf := make([]byte, 4096)
	_ = p.sip.SetReadDeadline(time.Now().Add(atMost))
	for !done() {
		n, err := p.sip.Read(buf)
		if err != nil {
			return
		}
		msg := string(buf[:n])
		if strings.HasPrefix(msg, "BYE ") {
			p.hungUp = true
		}
		if status, ok := strings.CutPrefix(msg, "SIP/2.0 "); ok {
			p.lastStatus = status[:3]
			if m := toTag.FindStringSubmatch(msg); m != nil {
				p.toTag = m[1]
			}
		}
	}
}

// listen returns how loud the sound of the next d is, in dB below full scale,
// how many packets there were, and the longest time without one.
func (p *phone) listen(d time.Duration) (db float64, packets int, gap time.Duration) {
	buf := make([]byte, 2048)
	end := time.Now().Add(d)
	_ = p.rtp.SetReadDeadline(end)
	last, sum, samples := time.Now(), 0.0, 0
	for {
		n, err := p.rtp.Read(buf)
		gap = max(gap, time.Since(last))
		last = time.Now()
		if err != nil {
			break
		}
		packets++
		for _, b := range buf[12:n] {
			v := expand(b)
			sum += v * v
			samples++
		}
	}
	return 10 * math.Log10(sum/float64(max(1, samples))), packets, gap
}

// expand decodes A-law to the range from -1 to 1.
func expand(b byte) float64 {
	b ^= 0x55
	v := float64(int(b&0x0F)<<1 + 1)
	if seg := int(b>>4) & 7; seg > 0 {
		v = (v + 32) * float64(int(1)<<(seg-1))
	}
	if b&0x80 == 0 {
		v = -v
	}
	return v / 4096
}

func (p *phone) hangUp(number string) {
	p.lastStatus = ""
	p.send("BYE", number, 2, "")
	p.readUntil(2*time.Second, func() bool { return p.lastStatus != "" })
}
