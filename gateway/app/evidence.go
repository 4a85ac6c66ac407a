package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/oklog/ulid/v2"

	"hotline/gateway/evidence"
	"hotline/gateway/store"
	"hotline/gateway/web"
)

func newID() string { return ulid.Make().String() }

// abuses is the web's Abuses.
type abuses struct {
	store      *store.Store
	recordings recordings
	key        ed25519.PrivateKey
}

// Numbers implements web.Abuses.
func (a abuses) Numbers(ctx context.Context, since time.Time, least, limit int) ([]web.Offender, error) {
	list, err := a.store.Offenders(ctx, since, least, limit)
	views := make([]web.Offender, len(list))
	for i, one := range list {
		views[i] = web.Offender(one)
	}
	return views, err
}

// Calls implements web.Abuses.
func (a abuses) Calls(ctx context.Context, key string, from, to time.Time, limit int) (calls []evidence.Call, err error) {
	for c, err := range a.store.MarkedCallsOf(ctx, key, from, to) {
		if err != nil {
			return nil, err
		}
		if calls = append(calls, c); len(calls) == limit {
			break
		}
	}
	return calls, nil
}

// OfNumber implements web.Abuses.
func (a abuses) OfNumber(ctx context.Context, key string, from, to time.Time) (web.Evidence, error) {
	number, err := a.store.NumberOf(ctx, key)
	if err != nil {
		return nil, err
	}
	if from.IsZero() {
		from = time.Unix(0, 0)
	}
	subject := evidence.Subject{Number: number, From: from, To: to}
	return a.bundle(subject, func(ctx context.Context) evidence.Calls {
		return func() iter.Seq2[evidence.Call, error] { return a.store.MarkedCallsOf(ctx, key, from, to) }
	}), nil
}

// OfCall implements web.Abuses.
func (a abuses) OfCall(ctx context.Context, id string) (web.Evidence, error) {
	c, number, err := a.store.EvidenceOfCall(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.bundle(evidence.Subject{Number: number, Call: id, To: time.Now()}, func(context.Context) evidence.Calls {
		return func() iter.Seq2[evidence.Call, error] {
			return func(yield func(evidence.Call, error) bool) { yield(c, nil) }
		}
	}), nil
}

// bundle writes one when it is asked to.
func (a abuses) bundle(subject evidence.Subject, calls func(context.Context) evidence.Calls) web.Evidence {
	return func(ctx context.Context, w io.Writer, who, reason string) error {
		_, err := evidence.Write(w, evidence.Order{
			Subject: subject, MadeAt: time.Now(), MadeBy: who, Reason: reason, Calls: calls(ctx), Key: a.key,
			Open: func(name string) (io.ReadCloser, error) {
				sound, _, err := a.recordings.Open(ctx, name)
				return sound, err
			},
		})
		return err
	}
}

// EvidenceCommand is `hotline evidence`.
type EvidenceCommand struct {
	Verify VerifyEvidence `cmd:"" help:"Check a bundle: that this hotline made it and nothing in it was changed since."`
	Key    EvidenceKey    `cmd:"" help:"Print the public key with which others check this hotline's bundles."`
}

// VerifyEvidence is `hotline evidence verify`.
type VerifyEvidence struct {
	KeysConfig
	PublicKey string `name:"public-key" help:"Public key of the hotline that made it, where its keys are not here."`
	File      string `arg:"" type:"existingfile" help:"The bundle, a zip."`
}

// Run checks a bundle and tells what it holds.
func (c *VerifyEvidence) Run() error {
	public, err := c.public()
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	m, err := evidence.Verify(f, info.Size(), public)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Printf("genuine: %d calls, %d files, made by %s at %s\n", m.Calls, len(m.Files), m.MadeBy, m.MadeAt.Local().Format("2006-01-02 15:04:05"))
	if n := len(m.Missing) + m.LeftOut; n > 0 {
		fmt.Printf("recordings that are not in it: %d\n", n)
	}
	return nil
}

func (c *VerifyEvidence) public() (ed25519.PublicKey, error) {
	if c.PublicKey != "" {
		return evidence.ReadPublic(c.PublicKey)
	}
	ring, err := c.ring()
	if err != nil {
		return nil, errors.Join(errors.New("to check a bundle, give --public-key or this hotline's keys"), err)
	}
	return evidence.Key(ring.Hash).Public().(ed25519.PublicKey), nil
}

// EvidenceKey is `hotline evidence key`.
type EvidenceKey struct{ KeysConfig }

// Run prints the key.
func (c *EvidenceKey) Run() error {
	ring, err := c.ring()
	if err != nil {
		return err
	}
	fmt.Println(evidence.Public(evidence.Key(ring.Hash)))
	return nil
}
