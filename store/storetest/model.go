package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/beside-desk/beside/store"
)

// leadModel plays random life-cycles of leads on the store and on a model that
// is nothing but two maps, and compares all that can be seen of them after each
// step.
func leadModel(t *testing.T, open func(t *testing.T) handle) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{db: open(t), leads: map[string]store.Lead{}, sessions: map[string]store.Session{}}
		defer func() { ok(rt, m.db().Close()) }()
		rt.Repeat(rapid.StateMachineActions(m))
	})
}

type model struct {
	db       handle
	leads    map[string]store.Lead
	sessions map[string]store.Session
}

// Few values, so that they meet: equal times, taken IDs, leads that are gone.
func anID(t *rapid.T) string { return rapid.StringMatching(`l[0-9]`).Draw(t, "id") }

func anOwner(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "emma", "emm", "noah"}).Draw(t, "owner")
}

func aTime(t *rapid.T) store.Time { return second(rapid.IntRange(0, 5).Draw(t, "second")) }

// step does a verb on both sides. The model's change is rejected when the lead
// is unknown or not in one of the states.
func (m *model) step(t *rapid.T, id string, from []store.LeadState, change func(*store.Lead), verb func(store.Store) (store.Lead, error)) bool {
	want, known := m.leads[id]
	l, err := verb(m.db())
	switch {
	case !known:
		fails(t, err, store.ErrNotFound)
		return false
	case !slices.Contains(from, want.State):
		fails(t, err, store.ErrState)
		return false
	}
	ok(t, err)
	change(&want)
	want.Rev++
	same(t, l, want)
	m.leads[id] = want
	return true
}

func waits() []store.LeadState { return []store.LeadState{store.LeadWaiting, store.LeadAssigned} }

// Create makes a lead, or tries to make it again.
func (m *model) Create(t *rapid.T) {
	l := lead(anID(t))
	l.State = rapid.SampledFrom([]store.LeadState{store.LeadWaiting, store.LeadMissed}).Draw(t, "state")
	l.Created = aTime(t)
	if l.State == store.LeadMissed && rapid.Bool().Draw(t, "stamped") {
		l.Ended = aTime(t)
	}
	err := m.db().CreateLead(t.Context(), l)
	if _, taken := m.leads[l.ID]; taken {
		fails(t, err, store.ErrExists)
		return
	}
	ok(t, err)
	l.Rev = 1
	m.leads[l.ID] = l
}

// Assign offers a lead to a user or to nobody.
func (m *model) Assign(t *rapid.T) {
	id, owner, at := anID(t), anOwner(t), aTime(t)
	m.step(t, id, waits(), func(l *store.Lead) {
		l.State, l.Owner, l.Assigned = store.LeadAssigned, owner, at
		if owner == "" {
			l.State, l.Assigned = store.LeadWaiting, 0
		}
	}, func(s store.Store) (store.Lead, error) {
		return s.AssignLead(t.Context(), id, owner, at)
	})
}

// Claim makes a lead a session.
func (m *model) Claim(t *rapid.T) {
	id := anID(t)
	s := session(fmt.Sprintf("s%d", len(m.sessions)), id)
	s.Agent, s.Started = cmp.Or(anOwner(t), "zoe"), aTime(t)
	if m.step(t, id, waits(), func(l *store.Lead) {
		l.State, l.Owner, l.Session, l.Started = store.LeadActive, s.Agent, s.ID, s.Started
	}, func(db store.Store) (store.Lead, error) {
		return db.ClaimLead(t.Context(), id, s)
	}) {
		s.Rev = 1
		m.sessions[s.ID] = s
	}
}

// Close ends a lead that nobody claimed.
func (m *model) Close(t *rapid.T) {
	id, at := anID(t), aTime(t)
	as := rapid.SampledFrom([]store.LeadState{store.LeadMissed, store.LeadCancelled, store.LeadArchived}).Draw(t, "as")
	m.step(t, id, waits(), func(l *store.Lead) {
		l.State, l.Ended = as, at
	}, func(s store.Store) (store.Lead, error) {
		return s.CloseLead(t.Context(), id, as, at)
	})
}

// End ends a session.
func (m *model) End(t *rapid.T) {
	id, end := anID(t), store.End{At: aTime(t), By: store.SideCustomer, Remarks: "bye", Rating: 3}
	if m.step(t, id, []store.LeadState{store.LeadActive}, func(l *store.Lead) {
		l.State, l.Ended, l.EndedBy, l.CustomerRemarks, l.Rating = store.LeadEnded, end.At, end.By, "bye", 3
	}, func(s store.Store) (store.Lead, error) {
		return s.EndSession(t.Context(), id, end)
	}) {
		s := m.sessions[m.leads[id].Session]
		s.Ended, s.Rev = end.At, s.Rev+1
		m.sessions[s.ID] = s
	}
}

// Remark says something of an ended session.
func (m *model) Remark(t *rapid.T) {
	id, text := anID(t), rapid.String().Draw(t, "text")
	m.step(t, id, []store.LeadState{store.LeadEnded}, func(l *store.Lead) {
		l.AgentRemarks = text
	}, func(s store.Store) (store.Lead, error) {
		return s.Remark(t.Context(), id, store.Remark{By: store.SideAgent, Text: text})
	})
}

// LeaveMessage gives up waiting.
func (m *model) LeaveMessage(t *rapid.T) {
	id, text, at := anID(t), rapid.String().Draw(t, "text"), aTime(t)
	m.step(t, id, []store.LeadState{store.LeadWaiting}, func(l *store.Lead) {
		l.State, l.Message, l.Ended = store.LeadMissed, text, at
	}, func(s store.Store) (store.Lead, error) {
		return s.LeaveMessage(t.Context(), id, text, at)
	})
}

// Check compares all that can be seen, after each step.
func (m *model) Check(t *rapid.T) {
	s := m.db()
	for id, want := range m.leads {
		same(t, got(s.Lead(t.Context(), id))(t), want)
		same(t, got(s.LeadByToken(t.Context(), want.TokenHash))(t), want)
	}
	for id, want := range m.sessions {
		same(t, got(s.Session(t.Context(), id))(t), want)
	}
	open := got(s.OpenLeads(t.Context()))(t)
	sameLeads(t, open, m.list(func(l store.Lead) bool { return l.State.Open() }), func(a, b store.Lead) int { return cmp.Compare(a.Created, b.Created) })
	for _, owner := range []string{"", "emma", "emm"} {
		q := store.LeadQuery{Owner: owner, Limit: rapid.IntRange(1, 4).Draw(t, "limit")}
		want := m.list(func(l store.Lead) bool { return !l.State.Open() && (owner == "" || l.Owner == owner) })
		sameLeads(t, pages(t, s, q), want, func(a, b store.Lead) int { return cmp.Compare(closed(b), closed(a)) })
	}
}

// closed is when a lead was closed: one that was missed from the start need not
// say so.
func closed(l store.Lead) store.Time { return cmp.Or(l.Ended, l.Created) }

// list returns the model's leads that which selects.
func (m *model) list(which func(store.Lead) bool) []store.Lead {
	var list []store.Lead
	for _, l := range m.leads {
		if which(l) {
			list = append(list, l)
		}
	}
	return list
}

// sameLeads compares leads that the store listed in an order which leaves open
// how those of the same time stand to each other.
func sameLeads(t tester, got, want []store.Lead, order func(a, b store.Lead) int) {
	t.Helper()
	if !slices.IsSortedFunc(got, order) {
		t.Fatalf("not in order: %+v", got)
	}
	byID := func(a, b store.Lead) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	same(t, got, want)
}
