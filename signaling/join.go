package signaling

import (
	"context"
	"errors"
	"net/url"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/relay"
	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/signaling/desk"
	"github.com/beside-desk/beside/store"
)

// welcome authenticates a socket by its hello, answers, and makes it part of
// what it asked for. It returns how to leave.
func (s *Server) welcome(ctx context.Context, sock *socket) (leave func(), err error) {
	switch sock.hello.Role {
	case "customer":
		return s.welcomeCustomer(ctx, sock)
	case "desk":
		return s.welcomeDesk(ctx, sock)
	case "console":
		return s.welcomeConsole(ctx, sock)
	}
	return nil, wrongInput{"The hello's role is none of customer, desk and console."}
}

func (s *Server) welcomeCustomer(ctx context.Context, sock *socket) (func(), error) {
	if sock.hello.Token == "" || sock.hello.Window == "" {
		return nil, wrongInput{"A customer's hello needs a token and a window."}
	}
	l, err := s.opt.Store.LeadByToken(ctx, auth.HashToken(sock.hello.Token))
	if err != nil {
		return nil, err
	}
	if _, err := s.siteFor(ctx, l.Site, sock.origin); err != nil {
		return nil, err
	}
	sock.write(Welcome{Type: "welcome", V: Version, Build: s.opt.Build})
	return s.followLead(sock, l), nil
}

func (s *Server) welcomeConsole(ctx context.Context, sock *socket) (func(), error) {
	if err := s.authenticateUser(ctx, sock); err != nil {
		return nil, err
	}
	if sock.hello.Window == "" {
		return nil, wrongInput{"A console's hello needs a window."}
	}
	record, err := s.opt.Store.Session(ctx, sock.hello.Session)
	if err != nil {
		return nil, err
	}
	l, err := s.opt.Store.Lead(ctx, record.Lead)
	if err != nil {
		return nil, err
	}
	if !desk.MaySee(sock.user, l) || l.State == store.LeadActive && !desk.MayJoin(sock.user, l) {
		return nil, errForbidden
	}
	sock.write(Welcome{Type: "welcome", V: Version, Build: s.opt.Build})
	return s.followLead(sock, l), nil
}

// followLead has the socket told where the lead stands, and joined to its
// session when there is one.
func (s *Server) followLead(sock *socket, l store.Lead) (leave func()) {
	stop := s.enterAudience(l.ID, sock)
	return func() {
		stop()
		sock.mu.Lock()
		live, source := sock.live, sock.source
		sock.mu.Unlock()
		if live != nil {
			live.leave(sock, source)
		}
	}
}

func (s *Server) welcomeDesk(ctx context.Context, sock *socket) (func(), error) {
	if err := s.authenticateUser(ctx, sock); err != nil {
		return nil, err
	}
	// First open, then read: what changes from here on waits in the socket's
	// queue until the welcome is written.
	leave := s.openDesk(sock)
	state, err := s.deskState(ctx, sock.user)
	if err != nil {
		leave()
		return nil, err
	}
	sock.write(Welcome{Type: "welcome", V: Version, Build: s.opt.Build, Desk: &state})
	return leave, nil
}

// deskState returns what the user's desk shows.
func (s *Server) deskState(ctx context.Context, u store.User) (state DeskState, err error) {
	open, err := s.opt.Store.OpenLeads(ctx)
	if err != nil {
		return state, err
	}
	state = DeskState{Me: s.userView(u, open), Leads: []LeadView{}}
	for _, l := range open {
		if desk.MaySee(u, l) {
			state.Leads = append(state.Leads, s.leadView(ctx, l))
		}
	}
	return state, nil
}

// authenticateUser checks a desk's or console's login and that the page which
// opened the socket is this server's own.
func (s *Server) authenticateUser(ctx context.Context, sock *socket) error {
	if !sameHost(sock.origin, sock.host) {
		return errOrigin
	}
	u, err := s.userOfLogin(ctx, sock.login)
	if err != nil {
		return err
	}
	s.mu.Lock() // checkLogins reads it
	sock.user = u
	s.mu.Unlock()
	sock.log = sock.log.With("user", u.Login)
	// A login that ended since it was read was not yet known to be this socket's.
	_, err = s.userOfLogin(ctx, sock.login)
	return err
}

