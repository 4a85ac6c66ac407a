package app

import (
	"context"

	"hotline/gateway/call"
	"hotline/gateway/store"
	"hotline/gateway/web"
)

// The adapters below give the web side what it needs of the store and of Asterisk, which know nothing of it.

type accounts struct{ store *store.Store }

func (a accounts) SignIn(ctx context.Context, agentNo, password string) (web.Account, error) {
	account, err := a.store.Authenticate(ctx, agentNo, password)
	return web.Account{Profile: account.Profile()}, err
}

func (a accounts) All(ctx context.Context) ([]web.Account, error) {
	all, err := a.store.ListAccounts(ctx)
	accounts := make([]web.Account, len(all))
	for i, one := range all {
		accounts[i] = web.Account{Profile: one.Profile()}
	}
	return accounts, err
}

type calls struct{ store *store.Store }

func (c calls) Calls(ctx context.Context, f web.Filter) (web.Page, error) {
	page, err := c.store.Calls(ctx, store.Filter(f))
	rows := make([]web.CallRow, len(page.Calls))
	for i, row := range page.Calls {
		rows[i] = web.CallRow(row)
	}
	return web.Page{Calls: rows, Next: page.Next}, err
}

func (c calls) Call(ctx context.Context, id call.ID) (web.CallDetail, error) {
	detail, err := c.store.Call(ctx, id)
	return web.CallDetail(detail), err
}

type auditor struct{ store *store.Store }

func (a auditor) Audit(ctx context.Context, e web.AuditEntry) error {
	return a.store.Audit(ctx, store.AuditEntry(e))
}

func (a auditor) SearchAudit(ctx context.Context, f web.AuditFilter) ([]web.AuditRow, error) {
	rows, err := a.store.SearchAudit(ctx, store.AuditFilter(f))
	found := make([]web.AuditRow, len(rows))
	for i, r := range rows {
		found[i] = web.AuditRow{AuditEntry: web.AuditEntry(r.AuditEntry), Seq: r.Seq, KeptAt: r.KeptAt}
	}
	return found, err
}
