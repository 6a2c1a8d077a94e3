package desk

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/beside-desk/beside/store"
)

// lead is a lead as the tables write it.
func lead(id string, state store.LeadState, owner string) store.Lead {
	return store.Lead{ID: id, State: state, Owner: owner}
}

func TestPlan(t *testing.T) {
	const (
		waiting  = store.LeadWaiting
		assigned = store.LeadAssigned
		active   = store.LeadActive
	)
	for _, test := range []struct {
		name   string
		leads  []store.Lead
		online []Agent
		want   []Assignment
	}{
		{"nothing to do", nil, []Agent{{ID: "a"}}, nil},
		{"nobody online", []store.Lead{lead("1", waiting, "")}, nil, nil},
		{"one waits", []store.Lead{lead("1", waiting, "")}, []Agent{{ID: "a"}}, []Assignment{{"1", "a"}}},
		{
			"least recently assigned first",
			[]store.Lead{lead("1", waiting, "")}, []Agent{{"a", 20}, {"b", 10}, {"c", 30}}, []Assignment{{"1", "b"}},
		},
		{
			"never assigned comes before all",
			[]store.Lead{lead("1", waiting, "")}, []Agent{{"a", 1}, {"b", 0}}, []Assignment{{"1", "b"}},
		},
		{
			"round robin from the oldest lead",
			[]store.Lead{lead("1", waiting, ""), lead("2", waiting, ""), lead("3", waiting, "")},
			[]Agent{{"a", 2}, {"b", 1}}, []Assignment{{"1", "b"}, {"2", "a"}, {"3", "b"}},
		},
		{
			"ties go by ID",
			[]store.Lead{lead("1", waiting, ""), lead("2", waiting, "")},
			[]Agent{{"b", 5}, {"a", 5}}, []Assignment{{"1", "a"}, {"2", "b"}},
		},
		{
			"what is assigned to somebody online stays",
			[]store.Lead{lead("1", assigned, "a")}, []Agent{{ID: "a"}, {ID: "b"}}, nil,
		},
		{
			"an orphan goes to somebody else",
			[]store.Lead{lead("1", assigned, "gone")}, []Agent{{ID: "b"}}, []Assignment{{"1", "b"}},
		},
		{
			"an orphan waits again when nobody is online",
			[]store.Lead{lead("1", assigned, "gone")}, nil, []Assignment{{"1", ""}},
		},
		{
			"an active lead stays with its owner, there or not",
			[]store.Lead{lead("1", active, "gone")}, []Agent{{ID: "b"}}, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Plan(test.leads, test.online); !slices.Equal(got, test.want) {
				t.Errorf("Plan = %v, want %v", got, test.want)
			}
		})
	}
}

func drawAgents(t *rapid.T) []Agent {
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Agent {
		return Agent{
			ID:           rapid.StringMatching(`[a-h]`).Draw(t, "id"),
			LastAssigned: store.Time(rapid.IntRange(0, 5).Draw(t, "last")),
		}
	}), 0, 6, func(a Agent) string { return a.ID }).Draw(t, "online")
}

func drawLeads(t *rapid.T) []store.Lead {
	states := []store.LeadState{store.LeadWaiting, store.LeadAssigned, store.LeadActive}
	return rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) store.Lead {
		l := store.Lead{ID: rapid.StringMatching(`[0-9]{3}`).Draw(t, "lead"), State: rapid.SampledFrom(states).Draw(t, "state")}
		if l.State != store.LeadWaiting {
			l.Owner = rapid.StringMatching(`[a-k]`).Draw(t, "owner")
		}
		return l
	}), 0, 20, func(l store.Lead) string { return l.ID }).Draw(t, "leads")
}

func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		leads, online := drawLeads(t), drawAgents(t)
		leadsBefore, onlineBefore := slices.Clone(leads), slices.Clone(online)
		plan := Plan(leads, online)

		if !slices.Equal(leads, leadsBefore) || !slices.Equal(online, onlineBefore) {
			t.Fatal("Plan changed its arguments")
		}
		shuffled := rapid.Permutation(online).Draw(t, "shuffled")
		if again := Plan(leads, shuffled); !slices.Equal(again, plan) {
			t.Fatalf("the order of agents changed the plan: %v, then %v", plan, again)
		}
		checkWho(t, leads, online, plan)
		checkFair(t, online, plan)
	})
}

