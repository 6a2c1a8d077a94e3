// Package signaling decides who may meet whom: it takes customers' requests,
// offers them to agents, brings both into the session's room, brokers their
// direct path, and ends it all with remarks. It speaks HTTP for verbs that have
// an answer (api.go) and one WebSocket at /ws for all that is live (message.go).
package signaling

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/beside-desk/beside/relay"
	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// Options of a Server. Zero durations take the defaults that are named.
type Options struct {
	Store   store.Store
	Log     *slog.Logger
	Metrics prometheus.Registerer
	// Bus defaults to one within the process.
	Bus Bus
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Node is this machine's name in the sessions it serves.
	Node string
	// Build names the program's version to browsers.
	Build string
	// ICE is what browsers get to find each other with.
	ICE []ICEServer
	// NoDirect keeps sessions on the WebSocket.
	NoDirect bool
	// SecureCookies marks cookies for HTTPS only.
	SecureCookies bool
	// LoginLife is how long a login lasts; default 12 h.
	LoginLife time.Duration
	// CustomerGrace is how long a customer may have no tab open before the
	// request or session is over; default 20 s.
	CustomerGrace time.Duration
	// AgentGrace is how long an agent's desk may be away before requests go to
	// others; default 10 s.
	AgentGrace time.Duration
	// AwayGrace is how long a tab or console may be away, as during a
	// navigation, before it counts as closed; default 5 s.
	AwayGrace time.Duration
}

// Server is the desk of one node.
type Server struct {
	opt       Options
	relay     *relay.Metrics
	metrics   *metrics
	mux       *http.ServeMux
	openapi   *huma.OpenAPI
	passwords *auth.Passwords
	limits    limits
	changes   *changes
	opening   sync.Mutex // held while a session is opened, so that it has one room
	running   sync.WaitGroup

	mu        sync.Mutex
	ctx       context.Context // Run's; nil before and after
	desks     map[string]*deskUser
	audiences map[string]*audience
	sessions  map[string]*session
	sockets   map[*socket]struct{}
}

type limits struct {
	loginName, loginAddress, loginAll, leads, sockets *auth.Limiter
}

// New returns a Server; Run starts it.
func New(opt Options) (*Server, error) {
	if opt.Store == nil || opt.Log == nil || opt.Metrics == nil {
		return nil, errors.New("signaling: Store, Log and Metrics are required")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Bus == nil {
		opt.Bus = NewBus()
	}
	for _, d := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{
		{&opt.LoginLife, 12 * time.Hour}, {&opt.CustomerGrace, 20 * time.Second},
		{&opt.AgentGrace, 10 * time.Second}, {&opt.AwayGrace, 5 * time.Second},
	} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
	}
	s := &Server{
		opt:       opt,
		relay:     relay.NewMetrics(opt.Metrics),
		metrics:   newMetrics(opt.Metrics),
		mux:       http.NewServeMux(),
		passwords: auth.NewPasswords(2),
		limits: limits{
			loginName:    auth.NewLimiter(20*time.Second, 5, 10_000),
			loginAddress: auth.NewLimiter(5*time.Second, 20, 10_000),
			loginAll:     auth.NewLimiter(100*time.Millisecond, 100, 1),
			leads:        auth.NewLimiter(5*time.Second, 20, 100_000),
			sockets:      auth.NewLimiter(50*time.Millisecond, 200, 100_000),
		},
		changes:   newChanges(),
		desks:     make(map[string]*deskUser),
		audiences: make(map[string]*audience),
		sessions:  make(map[string]*session),
		sockets:   make(map[*socket]struct{}),
	}
	s.openapi = s.registerAPI(s.mux)
	s.mux.HandleFunc("GET /ws", s.serveSocket)
	return s, nil
}

// OpenAPI describes the HTTP API, and beside it the socket's messages.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.openapi }

// Handler serves /api/ and /ws.
func (s *Server) Handler() http.Handler { return s.crossOrigin(s.mux) }

// Run keeps the desk until ctx ends: it offers requests, tells sockets what
// changed, and ends what was left. It returns when all its sockets and rooms
// are closed. It must be called once; sockets are refused before.
func (s *Server) Run(ctx context.Context) error {
	cancel := s.opt.Bus.Subscribe(s.changes.add)
	defer cancel()
	err := s.adopt(ctx)
	if err == nil {
		s.dispatch(ctx)
		err = ctx.Err()
	}
	s.shutdown()
	s.running.Wait()
	return err
}

// adopt takes up the leads that were open when the desk last stopped: each
// customer has the grace to come back.
func (s *Server) adopt(ctx context.Context) error {
	s.mu.Lock()
	s.ctx = ctx // before reading: a lead that comes meanwhile has its own grace
	s.mu.Unlock()
	leads, err := s.opt.Store.OpenLeads(ctx)
	for _, l := range leads {
		s.awaitCustomer(l.ID)
		s.changes.add(Event{Lead: l.ID})
	}
	return err
}

// shutdown closes what is live.
func (s *Server) shutdown() {
	s.mu.Lock()
	s.ctx = nil
	var sockets []*socket
	for sock := range s.sockets {
		sockets = append(sockets, sock)
	}
	sessions := make([]*session, 0, len(s.sessions))
	for _, live := range s.sessions {
		sessions = append(sessions, live)
	}
	for _, t := range s.audiences {
		t.stop()
	}
	for _, d := range s.desks {
		d.stop()
	}
	s.mu.Unlock()
	for _, sock := range sockets {
		sock.fail(Failure{Code: "shutdown", Message: "The server is restarting. You will be connected again in a moment."})
	}
	for _, live := range sessions {
		live.close()
	}
}

// AssetSources returns the CSP sources from which the picture of a session's
// page may load what it shows, as the site's settings say. The user must be the
// login's that r carries, and own the session.
func (s *Server) AssetSources(r *http.Request, sessionID string) ([]string, error) {
	u, err := s.userOfLogin(r.Context(), loginOf(r))
	if err != nil {
		return nil, err
	}
	record, err := s.opt.Store.Session(r.Context(), sessionID)
	if err != nil {
		return nil, err
	}
	if record.Agent != u.ID {
		return nil, errForbidden
	}
	site, err := s.opt.Store.Site(r.Context(), record.Site)
	if err != nil {
		return nil, err
	}
	return slices.Clone(site.AssetOrigins), nil
}
