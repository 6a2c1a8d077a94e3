package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/beside-desk/beside/media"
)

// packetBudget is how many bytes of parts one packet carries; what is more
// urgent than the rest of a snapshot waits for no more than this.
const packetBudget = 48_000

// Attachment is one carrier of one member, attached to a room.
type Attachment struct {
	Member
	room      *Room
	carrier   Carrier
	assembler media.Assembler
	ready     chan media.Packet
	gone      chan struct{} // closed when the attachment has left

	// owned by the room's goroutine
	cursors map[media.Stream]*cursor
	order   []*cursor
	asks    []media.Mark
	hungry  bool
}

// Attach joins a carrier to the room. The member stands at the marks; streams
// without one start as their class says. Have is how far the room has the
// member's own streams, from where it should go on.
func (r *Room) Attach(ctx context.Context, m Member, c Carrier, at []media.Mark) (a *Attachment, have []media.Mark, err error) {
	a = &Attachment{
		Member: m, room: r, carrier: c,
		ready: make(chan media.Packet, 1), gone: make(chan struct{}), cursors: make(map[media.Stream]*cursor),
	}
	a.assembler.Limit = a.limit
	positions := make(map[media.Stream]media.Position, len(at))
	for _, m := range at {
		positions[m.Stream] = m.Position
	}
	joined := make(chan struct{})
	err = r.do(ctx, func() {
		r.members[a] = struct{}{}
		r.opt.Metrics.links.Inc()
		for _, s := range r.streams {
			if s.Source == m.Source {
				have = append(have, media.Mark{Stream: s.Stream, Position: s.head})
			}
			if a.subscribe(s, positions[s.Stream]) {
				r.askKeyframe(s)
			}
		}
		close(joined)
	})
	if err != nil {
		return nil, nil, err
	}
	select {
	case <-joined:
		return a, have, nil
	case <-r.done:
		return nil, nil, ErrClosed
	}
}

// subscribe gives the attachment a cursor in s if its role may receive it, and
// reports whether it needs a keyframe. A log goes to its publisher too: the
// echo says that a line is kept, and tells a reloaded page its own past.
func (a *Attachment) subscribe(s *stream, at media.Position) (wantKeyframe bool) {
	if s.To&a.Role == 0 || s.Source == a.Source && s.Class != media.Log {
		return false
	}
	c := newCursor(s)
	wantKeyframe = c.seek(at)
	a.cursors[s.Stream] = c
	i, _ := slices.BinarySearchFunc(a.order, c, before)
	a.order = slices.Insert(a.order, i, c)
	return wantKeyframe
}

// gather collects the attachment's next packet, if there is anything to send.
func (a *Attachment) gather() (p media.Packet, ok bool) {
	p.Resume, a.asks = a.asks, nil
	ok = len(p.Resume) > 0
	left := packetBudget
	for rest := a.order; len(rest) > 0; {
		equals := equallyUrgent(rest)
		rest = rest[len(equals):]
		for c := oldest(equals); left > 0 && c != nil; c = oldest(equals) {
			part := c.part()
			p.Parts = append(p.Parts, part)
			left -= part.Size()
			ok = true
		}
	}
	return p, ok
}

// equallyUrgent returns those of the cursors at the front that share a priority.
func equallyUrgent(order []*cursor) []*cursor {
	n := slices.IndexFunc(order, func(c *cursor) bool { return c.stream.Priority != order[0].stream.Priority })
	if n < 0 {
		return order
	}
	return order[:n]
}

// oldest returns the cursor whose next frame came to the room before the
// others', or nil when nothing is pending: so that a newcomer reads a chat in
// the order in which it was written.
func oldest(cursors []*cursor) (first *cursor) {
	for _, c := range cursors {
		if c.pending() && (first == nil || c.serial() < first.serial()) {
			first = c
		}
	}
	return first
}

// Run writes to the carrier what the room has for it, until ctx ends, the room
// closes, the carrier fails or is too slow; then the attachment is gone.
func (a *Attachment) Run(ctx context.Context) error {
	defer func() {
		_ = a.room.do(context.WithoutCancel(ctx), func() { a.room.leave(a) })
	}()
	var buf []byte
	for {
		p, err := a.pull(ctx)
		if err != nil {
			return err
		}
		buf = p.Append(buf[:0])
		if err := a.carrier.WritePacket(buf); err != nil {
			return fmt.Errorf("relay: %w", err)
		}
	}
}

// pull waits for the next packet.
func (a *Attachment) pull(ctx context.Context) (media.Packet, error) {
	err := a.room.do(ctx, func() {
		_, a.hungry = a.room.members[a]
		a.room.serve(a)
	})
	if err != nil {
		return media.Packet{}, err
	}
	select {
	case p := <-a.ready:
		return p, nil
	case <-a.gone:
		return media.Packet{}, ErrSlow
	case <-a.room.done:
		return media.Packet{}, ErrClosed
	case <-ctx.Done():
		return media.Packet{}, ctx.Err()
	}
}

// Receive takes a packet that the carrier has brought. It is for the carrier's
// one reader. An error means that the sender does not keep to the protocol or
// that the journal failed, and that the carrier should be closed.
func (a *Attachment) Receive(ctx context.Context, p media.Packet) error {
	var frames []media.Frame
	for _, part := range p.Parts {
		f, ok, err := a.assemble(part)
		if err != nil {
			a.room.opt.Metrics.drop(dropMalformed)
			return err
		}
		if !ok {
			continue
		}
		if keep, err := a.journal(ctx, f); err != nil {
			return err
		} else if keep {
			frames = append(frames, f)
		}
	}
	if len(frames) == 0 && len(p.Resume) == 0 {
		return nil
	}
	return a.room.do(ctx, func() {
		if len(p.Resume) > 0 {
			a.room.resume(a, p.Resume)
		}
		a.room.publish(frames)
	})
}

// assemble returns the frame that the part completes, if the member may
// publish it.
func (a *Attachment) assemble(p media.Part) (f media.Frame, ok bool, err error) {
	if why := a.mayPublish(p.Stream); why != dropNone {
		if p.Index+1 == p.Count {
			a.room.opt.Metrics.drop(why)
		}
		return f, false, nil
	}
	b, err := a.assembler.Add(p)
	if err != nil || b == nil {
		return f, false, err
	}
	f, err = media.ParseFrame(b)
	if err != nil {
		return f, false, err
	}
	if f.Stream != p.Stream {
		return f, false, fmt.Errorf("%w frame: its stream is not its parts'", media.ErrMalformed)
	}
	return f, true, nil
}

func (a *Attachment) mayPublish(s media.Stream) dropReason {
	props, known := s.Channel.Properties()
	switch {
	case !known:
		return dropUnknown
	case s.Source != a.Source:
		return dropForeign
	case props.From&a.Role == 0:
		return dropForbidden
	}
	return dropNone
}

func (a *Attachment) limit(s media.Stream) int {
	p, _ := s.Channel.Properties()
	return p.MaxFrame
}

// journal makes a log's frame durable and reports whether to go on with it.
func (a *Attachment) journal(ctx context.Context, f media.Frame) (keep bool, err error) {
	if p, _ := f.Channel.Properties(); a.room.opt.Journal == nil || p.Class != media.Log {
		return true, nil
	}
	err = a.room.opt.Journal(ctx, a.Member, f)
	if errors.Is(err, ErrRefused) {
		a.room.opt.Metrics.drop(dropRefused)
		a.room.opt.Log.DebugContext(ctx, "frame refused", "source", a.Source, "err", err)
		return false, nil
	}
	return err == nil, err
}
