package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"hotline/gateway/directory"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
)

// scopeFile is where what is not accepted goes in and out as one CSV file.
const scopeFile = "/api/settings/scope.csv"

func (h *Handler) registerScope() {
	notAccepted := kindOf[scope.Item]{settings.Scope, "scope", "kind of matter that is not accepted", func(i *scope.Item) *string { return &i.Code }}
	register(h, huma.Operation{
		OperationID: "scope", Method: http.MethodGet, Path: "/api/settings/scope",
		Summary: "What is not accepted, with the words and the legal channel to tell",
	}, func(ctx context.Context, _ *struct{}) (*settingsOut[scope.Item], error) {
		return list(ctx, h, notAccepted)
	})
	register(h, huma.Operation{
		OperationID: "export-scope", Method: http.MethodGet, Path: scopeFile, Summary: "What is not accepted as CSV",
	}, func(ctx context.Context, _ *struct{}) (*fileOut, error) {
		rows, err := h.loadSettings(ctx)
		if err != nil {
			return nil, err
		}
		now, err := settings.Assemble(rows)
		if err != nil {
			return nil, err
		}
		var text bytes.Buffer
		err = scope.WriteCSV(&text, now.Scope)
		return &fileOut{"text/csv; charset=utf-8", `attachment; filename="scope.csv"`, text.Bytes()}, err
	})
	register(h, huma.Operation{
		OperationID: "import-scope", Method: http.MethodPost, Path: scopeFile, Summary: "Make a CSV file the whole list of what is not accepted",
		MaxBodyBytes: directory.MaxFile, Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity},
	}, h.importScope)
}

func (h *Handler) importScope(ctx context.Context, in *importIn) (*importOut, error) {
	items, err := scope.ReadCSV(bytes.NewReader(in.RawBody))
	if err != nil {
		return nil, settingsFault(err)
	}
	return h.importFile(ctx, in, ActionImportScope, map[string]any{"items": len(items)}, func(ctx context.Context, who string) (settings.Rows, settings.Import, error) {
		return h.o.Settings.ImportScope(ctx, who, items, in.Revision, in.DryRun)
	})
}
