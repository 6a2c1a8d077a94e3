package signaling

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gorilla/websocket"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// operation is one of the API's, with its path filled in.
type operation struct {
	method, path string
	*huma.Operation
}

// operations lists all that the description has, so that none can be forgotten.
func (r *rig) operations(lead string) (all []operation) {
	for path, item := range r.desk.OpenAPI().Paths {
		path = strings.NewReplacer("{id}", lead, "{key}", "shop").Replace(path)
		for method, o := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
		} {
			if o != nil {
				all = append(all, operation{method, path, o})
			}
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.OperationID, b.OperationID) })
	return all
}

// scheme is what an operation wants to see: "login", "customer" or nothing.
func (o operation) scheme() string {
	for _, s := range o.Security {
		for name := range s {
			return name
		}
	}
	return ""
}

// Every operation refuses whoever does not have the right credentials, before
// it looks at what was sent.
func TestCredentials(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	q := r.request(NewLead{})
	before := q.record()
	self := origin(r.web.URL)
	for _, o := range r.operations(q.id) {
		t.Run(o.OperationID, func(t *testing.T) {
			type try struct {
				name    string
				status  int
				headers []header
			}
			var tries []try
			switch o.scheme() {
			case "login":
				tries = []try{
					{"nothing", http.StatusUnauthorized, []header{self}},
					{"a customer's token", http.StatusUnauthorized, []header{self, bearer(q.token)}},
					{"a customer's token as cookie", http.StatusUnauthorized, []header{self, cookie(q.token)}},
					{"a login's token as bearer", http.StatusUnauthorized, []header{self, bearer(asha.token)}},
					{"an unknown token", http.StatusUnauthorized, []header{self, cookie("x" + asha.token)}},
				}
				if o.method != http.MethodGet {
					tries = append(tries,
						try{"a foreign page", http.StatusForbidden, []header{cookie(asha.token), origin("https://evil.example")}},
						try{"the customer's page", http.StatusForbidden, []header{cookie(asha.token), origin(shopOrigin)}},
						try{"a sandboxed page", http.StatusForbidden, []header{cookie(asha.token), origin("null")}},
						try{"no page", http.StatusForbidden, []header{cookie(asha.token)}})
				}
			case "customer":
				tries = []try{
					{"nothing", http.StatusUnauthorized, []header{origin(shopOrigin)}},
					{"an agent's cookie", http.StatusUnauthorized, []header{self, cookie(asha.token)}},
					{"an agent's login as bearer", http.StatusUnauthorized, []header{self, bearer(asha.token)}},
					{"an empty token", http.StatusUnauthorized, []header{bearer("")}},
				}
			default:
				if !slices.Contains([]string{"site", "createLead", "login"}, o.OperationID) {
					t.Errorf("the operation is open to everybody")
				}
			}
			for _, try := range tries {
				got := r.call(o.method, o.path, map[string]any{}, try.headers...)
				got.t = t
				if got.status != try.status {
					t.Errorf("%s: status %d, want %d: %s", try.name, got.status, try.status, got.body)
				} else {
					got.problem(try.status)
				}
			}
		})
	}
	if after := q.record(); after != before {
		t.Errorf("one of them did something: %+v, was %+v", after, before)
	}
}

// A customer's token is good for its own lead only, and there is no way to name
// another.
func TestCustomerOperationsNameNoLead(t *testing.T) {
	r := newRig(t)
	for _, o := range r.operations("x") {
		if o.scheme() == "customer" && len(o.Parameters) > 0 {
			t.Errorf("%s has parameters", o.OperationID)
		}
	}
}

