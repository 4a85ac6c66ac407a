package app

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"hotline/ivr"
	"hotline/ivr/flow"
	"hotline/ivr/prompts"
)

// flows are the shipped flows and those of the city, checked against the prompts that there are.
func (c *ServeConfig) flows() (map[string]*ivr.Flow, error) {
	all := maps.Clone(flow.Shipped())
	if c.FlowsDir == "" {
		return all, nil
	}
	names, err := prompts.Names()
	if err != nil {
		return nil, err
	}
	own, err := flow.ReadAll(os.DirFS(c.FlowsDir), flow.Known{Prompts: append(names, recorded(c.SoundsDir)...)})
	if err != nil {
		return nil, fmt.Errorf("HOTLINE_FLOWS_DIR: %w", err)
	}
	maps.Copy(all, own)
	return all, nil
}

// prompts are those that can be played: where the folder of sounds is known what lies there, else those of the table.
func (c *ServeConfig) prompts() map[string]bool {
	names := recorded(c.SoundsDir)
	if len(names) == 0 {
		names, _ = prompts.Names() // part of the program
	}
	known := make(map[string]bool, len(names))
	for _, name := range names {
		known[name] = true
	}
	return known
}

// recorded are the prompts that lie in the folder of sounds.
func recorded(folder string) (names []string) {
	files, _ := filepath.Glob(filepath.Join(folder, "*.wav")) // no folder, no prompts
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".wav"))
	}
	return names
}

// voice is who speaks bulletins, and where to.
func (c *ServeConfig) voice() (prompts.Options, error) {
	o := prompts.Options{Sounds: c.SoundsDir, Cache: filepath.Join(c.SpoolDir, "speech")}
	if c.SoundsDir == "" || c.SpeechURL == "" {
		return o, nil
	}
	service := prompts.HTTP{URL: c.SpeechURL, Body: c.SpeechBody, Header: c.SpeechHeader, Secret: c.SpeechSecret, Rate: c.SpeechRate}
	o.Speech = service
	return o, service.Check()
}
