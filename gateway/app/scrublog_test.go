package app

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestNoNumberComesIntoTheLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := slog.New(scrubbed{slog.NewJSONHandler(&out, nil)})
	log.With("peer", "13800001234").WithGroup("call").Error("dial 13800001234", "err", errors.New("PJSIP/13800001234@trunk: busy"),
		slog.Group("g", "n", "13800001234"), "call", "hotline-1764080000.12", "n", 13)
	if strings.Contains(out.String(), "13800001234") || !strings.Contains(out.String(), "hotline-1764080000.12") || strings.Count(out.String(), "138****1234") != 4 {
		t.Error(out.String())
	}
}
