package push

import (
	"bytes"
	"encoding/json"
	"time"
)

// frame is one message for a console, ready to be written.
type frame struct {
	data    []byte
	seq     uint64    // of a numbered frame
	at      time.Time // when a numbered frame was made
	offered time.Time // of a screen pop: when the call was offered
}

// replay keeps the last numbered frames of a session, without gaps, oldest first.
type replay struct {
	frames []frame
	bytes  int
}

func (r *replay) add(f frame) {
	r.frames = append(r.frames, f)
	r.bytes += len(f.data)
	r.trim(f.at)
}

// trim drops what is too old, too much or too large.
func (r *replay) trim(now time.Time) {
	n := 0
	for n < len(r.frames) {
		f := r.frames[n]
		if len(r.frames)-n <= maxReplay && r.bytes <= maxReplayBytes && now.Sub(f.at) <= replayFor {
			break
		}
		if n == len(r.frames)-1 && now.Sub(f.at) <= replayFor {
			break
		}
		r.bytes -= len(f.data)
		n++
	}
	if n == 0 {
		return
	}
	clear(r.frames[:n])
	if r.frames = r.frames[n:]; len(r.frames) == 0 {
		r.frames = nil
	}
}

// after returns the frames numbered above seq, where last is the newest number given out; false when some are gone.
func (r *replay) after(seq, last uint64) ([]frame, bool) {
	missing := int(last - seq)
	if missing > len(r.frames) {
		return nil, false
	}
	return append([]frame(nil), r.frames[len(r.frames)-missing:]...), true
}

// marshal encodes a frame. Only a time beyond the year 9999 in a desk could make it fail; the console then gets
// an empty object, takes it for an unknown frame, and the next one is right again.
func marshal(f *ServerFrame) []byte {
	data, err := json.Marshal(f)
	if err != nil {
		return []byte("{}")
	}
	return data
}

// deskOf returns the part of a snapshot or event that tells the desk: nothing before it can hold its key.
func deskOf(data []byte) []byte {
	_, desk, _ := bytes.Cut(data, []byte(`"desk":`))
	return desk
}