// checkWho checks which leads the plan names: all that wait or are orphans,
// once and in their order, and no other.
func checkWho(t *rapid.T, leads []store.Lead, online []Agent, plan []Assignment) {
	isOnline := func(id string) bool {
		return slices.ContainsFunc(online, func(a Agent) bool { return a.ID == id })
	}
	var want []string
	for _, l := range leads {
		orphan := l.State == store.LeadAssigned && !isOnline(l.Owner)
		if orphan || l.State == store.LeadWaiting && len(online) > 0 {
			want = append(want, l.ID)
		}
	}
	var got []string
	for _, a := range plan {
		got = append(got, a.Lead)
		if len(online) > 0 && !isOnline(a.User) || len(online) == 0 && a.User != "" {
			t.Fatalf("lead %s goes to %q, who is not online", a.Lead, a.User)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("the plan names %v, want %v", got, want)
	}
}

// checkFair checks that turns go round, beginning with who was assigned longest
// ago.
func checkFair(t *rapid.T, online []Agent, plan []Assignment) {
	count := make(map[string]int)
	for _, a := range online {
		count[a.ID] = 0
	}
	last := make(map[string]store.Time)
	for _, a := range online {
		last[a.ID] = a.LastAssigned
	}
	turn := NextTurn(online, 3)
	for _, a := range plan {
		if a.User == "" {
			continue
		}
		for id, at := range last {
			if at < last[a.User] {
				t.Fatalf("lead %s goes to %s, assigned at %d, before %s, assigned at %d", a.Lead, a.User, last[a.User], id, at)
			}
		}
		last[a.User] = turn
		turn++
		count[a.User]++
	}
	least, most := len(plan), 0
	for _, n := range count {
		least, most = min(least, n), max(most, n)
	}
	if most-least > 1 {
		t.Fatalf("the plan gives %v", count)
	}
}

// TestTurnsOverPlans plays a desk that plans anew for each lead, under a clock
// that stands still or is set back.
func TestTurnsOverPlans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		online := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Agent {
			return Agent{ID: rapid.StringMatching(`[a-d]`).Draw(t, "id")}
		}), 1, 4, func(a Agent) string { return a.ID }).Draw(t, "online")
		count := make(map[string]int)
		for range rapid.IntRange(1, 8).Draw(t, "plans") {
			now := store.Time(rapid.IntRange(1, 4).Draw(t, "now"))
			turn := NextTurn(online, now)
			for _, a := range Plan(slices.Repeat([]store.Lead{lead("1", store.LeadWaiting, "")}, rapid.IntRange(0, 5).Draw(t, "leads")), online) {
				i := slices.IndexFunc(online, func(o Agent) bool { return o.ID == a.User })
				online[i].LastAssigned = turn
				turn++
				count[a.User]++
			}
			least, most := 1<<30, 0
			for _, a := range online {
				least, most = min(least, count[a.ID]), max(most, count[a.ID])
			}
			if most-least > 1 {
				t.Fatalf("unfair: %v", count)
			}
		}
	})
}

func TestNextTurn(t *testing.T) {
	for _, test := range []struct {
		online []Agent
		now    store.Time
		want   store.Time
	}{
		{nil, 7, 7},
		{[]Agent{{"a", 3}}, 7, 7},
		{[]Agent{{"a", 7}}, 7, 8},
		{[]Agent{{"a", 9}, {"b", 2}}, 7, 10},
	} {
		if got := NextTurn(test.online, test.now); got != test.want {
			t.Errorf("NextTurn(%v, %d) = %d, want %d", test.online, test.now, got, test.want)
		}
	}
}

func TestPlace(t *testing.T) {
	leads := []store.Lead{
		lead("old", store.LeadActive, "a"), lead("first", store.LeadAssigned, "a"),
		lead("second", store.LeadWaiting, ""), lead("busy", store.LeadActive, "b"), lead("third", store.LeadWaiting, ""),
	}
	for id, want := range map[string]int{"first": 1, "second": 2, "third": 3, "old": 0, "busy": 0, "unknown": 0, "": 0} {
		if got := Place(leads, id); got != want {
			t.Errorf("Place(%q) = %d, want %d", id, got, want)
		}
	}
	if got := Place(nil, "first"); got != 0 {
		t.Errorf("Place in an empty queue = %d, want 0", got)
	}
}

func TestRights(t *testing.T) {
	agent := store.User{ID: "a", Role: store.RoleAgent}
	supervisor := store.User{ID: "s", Role: store.RoleSupervisor}
	admin := store.User{ID: "x", Role: store.RoleAdmin}
	stranger := store.User{ID: "a", Role: "janitor"}
	for _, test := range []struct {
		name      string
		user      store.User
		lead      store.Lead
		see, join bool
	}{
		{"agent, waiting", agent, lead("1", store.LeadWaiting, ""), true, false},
		{"agent, offered", agent, lead("1", store.LeadAssigned, "a"), true, false},
		{"agent, offered to another", agent, lead("1", store.LeadAssigned, "b"), false, false},
		{"agent, own session", agent, lead("1", store.LeadActive, "a"), true, true},
		{"agent, another's session", agent, lead("1", store.LeadActive, "b"), false, false},
		{"agent, own history", agent, lead("1", store.LeadEnded, "a"), true, false},
		{"agent, another's history", agent, lead("1", store.LeadEnded, "b"), false, false},
		{"agent, missed by all", agent, lead("1", store.LeadMissed, ""), false, false},
		{"supervisor, waiting", supervisor, lead("1", store.LeadWaiting, ""), true, false},
		{"supervisor, another's session", supervisor, lead("1", store.LeadActive, "b"), true, false},
		{"supervisor, own session", supervisor, lead("1", store.LeadActive, "s"), true, true},
		{"supervisor, missed by all", supervisor, lead("1", store.LeadMissed, ""), true, false},
		{"admin, another's session", admin, lead("1", store.LeadActive, "b"), true, false},
		{"unknown role, another's session", stranger, lead("1", store.LeadActive, "b"), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := MaySee(test.user, test.lead); got != test.see {
				t.Errorf("MaySee = %v", got)
			}
			if got := MayJoin(test.user, test.lead); got != test.join {
				t.Errorf("MayJoin = %v", got)
			}
		})
	}
}
