package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/beside-desk/beside/store"
)

func openLeads(t *testing.T, db handle) {
	same(t, got(db().OpenLeads(t.Context()))(t), nil)
	for i, state := range states() {
		l := lead(fmt.Sprint(i))
		l.Created = second(100 - i)
		ok(t, db().CreateLead(t.Context(), l))
		switch state {
		case store.LeadWaiting:
		case store.LeadAssigned:
			got(db().AssignLead(t.Context(), l.ID, "emma", second(200)))(t)
		case store.LeadActive:
			got(db().ClaimLead(t.Context(), l.ID, session("s", l.ID)))(t)
		default:
			got(db().CloseLead(t.Context(), l.ID, store.LeadMissed, second(200)))(t)
		}
	}
	var order []string
	for _, l := range got(db().OpenLeads(t.Context()))(t) {
		order = append(order, l.ID)
	}
	same(t, order, []string{"2", "1", "0"})
}

func closedLeads(t *testing.T, db handle) {
	same(t, got(db().ClosedLeads(t.Context(), store.LeadQuery{}))(t), nil)
	const n = 61
	for i := range n {
		id := fmt.Sprintf("%02d", i)
		ok(t, db().CreateLead(t.Context(), lead(id)))
		if i%3 == 0 {
			got(db().AssignLead(t.Context(), id, "emma", second(2)))(t)
		}
		got(db().CloseLead(t.Context(), id, store.LeadMissed, second(i)))(t)
	}
	reach(t, db, "waiting", store.LeadWaiting)

	all := got(db().ClosedLeads(t.Context(), store.LeadQuery{Limit: 200}))(t)
	same(t, len(all), n)
	same(t, slices.IsSortedFunc(all, func(a, b store.Lead) int { return int(b.Ended - a.Ended) }), true)
	same(t, len(got(db().ClosedLeads(t.Context(), store.LeadQuery{}))(t)), 50)
	same(t, pages(t, db(), store.LeadQuery{Limit: 7}), all)

	mine := slices.DeleteFunc(slices.Clone(all), func(l store.Lead) bool { return l.Owner != "emma" })
	same(t, pages(t, db(), store.LeadQuery{Limit: 7, Owner: "emma"}), mine)
	for _, owner := range []string{"emm", "emmab", "noah"} {
		same(t, pages(t, db(), store.LeadQuery{Limit: 7, Owner: owner}), nil)
	}

	for q, want := range map[store.LeadQuery]error{
		{Limit: -1}:         store.ErrInvalid,
		{Limit: 201}:        store.ErrInvalid,
		{Before: "unknown"}: store.ErrNotFound,
		{Before: "waiting"}: store.ErrState,
	} {
		_, err := db().ClosedLeads(t.Context(), q)
		fails(t, err, want)
	}
}

// pages returns all that q selects, got page by page.
func pages(t tester, s store.Store, q store.LeadQuery) []store.Lead {
	t.Helper()
	var all []store.Lead
	for {
		page := got(s.ClosedLeads(t.Context(), q))(t)
		if len(page) > q.Limit {
			t.Fatalf("page of %d, limit is %d", len(page), q.Limit)
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
		q.Before = page[len(page)-1].ID
	}
}
