package app

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"hotline/gateway/web"
)

// A browser that trusts the gateway's own certificate reaches it by every name it is for, and by no other.
func TestTheGatewayMakesItsOwnCertificate(t *testing.T) {
	c := &ServeConfig{Folders: Folders{SpoolDir: t.TempDir()}, TLS: tlsLocal, TLSNames: []string{"hotline.example", "192.0.2.7"}}
	if err := c.makeCertificate(time.Now()); err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := c.certificateFiles()
	if st, err := os.Stat(keyFile); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the key is %v, %v", st.Mode(), err)
	}
	serve := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") })
	server, err := web.Listen("127.0.0.1:0", certFile, keyFile, serve, quiet())
	if err != nil {
		t.Fatal(err)
	}
	go server.Run(t.Context())
	text, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(text)
	for name, fine := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "hotline.example": true, "192.0.2.7": true, "elsewhere.example": false,
	} {
		client := &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: name}, DisableKeepAlives: true,
		}}
		resp, err := client.Get("https://" + server.Addr().String())
		if (err == nil) != fine {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			resp.Body.Close()
		}
	}
	if _, err := tls.Dial("tcp", server.Addr().String(), &tls.Config{RootCAs: trusted, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
}

func TestTheOwnCertificateIsKeptUntilItWillNotDo(t *testing.T) {
	c := &ServeConfig{Folders: Folders{SpoolDir: t.TempDir()}, TLS: tlsLocal}
	file, _ := c.certificateFiles()
	made := func(now time.Time) string {
		t.Helper()
		if err := c.makeCertificate(now); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	now := time.Now()
	first := made(now)
	if made(now.Add(24*time.Hour)) != first {
		t.Error("made anew after a day")
	}
	if made(now.Add(localLives-localRenews+time.Hour)) == first {
		t.Error("kept though it soon expires")
	}
	second := made(now)
	c.TLSNames = []string{"new.example"}
	if made(now) == second {
		t.Error("kept though it does not name what it is to be for")
	}
}

func TestTLSIsSaidOnce(t *testing.T) {
	c := &ServeConfig{TLS: tlsLocal, TLSCert: "a", TLSKey: "b"}
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "HOTLINE_TLS") {
		t.Error(err)
	}
}
