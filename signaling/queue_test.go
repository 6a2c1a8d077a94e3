package signaling

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beside-desk/beside/store"
)

// shortGraces are short enough to wait for. The customer's leaves a slow machine
// the time to open a tab.
func shortGraces(o *Options) {
	o.CustomerGrace, o.AgentGrace, o.AwayGrace = 700*time.Millisecond, 100*time.Millisecond, 50*time.Millisecond
}

func owner(user string) func(DeskLead) bool {
	return func(m DeskLead) bool { return m.Lead.Owner == user && !m.Gone }
}

func TestLeadBeforeAnyAgent(t *testing.T) {
	r := newRig(t)
	asha, ben := r.agent("asha", store.RoleAgent), r.agent("ben", store.RoleAgent)
	first, second := r.request(NewLead{}), r.request(NewLead{})
	tab := second.tab("tab-1")
	if l := tab.lead("waiting"); l.Place != 2 || l.AgentsOnline != 0 || l.Agent != "" {
		t.Errorf("without agents the tab hears %+v", l)
	}
	desk, state := asha.desk()
	if len(state.Leads) != 2 {
		t.Errorf("the desk opens with %+v", state.Leads)
	}
	for _, q := range []*request{first, second} {
		await(desk, "the lead to be mine", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.Owner == "asha" })
	}
	await(tab, "an agent", func(l LeadStatus) bool {
		return l.State == store.LeadAssigned && l.AgentsOnline == 1 && l.Agent == "The asha"
	})

	// The one in front goes, and the place moves up.
	first.call("POST", "/api/customer/cancel", nil).is(http.StatusNoContent)
	await(tab, "the first place", func(l LeadStatus) bool { return l.Place == 1 })
	await(desk, "the cancelled lead to go", func(m DeskLead) bool { return m.Lead.ID == first.id && m.Lead.State == store.LeadCancelled })

	// Another agent sees neither.
	if _, state := ben.desk(); len(state.Leads) != 0 {
		t.Errorf("another's desk shows %+v", state.Leads)
	}
}

func TestRoundRobin(t *testing.T) {
	r := newRig(t)
	names := []string{"asha", "ben", "cleo"}
	for _, name := range names {
		r.agent(name, store.RoleAgent).desk()
	}
	next := func() string {
		var l store.Lead
		q := r.request(NewLead{})
		r.eventually("the lead is assigned", func() bool { l = q.record(); return l.Owner != "" })
		return l.Owner
	}
	for round := range 3 {
		for _, want := range names {
			if got := next(); got != want {
				t.Fatalf("round %d goes to %s, want %s", round, got, want)
			}
		}
	}
	// Even when the clock is set back, and with leads that wait in numbers.
	r.clock.advance(-time.Hour)
	for range 2 {
		r.clock.advance(time.Minute) // the address's limit
		for _, want := range names {
			if got := next(); got != want {
				t.Fatalf("with the clock set back it goes to %s, want %s", got, want)
			}
		}
	}
}

// Several leads in one stroke must not make all agents look assigned at once.
func TestRoundRobinOfManyAtOnce(t *testing.T) {
	r := newRig(t)
	asha, ben := r.agent("asha", store.RoleAgent), r.agent("ben", store.RoleAgent)
	count := map[string]int{}
	for range 3 {
		var leads []*request
		for range 3 {
			leads = append(leads, r.request(NewLead{}))
		}
		r.desk.mu.Lock() // both come at the same moment
		for _, a := range []*agent{asha, ben} {
			r.desk.desks[a.id] = &deskUser{server: r.desk, id: a.id}
		}
		r.desk.mu.Unlock()
		r.bus.Publish(Event{})
		for _, q := range leads {
			r.eventually("the lead is assigned", func() bool { return q.record().Owner != "" })
			count[q.record().Owner]++
			r.ok(closeLead(r, q))
		}
		r.desk.mu.Lock()
		clear(r.desk.desks)
		r.desk.mu.Unlock()
	}
	if d := count["asha"] - count["ben"]; d < -1 || d > 1 {
		t.Errorf("9 leads in threes went to %v", count)
	}
}

func closeLead(r *rig, q *request) error {
	_, err := r.store.CloseLead(r.t.Context(), q.id, store.LeadArchived, store.At(r.clock.now()))
	return err
}

func TestAgentGoesAway(t *testing.T) {
	r := newRig(t, shortGraces, func(o *Options) { o.CustomerGrace = time.Hour })
	asha, ben := r.agent("asha", store.RoleAgent), r.agent("ben", store.RoleAgent)
	deskA, _ := asha.desk()
	q := r.request(NewLead{})
	await(deskA, "the lead", owner("asha"))
	deskB, _ := ben.desk()
	deskA.close()
	await(deskB, "the orphan", owner("ben"))
	deskB.close()
	tab := q.tab("tab-1")
	await(tab, "to wait again", func(l LeadStatus) bool { return l.State == store.LeadWaiting && l.AgentsOnline == 0 && l.Agent == "" })
	deskA, state := asha.desk()
	if len(state.Leads) != 1 || state.Leads[0].ID != q.id {
		t.Errorf("the desk opens with %+v", state.Leads)
	}
	await(deskA, "the lead again", owner("asha"))
}

