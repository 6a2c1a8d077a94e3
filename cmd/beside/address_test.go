package main

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// Only what trusted proxies say of their clients counts.
func TestThroughProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, test := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"no proxy", "192.0.2.1:5000", nil, "192.0.2.1:5000"},
		{"somebody who pretends to be one", "192.0.2.1:5000", []string{"198.51.100.7"}, "192.0.2.1:5000"},
		{"a proxy", "10.0.0.1:5000", []string{"198.51.100.7"}, "198.51.100.7:5000"},
		{"a proxy over IPv6", "[::1]:5000", []string{"2001:db8::7"}, "[2001:db8::7]:5000"},
		{"two proxies", "10.0.0.1:5000", []string{"198.51.100.7, 10.9.9.9"}, "198.51.100.7:5000"},
		{"in two headers", "10.0.0.1:5000", []string{"198.51.100.7", "10.9.9.9"}, "198.51.100.7:5000"},
		{"a client's own word before the proxy's", "10.0.0.1:5000", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7:5000"},
		{"a proxy that says nothing", "10.0.0.1:5000", nil, "10.0.0.1:5000"},
		{"nonsense", "10.0.0.1:5000", []string{"unknown"}, "10.0.0.1:5000"},
		{"nonsense before a proxy", "10.0.0.1:5000", []string{"x, 10.2.2.2"}, "10.2.2.2:5000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got string
			h := throughProxies(trusted, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
			q := httptest.NewRequest(http.MethodGet, "/", nil)
			q.RemoteAddr = test.remote
			for _, value := range test.forwarded {
				q.Header.Add("X-Forwarded-For", value)
			}
			h.ServeHTTP(httptest.NewRecorder(), q)
			if got != test.want {
				t.Errorf("comes from %s, want %s", got, test.want)
			}
		})
	}
}
