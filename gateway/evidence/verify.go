package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Why a bundle is not what it should be.
var (
	ErrNotWhole  = errors.New("the bundle is not whole: it has no manifest, or was cut off")
	ErrSignature = errors.New("the manifest was changed, or signed by another hotline")
	ErrChanged   = errors.New("a file of the bundle was changed")
)

const maxManifest = 16 << 20

// Verify checks a bundle of size bytes against the public key of the hotline that made it: the manifest's signature, and
// that there are exactly the files that it names, each as it was. The error is one of the above.
func Verify(from io.ReaderAt, size int64, public ed25519.PublicKey) (Manifest, error) {
	var m Manifest
	z, err := zip.NewReader(from, size)
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrNotWhole, err)
	}
	files := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		if files[f.Name] != nil {
			return m, fmt.Errorf("%w: %s is there twice", ErrChanged, f.Name)
		}
		files[f.Name] = f
	}
	text, err := small(files[manifestFile])
	if err != nil {
		return m, err
	}
	signed, err := small(files[signatureFile])
	if err != nil {
		return m, err
	}
	signature, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(signed)))
	if err != nil || len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, text, signature) {
		return m, ErrSignature
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Format != Format {
		return m, fmt.Errorf("%w: its manifest is of another format", ErrNotWhole)
	}
	return m, m.check(files)
}

func (m *Manifest) check(files map[string]*zip.File) error {
	for _, want := range m.Files {
		if err := want.check(files[want.Name]); err != nil {
			return err
		}
		delete(files, want.Name)
	}
	delete(files, manifestFile)
	delete(files, signatureFile)
	for name := range files {
		return fmt.Errorf("%w: %s was added", ErrChanged, name)
	}
	return nil
}

func (want File) check(f *zip.File) error {
	if f == nil {
		return fmt.Errorf("%w: %s is missing", ErrChanged, want.Name)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrChanged, want.Name, err)
	}
	defer r.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(r, want.Size+1))
	if err != nil || n != want.Size || hex.EncodeToString(hash.Sum(nil)) != want.SHA256 {
		return fmt.Errorf("%w: %s", ErrChanged, want.Name)
	}
	return nil
}

func small(f *zip.File) ([]byte, error) {
	if f == nil {
		return nil, ErrNotWhole
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotWhole, err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil || len(text) > maxManifest {
		return nil, fmt.Errorf("%w: %s cannot be read", ErrNotWhole, f.Name)
	}
	return text, nil
}

// ReadPublic reads a public key as Public writes it.
func ReadPublic(text string) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("that is no public key of a hotline: 44 characters, the last one =")
	}
	return key, nil
}
