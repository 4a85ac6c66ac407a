package e2e

import (
	"encoding/binary"
	"strings"

	"github.com/pion/rtp"
)

// A key is pressed as telephones do it, in packets of its own in the place of sound (RFC 4733).
const (
	keyPayload = 101 // telephone-event in the caller's session description
	keyPackets = 5   // 100 ms
	keyEnds    = 3   // the end is said three times
	keyVolume  = 10  // dB below full
)

// press presses a key: "0" to "9", "*" or "#".
func (p *party) press(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range keyPackets + keyEnds {
		said := min(i+1, keyPackets)
		payload := []byte{byte(strings.Index("0123456789*#", key)), keyVolume}
		if i >= keyPackets {
			payload[1] |= 0x80
		}
		p.keys = append(p.keys, rtp.Packet{
			Header:  rtp.Header{PayloadType: keyPayload, Marker: i == 0, Timestamp: uint32(i * frameSize)},
			Payload: binary.BigEndian.AppendUint16(payload, uint16(said*frameSize)),
		})
	}
}

// keyOr is the next packet of a key that is being pressed, else the sound.
func (p *party) keyOr(sound rtp.Packet) rtp.Packet {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) == 0 {
		return sound
	}
	key := p.keys[0]
	p.keys = p.keys[1:]
	key.Version, key.SSRC, key.SequenceNumber = 2, sound.SSRC, sound.SequenceNumber
	key.Timestamp = sound.Timestamp - key.Timestamp // when it was pressed
	return key
}
