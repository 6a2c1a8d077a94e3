package main

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// throughProxies gives requests that trusted proxies pass on their clients'
// addresses: in X-Forwarded-For, the last that is not a trusted proxy's own.
// What others write there means nothing.
func throughProxies(trusted []netip.Prefix, next http.Handler) http.Handler {
	isTrusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !isTrusted(from.Addr().Unmap()) {
			next.ServeHTTP(w, r)
			return
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			a, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				break
			}
			r.RemoteAddr = netip.AddrPortFrom(a.Unmap(), from.Port()).String()
			if !isTrusted(a.Unmap()) {
				break
			}
		}
		next.ServeHTTP(w, r)
	})
}

// localOnly serves requests that this machine makes of itself: from a loopback
// address, to a loopback name, and passed on by no proxy. The name keeps out a
// foreign page whose own name leads here.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		from := net.ParseIP(host)
		to := r.Host
		if name, _, e := net.SplitHostPort(to); e == nil {
			to = name
		}
		ip := net.ParseIP(strings.Trim(to, "[]"))
		local := to == "localhost" || ip != nil && ip.IsLoopback()
		proxied := slices.ContainsFunc([]string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"}, func(name string) bool {
			return r.Header.Get(name) != ""
		})
		if err != nil || from == nil || !from.IsLoopback() || !local || proxied {
			http.Error(w, "Metrics are for this machine only.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
