package signaling

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// gated is a store that stops the next reader of a verb, after it has read, until
// the test says to go on.
type gated struct {
	store.Store
	users, entries atomic.Pointer[gate]
}

type gate struct{ reached, open chan struct{} }

func newGate() *gate { return &gate{make(chan struct{}), make(chan struct{})} }

// pass stops at the gate, if there is one, and takes it away.
func pass(at *atomic.Pointer[gate]) {
	if g := at.Swap(nil); g != nil {
		close(g.reached)
		<-g.open
	}
}

func (s *gated) User(ctx context.Context, id string) (store.User, error) {
	defer pass(&s.users)
	return s.Store.User(ctx, id)
}

func (s *gated) Entries(ctx context.Context, session string) ([]store.Entry, error) {
	defer pass(&s.entries)
	return s.Store.Entries(ctx, session)
}

func gatedRig(t *testing.T) (*rig, *gated) {
	t.Helper()
	var s *gated
	return newRig(t, func(o *Options) { s = &gated{Store: o.Store}; o.Store = s }), s
}

// A session that ends while its room is being opened leaves no room behind.
func TestEndDuringOpening(t *testing.T) {
	r, s := gatedRig(t)
	asha := r.agent("asha", store.RoleAgent)
	desk, _ := asha.desk()
	q := r.request(NewLead{})
	tab := q.tab("tab-1")
	tab.lead("assigned")
	g := newGate()
	s.entries.Store(g)
	asha.connect(q.id)
	<-g.reached
	asha.call("POST", "/api/leads/"+q.id+"/end", Remarks{}).is(http.StatusOK)
	await(desk, "the end", func(d DeskLead) bool { return d.Lead.State == store.LeadEnded })
	time.Sleep(20 * time.Millisecond) // so that the dispatcher is past it, if it can be
	close(g.open)
	tab.failed("ended")
	desk.close()
	r.forgotten()
}

// A login that ends while a socket says hello by it does not slip through.
func TestLogoutDuringHello(t *testing.T) {
	r, s := gatedRig(t)
	asha := r.agent("asha", store.RoleAgent)
	g := newGate()
	s.users.Store(g)
	p := r.dial(cookie(asha.token), origin(r.web.URL))
	p.say(Hello{Type: "hello", V: Version, Role: "desk"})
	<-g.reached
	asha.call("POST", "/api/logout", nil).is(http.StatusNoContent)
	r.eventually("the dispatcher has seen to it", func() bool {
		r.desk.changes.mu.Lock()
		defer r.desk.changes.mu.Unlock()
		return len(r.desk.changes.set) == 0
	})
	close(g.open)
	p.failed("unauthorized")
}

// What changes while a desk opens reaches it, too.
func TestEndDuringDeskOpening(t *testing.T) {
	r := newRig(t)
	sara := r.agent("sara", store.RoleSupervisor)
	for range 10 {
		r.clock.advance(5 * time.Second)
		q := r.request(NewLead{})
		shown := make(chan struct{})
		var p *peer
		go func() {
			defer close(shown)
			p = r.dial(cookie(sara.token), origin(r.web.URL))
			p.say(Hello{Type: "hello", V: Version, Role: "desk", Offline: true})
		}()
		q.call("POST", "/api/customer/cancel", nil).is(http.StatusNoContent)
		<-shown
		w := await[Welcome](p, "the welcome", nil)
		if slices.ContainsFunc(w.Desk.Leads, func(l LeadView) bool { return l.ID == q.id }) {
			await(p, "the lead to be cancelled", func(d DeskLead) bool { return d.Lead.ID == q.id && d.Lead.State == store.LeadCancelled })
		}
		p.close()
	}
}

// visit plays a customer and an agent who come, join and end at random moments,
// with no regard for each other. It does not fail: what a step answers depends
// on the others.
func (r *rig) visit(asha *agent, id, token string, rnd *rand.Rand) {
	var wg sync.WaitGroup
	defer wg.Wait()
	pause := func() time.Duration { return time.Duration(rnd.IntN(8)) * time.Millisecond }
	socket := func(h Hello, before, stay time.Duration, headers ...header) {
		wg.Go(func() {
			time.Sleep(before)
			p := r.dial(headers...)
			h.Type, h.V = "hello", Version
			p.say(h)
			time.Sleep(stay)
			p.close()
		})
	}
	for _, window := range []string{"a", "a", "b"} {
		socket(Hello{Role: "customer", Token: token, Window: window}, pause(), pause(), origin(shopOrigin))
	}
	before := pause()
	time.Sleep(before)
	session := "nope"
	if l, err := r.store.ClaimLead(r.t.Context(), id, store.Session{ID: "s-" + id, Lead: id, Site: "shop", Agent: asha.id, Node: "node", Started: 1}); err == nil {
		r.bus.Publish(Event{Lead: id})
		session = l.Session
	}
	for range 2 {
		socket(Hello{Role: "console", Session: session, Window: "c"}, pause(), pause(), cookie(asha.token), origin(r.web.URL))
	}
	before = pause()
	wg.Go(func() {
		time.Sleep(before)
		asha.call("POST", "/api/leads/"+id+"/end", Remarks{})
	})
}

// Sessions that are opened, joined and ended all at once leave nothing behind.
// The pauses are the point: they move the steps against each other.
func TestStress(t *testing.T) {
	r := newRig(t, func(o *Options) { o.CustomerGrace = 50 * time.Millisecond })
	asha := r.agent("asha", store.RoleAgent)
	desk, _ := asha.desk()
	var wg sync.WaitGroup
	for i := range 40 {
		token, hash := auth.NewToken()
		id := "lead-" + token
		r.ok(r.store.CreateLead(t.Context(), store.Lead{ID: id, Site: "shop", State: store.LeadWaiting, TokenHash: hash, Created: store.At(r.clock.now())}))
		r.desk.awaitCustomer(id)
		rnd := rand.New(rand.NewPCG(uint64(i), 1))
		wg.Go(func() { r.visit(asha, id, token, rnd) })
	}
	wg.Wait()
	desk.sync()
	desk.close()
	r.eventually("all leads are over", func() bool {
		open, err := r.store.OpenLeads(t.Context())
		return err == nil && len(open) == 0
	})
	r.forgotten()
	if n := r.counter("beside_refused_total", "internal"); n != 0 {
		t.Errorf("%v internal failures", n)
	}
}

// The desk is stopped while people come and go.
func TestStopUnderLoad(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	var wg sync.WaitGroup
	for i := range 12 {
		q := r.request(NewLead{})
		rnd := rand.New(rand.NewPCG(uint64(i), 2))
		wg.Go(func() { r.visit(asha, q.id, q.token, rnd) })
	}
	start := time.Now()
	r.stop()
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("stopping took %v", d)
	}
	wg.Wait()
	if got := r.call("GET", "/api/me", nil, cookie(asha.token)).status; got == http.StatusOK {
		t.Error("a stopped desk answers")
	}
}
