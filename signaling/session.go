package signaling

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/relay"
	"github.com/beside-desk/beside/store"
)

// Bounds of a line of chat.
const (
	maxChatBody = 64 << 10 // bytes of JSON
	maxChatText = 4000     // characters
)

// epochAhead is how far, in seconds, an epoch may be ahead of the clock.
const epochAhead = 3600

// session is a co-browse that is live on this node.
type session struct {
	server *Server
	id     string
	lead   store.Lead
	site   store.Site
	room   *relay.Room
	cancel context.CancelFunc

	mu      sync.Mutex
	sources map[uint16]*presentSource
	gone    bool
	closed  bool
}

// presentSource is a source that is, or was, there.
type presentSource struct {
	store.Source
	name string
	// sock is the source's connection, nil while it is away.
	sock  *socket
	epoch uint32
	// closed is set when the source has been away for too long.
	closed bool
	grace
}

// openSession returns the active lead's session, opening its room if need be.
func (s *Server) openSession(ctx context.Context, l store.Lead) (*session, error) {
	s.opening.Lock()
	defer s.opening.Unlock()
	if live := s.sessionOf(l.Session); live != nil {
		return live, nil
	}
	record, err := s.opt.Store.Session(ctx, l.Session)
	if err != nil {
		return nil, err
	}
	if record.Ended != 0 {
		return nil, fmt.Errorf("session %s has ended: %w", l.Session, store.ErrState)
	}
	site, err := s.opt.Store.Site(ctx, l.Site)
	if err != nil {
		return nil, err
	}
	live := &session{server: s, id: l.Session, lead: l, site: site, sources: make(map[uint16]*presentSource)}
	for _, src := range record.Sources {
		live.sources[src.Number] = &presentSource{Source: src, name: s.sourceName(ctx, src, l), closed: true}
	}
	past, err := live.past(ctx)
	if err != nil {
		return nil, err
	}
	live.rememberEpochs(past)
	live.room, err = relay.New(relay.Options{
		Log: s.opt.Log.With("session", live.id), Metrics: s.relay, Now: s.opt.Now, Journal: live.journal, Past: past,
	})
	if err != nil {
		return nil, err
	}
	return live, s.start(live)
}

// rememberEpochs has the sources go on above the epochs of the chat that was
// kept, whatever the clock did since: lines below would pass for old ones.
func (live *session) rememberEpochs(past []media.Frame) {
	limit := uint32(live.server.opt.Now().Unix()) + epochAhead
	for _, f := range past {
		if p := live.sources[f.Source]; p != nil && f.Epoch <= limit {
			p.epoch = max(p.epoch, f.Epoch)
		}
	}
}

// start runs the session's room for as long as the server runs.
func (s *Server) start(live *session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		return relay.ErrClosed
	}
	ctx, cancel := context.WithCancel(s.ctx)
	live.cancel = cancel
	s.sessions[live.id] = live
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		_ = live.room.Run(ctx) // returns why ctx ended, which we know
	}()
	return nil
}