func TestOrigins(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	q := r.request(NewLead{})
	m := r.meet(asha)
	foreign := []string{"", "null", "https://evil.example", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil.example", shopOrigin + "/"}

	for _, o := range foreign {
		var headers []header
		if o != "" {
			headers = append(headers, origin(o))
			r.call("GET", "/api/sites/shop", nil, headers...).problem(http.StatusForbidden)
		}
		r.call("POST", "/api/leads", NewLead{Site: "shop"}, headers...).problem(http.StatusForbidden)

		tab := r.dial(headers...)
		tab.say(Hello{Type: "hello", V: Version, Role: "customer", Token: q.token, Window: "w"})
		if f := tab.failed("origin"); !f.Fatal {
			t.Errorf("customer from %q may try again", o)
		}
	}
	for _, o := range append(foreign, shopOrigin, strings.Replace(r.web.URL, "127.0.0.1", "localhost", 1)) {
		headers := []header{cookie(asha.token)}
		if o != "" {
			headers = append(headers, origin(o))
		}
		for _, h := range []Hello{{Role: "desk"}, {Role: "console", Session: m.session, Window: "w"}} {
			p := r.dial(headers...)
			h.Type, h.V = "hello", Version
			p.say(h)
			p.failed("origin")
		}
		if o != "" {
			r.call("POST", "/api/login", Credentials{Login: "asha", Password: "x"}, origin(o)).problem(http.StatusForbidden)
		}
	}
	r.call("GET", "/api/sites/shop", nil).is(http.StatusOK) // a page of the server's own sends none
	if n := r.counter("beside_refused_total", "origin"); n == 0 {
		t.Error("refused origins are not counted")
	}
}

// What sites' pages call may be called across origins; nothing else, and never
// with credentials.
// A customer's token is good on the lead's own site only.
func TestCustomersCallFromTheirSite(t *testing.T) {
	r := newRig(t)
	q := r.request(NewLead{})
	for _, o := range r.operations(q.id) {
		if !strings.HasPrefix(o.path, "/api/customer/") {
			continue
		}
		for _, from := range []string{"https://evil.example", "null"} {
			if got := r.call(o.method, o.path, "{}", bearer(q.token), origin(from)); got.status != http.StatusForbidden {
				t.Errorf("%s %s from %s: %d", o.method, o.path, from, got.status)
			}
		}
	}
	if l := q.record(); l.State != store.LeadWaiting {
		t.Errorf("the lead is %s", l.State)
	}
}

func TestCORS(t *testing.T) {
	r := newRig(t)
	for path, open := range map[string]bool{
		"/api/leads": true, "/api/sites/shop": true, "/api/customer/end": true, "/api/customer/cancel": true,
		"/api/login": false, "/api/me": false, "/api/history": false, "/api/leads/x": false, "/api/leads/x/connect": false, "/api/sites": false,
	} {
		preflight := r.call("OPTIONS", path, nil, origin(shopOrigin), func(h http.Header) {
			h.Set("Access-Control-Request-Method", "POST")
			h.Set("Access-Control-Request-Headers", "authorization,content-type")
		})
		allowed := preflight.header.Get("Access-Control-Allow-Origin")
		if open && (allowed != "*" || preflight.status != http.StatusNoContent || !strings.Contains(preflight.header.Get("Access-Control-Allow-Headers"), "Authorization")) {
			t.Errorf("%s: a site's page may not ask: %d %v", path, preflight.status, preflight.header)
		}
		if !open && allowed != "" {
			t.Errorf("%s: a foreign page may ask", path)
		}
		if preflight.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: credentials are allowed across origins", path)
		}
		if preflight.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: may be cached", path)
		}
	}
}

// One agent can neither see nor touch what is another's.
func TestAnothersLead(t *testing.T) {
	r := newRig(t)
	asha, ben := r.agent("asha", store.RoleAgent), r.agent("ben", store.RoleAgent)
	asha.desk()
	offered := r.request(NewLead{Name: "Dora"})
	r.eventually("the lead is asha's", func() bool { return offered.record().Owner == "asha" })
	active := r.meet(asha)
	over := r.meet(asha)
	asha.call("POST", "/api/leads/"+over.lead.id+"/end", Remarks{Remarks: "secret"}).is(http.StatusOK)

	for _, lead := range []string{offered.id, active.lead.id, over.lead.id} {
		for _, o := range r.operations(lead) {
			if strings.Contains(o.path, lead) {
				ben.call(o.method, o.path, map[string]any{}).problem(http.StatusForbidden)
			}
		}
	}
	for _, session := range []string{active.session, over.session} {
		p := r.dial(cookie(ben.token), origin(r.web.URL))
		p.say(Hello{Type: "hello", V: Version, Role: "console", Session: session, Window: "w"})
		if f := p.failed("forbidden"); !f.Fatal {
			t.Error("another's console may try again")
		}
	}
	var page LeadPage
	ben.call("GET", "/api/history", nil).into(http.StatusOK, &page)
	if len(page.Leads) != 0 {
		t.Errorf("another's History shows %+v", page.Leads)
	}
	active.talk("undisturbed")

	// A supervisor sees it all, but joins no session uninvited.
	sara := r.agent("sara", store.RoleSupervisor)
	sara.call("GET", "/api/leads/"+active.lead.id, nil).is(http.StatusOK)
	sara.call("GET", "/api/history", nil).into(http.StatusOK, &page)
	if len(page.Leads) != 1 || page.Leads[0].AgentRemarks != "secret" {
		t.Errorf("the supervisor's History shows %+v", page.Leads)
	}
	p := r.dial(cookie(sara.token), origin(r.web.URL))
	p.say(Hello{Type: "hello", V: Version, Role: "console", Session: active.session, Window: "w"})
	p.failed("forbidden")
}

