package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/directory"
	"hotline/gateway/settings"
)

// linesFile is where the lines go in and out as one CSV file, which may be larger than other bodies.
const linesFile = "/api/settings/lines.csv"

type fileOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type importIn struct {
	DryRun   bool   `query:"dry_run" doc:"only say what would change"`
	Revision string `query:"revision" maxLength:"32" doc:"of the dry run; without it whatever is kept is replaced"`
	RawBody  []byte `contentType:"text/csv"`
}

type importOut struct{ Body settings.Import }

func (h *Handler) registerLineFiles() {
	register(h, huma.Operation{
		OperationID: "export-lines", Method: http.MethodGet, Path: linesFile, Summary: "All lines as CSV",
	}, func(ctx context.Context, _ *struct{}) (*fileOut, error) {
		who := whoIs(ctx)
		if err := h.audit(ctx, AuditEntry{Who: who.No, Action: ActionExport, Object: "lines.csv", Address: who.Address}); err != nil {
			return nil, err
		}
		rows, err := h.loadSettings(ctx)
		if err != nil {
			return nil, err
		}
		now, err := settings.Assemble(rows)
		if err != nil {
			return nil, err
		}
		var text bytes.Buffer
		err = now.Lines.WriteCSV(&text)
		return &fileOut{"text/csv; charset=utf-8", `attachment; filename="lines.csv"`, text.Bytes()}, err
	})
	register(h, huma.Operation{
		OperationID: "import-lines", Method: http.MethodPost, Path: linesFile, Summary: "Make a CSV file the whole list of lines",
		MaxBodyBytes: directory.MaxFile, Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *importIn) (*importOut, error) { return h.importLines(ctx, in) })
}

func (h *Handler) importLines(ctx context.Context, in *importIn) (*importOut, error) {
	d, err := directory.ReadCSV(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, settingsFault(err)
	}
	return h.importFile(ctx, in, ActionImportLines, map[string]any{"lines": len(d.Lines())}, func(ctx context.Context, who string) (settings.Rows, settings.Import, error) {
		rows, done, err := h.o.Settings.ImportLines(ctx, who, d, in.Revision, in.DryRun)
		done.Warnings = warningsOf(rows)
		return rows, done, err
	})
}

// importFile lets a file replace what is kept, or with a dry run says what it would do. What is kept is audited before.
func (h *Handler) importFile(ctx context.Context, in *importIn, action string, detail map[string]any,
	replace func(ctx context.Context, who string) (settings.Rows, settings.Import, error)) (*importOut, error) {
	who := whoIs(ctx)
	out := &importOut{}
	keep := func(ctx context.Context) (rows settings.Rows, err error) {
		rows, out.Body, err = replace(ctx, who.No)
		return rows, err
	}
	if in.DryRun {
		asked, cancel := ask(ctx)
		defer cancel()
		_, err := keep(asked)
		return out, settingsFault(err)
	}
	if err := h.audit(ctx, AuditEntry{Who: who.No, Action: action, Address: who.Address, Detail: detail}); err != nil {
		return nil, err
	}
	_, err := h.inTurn(ctx, keep)
	return out, err
}
