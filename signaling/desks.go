package signaling

import "time"

// deskUser is a user whose desk is open, or was until just now. Guarded by
// Server.mu.
type deskUser struct {
	server  *Server
	id      string
	sockets map[*socket]struct{}
	// offline says that the user wants no leads.
	offline bool
	// The grace runs while no desk is open; until it ends the user counts as
	// there.
	grace
}

// openDesk adds a desk's socket and returns how to leave.
func (s *Server) openDesk(sock *socket) (leave func()) {
	s.mu.Lock()
	d := s.desks[sock.user.ID]
	if d == nil {
		d = &deskUser{server: s, id: sock.user.ID, sockets: make(map[*socket]struct{}), offline: sock.hello.Offline}
		s.desks[sock.user.ID] = d
	}
	d.stop()
	d.sockets[sock] = struct{}{}
	s.mu.Unlock()
	s.changes.add(Event{})
	return func() { d.leave(sock) }
}

func (d *deskUser) leave(sock *socket) {
	s := d.server
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(d.sockets, sock)
	if len(d.sockets) > 0 || s.ctx == nil {
		return
	}
	d.stop()
	d.timer = time.AfterFunc(s.opt.AgentGrace, func() {
		s.mu.Lock()
		if len(d.sockets) == 0 && s.desks[d.id] == d {
			delete(s.desks, d.id)
		}
		s.mu.Unlock()
		s.changes.add(Event{})
	})
}

// setAvailable says whether the user wants leads.
func (s *Server) setAvailable(user string, online bool) {
	s.mu.Lock()
	if d := s.desks[user]; d != nil {
		d.offline = !online
	}
	s.mu.Unlock()
	s.changes.add(Event{User: user})
}

// available returns the IDs of the users who want leads.
func (s *Server) available() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make(map[string]bool, len(s.desks))
	for id, d := range s.desks {
		if !d.offline {
			ids[id] = true
		}
	}
	return ids
}

// deskSockets returns the open desks' sockets.
func (s *Server) deskSockets() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*socket
	for _, d := range s.desks {
		for sock := range d.sockets {
			all = append(all, sock)
		}
	}
	return all
}
