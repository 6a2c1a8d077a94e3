package storetest

import (
	"context"
	"testing"

	"github.com/beside-desk/beside/store"
)

// copies changes what went in and what came out; the store must not notice.
func copies(t *testing.T, db handle) {
	s := db()
	spoil := func(list []string) { list[0] = "spoilt" }

	in := site("shop")
	ok(t, s.CreateSite(t.Context(), in))
	for _, change := range []func() store.Site{
		func() store.Site { return in },
		func() store.Site { return got(s.Site(t.Context(), "shop"))(t) },
		func() store.Site { return got(s.ListSites(t.Context()))(t)[0] },
	} {
		x := change()
		spoil(x.Origins)
		spoil(x.AssetOrigins)
		spoil(x.Topics)
		want := site("shop")
		want.Rev = 1
		same(t, got(s.Site(t.Context(), "shop"))(t), want)
	}

	reach(t, db, "l", store.LeadActive)
	s = db()
	got(s.AddSource(t.Context(), "session-l", tab("a")))(t)
	got(s.Session(t.Context(), "session-l"))(t).Sources[0].Key = "spoilt"
	same(t, got(s.Session(t.Context(), "session-l"))(t).Sources[0].Key, "a")

	line := entry("session-l", 1, 1, 1)
	ok(t, s.AppendEntry(t.Context(), line))
	line.Frame[0] = 'x'
	for range 2 {
		frame := got(s.Entries(t.Context(), "session-l"))(t)[0].Frame
		same(t, frame, entry("session-l", 1, 1, 1).Frame)
		frame[0] = 'x'
	}
}

// calls is every verb, each of which would succeed.
func calls(ctx context.Context, s store.Store) map[string]func() error {
	result := func(_ any, err error) error { return err }
	return map[string]func() error{
		"CreateUser":          func() error { return s.CreateUser(ctx, user("noah")) },
		"User":                func() error { return result(s.User(ctx, "emma")) },
		"UserByLogin":         func() error { return result(s.UserByLogin(ctx, "emma")) },
		"ListUsers":           func() error { return result(s.ListUsers(ctx)) },
		"DisableUser":         func() error { return s.DisableUser(ctx, "emma") },
		"TouchAssigned":       func() error { return s.TouchAssigned(ctx, "emma", second(9)) },
		"CreateLogin":         func() error { return s.CreateLogin(ctx, login("emma", "h2")) },
		"Login":               func() error { return result(s.Login(ctx, "h", 0)) },
		"DeleteLogin":         func() error { return s.DeleteLogin(ctx, "h") },
		"DeleteExpiredLogins": func() error { return result(s.DeleteExpiredLogins(ctx, second(99))) },
		"CreateSite":          func() error { return s.CreateSite(ctx, site("other")) },
		"PutSite":             func() error { return s.PutSite(ctx, site("shop")) },
		"Site":                func() error { return result(s.Site(ctx, "shop")) },
		"ListSites":           func() error { return result(s.ListSites(ctx)) },
		"CreateLead":          func() error { return s.CreateLead(ctx, lead("new")) },
		"Lead":                func() error { return result(s.Lead(ctx, "waiting")) },
		"LeadByToken":         func() error { return result(s.LeadByToken(ctx, "token-waiting")) },
		"OpenLeads":           func() error { return result(s.OpenLeads(ctx)) },
		"ClosedLeads":         func() error { return result(s.ClosedLeads(ctx, store.LeadQuery{})) },
		"AssignLead":          func() error { return result(s.AssignLead(ctx, "waiting", "emma", second(9))) },
		"ClaimLead":           func() error { return result(s.ClaimLead(ctx, "waiting", session("s", "waiting"))) },
		"CloseLead":           func() error { return result(s.CloseLead(ctx, "waiting", store.LeadMissed, second(9))) },
		"EndSession": func() error {
			return result(s.EndSession(ctx, "active", store.End{At: second(9), By: store.SideAgent}))
		},
		"Remark":       func() error { return result(s.Remark(ctx, "ended", store.Remark{By: store.SideAgent})) },
		"LeaveMessage": func() error { return result(s.LeaveMessage(ctx, "waiting", "call", second(9))) },
		"Session":      func() error { return result(s.Session(ctx, "session-active")) },
		"AddSource":    func() error { return result(s.AddSource(ctx, "session-active", tab("a"))) },
		"AppendEntry":  func() error { return s.AppendEntry(ctx, entry("session-active", 1, 1, 1)) },
		"Entries":      func() error { return result(s.Entries(ctx, "session-active")) },
	}
}

// stock fills the store with what calls needs.
func stock(t *testing.T, db handle) {
	ok(t, db().CreateUser(t.Context(), user("emma")))
	ok(t, db().CreateLogin(t.Context(), login("emma", "h")))
	ok(t, db().CreateSite(t.Context(), site("shop")))
	for _, state := range []store.LeadState{store.LeadWaiting, store.LeadActive, store.LeadEnded} {
		reach(t, db, string(state), state)
	}
}

// doneContext: a verb whose caller has left does nothing and says so.
func doneContext(t *testing.T, db handle) {
	stock(t, db)
	s := db()
	before := dump(t, s)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range calls(done, s) {
		if err := call(); err != context.Canceled {
			t.Errorf("%s: error is %v, want %v", name, err, context.Canceled)
		}
	}
	same(t, dump(t, s), before)
}

// closeTwice: after Close every verb fails, and Close does not.
func closeTwice(t *testing.T, db handle) {
	stock(t, db)
	s := db()
	ok(t, s.Close())
	ok(t, s.Close())
	for name, call := range calls(t.Context(), s) {
		if err := call(); err == nil {
			t.Errorf("%s: no error after Close", name)
		}
	}
}

// dump reads what stock made.
func dump(t *testing.T, s store.Store) []any {
	return []any{
		got(s.ListUsers(t.Context()))(t),
		got(s.Login(t.Context(), "h", 0))(t),
		got(s.ListSites(t.Context()))(t),
		got(s.OpenLeads(t.Context()))(t),
		got(s.ClosedLeads(t.Context(), store.LeadQuery{}))(t),
		got(s.Session(t.Context(), "session-active"))(t),
		got(s.Entries(t.Context(), "session-active"))(t),
	}
}