// sameHost reports whether an Origin header names the host; a missing one does
// not.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && u.Host == host
}

// setUpdate is called by the dispatcher; follow acts on the latest.
func (sock *socket) setUpdate(u leadUpdate) {
	sock.mu.Lock()
	sock.update = u
	sock.mu.Unlock()
	select {
	case sock.updated <- struct{}{}:
	default:
	}
}

// follow tells the browser where its lead stands and does what that calls for.
func (sock *socket) follow(ctx context.Context) error {
	sock.mu.Lock()
	u, joined := sock.update, sock.live != nil
	sock.mu.Unlock()
	sock.write(u.status) // before joined, which is written as well
	switch {
	case u.lead.State == store.LeadActive && !joined:
		return sock.join(ctx, u.lead)
	case !u.lead.State.Open():
		sock.fail(Failure{Code: "ended", Message: "This session is over.", Fatal: true})
	}
	return nil
}

// join makes the socket a carrier of the session's room.
func (sock *socket) join(ctx context.Context, l store.Lead) error {
	s := sock.server
	live, err := s.openSession(ctx, l)
	if err != nil {
		return err
	}
	src, role := sock.asSource()
	src, err = s.opt.Store.AddSource(ctx, live.id, src)
	if err != nil {
		return err
	}
	epoch := live.enter(sock, src, s.sourceName(ctx, src, l))
	sock.mu.Lock()
	sock.live, sock.source = live, src.Number
	sock.mu.Unlock()
	a, have, err := live.room.Attach(ctx, relay.Member{Source: src.Number, Role: role}, sock, marks(sock.hello.Positions))
	if errors.Is(err, relay.ErrClosed) {
		return nil // over already; the next update says so
	}
	if err != nil {
		return err
	}
	sock.attachment.Store(a)
	sock.write(Joined{
		Type: "joined", Session: live.id, Source: src.Number, Epoch: epoch, Have: positions(have),
		Agent: s.userName(ctx, l.Owner), Customer: customerName(l), Lead: l.ID, Color: live.site.Color, Started: l.Started,
		Policy: Policy{MaskSelector: live.site.MaskSelector, BlockSelector: live.site.BlockSelector},
		ICE:    append([]ICEServer{}, s.opt.ICE...),
	})
	live.tellPresence()
	sock.running.Add(1)
	go func() {
		defer sock.running.Done()
		_ = a.Run(ctx) // ends with the socket or the room, who both know
	}()
	return nil
}

// asSource is what the socket publishes as.
func (sock *socket) asSource() (store.Source, media.Role) {
	if sock.hello.Role == "console" {
		key := "console:" + sock.user.ID + ":" + sock.hello.Window
		return store.Source{Kind: store.SourceConsole, Key: key, User: sock.user.ID}, media.Agent
	}
	return store.Source{Kind: store.SourceTab, Key: "tab:" + sock.hello.Window}, media.Customer
}

// signal passes a step of a negotiation on, if it may.
func (s *Server) signal(sock *socket, m Signal) {
	sock.mu.Lock()
	live, source := sock.live, sock.source
	sock.mu.Unlock()
	if live == nil || !sock.signals.AllowN(s.opt.Now(), 1) {
		s.metrics.refused.WithLabelValues("signal").Inc()
		return
	}
	to := live.route(source, m.To, m.Kind == "bye")
	if to == nil {
		s.metrics.refused.WithLabelValues("signal").Inc()
		return
	}
	s.metrics.signals.Inc()
	to.send(Signal{Type: "signal", From: source, Attempt: m.Attempt, Kind: m.Kind, Body: m.Body})
}

func marks(ps []Position) []media.Mark {
	ms := make([]media.Mark, 0, len(ps))
	for _, p := range ps {
		ms = append(ms, media.Mark{
			Stream:   media.Stream{Source: p.Source, Channel: media.Channel(p.Channel)},
			Position: media.Position{Epoch: p.Epoch, Seq: p.Seq},
		})
	}
	return ms
}

func positions(ms []media.Mark) []Position {
	ps := make([]Position, 0, len(ms))
	for _, m := range ms {
		ps = append(ps, Position{Source: m.Source, Channel: uint8(m.Channel), Epoch: m.Epoch, Seq: m.Seq})
	}
	return ps
}
