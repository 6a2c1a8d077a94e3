package signaling

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
	"github.com/beside-desk/beside/store/boltstore"
)

const (
	// shopOrigin is where the test site's pages come from.
	shopOrigin = "https://shop.example"
	// patience is how long a test waits for what must come.
	patience = 20 * time.Second
)

// rig is a whole desk: a store in a file, a running Server, and a web server in
// front that stays where it is when the desk restarts.
type rig struct {
	t       *testing.T
	path    string
	options []func(*Options)
	clock   *clock
	web     *httptest.Server
	handler atomic.Pointer[http.Handler]

	// of the current run
	bus     Bus
	store   store.Store
	metrics *prometheus.Registry
	desk    *Server
	stop    func()
}

// clock is the real one, moved ahead.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// newRig starts a desk with the site "shop".
func newRig(t *testing.T, options ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "beside.db"), options: options, clock: &clock{}}
	r.web = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		(*r.handler.Load()).ServeHTTP(w, q)
	}))
	r.start()
	t.Cleanup(func() {
		r.stop()
		r.web.Close()
	})
	r.site(func(*store.Site) {})
	return r
}

// start opens the store and runs a Server over it.
func (r *rig) start() {
	r.t.Helper()
	file, err := boltstore.Open(boltstore.Options{Path: r.path})
	r.ok(err)
	r.bus, r.metrics = NewBus(), prometheus.NewRegistry()
	opt := Options{
		Store: file, Log: slog.New(slog.DiscardHandler), Metrics: r.metrics, Bus: r.bus, Now: r.clock.now,
		Node: "node", Build: "test",
	}
	for _, set := range r.options {
		set(&opt)
	}
	r.store = opt.Store
	r.desk, err = New(opt)
	r.ok(err)
	handler := r.desk.Handler()
	r.handler.Store(&handler)

	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.desk.Run(ctx) }()
	r.stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			r.t.Errorf("Run = %v, want context.Canceled", err)
		}
		r.ok(file.Close())
		r.stop = func() {}
	}
	r.eventually("the desk is open", func() bool {
		r.desk.mu.Lock()
		defer r.desk.mu.Unlock()
		return r.desk.ctx != nil
	})
}

// restart stops the desk and starts another over the same file.
func (r *rig) restart() {
	r.t.Helper()
	r.stop()
	r.start()
}

func (r *rig) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// eventually polls for what nothing announces.
func (r *rig) eventually(what string, is func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(patience); !is(); {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// site sets the site "shop" up anew.
func (r *rig) site(set func(*store.Site)) {
	r.t.Helper()
	site := store.Site{
		Key: "shop", Name: "The shop", Origins: []string{shopOrigin}, Color: "#0f766e",
		Ask: store.Ask{Name: store.NeedOptional, Email: store.NeedOptional, Phone: store.NeedHidden}, Topics: []string{"Orders"},
	}
	set(&site)
	r.ok(r.store.PutSite(r.t.Context(), site))
}

// counter returns a counter's or gauge's value; label is the value of its one
// label, if it has one.
func (r *rig) counter(name, label string) float64 {
	r.t.Helper()
	families, err := r.metrics.Gather()
	r.ok(err)
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			if l := m.GetLabel(); label == "" && len(l) == 0 || len(l) == 1 && l[0].GetValue() == label {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return 0
}

// reply is what the API answered.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// into decodes the reply's body, which must have come with that status.
func (a reply) into(status int, v any) {
	a.t.Helper()
	a.is(status)
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("answer %q: %v", a.body, err)
	}
}

func (a reply) is(status int) {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
}

// problem is RFC 9457's, as far as people see it.
type problem struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
}

// problem returns the reply's problem, which must have that status.
func (a reply) problem(status int) (p problem) {
	a.t.Helper()
	a.into(status, &p)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("content type %q of a problem", got)
	}
	if p.Status != status || p.Title == "" || p.Detail == "" {
		a.t.Errorf("problem %s lacks something", a.body)
	}
	return p
}

type header func(http.Header)

func origin(o string) header { return func(h http.Header) { h.Set("Origin", o) } }
func bearer(token string) header {
	return func(h http.Header) { h.Set("Authorization", "Bearer "+token) }
}
func cookie(token string) header {
	return func(h http.Header) { h.Set("Cookie", LoginCookie+"="+token) }
}

// call calls an operation. A body that is neither nil nor a string is sent as
// JSON.
func (r *rig) call(method, path string, body any, headers ...header) reply {
	r.t.Helper()
	return r.callBy(r.web.Client(), method, path, body, headers...)
}

