package demo

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"hotline/ivr/prompts"
)

//go:embed replies.csv
var repliesCSV []byte

// agentVoice speaks for the demo's agent.
var agentVoice = prompts.Voice{Name: "cmn+f2", Speed: 250, Pitch: 50}

// reply is what the agent says to a citizen, and writes down of his call. Sound is A-law.
type reply struct {
	number            string // how the citizen's number begins; empty fits everybody
	disposition, note string
	answer, promise   []byte
}

// part is all that the agent can say.
type part struct {
	greeting, hold, back, farewell []byte
	replies                        []reply
}

// rehearse has everything spoken that the agent will say.
func rehearse(ctx context.Context, no, cache string, progress io.Writer) (*part, error) {
	rows, err := csv.NewReader(bytes.NewReader(repliesCSV)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the table of replies: %w", err)
	}
	speak := func(text string) (sound []byte) {
		if err != nil {
			return nil
		}
		var s prompts.Sound
		if s, err = prompts.Speak(ctx, cache, agentVoice, text, progress); err != nil {
			err = fmt.Errorf("let the agent speak: %w", err)
			return nil
		}
		return s.Resample(8000).ALaw()
	}
	p := &part{
		greeting: speak(greeting(no)),
		hold:     speak("请您稍等，我帮您查一下。"),
		back:     speak("让您久等了。"),
		farewell: speak("感谢您的来电，再见。"),
	}
	for _, row := range rows[1:] {
		p.replies = append(p.replies, reply{row[0], row[1], row[2], speak(row[3]), speak(row[4])})
	}
	return p, err
}

func greeting(no string) string { return "您好，12345，工号" + no + "为您服务。" }

// to is the reply that fits a caller; the table's last row fits everybody.
func (p *part) to(number string) reply {
	for _, r := range p.replies {
		if strings.HasPrefix(number, r.number) {
			return r
		}
	}
	return reply{}
}
