package signaling

import "time"

// audience is who follows one lead over a socket: the customer's tabs, and
// the consoles of those who serve it. Guarded by Server.mu.
type audience struct {
	server   *Server
	lead     string
	tabs     map[*socket]struct{}
	consoles map[*socket]struct{}
	// The grace runs while no tab is open; gone is set when it has run out.
	grace
	gone bool
}

// audienceOf returns the lead's audience, which it adds if need be. The caller
// holds mu.
func (s *Server) audienceOf(lead string) *audience {
	t := s.audiences[lead]
	if t == nil {
		t = &audience{server: s, lead: lead, tabs: make(map[*socket]struct{}), consoles: make(map[*socket]struct{})}
		s.audiences[lead] = t
	}
	return t
}

// enterAudience adds a socket to those who follow the lead, tells the
// dispatcher, and returns how to leave.
func (s *Server) enterAudience(lead string, sock *socket) (leave func()) {
	s.mu.Lock()
	t := s.audienceOf(lead)
	set := t.tabs
	if sock.hello.Role == "console" {
		set = t.consoles
	} else {
		t.stop()
		t.gone = false
	}
	set[sock] = struct{}{}
	s.mu.Unlock()
	s.changes.add(Event{Lead: lead})
	return func() {
		s.mu.Lock()
		delete(set, sock)
		if sock.hello.Role == "customer" {
			t.await()
		}
		s.mu.Unlock()
		s.changes.add(Event{Lead: lead}) // also for the last to leave one that is over, to be forgotten
	}
}

// awaitCustomer gives the lead's customer the grace to open a tab.
func (s *Server) awaitCustomer(lead string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.audienceOf(lead).await()
}

// await starts the grace, if no tab is open. The caller holds mu.
func (t *audience) await() {
	s := t.server
	if len(t.tabs) > 0 || s.ctx == nil || t.gone {
		return
	}
	t.stop()
	var timer *time.Timer
	timer = time.AfterFunc(s.opt.CustomerGrace, func() {
		s.mu.Lock()
		if t.timer == timer { // else a tab came, or went, meanwhile
			t.gone = true
		}
		s.mu.Unlock()
		s.changes.add(Event{Lead: t.lead})
	})
	t.timer = timer
}

// customerOnline reports whether the lead's customer has a tab open, and
// whether the grace for coming back is over.
func (s *Server) customerOnline(lead string) (online, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.audiences[lead]
	if t == nil {
		return false, false
	}
	return len(t.tabs) > 0, t.gone
}

// followers returns the sockets that follow the lead.
func (s *Server) followers(lead string) []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.audiences[lead]
	if t == nil {
		return nil
	}
	all := make([]*socket, 0, len(t.tabs)+len(t.consoles))
	for sock := range t.tabs {
		all = append(all, sock)
	}
	for sock := range t.consoles {
		all = append(all, sock)
	}
	return all
}

// forget drops what is kept of a lead that is over.
func (s *Server) forget(lead string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.audiences[lead]; t != nil {
		t.stop()
		if len(t.tabs)+len(t.consoles) == 0 {
			delete(s.audiences, lead)
		}
	}
}