func (r *rig) callBy(client *http.Client, method, path string, body any, headers ...header) reply {
	r.t.Helper()
	var b []byte
	switch body := body.(type) {
	case nil:
	case string:
		b = []byte(body)
	default:
		var err error
		b, err = json.Marshal(body)
		r.ok(err)
	}
	q, err := http.NewRequestWithContext(r.t.Context(), method, r.web.URL+path, bytes.NewReader(b))
	r.ok(err)
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	for _, set := range headers {
		set(q.Header)
	}
	answer, err := client.Do(q)
	r.ok(err)
	defer answer.Body.Close()
	b, err = io.ReadAll(answer.Body)
	r.ok(err)
	return reply{t: r.t, status: answer.StatusCode, header: answer.Header, body: b}
}

// agent is a user with a login.
type agent struct {
	r     *rig
	id    string
	token string
}

// agent adds a user, named by the login, and logs the user in.
func (r *rig) agent(name string, role store.Role) *agent {
	r.t.Helper()
	r.ok(r.store.CreateUser(r.t.Context(), store.User{ID: name, Login: name, Name: "The " + name, Role: role, Created: 1}))
	a := &agent{r: r, id: name}
	a.login()
	return a
}

// login logs the user in once more, past the password.
func (a *agent) login() {
	a.r.t.Helper()
	token, hash := auth.NewToken()
	now := a.r.clock.now()
	a.r.ok(a.r.store.CreateLogin(a.r.t.Context(), store.Login{
		Hash: hash, User: a.id, Created: store.At(now), Expires: store.At(now.Add(12 * time.Hour)),
	}))
	a.token = token
}

func (a *agent) call(method, path string, body any) reply {
	a.r.t.Helper()
	return a.r.call(method, path, body, cookie(a.token), origin(a.r.web.URL))
}

// connect starts a lead's session.
func (a *agent) connect(lead string) (v LeadView) {
	a.r.t.Helper()
	a.call("POST", "/api/leads/"+lead+"/connect", nil).into(http.StatusOK, &v)
	return v
}

// desk opens the agent's desk and returns it and what it shows.
func (a *agent) desk() (*peer, DeskState) {
	a.r.t.Helper()
	p := a.r.dial(cookie(a.token), origin(a.r.web.URL))
	w := p.greet(Hello{Role: "desk"})
	if w.Desk == nil {
		a.r.t.Fatal("the desk's welcome shows no desk")
	}
	return p, *w.Desk
}

// console opens a console in a session. It does not wait until it has joined.
func (a *agent) console(session, window string, set ...func(*Hello)) *peer {
	a.r.t.Helper()
	p := a.r.dial(cookie(a.token), origin(a.r.web.URL))
	p.greet(Hello{Role: "console", Session: session, Window: window}, set...)
	return p
}

// request is a customer's lead.
type request struct {
	r     *rig
	id    string
	token string
}

// request creates a lead.
func (r *rig) request(in NewLead) *request {
	r.t.Helper()
	in.Site = "shop"
	var out LeadCreated
	r.call("POST", "/api/leads", in, origin(shopOrigin)).into(http.StatusOK, &out)
	return &request{r: r, id: out.ID, token: out.Token}
}

func (q *request) call(method, path string, body any) reply {
	q.r.t.Helper()
	return q.r.call(method, path, body, bearer(q.token), origin(shopOrigin))
}

// tab opens one of the customer's tabs. It does not wait until it has joined.
func (q *request) tab(window string, set ...func(*Hello)) *peer {
	q.r.t.Helper()
	p := q.r.dial(origin(shopOrigin))
	p.greet(Hello{Role: "customer", Token: q.token, Window: window}, set...)
	return p
}

// record returns the lead as it is kept.
func (q *request) record() store.Lead {
	q.r.t.Helper()
	l, err := q.r.store.Lead(q.r.t.Context(), q.id)
	q.r.ok(err)
	return l
}

// meeting is a session that has begun: a tab and a console, both joined.
type meeting struct {
	lead    *request
	agent   *agent
	session string
	tab     *peer
	console *peer
}

// meet brings a new customer and the agent together.
func (r *rig) meet(a *agent) *meeting {
	r.t.Helper()
	m := &meeting{lead: r.request(NewLead{Name: "Cara"}), agent: a}
	m.tab = m.lead.tab("tab-1")
	m.session = a.connect(m.lead.id).Session
	m.console = a.console(m.session, "console-1")
	m.tab.joined()
	m.console.joined()
	return m
}

// isError is errors.Is, with nil for none.
func isError(err, want error) bool { return errors.Is(err, want) }
