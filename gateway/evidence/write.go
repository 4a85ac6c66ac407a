package evidence

import (
	"archive/zip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

const maxMissing = 1000

// Order is what a bundle is to be made of.
type Order struct {
	Subject Subject
	MadeAt  time.Time
	MadeBy  string
	Reason  string
	Calls   Calls
	Open    func(recording string) (io.ReadCloser, error) // a recording as a WAV file
	Key     ed25519.PrivateKey
}

// Write makes a bundle. After an error what was written has neither manifest nor end, and no program takes it for whole.
func Write(w io.Writer, o Order) (Manifest, error) {
	b := &bundle{Order: o, zip: zip.NewWriter(w), manifest: Manifest{
		Format: Format, Subject: o.Subject, MadeAt: o.MadeAt.UTC(), MadeBy: o.MadeBy, Reason: o.Reason,
		Files: []File{}, Missing: []string{}, PublicKey: Public(o.Key),
	}}
	for _, part := range []func() error{b.calls, b.notes, b.recordings, b.sign, b.zip.Close} {
		if err := part(); err != nil {
			return b.manifest, fmt.Errorf("write the evidence: %w", err)
		}
	}
	return b.manifest, nil
}

type bundle struct {
	Order
	zip      *zip.Writer
	manifest Manifest
}

// file adds one file, hashed as it is written.
func (b *bundle) file(name string, method uint16, write func(io.Writer) error) error {
	into, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.MadeAt})
	if err != nil {
		return err
	}
	hash := sha256.New()
	counted := &counter{into: io.MultiWriter(into, hash)}
	if err := write(counted); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	b.manifest.Files = append(b.manifest.Files, File{name, counted.n, hex.EncodeToString(hash.Sum(nil))})
	return nil
}

type counter struct {
	into io.Writer
	n    int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.into.Write(p)
	c.n += int64(n)
	return n, err
}

func (b *bundle) recordings() error {
	for c, err := range b.Order.Calls() {
		if err != nil {
			return err
		}
		if c.Recording == "" {
			continue
		}
		if len(b.manifest.Files) >= MaxRecordings+2 { // and the two lists
			b.manifest.LeftOut++
			continue
		}
		if err := b.recording(c); err != nil {
			return err
		}
	}
	return nil
}

// recording adds one. A recording that is gone is named as missing: the others are evidence all the same.
func (b *bundle) recording(c Call) error {
	sound, err := b.Open(c.Recording)
	if err != nil {
		b.missing(c.ID)
		return nil
	}
	defer sound.Close()
	name := fmt.Sprintf("recordings/%05d-%s.wav", len(b.manifest.Files)-1, plain(c.ID))
	return b.file(name, zip.Store, func(w io.Writer) error {
		_, err := io.Copy(w, sound)
		return err
	})
}

func (b *bundle) missing(id string) {
	if len(b.manifest.Missing) < maxMissing {
		b.manifest.Missing = append(b.manifest.Missing, id)
		return
	}
	b.manifest.LeftOut++
}

// plain is a call's id as part of a file's name, whatever system unpacks it.
func plain(id string) string {
	id = id[:min(len(id), 100)]
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' {
			return r
		}
		return '_'
	}, id)
}

// sign adds the manifest and its signature.
func (b *bundle) sign() error {
	text, err := json.MarshalIndent(b.manifest, "", " ")
	if err != nil {
		return err
	}
	signature := base64.StdEncoding.EncodeToString(ed25519.Sign(b.Key, text)) + "\n"
	for _, f := range []struct{ name, text string }{{manifestFile, string(text)}, {signatureFile, signature}} {
		into, err := b.zip.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(into, f.text); err != nil {
			return err
		}
	}
	return nil
}
