package relay

import (
	"sort"
	"time"

	"github.com/beside-desk/beside/media"
)

// Bounds on what a room keeps of one stream, in bytes.
const (
	// wishKeyframe is how much may follow a keyframe before the room asks for
	// a new one, so that joining stays cheap.
	wishKeyframe = 4 << 20
	// maxKeyed is how much may follow before the room forgets it all.
	maxKeyed = 24 << 20
	// maxLog bounds a log; further frames are refused.
	maxLog = 8 << 20
	// maxFading bounds how many frames of class Fading are kept.
	maxFading = 512
)

// entry is a frame as it is kept and sent on: encoded, never changed.
type entry struct {
	media.Position
	keyframe bool
	at       time.Time
	// serial counts the room's frames, so that streams can be told in the order
	// in which they came.
	serial uint64
	bytes  []byte
}

// stream keeps the frames from which any subscriber can be served, whatever its
// position: joining, resuming, falling behind and changing path all come down
// to seek. How much is kept depends on the channel's class.
//
// Entries are addressed by an index that never comes back, so that a cursor
// stays true when entries before it are dropped.
type stream struct {
	media.Stream
	media.Properties
	entries []entry
	first   uint64
	size    int
	head    media.Position
	asked   time.Time
}

func newStream(s media.Stream) *stream {
	p, _ := s.Channel.Properties()
	return &stream{Stream: s, Properties: p}
}

// end is the index that the next entry will have.
func (s *stream) end() uint64 { return s.first + uint64(len(s.entries)) }

// showable reports whether the stream can be shown from its first entry.
func (s *stream) showable() bool {
	return s.Class != media.Keyed || len(s.entries) > 0 && s.entries[0].keyframe
}

// add appends a frame, or returns why not.
func (s *stream) add(e entry) dropReason {
	if !s.head.Before(e.Position) {
		return dropDuplicate
	}
	switch s.Class {
	case media.Keyed:
		// A delta that follows nothing we have may still follow what a
		// subscriber got on another path: it is kept, without what came before.
		if e.keyframe || !s.head.Next(e.Position) || s.size > maxKeyed {
			s.forget(len(s.entries))
		}
	case media.Latest:
		s.forget(len(s.entries))
	case media.Fading:
		s.expire(e.at)
		if len(s.entries) >= maxFading {
			s.forget(1)
		}
	case media.Log:
		if s.size+len(e.bytes) > maxLog {
			return dropFull
		}
	}
	s.head = e.Position
	s.entries = append(s.entries, e)
	s.size += len(e.bytes)
	return dropNone
}

// forget drops the first n entries.
func (s *stream) forget(n int) {
	for i := range s.entries[:n] {
		s.size -= len(s.entries[i].bytes)
		s.entries[i] = entry{}
	}
	s.entries = s.entries[n:]
	s.first += uint64(n)
	if len(s.entries) == 0 {
		s.entries = nil
	}
}

// expire drops what has faded.
func (s *stream) expire(now time.Time) {
	if s.Class != media.Fading {
		return
	}
	n := sort.Search(len(s.entries), func(i int) bool {
		return now.Sub(s.entries[i].at) < media.FadingLife*time.Millisecond
	})
	s.forget(n)
}

// cursor is where one subscriber stands in a stream.
type cursor struct {
	stream *stream
	next   uint64
	// start is where the stream ended when the subscriber came to it: what is
	// older does not count as its backlog.
	start uint64
	// waiting says that only a keyframe will do, and none before next.
	waiting bool
	// sending is a frame of which offset bytes are sent already.
	sending *entry
	offset  int
}

func newCursor(s *stream) *cursor { return &cursor{stream: s, start: s.end()} }

// seek moves the cursor to what follows p: if that is kept, there; else to the
// keyframe, unless the subscriber has been sent it already; else it waits for
// one, and seek reports that one is wanted. The zero Position asks for the
// keyframe. Subscribers ask again while an answer is on its way, so what is
// being sent goes on if it is what they want.
func (c *cursor) seek(p media.Position) (wantKeyframe bool) {
	if c.answers(p) {
		return false
	}
	s := c.stream
	i := sort.Search(len(s.entries), func(i int) bool { return p.Before(s.entries[i].Position) })
	unsent := c.next <= s.first
	c.next, c.sending, c.waiting = s.first+uint64(i), nil, false
	if s.Class != media.Keyed {
		return false
	}
	known := p != media.Position{}
	switch {
	case known && i == len(s.entries) && !p.Before(s.head): // has everything
	case known && i < len(s.entries) && (p.Next(s.entries[i].Position) || s.entries[i].keyframe): // goes on
	case s.showable() && unsent:
		c.next = s.first
	default:
		c.next, c.waiting = s.end(), true
	}
	return c.waiting
}

// answers reports whether the frame that is being sent is what who stands at p
// needs next.
func (c *cursor) answers(p media.Position) bool {
	e := c.sending
	return e != nil && p.Before(e.Position) && (e.keyframe || p.Next(e.Position))
}

// pending reports whether there is something to send.
func (c *cursor) pending() bool {
	if c.sending != nil {
		return true
	}
	if c.waiting && c.next <= c.stream.first && c.stream.showable() {
		c.waiting = false
	}
	c.next = max(c.next, c.stream.first)
	return !c.waiting && c.next < c.stream.end()
}

// backlog is how many bytes the subscriber has yet to get of what came since it
// did.
func (c *cursor) backlog() (n int) {
	for i := max(c.next, c.start, c.stream.first); i < c.stream.end(); i++ {
		n += len(c.stream.entries[i-c.stream.first].bytes)
	}
	return n
}

// serial is that of the frame to be sent next. There must be one pending.
func (c *cursor) serial() uint64 {
	if c.sending != nil {
		return c.sending.serial
	}
	return c.stream.entries[c.next-c.stream.first].serial
}

// part returns the next part to send. There must be one pending.
func (c *cursor) part() media.Part {
	if c.sending == nil {
		e := c.stream.entries[c.next-c.stream.first]
		c.sending, c.offset = &e, 0
		c.next++
	}
	p := media.PartOf(c.stream.Stream, c.sending.bytes, c.offset)
	c.offset += len(p.Bytes)
	if c.offset == len(c.sending.bytes) {
		c.sending = nil
	}
	return p
}