func TestAgentComesBackInTime(t *testing.T) {
	r := newRig(t) // with the long graces
	asha := r.agent("asha", store.RoleAgent)
	desk, _ := asha.desk()
	r.agent("ben", store.RoleAgent).desk()
	q := r.request(NewLead{})
	await(desk, "the lead", owner("asha"))
	desk.close()
	desk, state := asha.desk()
	if len(state.Leads) != 1 || state.Leads[0].Owner != "asha" {
		t.Errorf("back in time the desk shows %+v", state.Leads)
	}
	desk.sync()
	if l := q.record(); l.Owner != "asha" {
		t.Errorf("the lead went to %q meanwhile", l.Owner)
	}
}

func TestAvailability(t *testing.T) {
	r := newRig(t)
	asha, ben := r.agent("asha", store.RoleAgent), r.agent("ben", store.RoleAgent)
	deskA, state := asha.desk()
	if !state.Me.Online {
		t.Error("a desk opens offline")
	}
	deskB := r.dial(cookie(ben.token), origin(r.web.URL))
	if w := deskB.greet(Hello{Role: "desk", Offline: true}); w.Desk.Me.Online {
		t.Error("a desk opens online that said otherwise")
	}
	q := r.request(NewLead{})
	await(deskA, "the lead", owner("asha"))

	var me UserView
	ben.call("PUT", "/api/me/online", Availability{Online: true}).into(http.StatusOK, &me)
	if !me.Online {
		t.Errorf("online answers %+v", me)
	}
	await(deskB, "to be online", func(m DeskMe) bool { return m.Me.Online })
	asha.call("PUT", "/api/me/online", Availability{}).is(http.StatusOK)
	await(deskB, "the lead of the one who left", owner("ben"))
	await(deskA, "the lead to go", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Gone })
	await(deskA, "to be offline", func(m DeskMe) bool { return !m.Me.Online })
}

func TestSupervisorSeesAll(t *testing.T) {
	r := newRig(t)
	desk, _ := r.agent("asha", store.RoleAgent).desk()
	sara := r.agent("sara", store.RoleSupervisor)
	watch := r.dial(cookie(sara.token), origin(r.web.URL))
	watch.greet(Hello{Role: "desk", Offline: true})
	q := r.request(NewLead{})
	await(desk, "the lead", owner("asha"))
	await(watch, "the lead on the supervisor's desk", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.Owner == "asha" && !m.Gone })
	sara.call("POST", "/api/leads/"+q.id+"/archive", nil).is(http.StatusNoContent)
	await(desk, "the lead to be archived", func(m DeskLead) bool { return m.Lead.State == store.LeadArchived })
}

func TestWaitingCustomerLeaves(t *testing.T) {
	r := newRig(t, shortGraces)
	asha := r.agent("asha", store.RoleAgent)
	desk, _ := asha.desk()
	q := r.request(NewLead{})
	tab := q.tab("tab-1")
	tab.lead("assigned")
	tab.close()
	await(desk, "the lead to be missed", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.State == store.LeadMissed })
	if l := q.record(); l.State != store.LeadMissed || l.Ended == 0 {
		t.Errorf("kept is %+v", l)
	}
	// One that never opened a tab goes the same way.
	q = r.request(NewLead{})
	await(desk, "the lead to be missed", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.State == store.LeadMissed })
	r.eventually("no audience is left", func() bool {
		r.desk.mu.Lock()
		defer r.desk.mu.Unlock()
		return len(r.desk.audiences) == 0
	})
}

func TestCustomerClosesAllTabs(t *testing.T) {
	r := newRig(t, shortGraces)
	m := r.meet(r.agent("asha", store.RoleAgent))
	other := m.lead.tab("tab-2")
	other.joined()
	m.tab.close()
	await(m.console, "one tab to be closed", func(p Presence) bool { return p.state(m.tab.source) == "closed" && p.state(other.source) == "online" })
	if l := m.lead.record(); l.State != store.LeadActive {
		t.Fatalf("with a tab still open the lead is %s", l.State)
	}
	other.close()
	if l := m.console.lead("ended"); l.EndedBy != store.SideSystem {
		t.Errorf("the console hears %+v", l)
	}
	m.console.failed("ended")
	r.forgotten()
}

// state returns a source's.
func (p Presence) state(source uint16) string {
	for _, s := range p.Sources {
		if s.Source == source {
			return s.State
		}
	}
	return ""
}

