package stack

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"hotline/deploy/desk"
	"hotline/gateway/calldata"
	"hotline/gateway/directory"
	"hotline/gateway/settings"
	"hotline/ivr/prompts"
)

// Services are who answers behind the trunks in a demonstration: 110, 119, 120, 122 and the sub-centres, each with
// words of its own.

//go:embed services.csv
var servicesCSV []byte

// service is one of them; sound is A-law.
type service struct {
	number, alternative, trunk, name, voice, greeting string
	hello, goOn                                       []byte
}

// ServiceLine tells where services answer.
type ServiceLine struct {
	Trunk   string   `json:"trunk"`
	Address string   `json:"address"` // host:port, SIP over UDP
	Numbers []string `json:"numbers"`
}

const (
	serviceRings = 1500 * time.Millisecond
	serviceWaits = 12 * time.Second // between two words
	serviceTalks = 10 * time.Minute // at most
)

func readServices() ([]*service, error) {
	rows, err := csv.NewReader(bytes.NewReader(servicesCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of services: %w", err)
	}
	var all []*service
	for _, row := range rows[1:] {
		all = append(all, &service{number: row[0], alternative: row[1], trunk: row[2], name: row[3], voice: row[4], greeting: row[5]})
	}
	return all, nil
}

// routes are the ways to the service, the best first.
func (v *service) routes() []string {
	if v.trunk == Emergency {
		return []string{Emergency + "/" + v.number, Emergency2 + "/" + v.number, Emergency2 + "/" + v.alternative}
	}
	return []string{v.trunk + "/" + v.number, v.trunk + "/" + v.alternative}
}

// behind says whether the service answers behind a trunk.
func (v *service) behind(trunk string) bool {
	return v.trunk == trunk || v.trunk == Emergency && trunk == Emergency2
}

// routeLines gives the shipped lines the routes to the services, for a first start. Who brings lines or settings of his
// own keeps them.
func (s *Stack) routeLines(context.Context) error {
	if !s.opts.Services || s.opts.Lines != "" || s.opts.Settings != "" {
		return nil
	}
	all, err := readServices()
	if err != nil {
		return err
	}
	lines := directory.Default().Lines()
	for i := range lines {
		if at := slices.IndexFunc(all, func(v *service) bool { return v.number == lines[i].DNIS }); at >= 0 {
			lines[i].Routes = all[at].routes()
		}
	}
	d, err := directory.New(lines)
	if err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	s.opts.Settings = filepath.Join(s.dir, "settings.json")
	return writeSettings(s.opts.Settings, settings.Default().For(d))
}

// startServices lets them answer.
func (s *Stack) startServices(ctx context.Context) error {
	if !s.opts.Services {
		return nil
	}
	began := time.Now()
	all, err := readServices()
	if err != nil {
		return err
	}
	for _, v := range all {
		if err := v.rehearse(ctx, s.opts); err != nil {
			return err
		}
	}
	for _, t := range s.trunks() {
		x, err := desk.OpenExchange(t.Contact, func(i *desk.Invitation) { s.serve(i, all, t.Name) })
		if err != nil {
			return err
		}
		s.onStop("stop the services behind "+t.Name, x.Close)
		line := ServiceLine{Trunk: t.Name, Address: t.Contact}
		for _, v := range all {
			if v.behind(t.Name) {
				line.Numbers = append(line.Numbers, v.number)
			}
		}
		s.services = append(s.services, line)
	}
	s.say("services: 110, 119, 120, 122 and the sub-centres answer (%v)", took(began))
	return nil
}

// rehearse has everything spoken that the service will say.
func (v *service) rehearse(ctx context.Context, opts Options) error {
	for _, word := range []struct {
		text  string
		sound *[]byte
	}{{v.greeting, &v.hello}, {"请继续讲，我在听。", &v.goOn}} {
		sound, err := prompts.Speak(ctx, PromptCache(), prompts.Voice{Name: v.voice, Speed: 230, Pitch: 45}, word.text, opts.Progress)
		if err != nil {
			return fmt.Errorf("let %s speak: %w", v.number, err)
		}
		*word.sound = sound.Resample(8000).ALaw()
	}
	return nil
}

// serve answers one call.
func (s *Stack) serve(i *desk.Invitation, all []*service, trunk string) {
	at := slices.IndexFunc(all, func(v *service) bool {
		return v.behind(trunk) && (i.Number() == v.number || i.Number() == v.alternative)
	})
	if at < 0 {
		s.say("services: nobody has the number %s behind %s", i.Number(), trunk)
		_ = i.Refuse(404, "Not Found") // the caller may have gone
		return
	}
	v := all[at]
	data := calldata.Parse(i.Header(calldata.CallIDHeader), i.Header(calldata.UUIHeader), i.Header(calldata.ContextHeader))
	s.say("services: %s %s is called as %s by %q, call %q", v.number, v.name, trunk+"/"+i.Number(), i.Caller(), data.CallID)
	began := time.Now()
	if err := v.talk(i); err != nil && i.Context().Err() == nil {
		s.say("services: %s: %v", v.number, err)
	}
	s.say("services: %s is free again after %v", v.number, time.Since(began).Round(time.Second))
}

// talk lasts until the other side hangs up or nothing more can be said.
func (v *service) talk(i *desk.Invitation) error {
	line, err := desk.OpenLine(loopback, nil)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(i.Context(), serviceTalks)
	defer stop()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		line.Run(ctx)
	}()
	defer func() { stop(); <-ended }()
	line.Call(i.Request.Body())
	if err := i.Ring(); err != nil {
		return err
	}
	if !pause(ctx, serviceRings) {
		return nil
	}
	if err := i.Answer(line.SDP()); err != nil {
		return err
	}
	for words := v.hello; ; words = v.goOn {
		line.Say(ctx, words)
		if pause(ctx, serviceWaits) {
			continue
		}
		if i.Context().Err() != nil {
			return nil
		}
		bye, cancel := context.WithTimeout(i.Context(), 5*time.Second)
		defer cancel()
		return i.HangUp(bye)
	}
}
