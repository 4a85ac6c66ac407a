package app

import (
	"embed"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"text/template"
)

// The lines that an Asterisk needs to work with a gateway: an excerpt of deploy/asterisk/conf, with which a test
// compares them.
//
//go:embed asteriskconf/*.conf
var asteriskLines embed.FS

// asteriskFiles are the files of the excerpt, in the order they are shown.
var asteriskFiles = []string{"http.conf", "ari.conf", "pjsip.conf", "sorcery.conf", "extensions.conf"}

// neededModules are those without which calls, agents' telephones or their sound do not work.
var neededModules = []string{
	"app_stack.so", "app_stasis.so", "bridge_simple.so", "bridge_softmix.so", "chan_pjsip.so", "codec_alaw.so",
	"codec_ulaw.so", "format_pcm.so", "format_wav.so", "func_base64.so", "func_logic.so", "func_strings.so",
	"pbx_config.so", "res_ari.so",
	"res_ari_applications.so", "res_ari_asterisk.so", "res_ari_bridges.so", "res_ari_channels.so",
	"res_ari_endpoints.so", "res_ari_events.so", "res_ari_playbacks.so", "res_ari_recordings.so",
	"res_http_websocket.so", "res_musiconhold.so", "res_pjsip.so", "res_pjsip_authenticator_digest.so",
	"res_pjsip_endpoint_identifier_ip.so", "res_pjsip_endpoint_identifier_user.so", "res_pjsip_header_funcs.so",
	"res_pjsip_registrar.so", "res_pjsip_sdp_rtp.so", "res_pjsip_session.so", "res_pjsip_transport_websocket.so",
	"res_rtp_asterisk.so", "res_sorcery_astdb.so", "res_sorcery_config.so", "res_srtp.so", "res_stasis.so",
	"res_stasis_answer.so", "res_stasis_playback.so", "res_stasis_recording.so",
}

// secretHere stands for the password, which is never printed.
const secretHere = "the same as HOTLINE_ARI_PASSWORD"

// asteriskFile is one file's lines.
func (c *Config) asteriskFile(name string) string {
	host, port := c.asteriskHTTP()
	values := struct{ HTTPHost, HTTPPort, ARIUser, ARIPassword, ARIApp, Trunk string }{host, port, c.ARIUser, secretHere, c.ARIApp, c.Trunk}
	var out strings.Builder
	t, err := template.ParseFS(asteriskLines, "asteriskconf/"+name)
	if err == nil {
		err = t.Execute(&out, values)
	}
	if err != nil {
		panic(err) // the files are part of the program and tested
	}
	return out.String()
}

// asteriskHTTP is where Asterisk's HTTP server should listen for ARIURL to work.
func (c *Config) asteriskHTTP() (host, port string) {
	u, err := url.Parse(c.ARIURL)
	if err != nil || u.Host == "" {
		return "127.0.0.1", "8088"
	}
	host, port = u.Hostname(), u.Port()
	if port == "" {
		port = "80"
	}
	if net.ParseIP(host) == nil {
		host = "127.0.0.1"
	}
	return host, port
}

// printAsterisk prints the lines of all files.
func (c *Config) printAsterisk(out io.Writer) error {
	fmt.Fprintln(out, "; What an Asterisk needs to work with this gateway. Put each part into the file it names, below what is")
	fmt.Fprintln(out, "; there already, restart Asterisk, and let `hotline doctor` look.")
	fmt.Fprintln(out, "; Modules, where modules.conf does not load all (autoload = yes):")
	line := ";  "
	for _, m := range neededModules {
		if len(line)+len(m) > 100 {
			fmt.Fprintln(out, line)
			line = ";  "
		}
		line += " " + strings.TrimSuffix(m, ".so")
	}
	fmt.Fprintln(out, line)
	for _, name := range asteriskFiles {
		fmt.Fprintf(out, "\n; -------- %s\n%s", name, c.asteriskFile(name))
	}
	_, err := fmt.Fprintln(out)
	return err
}