func TestAssetSources(t *testing.T) {
	r := newRig(t)
	r.site(func(s *store.Site) { s.AssetOrigins = []string{"https://cdn.example"} })
	asha, ben := r.agent("asha", store.RoleAgent), r.agent("ben", store.RoleAgent)
	m := r.meet(asha)
	for _, c := range []struct {
		name, token, session string
		want                 error
	}{
		{"the owner", asha.token, m.session, nil},
		{"another", ben.token, m.session, errForbidden},
		{"nobody", "", m.session, errUnauthorized},
		{"the customer", m.lead.token, m.session, errUnauthorized},
		{"no session", asha.token, "", store.ErrNotFound},
	} {
		q, err := http.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.ok(err)
		cookie(c.token)(q.Header)
		got, err := r.desk.AssetSources(q, c.session)
		if !isError(err, c.want) || err == nil && !slices.Equal(got, []string{"https://cdn.example"}) {
			t.Errorf("%s gets %v, %v; want %v", c.name, got, err, c.want)
		}
	}
}

// Many connect at once; one gets the session.
func TestClaimRace(t *testing.T) {
	r := newRig(t)
	agents := []*agent{r.agent("sara", store.RoleSupervisor), r.agent("siri", store.RoleSupervisor), r.agent("sven", store.RoleAdmin)}
	for range 5 {
		q := r.request(NewLead{})
		answers := make([]reply, len(agents))
		var wg sync.WaitGroup
		for i, a := range agents {
			wg.Go(func() { answers[i] = a.call("POST", "/api/leads/"+q.id+"/connect", nil) })
		}
		wg.Wait()
		won := 0
		for i, got := range answers {
			if got.status == http.StatusOK {
				won++
				if owner := q.record().Owner; owner != agents[i].id {
					t.Errorf("%s was told to have it, which %s has", agents[i].id, owner)
				}
				continue
			}
			got.problem(http.StatusConflict)
		}
		if won != 1 {
			t.Errorf("%d agents got the session", won)
		}
	}
}

// ---- logins ----

const password = "demo-password"

var passwordHash = sync.OnceValue(func() string { return auth.NewPasswords(1).Hash(password) })

// person adds a user with a password.
func (r *rig) person(name string, disabled bool) {
	r.t.Helper()
	r.ok(r.store.CreateUser(r.t.Context(), store.User{
		ID: name, Login: name, Name: name, Role: store.RoleAgent, PasswordHash: passwordHash(), Disabled: disabled, Created: 1,
	}))
}

func TestLogin(t *testing.T) {
	r := newRig(t, func(o *Options) { o.SecureCookies = true })
	r.person("asha", false)
	r.person("gone", true)

	got := r.call("POST", "/api/login", Credentials{Login: "ASHA", Password: password}, origin(r.web.URL))
	var me UserView
	got.into(http.StatusOK, &me)
	if me.Login != "asha" || strings.Contains(string(got.body), "argon2") {
		t.Errorf("the login answers %s", got.body)
	}
	set := got.header.Get("Set-Cookie")
	for _, part := range []string{LoginCookie + "=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=43200"} {
		if !strings.Contains(set, part) {
			t.Errorf("the cookie %q has no %s", set, part)
		}
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(set, LoginCookie+"="), ";")
	r.call("GET", "/api/me", nil, cookie(token)).is(http.StatusOK)

	out := r.call("POST", "/api/logout", nil, cookie(token), origin(r.web.URL))
	out.is(http.StatusNoContent)
	if set := out.header.Get("Set-Cookie"); !strings.Contains(set, LoginCookie+"=;") || !strings.Contains(set, "Max-Age=0") {
		t.Errorf("logging out sets %q", set)
	}
	r.call("GET", "/api/me", nil, cookie(token)).problem(http.StatusUnauthorized)

	// Wrong, unknown and disabled can't be told apart.
	var first reply
	for i, c := range []Credentials{{"asha", "wrong"}, {"nobody", password}, {"gone", password}} {
		got := r.call("POST", "/api/login", c, origin(r.web.URL))
		got.problem(http.StatusUnauthorized)
		if i == 0 {
			first = got
		}
		if string(got.body) != string(first.body) || len(got.header) != len(first.header) || got.header.Get("Set-Cookie") != "" {
			t.Errorf("%s/%s is answered %s %v, wrong password %s %v", c.Login, c.Password, got.body, got.header, first.body, first.header)
		}
	}
	if n := r.counter("beside_refused_total", "login"); n != 3 {
		t.Errorf("%v refused logins counted, want 3", n)
	}
}

