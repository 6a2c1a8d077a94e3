package signaling

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/beside-desk/beside/signaling/desk"
	"github.com/beside-desk/beside/store"
)

// sweepEvery is how often expired logins are deleted and live ones checked.
const sweepEvery = time.Minute

// settleAgain is how long to wait before trying again what the store refused.
const settleAgain = time.Second

// dispatch carries out what changes call for, until ctx ends. It alone assigns
// leads and tells sockets where a lead stands, so that nobody gets two stories.
func (s *Server) dispatch(ctx context.Context) {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	var again <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.changes.wake:
			events := s.changes.take()
			if err := s.settle(ctx, events); err != nil && ctx.Err() == nil {
				s.opt.Log.Error("could not carry out a change; trying again", "err", err)
				s.changes.keep(events)
				again = time.After(settleAgain)
			}
		case <-again:
			s.changes.poke()
		case <-sweep.C:
			if _, err := s.opt.Store.DeleteExpiredLogins(ctx, store.At(s.opt.Now())); err != nil && ctx.Err() == nil {
				s.opt.Log.Error("could not delete expired logins", "err", err)
			}
			s.checkLogins(ctx, "")
		}
	}
}

// settle brings the desk into line with a set of changes. If it fails, it has
// added to them what it changed itself and told nobody.
func (s *Server) settle(ctx context.Context, events map[Event]struct{}) (err error) {
	changed := make(map[string]bool)
	defer func() {
		for id := range changed {
			if err != nil {
				events[Event{Lead: id}] = struct{}{}
			}
		}
	}()
	for e := range events {
		if e.Lead != "" {
			changed[e.Lead] = true
		}
		if e.User != "" {
			s.checkLogins(ctx, e.User)
		}
	}
	for id := range changed {
		if err := s.closeIfLeft(ctx, id); err != nil {
			return err
		}
	}
	open, err := s.assign(ctx, changed)
	if err != nil {
		return err
	}
	for id := range changed {
		if err := s.announce(ctx, id, open); err != nil {
			return err
		}
	}
	s.tellQueue(ctx, open, changed)
	s.tellDesks(ctx, open)
	return nil
}

// closeIfLeft ends what the customer has left for longer than the grace.
func (s *Server) closeIfLeft(ctx context.Context, id string) error {
	if _, gone := s.customerOnline(id); !gone {
		return nil
	}
	l, err := s.opt.Store.Lead(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !l.State.Open() {
		return nil
	}
	if err != nil {
		return err
	}
	now := store.At(s.opt.Now())
	if l.State != store.LeadActive {
		_, err = s.opt.Store.CloseLead(ctx, id, store.LeadMissed, now)
	} else if site, e := s.opt.Store.Site(ctx, l.Site); e != nil || !site.KeepWaiting {
		_, err = s.opt.Store.EndSession(ctx, id, store.End{At: now, By: store.SideSystem})
	}
	if errors.Is(err, store.ErrState) {
		return nil // it moved on meanwhile, and another event says so
	}
	return err
}

// assign offers what waits to who is there, adds what it changed to changed,
// and returns the open leads as they now are, oldest first.
func (s *Server) assign(ctx context.Context, changed map[string]bool) ([]store.Lead, error) {
	open, err := s.opt.Store.OpenLeads(ctx)
	if err != nil {
		return nil, err
	}
	var agents []desk.Agent
	for id := range s.available() {
		u, err := s.opt.Store.User(ctx, id)
		if err != nil || u.Disabled {
			continue
		}
		agents = append(agents, desk.Agent{ID: u.ID, LastAssigned: u.LastAssigned})
	}
	now := store.At(s.opt.Now())
	turn := desk.NextTurn(agents, now)
	for _, a := range desk.Plan(open, agents) {
		l, err := s.opt.Store.AssignLead(ctx, a.Lead, a.User, now)
		if errors.Is(err, store.ErrState) {
			continue
		}
		if err != nil {
			return nil, err
		}
		changed[l.ID] = true
		if a.User != "" {
			if err := s.opt.Store.TouchAssigned(ctx, a.User, turn); err != nil {
				return nil, err
			}
			turn++
		}
		i := slices.IndexFunc(open, func(o store.Lead) bool { return o.ID == l.ID })
		open[i] = l
	}
	return open, nil
}

// announce tells who follows the lead, and the desks, where it stands.
func (s *Server) announce(ctx context.Context, id string, open []store.Lead) error {
	l, err := s.opt.Store.Lead(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s.tell(ctx, l, open)
	view := s.leadView(ctx, l)
	for _, sock := range s.deskSockets() {
		if desk.MaySee(sock.user, l) {
			sock.send(DeskLead{Type: "deskLead", Lead: view})
		} else {
			sock.send(DeskLead{Type: "deskLead", Lead: LeadView{ID: l.ID, State: l.State}, Gone: true})
		}
	}
	if !l.State.Open() {
		s.closeSession(l.Session)
		s.forget(l.ID)
		return nil
	}
	if live := s.sessionOf(l.Session); live != nil {
		_, gone := s.customerOnline(l.ID)
		live.setCustomerGone(gone)
	}
	return nil
}

// tell updates who follows the lead.
func (s *Server) tell(ctx context.Context, l store.Lead, open []store.Lead) {
	update := leadUpdate{lead: l, status: LeadStatus{
		Type: "lead", State: l.State, EndedBy: l.EndedBy,
		Place: desk.Place(open, l.ID), AgentsOnline: len(s.available()),
	}}
	if l.Owner != "" {
		update.status.Agent = s.userName(ctx, l.Owner)
	}
	for _, sock := range s.followers(l.ID) {
		sock.setUpdate(update)
	}
}

// tellQueue updates those who wait, as every change may move their places.
func (s *Server) tellQueue(ctx context.Context, open []store.Lead, told map[string]bool) {
	for _, l := range open {
		if l.State != store.LeadActive && !told[l.ID] {
			s.tell(ctx, l, open)
		}
	}
}

// tellDesks updates each desk about its own user.
func (s *Server) tellDesks(ctx context.Context, open []store.Lead) {
	for _, sock := range s.deskSockets() {
		sock.send(DeskMe{Type: "deskMe", Me: s.userView(sock.user, open)})
	}
}

// checkLogins closes the desks and consoles whose login is over; user narrows
// it to one user.
func (s *Server) checkLogins(ctx context.Context, user string) {
	s.mu.Lock()
	var socks []*socket
	for sock := range s.sockets {
		if sock.user.ID != "" && (user == "" || sock.user.ID == user) {
			socks = append(socks, sock)
		}
	}
	s.mu.Unlock()
	for _, sock := range socks {
		if _, err := s.userOfLogin(ctx, sock.login); errors.Is(err, errUnauthorized) {
			sock.fail(failure(sock.log, err))
		}
	}
}