func TestKeepWaiting(t *testing.T) {
	r := newRig(t, shortGraces)
	r.site(func(s *store.Site) { s.KeepWaiting = true })
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.tab.close()
	await(m.console, "the customer to be gone", func(p Presence) bool { return p.CustomerGone })
	if l := m.lead.record(); l.State != store.LeadActive {
		t.Fatalf("the lead is %s", l.State)
	}
	m.tab = m.lead.tab("tab-1")
	m.tab.joined()
	await(m.console, "the customer to be back", func(p Presence) bool { return !p.CustomerGone && p.state(m.tab.source) == "online" })
	m.talk("again")
}

func TestAwayBeforeClosed(t *testing.T) {
	r := newRig(t, func(o *Options) { o.AwayGrace = 100 * time.Millisecond })
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.tab.close()
	for _, state := range []string{"away", "closed"} {
		await(m.console, "the tab to be "+state, func(p Presence) bool { return p.state(m.tab.source) == state })
	}
}

func TestLeaveMessage(t *testing.T) {
	r := newRig(t)
	q := r.request(NewLead{Message: "first"})
	tab := q.tab("tab-1")
	tab.lead("waiting")
	q.call("POST", "/api/customer/message", Message{Message: "  "}).problem(http.StatusUnprocessableEntity)
	q.call("POST", "/api/customer/message", Message{Message: "Call me"}).is(http.StatusNoContent)
	tab.lead("missed")
	tab.failed("ended")
	if l := q.record(); l.State != store.LeadMissed || l.Message != "Call me" {
		t.Errorf("kept is %+v", l)
	}
}

// After a restart an open lead goes on: its customer has the grace to come back.
func TestRestartWithOpenLeads(t *testing.T) {
	r := newRig(t, func(o *Options) { o.CustomerGrace = 1500 * time.Millisecond })
	left, kept := r.request(NewLead{}), r.request(NewLead{})
	r.restart()
	tab := kept.tab("tab-1")
	tab.lead("waiting")
	r.eventually("the one who is gone is missed", func() bool { return left.record().State == store.LeadMissed })
	if l := kept.record(); l.State != store.LeadWaiting {
		t.Errorf("the one who came back is %s", l.State)
	}
}

// flaky is a store of which single verbs fail for a while.
type flaky struct {
	store.Store
	assigns, touches, reads atomic.Int32
}

var errDisk = errors.New("the disk is full")

func (f *flaky) AssignLead(ctx context.Context, id, user string, at store.Time) (store.Lead, error) {
	if f.assigns.Add(-1) >= 0 {
		return store.Lead{}, errDisk
	}
	return f.Store.AssignLead(ctx, id, user, at)
}

func (f *flaky) TouchAssigned(ctx context.Context, id string, at store.Time) error {
	if f.touches.Add(-1) >= 0 {
		return errDisk
	}
	return f.Store.TouchAssigned(ctx, id, at)
}

func (f *flaky) Lead(ctx context.Context, id string) (store.Lead, error) {
	if f.reads.Add(-1) >= 0 {
		return store.Lead{}, errDisk
	}
	return f.Store.Lead(ctx, id)
}

// What the store refuses once is tried again; nobody waits for the next change.
func TestDispatcherTriesAgain(t *testing.T) {
	for name, fail := range map[string]func(*flaky){
		"assign": func(f *flaky) { f.assigns.Store(1) },
		"touch":  func(f *flaky) { f.touches.Store(1) },
		"read":   func(f *flaky) { f.reads.Store(1) },
	} {
		t.Run(name, func(t *testing.T) {
			var f *flaky
			r := newRig(t, func(o *Options) { f = &flaky{Store: o.Store}; o.Store = f })
			desk, _ := r.agent("asha", store.RoleAgent).desk()
			desk.sync()
			await[DeskMe](desk, "the desk to settle", nil)
			fail(f)
			q := r.request(NewLead{})
			await(desk, "the lead", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.Owner == "asha" })
		})
	}
}

// The same when nothing but the dispatcher itself knows of the change.
func TestDispatcherTellsWhatItDidBeforeItFailed(t *testing.T) {
	var f *flaky
	r := newRig(t, func(o *Options) { f = &flaky{Store: o.Store}; o.Store = f })
	q := r.request(NewLead{})
	tab := q.tab("tab-1")
	tab.lead("waiting")
	tab.sync()
	f.touches.Store(1)
	desk, _ := r.agent("asha", store.RoleAgent).desk()
	await(desk, "the lead", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.Owner == "asha" })
	tab.lead("assigned")
}

// An event about what is not there must not hold up the others.
func TestEventAboutNothing(t *testing.T) {
	r := newRig(t)
	desk, _ := r.agent("asha", store.RoleAgent).desk()
	for i := range 5 {
		r.bus.Publish(Event{Lead: fmt.Sprint("nothing", i), User: "nobody"})
	}
	q := r.request(NewLead{})
	await(desk, "the lead", func(m DeskLead) bool { return m.Lead.ID == q.id && m.Lead.Owner == "asha" })
}
