package relay

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/beside-desk/beside/media"
)

// Whatever subscribers do, what they accept of each stream is in order and
// without repetition, what is keyed can be shown, and logs are whole.
func TestSubscribersProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newStage(t)
		w := newWorld(t, s)
		t.Repeat(map[string]func(*rapid.T){
			"":          w.check,
			"dom":       w.publishDOM,
			"gap":       w.goDirect,
			"pointer":   func(*rapid.T) { w.publish(1, media.Pointer, 0, 10) },
			"marker":    func(*rapid.T) { w.publish(2, media.Marker, 0, 100) },
			"line":      func(t *rapid.T) { w.publish(rapid.Uint16Range(1, 2).Draw(t, "by"), media.Chat, 0, 50) },
			"flood":     w.flood,
			"time":      func(t *rapid.T) { s.pass(time.Duration(rapid.IntRange(1, 8).Draw(t, "ticks")) * tick) },
			"stall":     w.stall,
			"release":   w.release,
			"leave":     w.leave,
			"join":      w.join,
			"lose":      w.lose,
			"settle":    w.settle,
			"answer":    w.answer,
			"publisher": w.rejoinPublisher,
		})
		w.finish()
	})
}

// world is two publishers and three agents who watch them.
type world struct {
	*stage
	publishers map[uint16]*link
	// seq counts each stream's frames.
	seq      map[media.Stream]uint32
	watchers []*watcher
	floods   int
}

// watcher is a subscriber that comes and goes, and remembers where it stands.
type watcher struct {
	source  uint16
	link    *link // nil while it is away
	stalled bool
	stands  map[media.Stream]media.Position
	lost    map[media.Stream]bool
	chat    map[media.Stream]int
}

func newWorld(t *rapid.T, s *stage) *world {
	w := &world{stage: s, publishers: map[uint16]*link{}, seq: map[media.Stream]uint32{}}
	w.publishers[1], w.publishers[2] = s.customer(), s.agent()
	for source := uint16(3); source < 6; source++ {
		w.watchers = append(w.watchers, &watcher{
			source: source, stands: map[media.Stream]media.Position{}, lost: map[media.Stream]bool{}, chat: map[media.Stream]int{},
		})
	}
	return w
}

func (w *world) publish(source uint16, c media.Channel, flags media.Flags, size int) {
	s := media.Stream{Source: source, Channel: c}
	w.seq[s]++
	f := frame(source, c, w.seq[s], size)
	f.Flags = flags
	w.publishers[source].publish(f)
}

func (w *world) publishDOM(t *rapid.T) {
	size := rapid.SampledFrom([]int{10, 10, 10, 1000, 3 * media.PartSize}).Draw(t, "size")
	flags := media.Flags(0)
	if rapid.IntRange(0, 5).Draw(t, "keyframe") == 0 {
		flags, size = media.Keyframe, 5*size
	}
	w.publish(1, media.DOM, flags, size)
}

// goDirect has some frames not come to the room at all.
func (w *world) goDirect(t *rapid.T) {
	w.seq[media.Stream{Source: 1, Channel: media.DOM}] += rapid.Uint32Range(1, 3).Draw(t, "frames")
	w.publish(1, media.DOM, 0, 10)
}

// flood writes as much chat as a subscriber may be behind.
func (w *world) flood(t *rapid.T) {
	if w.floods++; w.floods > 2 {
		t.Skip("the log would be full")
	}
	for i := range maxBacklog/30_000 + 2 {
		w.publish(1, media.Chat, 0, 30_000)
		if i%10 == 0 {
			w.keepUp()
		}
	}
}

// keepUp lets all who are not stalled get what there is.
func (w *world) keepUp() {
	for _, l := range w.publishers {
		l.settle()
	}
	for _, x := range w.watchers {
		if x.link != nil && !x.stalled {
			x.link.settle()
		}
	}
}

// answer has the publisher do what the room has asked it for.
func (w *world) answer(*rapid.T) {
	if len(w.publishers[1].wants()) > 0 {
		w.publish(1, media.DOM, media.Keyframe, 2*media.PartSize)
	}
}

func (w *world) rejoinPublisher(t *rapid.T) {
	w.publishers[1].leave()
	w.publishers[1] = w.customer()
	for _, m := range w.publishers[1].have {
		if m.Source != 1 || m.Seq > w.seq[m.Stream] {
			t.Fatalf("the room claims to have %v", m)
		}
	}
}

