package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// How the consoles' address is protected, where no certificate is given.
const (
	tlsLocal = "local" // by a certificate that the gateway makes for itself
	tlsProxy = "proxy" // by a proxy before the gateway, which has a certificate
)

// A certificate of one's own is renewed at a start when it has not long to live; browsers take none that lives longer.
const (
	localLives  = 397 * 24 * time.Hour
	localRenews = 60 * 24 * time.Hour
)

// secure says whether people reach the consoles over TLS.
func (c *ServeConfig) secure() bool { return c.TLSCert != "" || c.TLS != "" }

// serves says whether the gateway itself speaks TLS.
func (c *ServeConfig) servesTLS() bool { return c.TLSCert != "" || c.TLS == tlsLocal }

// certificateFiles are where certificate and key lie, given or of one's own; empty when the gateway speaks no TLS.
func (c *ServeConfig) certificateFiles() (cert, key string) {
	if c.TLS != tlsLocal {
		return c.TLSCert, c.TLSKey
	}
	dir := filepath.Join(c.SpoolDir, "tls")
	return filepath.Join(dir, "local.crt"), filepath.Join(dir, "local.key")
}

// makeCertificate makes the gateway's own certificate unless there is one that will do.
func (c *ServeConfig) makeCertificate(now time.Time) error {
	if c.TLS != tlsLocal {
		return nil
	}
	cert, key := c.certificateFiles()
	names, addresses, err := c.ownNames()
	if err != nil {
		return err
	}
	if willDo(cert, key, names, addresses, now) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(cert), 0o700); err != nil {
		return fmt.Errorf("HOTLINE_TLS=local: %w", err)
	}
	if err := writeCertificate(cert, key, names, addresses, now); err != nil {
		return fmt.Errorf("HOTLINE_TLS=local: make a certificate: %w", err)
	}
	return nil
}

// ownNames are what a browser may call this machine: its names, what it is told it is called, and its addresses.
func (c *ServeConfig) ownNames() (names []string, addresses []net.IP, err error) {
	names = []string{"localhost"}
	if host, err := os.Hostname(); err == nil && host != "localhost" {
		names = append(names, host)
	}
	for _, name := range c.TLSNames {
		if !slices.Contains(names, name) && net.ParseIP(name) == nil {
			names = append(names, name)
		}
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil, nil, fmt.Errorf("read this machine's addresses: %w", err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			addresses = append(addresses, n.IP)
		}
	}
	for _, name := range c.TLSNames {
		if ip := net.ParseIP(name); ip != nil {
			addresses = append(addresses, ip)
		}
	}
	return names, addresses, nil
}

// willDo says whether the certificate is there, lives for a while and names all that it should.
func willDo(cert, key string, names []string, addresses []net.IP, now time.Time) bool {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return false
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil || now.Before(leaf.NotBefore) || leaf.NotAfter.Sub(now) < localRenews {
		return false
	}
	for _, name := range names {
		if !slices.Contains(leaf.DNSNames, name) {
			return false
		}
	}
	for _, ip := range addresses {
		if !slices.ContainsFunc(leaf.IPAddresses, ip.Equal) {
			return false
		}
	}
	return true
}

func writeCertificate(cert, key string, names []string, addresses []net.IP, now time.Time) error {
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: names[len(names)-1], Organization: []string{"Hotline"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(localLives), DNSNames: names, IPAddresses: addresses,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		return err
	}
	raw, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		return err
	}
	return errors.Join(
		replace(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600),
		replace(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o644),
	)
}

// replace puts a file in place whole or not at all.
func replace(path string, data []byte, mode os.FileMode) error {
	if err := os.WriteFile(path+".new", data, mode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
