package evidence

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"hotline/gateway/abuse"
	"hotline/gateway/directory"
)

// bom tells spreadsheets that a file is UTF-8.
const bom = "\ufeff"

func (b *bundle) calls() error {
	head := []string{
		"通话编号 call", "接入码 dnis", "热线 line", "来电时间 arrived_at", "通话开始 talking_at", "结束 ended_at", "通话秒数 talk_s",
		"工号 agent", "结果 result", "挂断方 ended_by", "警告次数 warnings", "录音 recorded", "移交 hand_overs",
	}
	return b.list(callsFile, head, func(c Call, row func(...string) error) error {
		b.manifest.Calls++
		talked := ""
		if !c.TalkingAt.IsZero() && !c.EndedAt.IsZero() {
			talked = strconv.Itoa(int(c.EndedAt.Sub(c.TalkingAt).Seconds()))
		}
		return row(c.ID, c.DNIS, c.Line, when(c.ArrivedAt), when(c.TalkingAt), when(c.EndedAt), talked,
			c.Agent, c.Result, c.EndedBy, strconv.Itoa(abuse.Warnings(c.Notes)), strconv.FormatBool(c.Recording != ""), handOvers(c.HandOvers))
	})
}

func (b *bundle) notes() error {
	head := []string{"通话编号 call", "时间 at", "录音秒 recording_s", "行为 act", "类别 kind", "工号 agent", "备注 note", "已撤回 withdrawn"}
	return b.list(notesFile, head, func(c Call, row func(...string) error) error {
		for _, e := range c.Notes {
			place := ""
			if into, ok := abuse.InRecording(e.At, c.TalkingAt, c.EndedAt); ok && c.Recording != "" {
				place = strconv.FormatFloat(into.Seconds(), 'f', 1, 64)
			}
			err := row(e.Call, when(e.At), place, string(e.Act), string(e.Kind), e.Agent, e.Note, strconv.FormatBool(e.Withdrawn))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// list writes a CSV file with rows for each call.
func (b *bundle) list(name string, head []string, rows func(c Call, row func(...string) error) error) error {
	return b.file(name, zip.Deflate, func(w io.Writer) error {
		if _, err := io.WriteString(w, bom); err != nil {
			return err
		}
		out := csv.NewWriter(w)
		row := func(cells ...string) error {
			for i := range cells {
				cells[i] = harmless(cells[i])
			}
			return out.Write(cells)
		}
		if err := row(head...); err != nil {
			return err
		}
		for c, err := range b.Order.Calls() {
			if err != nil {
				return err
			}
			if err := rows(c, row); err != nil {
				return err
			}
		}
		out.Flush()
		return out.Error()
	})
}

// harmless keeps a spreadsheet from taking what somebody wrote for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(directory.Here).Format("2006-01-02T15:04:05.000Z07:00")
}

// handOvers tells to whom the call was handed: "110 by 8001 at …: connected".
func handOvers(list []HandOver) string {
	told := make([]string, len(list))
	for i, h := range list {
		told[i] = h.Service + " by " + h.By + " at " + when(h.At) + ": " + h.Result
	}
	return strings.Join(told, "; ")
}
