package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/beside-desk/beside/store"
)

// lead returns a waiting lead with something in every field a customer fills.
func lead(id string) store.Lead {
	return store.Lead{
		ID: id, Site: "shop", State: store.LeadWaiting, TokenHash: store.Hash("token-" + id), Created: second(1),
		Name: "Ann <b>", Email: "ann@example.com", Phone: "+1", Topic: "Order", Message: "Help",
		PageURL: "https://shop.example/cart", PageTitle: "Cart",
	}
}

// session returns a session for claiming the lead.
func session(id, lead string) store.Session {
	return store.Session{ID: id, Lead: lead, Site: "shop", Agent: "emma", Node: "n1", Started: second(3)}
}

// reach brings a new lead to a state and returns it.
func reach(t *testing.T, db handle, id string, state store.LeadState) store.Lead {
	t.Helper()
	ok(t, db().CreateLead(t.Context(), lead(id)))
	switch state {
	case store.LeadWaiting:
	case store.LeadAssigned:
		got(db().AssignLead(t.Context(), id, "emma", second(2)))(t)
	case store.LeadActive, store.LeadEnded:
		got(db().ClaimLead(t.Context(), id, session("session-"+id, id)))(t)
	default:
		got(db().CloseLead(t.Context(), id, state, second(4)))(t)
	}
	if state == store.LeadEnded {
		got(db().EndSession(t.Context(), id, store.End{At: second(4), By: store.SideSystem}))(t)
	}
	l := got(db().Lead(t.Context(), id))(t)
	same(t, l.State, state)
	return l
}

// states lists where a lead can stand.
func states() []store.LeadState {
	return []store.LeadState{
		store.LeadWaiting, store.LeadAssigned, store.LeadActive,
		store.LeadEnded, store.LeadMissed, store.LeadCancelled, store.LeadArchived,
	}
}

// move is a verb that takes a lead from some states only.
type move struct {
	name string
	from []store.LeadState
	do   func(ctx context.Context, s store.Store, id string) (store.Lead, error)
}

func moves() []move {
	waiting, assigned, active, ended := store.LeadWaiting, store.LeadAssigned, store.LeadActive, store.LeadEnded
	type ctx = context.Context
	return []move{
		{"AssignLead", []store.LeadState{waiting, assigned}, func(ctx ctx, s store.Store, id string) (store.Lead, error) {
			return s.AssignLead(ctx, id, "noah", second(9))
		}},
		{"ClaimLead", []store.LeadState{waiting, assigned}, func(ctx ctx, s store.Store, id string) (store.Lead, error) {
			return s.ClaimLead(ctx, id, session("new-"+id, id))
		}},
		{"CloseLead", []store.LeadState{waiting, assigned}, func(ctx ctx, s store.Store, id string) (store.Lead, error) {
			return s.CloseLead(ctx, id, store.LeadArchived, second(9))
		}},
		{"EndSession", []store.LeadState{active}, func(ctx ctx, s store.Store, id string) (store.Lead, error) {
			return s.EndSession(ctx, id, store.End{At: second(9), By: store.SideAgent})
		}},
		{"Remark", []store.LeadState{ended}, func(ctx ctx, s store.Store, id string) (store.Lead, error) {
			return s.Remark(ctx, id, store.Remark{By: store.SideAgent, Text: "fine"})
		}},
		{"LeaveMessage", []store.LeadState{waiting}, func(ctx ctx, s store.Store, id string) (store.Lead, error) {
			return s.LeaveMessage(ctx, id, "call me", second(9))
		}},
	}
}

func createLead(t *testing.T, db handle) {
	_, err := db().Lead(t.Context(), "l1")
	fails(t, err, store.ErrNotFound)
	_, err = db().LeadByToken(t.Context(), "token-l1")
	fails(t, err, store.ErrNotFound)

	want := lead("l1")
	ok(t, db().CreateLead(t.Context(), want))
	want.Rev = 1
	same(t, got(db().Lead(t.Context(), "l1"))(t), want)
	same(t, got(db().LeadByToken(t.Context(), "token-l1"))(t), want)

	refused := map[string]struct {
		change func(*store.Lead)
		want   error
	}{
		"ID taken":    {func(l *store.Lead) { l.ID = "l1" }, store.ErrExists},
		"token taken": {func(l *store.Lead) { l.TokenHash = "token-l1" }, store.ErrExists},
		"no ID":       {func(l *store.Lead) { l.ID = "" }, store.ErrInvalid},
		"no token":    {func(l *store.Lead) { l.TokenHash = "" }, store.ErrInvalid},
		"no state":    {func(l *store.Lead) { l.State = "" }, store.ErrInvalid},
		"assigned":    {func(l *store.Lead) { l.State = store.LeadAssigned }, store.ErrInvalid},
		"ended":       {func(l *store.Lead) { l.State = store.LeadEnded }, store.ErrInvalid},
	}
	for name, r := range refused {
		t.Run(name, func(t *testing.T) {
			other := lead("l2")
			r.change(&other)
			fails(t, db().CreateLead(t.Context(), other), r.want)
			same(t, got(db().OpenLeads(t.Context()))(t), []store.Lead{want})
			same(t, got(db().ClosedLeads(t.Context(), store.LeadQuery{}))(t), nil)
		})
	}
	ok(t, db().CreateLead(t.Context(), lead("l2")))
}