func TestLoginThrottle(t *testing.T) {
	r := newRig(t)
	r.person("asha", false)
	r.person("ben", false)
	login := func(client *http.Client, name, with string) reply {
		return r.callBy(client, "POST", "/api/login", Credentials{Login: name, Password: with}, origin(r.web.URL))
	}
	here := r.web.Client()
	for range 5 {
		login(here, "asha", "wrong").problem(http.StatusUnauthorized)
	}
	got := login(here, "Asha", password) // even the right one, and however it is written
	got.problem(http.StatusTooManyRequests)
	if wait := got.header.Get("Retry-After"); wait == "" || wait == "0" || len(wait) > 2 {
		t.Errorf("Retry-After: %q", wait)
	}
	login(here, "ben", password).is(http.StatusOK) // others don't pay for it
	r.clock.advance(20 * time.Second)
	login(here, "asha", password).is(http.StatusOK)

	// One address that tries on and on locks out nobody but itself.
	for range 300 {
		r.desk.limits.loginAddress.Allow("127.0.0.1", r.clock.now())
	}
	for range 150 {
		login(here, "cleo", "wrong").is(http.StatusTooManyRequests)
	}
	elsewhere := clientAt("127.0.0.2")
	defer elsewhere.CloseIdleConnections()
	login(elsewhere, "asha", password).is(http.StatusOK)
}

// clientAt calls from that address.
func clientAt(ip string) *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext}}
}

// A logout reaches what is live within two seconds, whether the browser takes
// notice or not.
func TestLogoutReachesSockets(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	desk, _ := m.agent.desk()
	deaf := r.dialDeaf(cookie(m.agent.token), origin(r.web.URL))
	deaf.say(Hello{Type: "hello", V: Version, Role: "console", Session: m.session, Window: "deaf"})
	seen := await(m.tab, "the deaf console", func(p Presence) bool { return len(p.Sources) == 3 })
	deaf.source, deaf.epoch = seen.Sources[2].Source, 1<<31
	m.tab.gets(deaf.publish(media.Marker, "seen"))

	other := &agent{r: r, id: "asha"}
	other.login() // in another browser, which stays logged in
	kept, _ := other.desk()

	start := time.Now()
	m.agent.call("POST", "/api/logout", nil).is(http.StatusNoContent)
	for _, p := range []*peer{desk, m.console} {
		if f := p.failed("unauthorized"); !f.Fatal {
			t.Error("a logout is not fatal")
		}
	}
	r.eventually("the deaf one is told, too", func() bool {
		r.desk.mu.Lock()
		defer r.desk.mu.Unlock()
		for sock := range r.desk.sockets {
			if sock.login == auth.HashToken(m.agent.token) && !sock.over.Load() {
				return false
			}
		}
		return true
	})
	// It answers no close; it talks on, and nobody hears it.
	for deaf.conn.WriteMessage(websocket.BinaryMessage, packetOf(deaf.frame(media.Marker, "unheard", 0))) == nil {
		if time.Since(start) > 10*time.Second {
			t.Fatal("who is logged out still has a socket")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("the logout took %v to reach all", d)
	}
	m.tab.sync()
	if f, ok := take(m.tab, func(f media.Frame) bool { return string(f.Payload) == `"unheard"` }); ok {
		t.Errorf("who is logged out was heard: %+v", f)
	}
	kept.sync()
	if kept.mayCome() == false {
		t.Error("the other browser was logged out too")
	}
	m.console = other.console(m.session, "console-1")
	m.console.joined()
	m.talk("from the other browser")
}

// packetOf is the packet of a frame of one part.
func packetOf(f media.Frame) []byte {
	return media.Packet{Parts: []media.Part{media.PartOf(f.Stream, f.Append(nil), 0)}}.Append(nil)
}

func TestDisabledUser(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	desk, _ := asha.desk()
	r.ok(r.store.DisableUser(t.Context(), "asha"))
	r.bus.Publish(Event{User: "asha"})
	desk.failed("unauthorized")
	asha.call("GET", "/api/me", nil).problem(http.StatusUnauthorized)
}

func TestExpiredLogin(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	r.clock.advance(13 * time.Hour)
	m.agent.call("GET", "/api/me", nil).problem(http.StatusUnauthorized)
	late := r.dial(cookie(m.agent.token), origin(r.web.URL))
	late.say(Hello{Type: "hello", V: Version, Role: "desk"})
	late.failed("unauthorized")
	r.bus.Publish(Event{User: "asha"}) // as the sweep does each minute
	m.console.failed("unauthorized")

	// The session goes on when the agent logs in again.
	m.agent.login()
	m.console = m.agent.console(m.session, "console-1")
	m.console.joined()
	m.talk("logged in again")
}
