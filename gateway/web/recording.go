package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// recordingWithin bounds one playback: a slow listener may take longer than an ordinary answer.
const recordingWithin = 10 * time.Minute

func (h *Handler) registerRecording() {
	register(h, huma.Operation{
		OperationID: "recording", Method: http.MethodGet, Path: "/api/calls/{id}/recording",
		Summary: "The conversation's recording; one range at a time",
		Responses: map[string]*huma.Response{
			"200": {Description: "WAV", Content: map[string]*huma.MediaType{"audio/wav": {}}},
		},
	}, func(ctx context.Context, in *callIn) (*huma.StreamResponse, error) {
		d, err := h.find(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if d.Call.Recording == "" {
			return nil, errNotFound
		}
		who := whoIs(ctx)
		err = h.audit(ctx, AuditEntry{Who: who.No, Action: ActionPlay, Object: in.ID, Address: who.Address})
		if err != nil {
			return nil, err
		}
		r := &rewinder{open: func() (io.ReadCloser, int64, error) { return h.o.Recordings.Open(ctx, d.Call.Recording) }}
		if err := r.start(); err != nil {
			return nil, h.recordingFault(err)
		}
		return &huma.StreamResponse{Body: func(c huma.Context) { h.play(c, r) }}, nil
	})
}

// recordingFault tells a recording that is gone from a store that does not answer.
func (h *Handler) recordingFault(err error) error {
	if h.o.Errors.NotFound != nil && errors.Is(err, h.o.Errors.NotFound) {
		return err
	}
	return fmt.Errorf("%w: %w", errRecording, err)
}

// play streams a recording.
func (h *Handler) play(c huma.Context, from *rewinder) {
	defer from.close()
	r, w := humago.Unwrap(c)
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(recordingWithin))
	w.Header().Set("Content-Type", "audio/wav")
	w.Header().Set("Content-Disposition", "inline")
	if from.size < 0 {
		io.Copy(w, from.now)
		return
	}
	if s, ok := from.now.(io.ReadSeeker); ok {
		http.ServeContent(w, r, "", time.Time{}, s)
		return
	}
	if strings.Contains(r.Header.Get("Range"), ",") {
		r.Header.Del("Range") // several at once would read the source several times; the whole is as good an answer
	}
	http.ServeContent(w, r, "", time.Time{}, from)
}

// rewinder makes a stream seekable: forwards by reading on, backwards by opening it again.
type rewinder struct {
	open func() (io.ReadCloser, int64, error)
	now  io.ReadCloser
	size int64
	pos  int64 // of now
	want int64 // where the next Read is to be
}

func (r *rewinder) start() (err error) {
	r.now, r.size, err = r.open()
	r.pos = 0
	return err
}

func (r *rewinder) close() {
	if r.now != nil {
		r.now.Close()
	}
}

func (r *rewinder) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.want
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a recording")
	}
	r.want = offset
	return offset, nil
}

func (r *rewinder) Read(p []byte) (int, error) {
	if r.want < r.pos {
		r.close()
		if err := r.start(); err != nil {
			return 0, err
		}
	}
	if r.want > r.pos {
		n, err := io.CopyN(io.Discard, r.now, r.want-r.pos)
		r.pos += n
		if err != nil {
			return 0, err
		}
	}
	n, err := r.now.Read(p)
	r.pos += int64(n)
	r.want = r.pos
	return n, err
}