// leadMoves tries every verb from every state: it goes on, or changes nothing.
func leadMoves(t *testing.T, db handle) {
	for _, move := range moves() {
		for _, from := range states() {
			t.Run(move.name+" from "+string(from), func(t *testing.T) {
				id := fmt.Sprintf("%s-%s", move.name, from)
				before := reach(t, db, id, from)
				after, err := move.do(t.Context(), db(), id)
				if slices.Contains(move.from, from) {
					ok(t, err)
					same(t, after.Rev, before.Rev+1)
				} else {
					fails(t, err, store.ErrState)
					same(t, after, store.Lead{})
					after = before
				}
				same(t, got(db().Lead(t.Context(), id))(t), after)
				same(t, got(db().LeadByToken(t.Context(), before.TokenHash))(t), after)
			})
		}
	}
}

func leadUnknown(t *testing.T, db handle) {
	for _, move := range moves() {
		_, err := move.do(t.Context(), db(), "l1")
		fails(t, err, store.ErrNotFound)
	}
	_, err := db().Session(t.Context(), "new-l1")
	fails(t, err, store.ErrNotFound)
}

func assignLead(t *testing.T, db handle) {
	want := reach(t, db, "l1", store.LeadWaiting)
	for i, owner := range []string{"emma", "noah", "noah"} {
		l := got(db().AssignLead(t.Context(), "l1", owner, second(i)))(t)
		want.State, want.Owner, want.Assigned, want.Rev = store.LeadAssigned, owner, second(i), want.Rev+1
		same(t, l, want)
	}
	for range 2 {
		l := got(db().AssignLead(t.Context(), "l1", "", second(5)))(t)
		want.State, want.Owner, want.Assigned, want.Rev = store.LeadWaiting, "", 0, want.Rev+1
		same(t, l, want)
	}
	same(t, got(db().OpenLeads(t.Context()))(t), []store.Lead{want})
}

func claimLead(t *testing.T, db handle) {
	want := reach(t, db, "l1", store.LeadAssigned)
	refused := map[string]func(*store.Session){
		"no ID":          func(s *store.Session) { s.ID = "" },
		"no agent":       func(s *store.Session) { s.Agent = "" },
		"another lead's": func(s *store.Session) { s.Lead = "l2" },
		"ended":          func(s *store.Session) { s.Ended = second(3) },
		"with sources":   func(s *store.Session) { s.Sources = []store.Source{{Number: 1, Key: "k"}} },
	}
	for name, change := range refused {
		t.Run(name, func(t *testing.T) {
			s := session("s1", "l1")
			change(&s)
			_, err := db().ClaimLead(t.Context(), "l1", s)
			fails(t, err, store.ErrInvalid)
			same(t, got(db().Lead(t.Context(), "l1"))(t), want)
		})
	}

	s := session("s1", "l1")
	s.Agent = "noah"
	claimed := got(db().ClaimLead(t.Context(), "l1", s))(t)
	want.State, want.Owner, want.Session, want.Started, want.Rev = store.LeadActive, "noah", "s1", s.Started, want.Rev+1
	same(t, claimed, want)
	same(t, got(db().OpenLeads(t.Context()))(t), []store.Lead{want})
	s.Rev = 1
	same(t, got(db().Session(t.Context(), "s1"))(t), s)

	other := reach(t, db, "l2", store.LeadWaiting)
	_, err := db().ClaimLead(t.Context(), "l2", session("s1", "l2"))
	fails(t, err, store.ErrExists)
	same(t, got(db().Lead(t.Context(), "l2"))(t), other)
	same(t, got(db().Session(t.Context(), "s1"))(t), s)
}

