package signaling

import (
	"net/http"
	"testing"
	"time"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/store"
)

// The newcomer's story, as the sockets and the API tell it.
func TestStory(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	desk, state := asha.desk()
	if !state.Me.Online || state.Me.Name != "The asha" || len(state.Leads) != 0 {
		t.Errorf("the desk opens with %+v", state)
	}

	// A customer asks; the agent's desk shows it within a second.
	asked := time.Now()
	cara := r.request(NewLead{Name: "Cara", Email: "cara@example.com", Topic: "Orders", Message: " Where is it? ", PageURL: shopOrigin + "/cart", PageTitle: "Cart"})
	shown := await(desk, "the lead", func(m DeskLead) bool { return m.Lead.ID == cara.id && m.Lead.State == store.LeadAssigned })
	if wait := time.Since(asked); wait > time.Second {
		t.Errorf("the desk showed the lead after %v", wait)
	}
	want := LeadView{
		ID: cara.id, Site: "shop", SiteName: "The shop", State: store.LeadAssigned, Name: "Cara", Email: "cara@example.com",
		Topic: "Orders", Message: "Where is it?", PageURL: shopOrigin + "/cart", PageTitle: "Cart",
		Owner: "asha", OwnerName: "The asha", Created: shown.Lead.Created,
	}
	if shown.Lead != want || shown.Gone {
		t.Errorf("the desk shows %+v, want %+v", shown, want)
	}
	if age := time.Since(shown.Lead.Created.Time()); age < -time.Second || age > time.Minute {
		t.Errorf("the lead's age is %v", age)
	}

	// The customer's tab hears of its place, and the desk of the tab.
	tab := cara.tab("tab-1")
	if l := tab.lead("assigned"); l.Place != 1 || l.AgentsOnline != 1 || l.Agent != "The asha" {
		t.Errorf("the tab hears %+v", l)
	}
	await(desk, "the customer to be online", func(m DeskLead) bool { return m.Lead.CustomerOnline })

	// The agent connects.
	v := asha.connect(cara.id)
	if v.State != store.LeadActive || v.Session == "" || v.Started == 0 || v.Owner != "asha" {
		t.Errorf("connect answers %+v", v)
	}
	if again := asha.connect(cara.id); again.Session != v.Session {
		t.Errorf("connecting again opens session %s beside %s", again.Session, v.Session)
	}
	j := tab.joined()
	if _, ok := take(tab, func(l LeadStatus) bool { return l.State == store.LeadActive }); !ok {
		t.Error("the tab joined before it heard why")
	}
	if j.Session != v.Session || j.Source == 0 || j.Epoch == 0 || j.Agent != "The asha" || j.Customer != "Cara" ||
		j.Lead != cara.id || j.Color != "#0f766e" || j.Started != v.Started || len(j.Have) != 0 {
		t.Errorf("the tab joined as %+v", j)
	}
	console := asha.console(v.Session, "console-1")
	if c := console.joined(); c.Session != v.Session || c.Source == j.Source || c.Customer != "Cara" {
		t.Errorf("the console joined as %+v", c)
	}
	for _, p := range []*peer{tab, console} {
		got := await(p, "both to be present", func(m Presence) bool { return len(m.Sources) == 2 })
		for i, want := range []SourcePresence{
			{tab.source, store.SourceTab, "Cara", "online"}, {console.source, store.SourceConsole, "The asha", "online"},
		} {
			if got.Sources[i] != want {
				t.Errorf("present is %+v, want %+v", got.Sources[i], want)
			}
		}
		if !got.Direct || got.CustomerGone {
			t.Errorf("presence %+v", got)
		}
	}
	await(desk, "the desk's own count", func(m DeskMe) bool { return m.Me.Sessions == 1 })

	showPage(t, tab, console)
	m := &meeting{lead: cara, agent: asha, session: v.Session, tab: tab, console: console}
	chatBothWays(m)
	endWithRemarks(t, m, desk)
	checkHistory(t, m)
	r.restart()
	checkHistory(t, m)
}

// showPage publishes what a tab and a console do, and checks that it arrives.
func showPage(t *testing.T, tab, console *peer) {
	t.Helper()
	key := tab.frame(media.DOM, []int{4, 2}, media.Keyframe|media.Deflated)
	tab.send(key)
	console.gets(key)
	for _, c := range []media.Channel{media.DOM, media.State, media.Typing, media.Pointer} {
		console.gets(tab.publish(c, map[string]int{"x": 1}))
	}
	for _, c := range []media.Channel{media.Marker, media.State, media.Typing} {
		tab.gets(console.publish(c, map[string]int{"y": 2}))
	}
}

func chatBothWays(m *meeting) {
	m.tab.t.Helper()
	hello := m.tab.chat("Hello")
	m.console.gets(hello)
	m.tab.gets(hello) // the echo says that it is kept
	answer := m.console.chat("Hi Cara")
	m.tab.gets(answer)
	m.console.gets(answer)
}

