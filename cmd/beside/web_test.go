package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beside-desk/beside/signaling"
	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// newTestService opens a service on a fresh folder and a free port. It is not
// run: its handler serves all the same.
func newTestService(t *testing.T) *service {
	t.Helper()
	c := defaults()
	c.Listen, c.Data = "127.0.0.1:0", filepath.Join(t.TempDir(), "data")
	s, err := newService(&program{ctx: t.Context(), out: io.Discard, err: io.Discard}, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

func get(h http.Handler, path string, set ...func(*http.Request)) *http.Response {
	q := httptest.NewRequest(http.MethodGet, path, nil)
	q.Host = "desk.example:8443"
	q.RemoteAddr = "127.0.0.1:5000"
	for _, f := range set {
		f(q)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, q)
	return w.Result()
}

// directives splits a Content-Security-Policy.
func directives(policy string) map[string]string {
	all := make(map[string]string)
	for _, d := range strings.Split(policy, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(d), " ")
		all[name] = strings.TrimSpace(sources)
	}
	return all
}

func checkPolicy(t *testing.T, policy string, want map[string]string) {
	t.Helper()
	got := directives(policy)
	for name, sources := range want {
		if have, ok := got[name]; !ok || have != sources {
			t.Errorf("%s is %q, want %q", name, have, sources)
		}
	}
	for name, sources := range got {
		if strings.Contains(sources, "unsafe-eval") || strings.Contains(sources, "*") || name == "script-src" && sources != "'self'" {
			t.Errorf("%s allows %q", name, sources)
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := newTestService(t)
	s.demo = true
	h := s.handler()
	for _, path := range []string{"/", "/console/", "/console/mirror", "/api/me", "/api/nothing", "/widget.js", "/assets/x.js", "/demo/", "/healthz", "/readyz", "/metrics", "/nothing"} {
		header := get(h, path).Header
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s comes with %v", path, header)
		}
	}
	for path, to := range map[string]string{"/": "/demo/", "/console": "/console/"} {
		if got := get(h, path); got.StatusCode/100 != 3 || got.Header.Get("Location") != to {
			t.Errorf("%s leads to %q", path, got.Header.Get("Location"))
		}
	}
	s.demo = false
	if got := get(s.handler(), "/").Header.Get("Location"); got != "/console/" {
		t.Errorf("without the demo / leads to %q", got)
	}
	if got := get(s.handler(), "/demo/"); got.StatusCode != http.StatusNotFound {
		t.Errorf("without the demo /demo/ answers %d", got.StatusCode)
	}
}

func TestConsolePolicy(t *testing.T) {
	h := newTestService(t).handler()
	checkPolicy(t, get(h, "/console/").Header.Get("Content-Security-Policy"), map[string]string{
		"default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
		"connect-src": "'self' ws://desk.example:8443 wss://desk.example:8443",
		"base-uri":    "'none'", "form-action": "'none'", "frame-ancestors": "'none'", "frame-src": "'self'",
	})
	// A Host header is the caller's to choose, and must not add to the policy.
	for _, host := range []string{"a;script-src *", "a b", "a,b", "a'b", "a\"b"} {
		policy := get(h, "/console/", func(q *http.Request) { q.Host = host }).Header.Get("Content-Security-Policy")
		if got := directives(policy)["connect-src"]; got != "'self' ws://invalid wss://invalid" {
			t.Errorf("the host %q makes it %q", host, got)
		}
	}
}

func TestStrictDemoPolicy(t *testing.T) {
	s := newTestService(t)
	s.demo = true
	checkPolicy(t, get(s.handler(), "/demo/strict.html").Header.Get("Content-Security-Policy"), map[string]string{
		"default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
		"require-trusted-types-for": "'script'", "trusted-types": "'none'",
	})
}

// The picture of a customer's page is for the agent whose session it is, and may
// load nothing but what the site's settings name.
func TestMirror(t *testing.T) {
	s := newTestService(t)
	ctx := t.Context()
	cookies := map[string]*http.Cookie{}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.store.CreateSite(ctx, store.Site{Key: "shop", Name: "Shop", AssetOrigins: []string{"https://shop.example", "https://cdn.example/shop/"}}))
	for _, id := range []string{"asha", "ben"} {
		must(s.store.CreateUser(ctx, store.User{ID: id, Login: id, Role: store.RoleAgent}))
		token, hash := auth.NewToken()
		must(s.store.CreateLogin(ctx, store.Login{Hash: hash, User: id, Created: 1, Expires: store.At(time.Now().Add(time.Hour))}))
		cookies[id] = &http.Cookie{Name: signaling.LoginCookie, Value: token}
	}
	must(s.store.CreateLead(ctx, store.Lead{ID: "lead", Site: "shop", State: store.LeadWaiting, TokenHash: "h", Created: 1}))
	_, err := s.store.ClaimLead(ctx, "lead", store.Session{ID: "session", Lead: "lead", Site: "shop", Agent: "asha", Started: 2})
	must(err)

	h := s.handler()
	mirror := func(session, who string) *http.Response {
		return get(h, "/console/mirror?session="+session, func(q *http.Request) {
			if c := cookies[who]; c != nil {
				q.AddCookie(c)
			}
		})
	}
	for _, c := range []struct{ session, who string }{
		{"session", ""}, {"session", "ben"}, {"other", "asha"}, {"", "asha"},
	} {
		if got := mirror(c.session, c.who); got.StatusCode != http.StatusForbidden {
			t.Errorf("%q asks for %q and gets %d", c.who, c.session, got.StatusCode)
		}
	}
	got := mirror("session", "asha")
	if got.StatusCode == http.StatusForbidden {
		t.Error("the owner may not see it")
	}
	checkPolicy(t, got.Header.Get("Content-Security-Policy"), map[string]string{
		"default-src": "'none'", "script-src": "'self'", "connect-src": "'none'", "frame-src": "'none'", "object-src": "'none'",
		"form-action": "'none'", "base-uri": "'none'", "frame-ancestors": "'self'",
		"img-src":   "data: blob: https://shop.example https://cdn.example/shop/",
		"style-src": "'self' 'unsafe-inline' https://shop.example https://cdn.example/shop/",
		"font-src":  "data: https://shop.example https://cdn.example/shop/",
	})
}

func TestMetricsAreLocal(t *testing.T) {
	h := newTestService(t).handler()
	from := func(address string) func(*http.Request) {
		return func(q *http.Request) { q.Host, q.RemoteAddr = "localhost:8080", address }
	}
	to := func(host string) func(*http.Request) {
		return func(q *http.Request) { q.Host = host }
	}
	proxied := func(name string) func(*http.Request) {
		return func(q *http.Request) {
			q.Host = "localhost:8080"
			q.Header.Set(name, "for=192.0.2.1")
		}
	}
	for _, host := range []string{"127.0.0.1:8080", "[::1]:8080", "localhost"} {
		if got := get(h, "/metrics", to(host)); got.StatusCode != http.StatusOK {
			t.Errorf("metrics asked of %s answer %d", host, got.StatusCode)
		}
	}
	got := get(h, "/metrics", to("localhost:8080"))
	if b, _ := io.ReadAll(got.Body); got.StatusCode != http.StatusOK || !strings.Contains(string(b), "beside_rooms 0") || !strings.Contains(string(b), "go_goroutines") {
		t.Errorf("metrics answer %d: %s", got.StatusCode, b)
	}
	if got := get(h, "/metrics", from("[::1]:5000")); got.StatusCode != http.StatusOK {
		t.Errorf("metrics over IPv6 answer %d", got.StatusCode)
	}
	for _, set := range []func(*http.Request){
		from("192.0.2.1:5000"), from("10.0.0.1:5000"), from("nonsense"),
		proxied("X-Forwarded-For"), proxied("Forwarded"), proxied("X-Real-IP"), to("evil.example"), to("desk.example:8443"),
	} {
		if got := get(h, "/metrics", set); got.StatusCode != http.StatusForbidden {
			t.Errorf("metrics for others answer %d", got.StatusCode)
		}
	}
}

// What sites embed may be loaded from anywhere; folders show nothing.
func TestSharedFiles(t *testing.T) {
	h := newTestService(t).handler()
	if got := get(h, "/widget.js"); got.Header.Get("Access-Control-Allow-Origin") != "*" || got.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Errorf("the widget comes with %v", got.Header)
	}
	for _, path := range []string{"/assets/", "/assets/../config.yaml", "/assets/..%2f..%2fgo.mod", "/.gitkeep"} {
		if got := get(h, path); got.StatusCode == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
}

func TestReady(t *testing.T) {
	s := newTestService(t)
	h := s.handler()
	if got := get(h, "/healthz"); got.StatusCode != http.StatusOK {
		t.Errorf("healthz answers %d", got.StatusCode)
	}
	if got := get(h, "/readyz"); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("before it runs readyz answers %d", got.StatusCode)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	for deadline := time.Now().Add(10 * time.Second); get(h, "/readyz").StatusCode != http.StatusOK; {
		if time.Now().After(deadline) {
			t.Fatal("never ready")
		}
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("run = %v", err)
	}
	if got := get(h, "/readyz"); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after it has stopped readyz answers %d", got.StatusCode)
	}
}

// A service that can't be opened leaves nothing open.
func TestNewServiceFails(t *testing.T) {
	p := &program{ctx: t.Context(), out: io.Discard, err: io.Discard}
	running := newTestService(t)

	c := running.config
	if _, err := newService(p, c); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("on the same data: %v", err)
	}
	c.Data, c.Listen = filepath.Join(t.TempDir(), "data"), running.address()
	for range 2 { // the second time the first must have let go of the data
		if _, err := newService(p, c); err == nil || !strings.Contains(err.Error(), running.address()) || !strings.Contains(err.Error(), "--listen") {
			t.Errorf("on the same port: %v", err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c.Data = filepath.Join(file, "data")
	if _, err := newService(p, c); err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("where there can be no folder: %v", err)
	}
}
