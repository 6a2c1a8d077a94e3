// Package relay forwards frames between the participants of a session. A Room
// keeps of each stream what its class calls for, and serves every subscriber
// from where that subscriber stands.
//
// Subscribers pull: whoever has finished writing a packet asks for the next,
// and gets all that has come up since, the urgent first. So small frames
// coalesce while a write is in flight, no queue grows towards a slow
// subscriber, and one that stalls holds up nobody else.
package relay

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/beside-desk/beside/media"
)

// Bounds of a room.
const (
	// commandQueue is how many packets may wait for the room's goroutine before
	// their carriers' readers are held up.
	commandQueue = 256
	// askAgain is the least time between two requests for the same keyframe.
	askAgain = 500 * time.Millisecond
	// tick is how often a room looks for what has faded or is still wanted.
	tick = 250 * time.Millisecond
	// maxStreams bounds the streams of a room.
	maxStreams = 2048
	// maxBacklog is how many bytes of a log a subscriber may be behind.
	maxBacklog = 1 << 20
)

var (
	// ErrClosed says that the room has closed.
	ErrClosed = errors.New("relay: room is closed")
	// ErrSlow says that a subscriber fell too far behind in a log.
	ErrSlow = errors.New("relay: subscriber is too slow")
	// ErrRefused is what a Journal returns for a frame that breaks the rules of
	// its channel; the frame is dropped and counted.
	ErrRefused = errors.New("relay: frame refused")
)

// Carrier moves packets to one participant.
type Carrier interface {
	// WritePacket sends one packet, and returns when the next may be sent. The
	// bytes are the caller's again when it returns.
	WritePacket(packet []byte) error
	// Close ends the carrier because of err. It does not wait.
	Close(err error)
}

// Member is who is at the other end of a carrier.
type Member struct {
	// Source is the member's number in the session, from 1.
	Source uint16
	Role   media.Role
}

// Options of a room.
type Options struct {
	Log     *slog.Logger
	Metrics *Metrics
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Journal, if not nil, makes a frame of class Log durable before anybody
	// gets it. The same frame may come more than once. It may return an error
	// that wraps ErrRefused; any other closes the publisher's carrier.
	Journal func(context.Context, Member, media.Frame) error
	// Past are the frames of class Log that were journaled before.
	Past []media.Frame
}

// Room is where a session's participants meet. One goroutine, Run's, owns what
// it knows.
type Room struct {
	opt      Options
	commands chan func()
	done     chan struct{}

	// owned by Run
	streams map[media.Stream]*stream
	members map[*Attachment]struct{}
	serial  uint64
}

