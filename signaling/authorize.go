package signaling

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// caller is who calls an operation of the API.
type caller struct {
	address string
	origin  string
	// host is what the caller called the server.
	host string
	// login and user are set for users.
	login store.Hash
	user  store.User
	// lead is set for customers.
	lead store.Lead
}

type callerKey struct{}

// callerOf returns who calls; every operation has one.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// loginOf returns the hash of the login's token that r carries; empty for none,
// which is nobody's.
func loginOf(r *http.Request) store.Hash {
	cookie, err := r.Cookie(LoginCookie)
	if err != nil {
		return ""
	}
	return auth.HashToken(cookie.Value)
}

// authorize returns the middleware that lets only who through.
func (s *Server) authorize(api huma.API, who access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(ctx)
		c, err := s.identify(r, who)
		if err != nil {
			var status huma.StatusError
			if !errors.As(s.problem(r.Context(), err), &status) {
				status = huma.NewError(http.StatusInternalServerError, "")
			}
			s.metrics.refused.WithLabelValues("api").Inc()
			_ = huma.WriteErr(api, ctx, status.GetStatus(), detailOf(status))
			return
		}
		next(huma.WithValue(ctx, callerKey{}, c))
	}
}

func detailOf(err huma.StatusError) string {
	var model *huma.ErrorModel
	if errors.As(err, &model) {
		return model.Detail
	}
	return err.Error()
}

// identify finds out who sends r, or returns why that is not enough.
func (s *Server) identify(r *http.Request, who access) (c caller, err error) {
	c.origin, c.host = r.Header.Get("Origin"), r.Host
	c.address, _, _ = net.SplitHostPort(r.RemoteAddr)
	switch who {
	case customer:
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || token == "" {
			return c, errUnauthorized
		}
		c.lead, err = s.opt.Store.LeadByToken(r.Context(), auth.HashToken(token))
		if errors.Is(err, store.ErrNotFound) {
			return c, errUnauthorized
		}
		if err == nil {
			_, err = s.siteFor(r.Context(), c.lead.Site, c.origin)
		}
	case user:
		// A foreign page could have the browser send the cookie along.
		if r.Method != http.MethodGet && !sameHost(c.origin, r.Host) {
			return c, errOrigin
		}
		c.login = loginOf(r)
		c.user, err = s.userOfLogin(r.Context(), c.login)
	}
	return c, err
}

// siteFor returns the site with that key if pages of the origin may use it.
func (s *Server) siteFor(ctx context.Context, key, origin string) (store.Site, error) {
	site, err := s.opt.Store.Site(ctx, key)
	if err == nil && !slices.Contains(site.Origins, origin) {
		err = errOrigin
	}
	return site, err
}

// userOfLogin returns the login's user, or errUnauthorized.
func (s *Server) userOfLogin(ctx context.Context, hash store.Hash) (store.User, error) {
	l, err := s.opt.Store.Login(ctx, hash, store.At(s.opt.Now()))
	if err == nil {
		var u store.User
		if u, err = s.opt.Store.User(ctx, l.User); err == nil && !u.Disabled {
			return u, nil
		}
	}
	if err == nil || errors.Is(err, store.ErrNotFound) {
		return store.User{}, errUnauthorized
	}
	return store.User{}, err
}

// crossOrigin lets the pages of sites call what is meant for them. Which site
// allows which origin is checked by the operation itself; here a browser only
// learns that it may ask. No credentials are ever allowed across origins.
func (s *Server) crossOrigin(next http.Handler) http.Handler {
	open := []string{"/api/sites/", "/api/leads", "/api/customer/"}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		isOpen := slices.ContainsFunc(open, func(p string) bool {
			return r.URL.Path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(r.URL.Path, p)
		})
		if isOpen {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
			w.Header().Set("Access-Control-Max-Age", "600")
			if r.Method == http.MethodOptions {
				w.WriteHeader(http.StatusNoContent)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