// sessionOf returns the live session with that ID, or nil.
func (s *Server) sessionOf(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// closeSession closes the live session with that ID, if there is one. One that
// is just being opened is closed when the socket that opens it leaves again.
func (s *Server) closeSession(id string) {
	s.mu.Lock()
	live := s.sessions[id]
	delete(s.sessions, id)
	s.mu.Unlock()
	if live != nil {
		live.close()
	}
}

// close ends the room. It may be called twice.
func (live *session) close() {
	live.cancel()
	live.mu.Lock()
	defer live.mu.Unlock()
	live.closed = true
	for _, src := range live.sources {
		src.stop()
	}
}

// enter puts sock in the place of its source, replacing an older connection,
// and returns the epoch to publish in.
func (live *session) enter(sock *socket, src store.Source, name string) (epoch uint32) {
	live.mu.Lock()
	p := live.sources[src.Number]
	if p == nil {
		p = &presentSource{Source: src}
		live.sources[src.Number] = p
	}
	p.stop()
	older := p.sock
	p.sock, p.name, p.closed = sock, name, false
	// A new epoch is the time in seconds, so that it rises over restarts too.
	now := uint32(live.server.opt.Now().Unix())
	if said := sock.hello.Epoch; said != 0 && said >= p.epoch && said <= now+epochAhead {
		p.epoch = said
	} else {
		p.epoch = max(p.epoch+1, now)
	}
	epoch = p.epoch
	live.mu.Unlock()
	if older != nil && older != sock {
		older.fail(Failure{Code: "replaced", Message: "This page was opened again.", Fatal: true})
	}
	return epoch
}

// leave notes that sock has closed.
func (live *session) leave(sock *socket, source uint16) {
	live.mu.Lock()
	p := live.sources[source]
	if p == nil || p.sock != sock {
		live.mu.Unlock()
		return
	}
	p.sock = nil
	if !live.closed {
		p.stop()
		p.timer = time.AfterFunc(live.server.opt.AwayGrace, func() {
			live.mu.Lock()
			p.closed = p.sock == nil
			live.mu.Unlock()
			live.tellPresence()
		})
	}
	live.mu.Unlock()
	live.tellPresence()
}

func (live *session) setCustomerGone(gone bool) {
	live.mu.Lock()
	changed := live.gone != gone
	live.gone = gone
	live.mu.Unlock()
	if changed {
		live.tellPresence()
	}
}

// tellPresence tells all who are there who is there.
func (live *session) tellPresence() {
	live.mu.Lock()
	defer live.mu.Unlock()
	p := live.presenceLocked()
	for _, src := range live.sources {
		if src.sock != nil {
			src.sock.send(p)
		}
	}
}

func (live *session) presenceLocked() Presence {
	p := Presence{Type: "presence", Sources: []SourcePresence{}, Direct: live.directLocked(), CustomerGone: live.gone}
	for _, src := range live.sources {
		state := "away"
		switch {
		case src.sock != nil:
			state = "online"
		case src.closed:
			state = "closed"
		}
		p.Sources = append(p.Sources, SourcePresence{Source: src.Number, Kind: src.Kind, Name: src.name, State: state})
	}
	slices.SortFunc(p.Sources, func(a, b SourcePresence) int { return int(a.Source) - int(b.Source) })
	return p
}

// directLocked reports whether tabs and console may connect directly: only when
// there is exactly one console, as more call for the room.
func (live *session) directLocked() bool {
	if live.server.opt.NoDirect {
		return false
	}
	consoles := 0
	for _, src := range live.sources {
		if src.Kind == store.SourceConsole && src.sock != nil {
			consoles++
		}
	}
	return consoles == 1
}

// route returns the socket that a signal from one source may go to, or nil.
func (live *session) route(from, to uint16, bye bool) *socket {
	live.mu.Lock()
	defer live.mu.Unlock()
	a, b := live.sources[from], live.sources[to]
	if a == nil || b == nil || a.Kind == b.Kind || !bye && !live.directLocked() {
		return nil
	}
	return b.sock
}

// journal keeps a line of chat before anybody gets it.
func (live *session) journal(ctx context.Context, m relay.Member, f media.Frame) error {
	body, err := f.Body(maxChatBody)
	if err != nil {
		return errors.Join(relay.ErrRefused, err)
	}
	var line struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(body, &line); err != nil {
		return errors.Join(relay.ErrRefused, err)
	}
	if strings.TrimSpace(line.Text) == "" || utf8.RuneCountInString(line.Text) > maxChatText || len(line.ID) > maxID {
		return fmt.Errorf("%w: a line of chat is empty or too long", relay.ErrRefused)
	}
	if live.site.NoTranscript {
		return nil
	}
	by := store.SideCustomer
	if m.Role == media.Agent {
		by = store.SideAgent
	}
	return live.server.opt.Store.AppendEntry(ctx, store.Entry{
		Session: live.id, Source: f.Source, Epoch: f.Epoch, Seq: f.Seq,
		At: store.At(live.server.opt.Now()), By: by, Text: line.Text, Frame: f.Append(nil),
	})
}

// past returns the chat that was kept before.
func (live *session) past(ctx context.Context) ([]media.Frame, error) {
	entries, err := live.server.opt.Store.Entries(ctx, live.id)
	if err != nil {
		return nil, err
	}
	var frames []media.Frame
	for _, e := range entries {
		f, err := media.ParseFrame(e.Frame)
		if err != nil {
			return nil, fmt.Errorf("transcript of session %s: %w", live.id, err)
		}
		frames = append(frames, f)
	}
	return frames, nil
}
