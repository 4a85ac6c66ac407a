package app

import (
	"context"
	"fmt"
	"log/slog"

	"hotline/gateway/caller"
)

// scrubbed lets no telephone number through to the log, wherever in a message, an error or a value it stands.
type scrubbed struct{ slog.Handler }

func (h scrubbed) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, caller.Scrub(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(scrubAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

func (h scrubbed) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = scrubAttr(a)
	}
	return scrubbed{h.Handler.WithAttrs(clean)}
}

func (h scrubbed) WithGroup(name string) slog.Handler { return scrubbed{h.Handler.WithGroup(name)} }

func scrubAttr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(caller.Scrub(a.Value.String()))
	case slog.KindGroup:
		group := a.Value.Group()
		clean := make([]slog.Attr, len(group))
		for i, one := range group {
			clean[i] = scrubAttr(one)
		}
		a.Value = slog.GroupValue(clean...)
	case slog.KindAny:
		switch v := a.Value.Any().(type) {
		case error:
			a.Value = slog.StringValue(caller.Scrub(v.Error()))
		case fmt.Stringer:
			a.Value = slog.StringValue(caller.Scrub(v.String()))
		}
	}
	return a
}