func (w *world) one(t *rapid.T) *watcher { return rapid.SampledFrom(w.watchers).Draw(t, "watcher") }

func (w *world) join(t *rapid.T) {
	x := w.one(t)
	if x.link != nil {
		t.Skip("it is there already")
	}
	x.link, x.stalled = w.stage.join(x.source, media.Agent, x.marks()...), false
}

func (w *world) leave(t *rapid.T) {
	x := w.one(t)
	if x.link == nil {
		t.Skip("it is away")
	}
	w.away(t, x)
}

// away detaches a watcher; frames that were on their way are lost.
func (w *world) away(t failer, x *watcher) {
	x.link.leave()
	x.take(t, x.link.frames)
	x.link = nil
}

func (w *world) stall(t *rapid.T) {
	x := w.one(t)
	if x.link == nil || x.stalled {
		t.Skip("it does not run")
	}
	x.link.change(func() { x.link.stalled = true })
	x.stalled = true
}

func (w *world) release(t *rapid.T) {
	x := w.one(t)
	if x.link == nil || !x.stalled {
		t.Skip("it is not stalled")
	}
	x.link.release()
	x.stalled = false
}

// lose has a watcher's picture break, so that it asks for a keyframe.
func (w *world) lose(t *rapid.T) {
	x := w.one(t)
	if x.link == nil {
		t.Skip("it is away")
	}
	x.link.resume(at(1, media.DOM, 0))
}

// settle lets all who are not stalled come to rest and say what they miss.
func (w *world) settle(t *rapid.T) { w.rest(t) }

func (w *world) rest(t failer) {
	for _, x := range w.watchers {
		if x.link == nil || x.stalled {
			continue
		}
		x.take(t, x.link.got())
		for stream := range x.lost {
			x.link.resume(media.Mark{Stream: stream, Position: x.stands[stream]})
		}
	}
}

func (w *world) check(t *rapid.T) {
	for _, x := range w.watchers {
		if x.link == nil {
			continue
		}
		x.link.mu.Lock()
		frames, closed := x.link.frames, x.link.closed
		x.link.frames = nil
		x.link.mu.Unlock()
		x.take(t, frames)
		switch {
		case closed == nil:
		case !errors.Is(closed, ErrSlow) || !x.stalled:
			t.Fatalf("watcher %d was closed with %v", x.source, closed)
		default:
			w.away(t, x)
		}
	}
}

type failer interface{ Fatalf(string, ...any) }

// take checks frames as they came over one carrier, and accepts them as a link
// does.
func (x *watcher) take(t failer, frames []media.Frame) {
	for _, f := range frames {
		stands := x.stands[f.Stream]
		class := media.Channels()[f.Channel].Class
		switch {
		case !stands.Before(f.Position):
			t.Fatalf("watcher %d got %v again", x.source, f.Position)
		case class == media.Keyed && f.Flags&media.Keyframe == 0 && !stands.Next(f.Position):
			x.lost[f.Stream] = true
			continue
		case class == media.Log:
			if x.chat[f.Stream]++; x.chat[f.Stream] != int(f.Seq) {
				t.Fatalf("watcher %d got line %d after %d lines", x.source, f.Seq, x.chat[f.Stream]-1)
			}
		}
		delete(x.lost, f.Stream)
		x.stands[f.Stream] = f.Position
	}
}

// finish lets everything come to its end: all are there, and have everything.
func (w *world) finish() {
	for _, x := range w.watchers {
		if x.link == nil {
			x.link = w.stage.join(x.source, media.Agent, x.marks()...)
		}
		x.link.release()
		x.stalled = false
	}
	w.publish(1, media.DOM, 0, 10)
	for range 4 {
		w.rest(w)
		w.answer(nil)
		w.pass(2 * askAgain)
	}
	w.rest(w)
	for _, x := range w.watchers {
		for stream, seq := range w.seq {
			got := x.stands[stream]
			switch media.Channels()[stream.Channel].Class {
			case media.Log:
				if x.chat[stream] != int(seq) {
					w.Fatalf("watcher %d has %d lines of %d", x.source, x.chat[stream], seq)
				}
			case media.Keyed, media.Latest:
				if got.Seq != seq {
					w.Fatalf("watcher %d stands at %d of %d in %v", x.source, got.Seq, seq, stream)
				}
			}
		}
	}
}

func (x *watcher) marks() (marks []media.Mark) {
	for stream, p := range x.stands {
		marks = append(marks, media.Mark{Stream: stream, Position: p})
	}
	return marks
}
