package main

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/beside-desk/beside/static"
)

// consolePolicy is the console's Content-Security-Policy. %s is the host, for
// the socket, which 'self' does not cover in every browser.
const consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self' ws://%[1]s wss://%[1]s; frame-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// strictPolicy is the policy of the demo's page that shows the widget under one.
const strictPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self' ws://%[1]s wss://%[1]s; base-uri 'none'; form-action 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// handler serves everything that the program serves.
func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	files := static.Files()
	desk := s.desk.Handler()
	mux.Handle("/api/", gzhttp.GzipHandler(desk))
	mux.Handle("/ws", desk)
	mux.Handle("GET /widget.js", gzhttp.GzipHandler(shared(file(files, "widget.js"), "public, max-age=300")))
	mux.Handle("GET /assets/", gzhttp.GzipHandler(shared(http.FileServerFS(files), "public, max-age=31536000, immutable")))
	mux.Handle("GET /console/{$}", gzhttp.GzipHandler(policy(consolePolicy, file(files, "console/index.html"))))
	mux.Handle("GET /console/mirror", gzhttp.GzipHandler(s.mirror(file(files, "console/mirror.html"))))
	mux.Handle("GET /console", http.RedirectHandler("/console/", http.StatusMovedPermanently))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", localOnly(promhttp.HandlerFor(s.metrics, promhttp.HandlerOpts{})))
	home := "/console/"
	if s.demo {
		home = "/demo/"
		mux.Handle("GET /demo/", gzhttp.GzipHandler(shared(http.FileServerFS(files), "no-cache")))
		mux.Handle("GET /demo/strict.html", policy(strictPolicy, file(files, "demo/strict.html")))
	}
	mux.Handle("GET /{$}", http.RedirectHandler(home, http.StatusFound))
	return secure(throughProxies(s.config.proxyPrefixes(), mux))
}

// secure sets what every answer should carry.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

// file serves one file of the build.
func file(files fs.FS, name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, files, name)
	})
}

// shared lets pages of other origins load what it serves, as sites load the
// widget, and hides the build's folders.
func shared(next http.Handler, caching string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") && path.Clean(r.URL.Path) != "/demo" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		w.Header().Set("Cache-Control", caching)
		next.ServeHTTP(w, r)
	})
}

// policy serves a page under a Content-Security-Policy.
func policy(format string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(format, "%[1]s", cspHost(r.Host)))
		next.ServeHTTP(w, r)
	})
}

// cspHost returns a Host header if it can stand in a policy.
func cspHost(host string) string {
	if strings.ContainsAny(host, " ;,'\"\\\r\n\t") {
		return "invalid"
	}
	return host
}

// mirror serves the page in which the console shows a customer's page. It has a
// policy of its own, by the site's settings: no script but ours, and no fetch
// but of the site's own images, styles and fonts.
func (s *service) mirror(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sources, err := s.desk.AssetSources(r, r.URL.Query().Get("session"))
		if err != nil {
			http.Error(w, "This picture is for the agent whose session it is. Log in and open the session again.", http.StatusForbidden)
			return
		}
		assets := strings.Join(sources, " ")
		// A customer's page must not tell its hosts' name servers that it is watched.
		w.Header().Set("X-DNS-Prefetch-Control", "off")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; "+
			"style-src 'self' 'unsafe-inline' "+assets+"; img-src data: blob: "+assets+"; font-src data: "+assets+
			"; media-src 'none'; connect-src 'none'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
		next.ServeHTTP(w, r)
	})
}

func (s *service) readyz(w http.ResponseWriter, _ *http.Request) {
	if !s.ready.Load() {
		http.Error(w, "not ready", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