func endWithRemarks(t *testing.T, m *meeting, desk *peer) {
	t.Helper()
	var ended LeadView
	m.agent.call("POST", "/api/leads/"+m.lead.id+"/end", Remarks{Remarks: " Found it. "}).into(http.StatusOK, &ended)
	if ended.State != store.LeadEnded || ended.EndedBy != store.SideAgent || ended.AgentRemarks != "Found it." {
		t.Errorf("the end answers %+v", ended)
	}
	for _, p := range []*peer{m.tab, m.console} {
		if l := p.lead("ended"); l.EndedBy != store.SideAgent {
			t.Errorf("the socket hears %+v", l)
		}
		if f := p.failed("ended"); !f.Fatal {
			t.Errorf("the end is not fatal: %+v", f)
		}
	}
	await(desk, "the end", func(d DeskLead) bool { return d.Lead.State == store.LeadEnded && !d.Gone })
	m.lead.call("POST", "/api/customer/remarks", Remarks{Remarks: "Thank you", Rating: 5}).is(http.StatusNoContent)
}

func checkHistory(t *testing.T, m *meeting) {
	t.Helper()
	var page LeadPage
	m.agent.call("GET", "/api/history", nil).into(http.StatusOK, &page)
	if len(page.Leads) != 1 || page.Next != "" {
		t.Fatalf("History is %+v", page)
	}
	l := page.Leads[0]
	if l.ID != m.lead.id || l.State != store.LeadEnded || l.AgentRemarks != "Found it." || l.CustomerRemarks != "Thank you" || l.Rating != 5 || l.Ended == 0 {
		t.Errorf("History shows %+v", l)
	}
	var story LeadStory
	m.agent.call("GET", "/api/leads/"+m.lead.id, nil).into(http.StatusOK, &story)
	if len(story.Transcript) != 2 {
		t.Fatalf("the transcript is %+v", story.Transcript)
	}
	for i, want := range []EntryView{
		{By: store.SideCustomer, Name: "Cara", Text: "Hello"}, {By: store.SideAgent, Name: "The asha", Text: "Hi Cara"},
	} {
		got := story.Transcript[i]
		if got.At == 0 {
			t.Error("a line has no time")
		}
		got.At = 0
		if got != want {
			t.Errorf("line %d is %+v, want %+v", i, got, want)
		}
	}
}

// The customer may end it as well, and it is told apart.
func TestCustomerEnds(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.lead.call("POST", "/api/customer/end", nil).is(http.StatusNoContent)
	if l := m.console.lead("ended"); l.EndedBy != store.SideCustomer {
		t.Errorf("the console hears %+v", l)
	}
	m.console.failed("ended")
	m.tab.failed("ended")
	m.agent.call("POST", "/api/leads/"+m.lead.id+"/remarks", Remarks{Remarks: "Was fine"}).is(http.StatusOK)
	if l := m.lead.record(); l.AgentRemarks != "Was fine" || l.EndedBy != store.SideCustomer {
		t.Errorf("kept is %+v", l)
	}
}

// What has ended stays so, and nothing of it is left in memory.
func TestAfterTheEnd(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.agent.call("POST", "/api/leads/"+m.lead.id+"/end", Remarks{}).is(http.StatusOK)
	m.tab.failed("ended")
	m.console.failed("ended")

	again := m.lead.tab("tab-2")
	if l := again.lead("ended"); l.EndedBy != store.SideAgent {
		t.Errorf("the second use hears %+v", l)
	}
	if f := again.failed("ended"); !f.Fatal {
		t.Errorf("the second use may try again: %+v", f)
	}
	reopened := m.agent.console(m.session, "console-2")
	reopened.lead("ended")
	reopened.failed("ended")
	for _, verb := range []string{"cancel", "end"} {
		m.lead.call("POST", "/api/customer/"+verb, nil).problem(http.StatusConflict)
	}
	m.lead.call("POST", "/api/customer/message", Message{Message: "Hello?"}).problem(http.StatusConflict)
	for _, verb := range []string{"connect", "archive"} {
		m.agent.call("POST", "/api/leads/"+m.lead.id+"/"+verb, nil).problem(http.StatusConflict)
	}
	m.agent.call("POST", "/api/leads/"+m.lead.id+"/end", Remarks{}).problem(http.StatusConflict)
	r.forgotten()
}

// forgotten waits until nothing is left of leads and their sockets.
func (r *rig) forgotten() {
	r.t.Helper()
	r.eventually("nothing is left of what is over", func() bool {
		r.desk.mu.Lock()
		defer r.desk.mu.Unlock()
		return len(r.desk.audiences)+len(r.desk.sessions)+len(r.desk.sockets) == 0
	})
	for _, gauge := range []string{"beside_rooms", "beside_links"} {
		r.eventually(gauge+" is zero", func() bool { return r.counter(gauge, "") == 0 })
	}
}

func TestNoTranscript(t *testing.T) {
	r := newRig(t)
	r.site(func(s *store.Site) { s.NoTranscript = true })
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.talk("just now")
	var story LeadStory
	m.agent.call("GET", "/api/leads/"+m.lead.id, nil).into(http.StatusOK, &story)
	if len(story.Transcript) != 0 {
		t.Errorf("kept against the site's policy: %+v", story.Transcript)
	}
}

func TestRequireRemarks(t *testing.T) {
	r := newRig(t)
	r.site(func(s *store.Site) { s.RequireRemarks = true })
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.agent.call("POST", "/api/leads/"+m.lead.id+"/end", Remarks{Remarks: "  "}).problem(http.StatusUnprocessableEntity)
	m.talk("still here")
	m.agent.call("POST", "/api/leads/"+m.lead.id+"/end", Remarks{Remarks: "Done"}).is(http.StatusOK)
}