func closeLead(t *testing.T, db handle) {
	for _, as := range []store.LeadState{store.LeadMissed, store.LeadCancelled, store.LeadArchived} {
		want := reach(t, db, "to be "+string(as), store.LeadAssigned)
		l := got(db().CloseLead(t.Context(), want.ID, as, second(4)))(t)
		want.State, want.Ended, want.Rev = as, second(4), want.Rev+1
		same(t, l, want)
	}
	want := reach(t, db, "l1", store.LeadWaiting)
	for _, as := range []store.LeadState{"", "unheard of", store.LeadWaiting, store.LeadAssigned, store.LeadActive, store.LeadEnded} {
		_, err := db().CloseLead(t.Context(), "l1", as, second(4))
		fails(t, err, store.ErrInvalid)
	}
	same(t, got(db().OpenLeads(t.Context()))(t), []store.Lead{want})
}

func endSession(t *testing.T, db handle) {
	ends := map[string]struct {
		end             store.End
		agent, customer string
		rating          int
	}{
		"customer": {store.End{By: store.SideCustomer, Remarks: "thanks", Rating: 5}, "", "thanks", 5},
		"agent":    {store.End{By: store.SideAgent, Remarks: "solved", Rating: 5}, "solved", "", 0},
		"system":   {store.End{By: store.SideSystem, Remarks: "lost", Rating: 5}, "", "", 0},
		"silent":   {store.End{By: store.SideCustomer}, "", "", 0},
	}
	for id, e := range ends {
		t.Run(id, func(t *testing.T) {
			want := reach(t, db, id, store.LeadActive)
			s := got(db().Session(t.Context(), want.Session))(t)
			e.end.At = second(8)
			l := got(db().EndSession(t.Context(), id, e.end))(t)
			want.State, want.Ended, want.EndedBy, want.Rev = store.LeadEnded, second(8), e.end.By, want.Rev+1
			want.AgentRemarks, want.CustomerRemarks, want.Rating = e.agent, e.customer, e.rating
			same(t, l, want)
			s.Ended, s.Rev = second(8), s.Rev+1
			same(t, got(db().Session(t.Context(), want.Session))(t), s)
		})
	}
	want := reach(t, db, "l1", store.LeadActive)
	for _, end := range []store.End{{}, {By: "stranger"}, {By: store.SideCustomer, Rating: 6}, {By: store.SideCustomer, Rating: -1}} {
		_, err := db().EndSession(t.Context(), "l1", end)
		fails(t, err, store.ErrInvalid)
	}
	same(t, got(db().OpenLeads(t.Context()))(t), []store.Lead{want})
	same(t, got(db().Session(t.Context(), want.Session))(t).Ended, 0)
}

func remark(t *testing.T, db handle) {
	want := reach(t, db, "l1", store.LeadEnded)
	steps := []struct {
		remark          store.Remark
		agent, customer string
		rating          int
	}{
		{store.Remark{By: store.SideAgent, Text: "solved", Rating: 9}, "solved", "", 0},
		{store.Remark{By: store.SideCustomer, Text: "thanks", Rating: 4}, "solved", "thanks", 4},
		{store.Remark{By: store.SideCustomer, Text: "thank you"}, "solved", "thank you", 0},
		{store.Remark{By: store.SideAgent}, "", "thank you", 0},
	}
	for _, step := range steps {
		l := got(db().Remark(t.Context(), "l1", step.remark))(t)
		want.AgentRemarks, want.CustomerRemarks, want.Rating, want.Rev = step.agent, step.customer, step.rating, want.Rev+1
		same(t, l, want)
	}
	for _, r := range []store.Remark{{}, {By: store.SideSystem}, {By: store.SideCustomer, Rating: 6}, {By: store.SideCustomer, Rating: -1}} {
		_, err := db().Remark(t.Context(), "l1", r)
		fails(t, err, store.ErrInvalid)
	}
	same(t, got(db().ClosedLeads(t.Context(), store.LeadQuery{}))(t), []store.Lead{want})
}

func leaveMessage(t *testing.T, db handle) {
	want := reach(t, db, "l1", store.LeadWaiting)
	l := got(db().LeaveMessage(t.Context(), "l1", "call me", second(5)))(t)
	want.State, want.Message, want.Ended, want.Rev = store.LeadMissed, "call me", second(5), want.Rev+1
	same(t, l, want)
	same(t, got(db().OpenLeads(t.Context()))(t), nil)
	same(t, got(db().ClosedLeads(t.Context(), store.LeadQuery{}))(t), []store.Lead{want})
}
