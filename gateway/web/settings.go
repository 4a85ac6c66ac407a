package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hotline/agent"
	"hotline/gateway/directory"
	"hotline/gateway/scope"
	"hotline/gateway/settings"
)

// Settings keeps what people edit. Its errors hold *settings.Conflict or directory.Faults where those are to blame.
type Settings interface {
	Load(ctx context.Context) (settings.Rows, error)
	// Change makes changes, all or none, and returns what is kept then.
	Change(ctx context.Context, who string, changes ...settings.Change) (settings.Rows, error)
	// ImportLines makes d the whole list of lines, or with dryRun says what that would do. An empty revision does not ask.
	ImportLines(ctx context.Context, who string, d *directory.Directory, revision string, dryRun bool) (settings.Rows, settings.Import, error)
	// ImportScope does the same with what is not accepted.
	ImportScope(ctx context.Context, who string, items []scope.Item, revision string, dryRun bool) (settings.Rows, settings.Import, error)
	// History returns the latest changes, newest first; empty kind and key mean any.
	History(ctx context.Context, kind settings.Kind, key string, limit int) ([]SettingChange, error)
	// People are all accounts that may have skills.
	People(ctx context.Context) ([]agent.Profile, error)
}

// SettingChange is one change in the history of the settings.
type SettingChange struct {
	At   time.Time
	Who  string
	Kind settings.Kind
	Key  string
	Old  []byte // JSON; nil: it was new
	New  []byte // JSON; nil: it was removed
}

// Running is the part that settings govern while it runs. Neither method blocks.
type Running interface {
	// Changed hands over what is kept now. Calls come in the order of the changes.
	Changed(rows settings.Rows, now settings.Snapshot)
	// Waiting is how many callers wait in a queue.
	Waiting(queue string) int
}

// setting is one setting with what an editor gives back to change it.
type setting[T any] struct {
	Version   int64     `json:"version" doc:"to be given back with a change"`
	ChangedBy string    `json:"changed_by"`
	ChangedAt time.Time `json:"changed_at"`
	Setting   T         `json:"setting"`
}

type settingOut[T any] struct{ Body setting[T] }

type settingsOut[T any] struct {
	Body struct {
		Settings []setting[T]     `json:"settings" nullable:"false"`
		Revision string           `json:"revision" doc:"another one: something in this list was changed"`
		Warnings directory.Faults `json:"warnings" nullable:"false" doc:"what works but is surely not meant"`
	}
}

// KeyIn names one setting.
type KeyIn struct {
	Key string `path:"key" minLength:"1" maxLength:"64"`
}

type putIn[T any] struct {
	KeyIn
	Body struct {
		Version int64 `json:"version" doc:"the one that was seen; 0 for a new one"`
		Setting T     `json:"setting"`
		First   bool  `json:"first,omitempty" doc:"of lines: it becomes the default one"`
	}
}

type removeIn struct {
	KeyIn
	Version int64 `query:"version" required:"true" doc:"the one that was seen"`
}

// kindOf is how one kind of setting is served.
type kindOf[T any] struct {
	kind settings.Kind
	path string
	one  string           // for summaries: "line"
	name func(*T) *string // where the document has its key
}

// registerKind adds the operations of one kind of setting.
func registerKind[T any](h *Handler, k kindOf[T]) {
	path, each := "/api/settings/"+k.path, "/api/settings/"+k.path+"/{key}"
	register(h, huma.Operation{
		OperationID: k.path, Method: http.MethodGet, Path: path, Summary: "Every " + k.one,
	}, func(ctx context.Context, _ *struct{}) (*settingsOut[T], error) { return list(ctx, h, k) })
	register(h, huma.Operation{
		OperationID: "get-" + k.path, Method: http.MethodGet, Path: each, Summary: "One " + k.one,
	}, func(ctx context.Context, in *KeyIn) (*settingOut[T], error) {
		rows, err := h.loadSettings(ctx)
		if err != nil {
			return nil, err
		}
		return found(rows, k, in.Key)
	})
	register(h, huma.Operation{
		OperationID: "put-" + k.path, Method: http.MethodPut, Path: each, Summary: "Make or change a " + k.one,
		Errors: []int{http.StatusConflict, http.StatusUnprocessableEntity},
	}, func(ctx context.Context, in *putIn[T]) (*settingOut[T], error) {
		doc := in.Body.Setting
		*k.name(&doc) = in.Key
		c := settings.Put(k.kind, in.Key, in.Body.Version, doc)
		c.First = in.Body.First
		rows, err := h.changeSettings(ctx, c)
		if err != nil {
			return nil, err
		}
		return found(rows, k, in.Key)
	})
	register(h, huma.Operation{
		OperationID: "delete-" + k.path, Method: http.MethodDelete, Path: each, Summary: "Remove a " + k.one,
		DefaultStatus: http.StatusNoContent, Errors: []int{http.StatusConflict},
	}, func(ctx context.Context, in *removeIn) (*struct{}, error) {
		if err := h.mayRemove(ctx, k.kind, in.Key); err != nil {
			return nil, err
		}
		_, err := h.changeSettings(ctx, settings.Remove(k.kind, in.Key, in.Version))
		return nil, err
	})
}

func list[T any](ctx context.Context, h *Handler, k kindOf[T]) (*settingsOut[T], error) {
	rows, err := h.loadSettings(ctx)
	if err != nil {
		return nil, err
	}
	out := &settingsOut[T]{}
	out.Body.Settings, out.Body.Revision, out.Body.Warnings = []setting[T]{}, rows.Revision(k.kind), warningsOf(rows)
	for _, row := range rows.Of(k.kind) {
		one, err := settingOf(row, k)
		if err != nil {
			return nil, err
		}
		out.Body.Settings = append(out.Body.Settings, one)
	}
	return out, nil
}

func found[T any](rows settings.Rows, k kindOf[T], key string) (*settingOut[T], error) {
	row, ok := rows.Find(k.kind, key)
	if !ok {
		return nil, errNotFound
	}
	one, err := settingOf(row, k)
	return &settingOut[T]{one}, err
}

func settingOf[T any](row settings.Row, k kindOf[T]) (setting[T], error) {
	one := setting[T]{Version: row.Version, ChangedBy: row.Who, ChangedAt: row.At}
	err := json.Unmarshal(row.Doc, &one.Setting)
	if k.name != nil {
		*k.name(&one.Setting) = row.Key
	}
	return one, err
}

func warningsOf(rows settings.Rows) directory.Faults {
	s, err := settings.Assemble(rows)
	if err != nil {
		return directory.Faults{}
	}
	return append(directory.Faults{}, s.Warnings()...)
}

func (h *Handler) loadSettings(ctx context.Context) (settings.Rows, error) {
	asked, cancel := ask(ctx)
	defer cancel()
	return h.o.Settings.Load(asked)
}