// New returns a room; Run starts it.
func New(opt Options) (*Room, error) {
	if opt.Log == nil || opt.Metrics == nil {
		return nil, errors.New("relay: Log and Metrics are required")
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	r := &Room{
		opt:      opt,
		commands: make(chan func(), commandQueue),
		done:     make(chan struct{}),
		streams:  make(map[media.Stream]*stream),
		members:  make(map[*Attachment]struct{}),
	}
	for _, f := range opt.Past {
		r.add(f)
	}
	return r, nil
}

// Run serves the room until ctx ends; then it closes all carriers with
// ErrClosed. It must be called once.
func (r *Room) Run(ctx context.Context) error {
	r.opt.Metrics.rooms.Inc()
	defer r.opt.Metrics.rooms.Dec()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	defer close(r.done)
	for {
		select {
		case <-ctx.Done():
			for a := range r.members {
				a.carrier.Close(ErrClosed)
				r.opt.Metrics.links.Dec()
			}
			return ctx.Err()
		case command := <-r.commands:
			command()
		case <-ticker.C:
			r.tick(r.opt.Now())
		}
	}
}

// do has Run call f. It gives up with ErrClosed when the room closes.
func (r *Room) do(ctx context.Context, f func()) error {
	select {
	case <-r.done:
		return ErrClosed // though the queue may have room
	default:
	}
	select {
	case r.commands <- f:
		return nil
	case <-r.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stream returns the stream, making it at its first use; nil if there are too
// many.
func (r *Room) stream(name media.Stream) *stream {
	s := r.streams[name]
	if s == nil && len(r.streams) < maxStreams {
		s = newStream(name)
		r.streams[name] = s
		for a := range r.members {
			a.subscribe(s, media.Position{})
		}
	}
	return s
}

// add puts a frame into its stream.
func (r *Room) add(f media.Frame) (*stream, bool) {
	s := r.stream(f.Stream)
	if s == nil {
		r.opt.Metrics.drop(dropFull)
		return nil, false
	}
	r.serial++
	why := s.add(entry{
		Position: f.Position,
		keyframe: f.Flags&media.Keyframe != 0,
		at:       r.opt.Now(),
		serial:   r.serial,
		bytes:    f.Append(make([]byte, 0, media.FrameHeader+len(f.Payload))),
	})
	if why != dropNone {
		r.opt.Metrics.drop(why)
		return s, false
	}
	r.opt.Metrics.frame(f.Channel)
	return s, true
}

// publish forwards the frames of one packet.
func (r *Room) publish(frames []media.Frame) {
	for _, f := range frames {
		s, ok := r.add(f)
		if !ok {
			continue
		}
		switch {
		case s.Class == media.Log:
			r.disconnectSlow(s)
		case s.Class == media.Keyed && s.size > wishKeyframe:
			r.askKeyframe(s)
		}
	}
	for a := range r.members {
		r.serve(a)
	}
}

// disconnectSlow closes the carriers that are too far behind in a log: nothing
// in it may be dropped, and they can resume.
func (r *Room) disconnectSlow(s *stream) {
	for a := range r.members {
		if c := a.cursors[s.Stream]; c != nil && c.backlog() > maxBacklog {
			r.opt.Metrics.drop(dropSlow)
			r.leave(a)
			a.carrier.Close(ErrSlow)
		}
	}
}

// serve hands a hungry attachment its next packet, if there is one.
func (r *Room) serve(a *Attachment) {
	if !a.hungry {
		return
	}
	if p, ok := a.gather(); ok {
		a.hungry = false
		a.ready <- p // never blocks: only the hungry are served, once
	}
}

// resume moves a subscriber to where it says it stands.
func (r *Room) resume(a *Attachment, marks []media.Mark) {
	for _, m := range marks {
		if c := a.cursors[m.Stream]; c != nil && c.seek(m.Position) {
			r.askKeyframe(c.stream)
		}
	}
	r.serve(a)
}

// askKeyframe asks the stream's publisher for a keyframe, unless it was asked
// just now; tick asks again for as long as somebody waits.
func (r *Room) askKeyframe(s *stream) {
	now := r.opt.Now()
	if now.Sub(s.asked) < askAgain {
		return
	}
	for a := range r.members {
		if a.Source == s.Source {
			s.asked = now
			r.opt.Metrics.keyframes.Inc()
			if ask := (media.Mark{Stream: s.Stream}); !slices.Contains(a.asks, ask) {
				a.asks = append(a.asks, ask)
			}
			r.serve(a)
		}
	}
}

func (r *Room) tick(now time.Time) {
	for _, s := range r.streams {
		s.expire(now)
	}
	for a := range r.members {
		for _, c := range a.cursors {
			if c.waiting && !c.pending() {
				r.askKeyframe(c.stream)
			}
		}
	}
}

func (r *Room) leave(a *Attachment) {
	if _, ok := r.members[a]; ok {
		delete(r.members, a)
		a.hungry = false
		close(a.gone)
		r.opt.Metrics.links.Dec()
	}
}

// before orders an attachment's cursors, the urgent first.
func before(a, b *cursor) int {
	return cmp.Or(
		cmp.Compare(a.stream.Priority, b.stream.Priority),
		cmp.Compare(a.stream.Source, b.stream.Source),
	)
}
