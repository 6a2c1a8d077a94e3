package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/beside-desk/beside/media"
)

func TestNewNeedsLogAndMetrics(t *testing.T) {
	if _, err := New(Options{}); err == nil {
		t.Error("a room without log and metrics")
	}
}

func TestLateJoiner(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(keyframe(1, 100), delta(2), keyframe(3, 100), delta(4), delta(5))
	c.publish(frame(1, media.Pointer, 1, 8), frame(1, media.Pointer, 2, 8), frame(1, media.State, 1, 8))
	c.publish(frame(1, media.Chat, 1, 8), frame(1, media.Chat, 2, 8))
	other := s.join(3, media.Agent)
	other.publish(frame(3, media.Marker, 1, 8))
	s.pass(time.Second)
	other.publish(frame(3, media.Marker, 2, 8))
	s.pass(1250 * time.Millisecond)

	s.agent().expect("pointer2", "marker2", "chat1", "chat2", "state1", "dom3*", "dom4", "dom5")
	c.expectAsks()
}

// A newcomer reads a chat in the order in which it was written, whoever wrote.
func TestLateJoinerReadsLogsInOrder(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(frame(1, media.Chat, 1, 8))
	a.publish(frame(2, media.Chat, 1, 8))
	c.publish(frame(1, media.Chat, 2, 8))
	a.publish(frame(2, media.Chat, 2, 8))
	var sources []uint16
	for _, f := range s.join(3, media.Agent).got() {
		sources = append(sources, f.Source)
	}
	if want := []uint16{1, 2, 1, 2}; !slices.Equal(sources, want) {
		t.Errorf("lines come from %v, want %v", sources, want)
	}
}

// What a role may not receive it does not get; of one's own only the log.
func TestWhoGetsWhat(t *testing.T) {
	s := newStage(t)
	c, tab, a := s.customer(), s.join(4, media.Customer), s.agent()
	c.publish(keyframe(1, 8), frame(1, media.Pointer, 1, 8), frame(1, media.State, 1, 8), frame(1, media.Typing, 1, 8), frame(1, media.Chat, 1, 8))
	a.publish(frame(2, media.Marker, 1, 8), frame(2, media.State, 1, 8), frame(2, media.Chat, 1, 8))
	sorted := func(l *link) []string { return slices.Sorted(slices.Values(short(l.got()))) }
	for _, x := range []struct {
		who  string
		link *link
		want []string
	}{
		{"customer", c, []string{"chat1", "chat1", "marker1", "state1"}},
		{"other tab", tab, []string{"chat1", "chat1", "marker1", "state1", "state1", "typing1"}},
		{"agent", a, []string{"chat1", "chat1", "dom1*", "pointer1", "state1", "typing1"}},
	} {
		if got := sorted(x.link); !slices.Equal(got, x.want) {
			t.Errorf("%s got %v, want %v", x.who, got, x.want)
		}
	}
}

func TestKeyframeIsAskedForOnceInHalfASecond(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(delta(5))
	c.expectAsks()
	a := s.agent()
	c.expectAsks(at(1, media.DOM, 0))
	b := s.join(3, media.Agent)
	s.pass(250 * time.Millisecond)
	c.expectAsks()
	s.pass(250 * time.Millisecond)
	c.expectAsks(at(1, media.DOM, 0))
	c.publish(delta(6))
	a.expect()
	s.pass(time.Second)
	c.expectAsks(at(1, media.DOM, 0), at(1, media.DOM, 0))

	c.publish(keyframe(7, 10), delta(8))
	a.expect("dom7*", "dom8")
	b.expect("dom7*", "dom8")
	s.pass(2 * time.Second)
	c.expectAsks()
	if got := s.asked(); got != 4 {
		t.Errorf("%d requests were counted", got)
	}
}

// Who waits is not forgotten when the publisher comes later, or comes again.
func TestKeyframeIsAskedOfALatePublisher(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(delta(5))
	c.leave()
	a := s.agent()
	s.pass(time.Second)
	c = s.customer()
	s.pass(tick)
	c.expectAsks(at(1, media.DOM, 0))
	c.publish(keyframe(6, 10))
	a.expect("dom6*")
}

func TestResumeByPosition(t *testing.T) {
	for _, x := range []struct {
		name string
		at   []media.Mark
		want []string
	}{
		{"nothing", nil, []string{"chat1", "chat2", "dom3*", "dom4", "dom5"}},
		{"in the middle", []media.Mark{at(1, media.DOM, 4), at(1, media.Chat, 1)}, []string{"chat2", "dom5"}},
		{"at the keyframe", []media.Mark{at(1, media.DOM, 3)}, []string{"chat1", "chat2", "dom4", "dom5"}},
		{"just before the keyframe", []media.Mark{at(1, media.DOM, 2)}, []string{"chat1", "chat2", "dom3*", "dom4", "dom5"}},
		{"long before the keyframe", []media.Mark{at(1, media.DOM, 1)}, []string{"chat1", "chat2", "dom3*", "dom4", "dom5"}},
		{"in an earlier epoch", []media.Mark{{Stream: media.Stream{Source: 1, Channel: media.DOM}, Position: media.Position{Epoch: epoch - 1, Seq: 99}}},
			[]string{"chat1", "chat2", "dom3*", "dom4", "dom5"}},
		{"at the end", []media.Mark{at(1, media.DOM, 5), at(1, media.Chat, 2)}, nil},
		{"ahead", []media.Mark{at(1, media.DOM, 50), at(1, media.Chat, 20)}, nil},
		{"in streams that there are not", []media.Mark{at(9, media.DOM, 5), {Stream: media.Stream{Source: 1, Channel: 99}, Position: media.Position{Epoch: 1, Seq: 1}}},
			[]string{"chat1", "chat2", "dom3*", "dom4", "dom5"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := newStage(t)
			c := s.customer()
			c.publish(keyframe(1, 10), delta(2), keyframe(3, 10), delta(4), delta(5), frame(1, media.Chat, 1, 8), frame(1, media.Chat, 2, 8))
			a := s.agent(x.at...)
			a.expect(x.want...)
			c.publish(delta(6))
			a.expect("dom6")
			c.expectAsks()
		})
	}
}

// A link that is attached already may say where it stands, as when its direct
// path has died.
func TestResumeOfAnAttachedLink(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(keyframe(1, 10), delta(2), delta(3), delta(4))
	a.expect("dom1*", "dom2", "dom3", "dom4")
	a.resume(at(1, media.DOM, 2))
	a.expect("dom3", "dom4")
	a.resume(at(1, media.DOM, 4), at(8, media.DOM, 4))
	a.expect()
}

// Who has been sent the keyframe and asks for one needs another: the room does
// not send what it knows to be of no use.
func TestKeyframeRequestOfAnAttachedLink(t *testing.T) {
	s := newStage(t)
	c, a, other := s.customer(), s.agent(), s.join(3, media.Agent)
	c.publish(keyframe(1, 10), delta(2))
	a.expect("dom1*", "dom2")
	a.resume(at(1, media.DOM, 0))
	c.expectAsks(at(1, media.DOM, 0))
	c.publish(delta(3))
	a.expect()
	other.expect("dom1*", "dom2", "dom3")
	s.pass(500 * time.Millisecond)
	c.expectAsks(at(1, media.DOM, 0))
	c.publish(keyframe(4, 10), delta(5))
	a.expect("dom4*", "dom5")
	other.expect("dom4*", "dom5")
	s.pass(time.Second)
	c.expectAsks()
}

// Asking again while the answer is on its way does not begin it anew: else a
// snapshot that takes longer than the interval of asking would never arrive.
func TestAskingAgainDoesNotRestartAKeyframe(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(keyframe(1, 20*media.PartSize))
	a := s.held()
	for range 5 {
		a.resume(at(1, media.DOM, 0))
		s.pass(500 * time.Millisecond)
	}
	c.expectAsks()
	c.publish(delta(2))
	a.resume(at(1, media.DOM, 0))
	a.release()
	a.expect("dom1*", "dom2")
	if got, want := len(a.parts), 22; got != want {
		t.Errorf("%d parts were sent, want %d", got, want)
	}
}

// The same for a position that the keyframe follows.
func TestResumingAgainDoesNotRestartAKeyframe(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(keyframe(5, 20*media.PartSize))
	a := s.held(at(1, media.DOM, 2))
	a.resume(at(1, media.DOM, 2))
	c.publish(keyframe(6, 10))
	a.resume(at(1, media.DOM, 2))
	a.release()
	a.expect("dom5*", "dom6*")
}

// A path that has died is followed by the room's, which has not seen what went
// over it: what comes now follows nothing that the room knows, but it does
// follow what the agent has.
func TestGapAfterADirectPath(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(keyframe(1, 10), delta(2))
	a.expect("dom1*", "dom2")
	c.publish(delta(50), delta(51)) // 3 to 49 went directly
	a.expect("dom50", "dom51")
	c.expectAsks()

	joiner := s.join(3, media.Agent)
	joiner.expect()
	c.expectAsks(at(1, media.DOM, 0))
	resumer := s.join(4, media.Agent, at(1, media.DOM, 49))
	resumer.expect("dom50", "dom51")
	c.publish(delta(52))
	joiner.expect()
	resumer.expect("dom52")
	c.publish(keyframe(53, 10), delta(54))
	joiner.expect("dom53*", "dom54")
	a.expect("dom52", "dom53*", "dom54")
	resumer.expect("dom53*", "dom54")
}

func TestANewEpochStartsWithItsKeyframe(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(keyframe(8, 10), delta(9))
	a.expect("dom8*", "dom9")
	next := keyframe(1, 10)
	next.Epoch++
	late := delta(10)
	c.publish(next, late)
	a.expect("dom1*")
	if got := s.dropped(dropDuplicate); got != 1 {
		t.Errorf("%d duplicates were counted", got)
	}
}

func TestPublisherLearnsHowFarTheRoomIs(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(keyframe(1, 10), delta(2), delta(3), frame(1, media.Chat, 1, 8))
	s.agent().publish(frame(2, media.Chat, 5, 8))
	c.leave()
	byChannel := func(a, b media.Mark) int { return int(a.Channel) - int(b.Channel) }
	c = s.customer()
	if got, want := slices.SortedFunc(slices.Values(c.have), byChannel), []media.Mark{at(1, media.Chat, 1), at(1, media.DOM, 3)}; !slices.Equal(got, want) {
		t.Errorf("the room has %v, want %v", got, want)
	}
	c.publish(delta(10))
	// It goes on from there, though the room can't show it: a keyframe from
	// before would be of no use.
	if got, want := slices.SortedFunc(slices.Values(s.customer().have), byChannel), []media.Mark{at(1, media.Chat, 1), at(1, media.DOM, 10)}; !slices.Equal(got, want) {
		t.Errorf("the room has %v, want %v", got, want)
	}
}

func TestSlowSubscriberResumesAtAKeyframe(t *testing.T) {
	s := newStage(t)
	c, slow, quick := s.customer(), s.agent(), s.join(3, media.Agent)
	c.publish(keyframe(1, 10))
	slow.expect("dom1*")
	slow.stall()
	c.publish(delta(2))
	slow.blocked()
	quick.expect("dom1*", "dom2")
	for seq := uint32(3); seq < 40; seq++ {
		c.publish(delta(seq))
		quick.expect(fmt.Sprintf("dom%d", seq)) // held up by nobody
	}
	c.publish(keyframe(40, 10), delta(41))
	quick.expect("dom40*", "dom41")
	slow.release()
	slow.expect("dom2", "dom40*", "dom41")
	c.expectAsks()
}

func TestLatestReplacesTheOlder(t *testing.T) {
	s := newStage(t)
	c, slow := s.customer(), s.agent()
	slow.stall()
	for seq := range uint32(9) {
		c.publish(frame(1, media.Pointer, seq+1, 8))
		slow.blocked()
	}
	slow.release()
	slow.expect("pointer1", "pointer9")
}

func TestFadedIsNotSent(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.stall()
	a.publish(frame(2, media.Marker, 1, 8))
	c.blocked()
	a.publish(frame(2, media.Marker, 2, 8))
	s.pass(time.Second)
	a.publish(frame(2, media.Marker, 3, 8))
	s.pass(1500 * time.Millisecond)
	c.release()
	c.expect("marker1", "marker3")
	s.pass(time.Second)
	s.join(3, media.Agent).expect()
}

func TestFadingIsBounded(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.stall()
	for seq := range uint32(maxFading + 50) {
		a.publish(frame(2, media.Marker, seq+1, 8))
		c.blocked()
	}
	c.release()
	if got := c.got(); len(got) != maxFading+1 || got[1].Seq != 51 {
		t.Errorf("%d strokes, the second is %d", len(got), got[1].Seq)
	}
}

func TestLogIsNeverDropped(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	a.stall()
	var want []string
	for seq := range uint32(30) {
		c.publish(frame(1, media.Chat, seq+1, 20_000))
		a.blocked()
		want = append(want, fmt.Sprintf("chat%d", seq+1))
	}
	a.release()
	a.expect(want...)
	c.expect(want...) // the echo says that it is kept
}

func TestTooSlowForALog(t *testing.T) {
	s := newStage(t)
	c, slow, quick := s.customer(), s.agent(), s.join(3, media.Agent)
	slow.stall()
	var sent uint32
	for ; s.dropped(dropSlow) == 0; sent++ {
		c.publish(frame(1, media.Chat, sent+1, 30_000))
		if sent > 2*maxBacklog/30_000 {
			t.Fatal("the slow one stays")
		}
		slow.blocked()
		quick.settle()
	}
	if sent < maxBacklog/30_000 {
		t.Errorf("disconnected after %d lines", sent)
	}
	<-slow.ended
	if !errors.Is(slow.closed, ErrSlow) {
		t.Errorf("the carrier was closed with %v", slow.closed)
	}
	if got := s.links(); got != 2 {
		t.Errorf("%d links are counted", got)
	}
	if got := len(quick.got()); got != int(sent) {
		t.Errorf("the quick one got %d of %d", got, sent)
	}

	// It comes back for the rest, and is not thrown out again for being behind.
	slow.frames = nil
	back := s.agent(at(1, media.Chat, 1))
	back.stall()
	c.publish(frame(1, media.Chat, sent+1, 30_000))
	back.release()
	if got := back.got(); len(got) != int(sent) || got[0].Seq != 2 {
		t.Errorf("%d lines after the first, of %d", len(got), sent)
	}
}

// The room gives a slow link up at once, even if its carrier takes its time to
// close.
func TestGoneLinkGetsNothing(t *testing.T) {
	s := newStage(t)
	c, slow := s.customer(), s.agent()
	c.publish(frame(1, media.Chat, 1, 8))
	slow.settle()
	s.in(func() { s.Room.leave(slow.Attachment) })
	<-slow.ended
	if !errors.Is(slow.err, ErrSlow) {
		t.Errorf("Run returned %v", slow.err)
	}
	if got := s.links(); got != 1 {
		t.Errorf("%d links are counted", got)
	}
}

func TestLogIsBounded(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	const size = 32_000
	for seq := range uint32(maxLog/size + 5) {
		c.publish(frame(1, media.Chat, seq+1, size))
	}
	if got := s.dropped(dropFull); got < 4 || got > 6 {
		t.Errorf("%d lines were refused", got)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	var past []media.Frame
	for i := range uint16(maxStreams) {
		past = append(past, frame(i+10, media.Chat, 1, 1))
	}
	s := newStage(t, func(o *Options) { o.Past = past })
	c := s.customer()
	c.publish(frame(1, media.Chat, 1, 1))
	if got := s.dropped(dropFull); got != 1 {
		t.Errorf("%d frames were refused", got)
	}
	if got := len(c.got()); got != maxStreams {
		t.Errorf("%d of the past", got)
	}
}

// A page that changes much without a keyframe makes joining dear, and is asked
// for one; without any the room forgets, and goes on for those who are there.
func TestKeyedIsBounded(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(keyframe(1, 10))
	const size = 1 << 20
	seq := uint32(2)
	for ; seq <= wishKeyframe/size+1; seq++ {
		c.publish(frame(1, media.DOM, seq, size))
	}
	c.expectAsks(at(1, media.DOM, 0))
	for ; seq <= maxKeyed/size+10; seq++ {
		c.publish(frame(1, media.DOM, seq, size))
		a.settle()
	}
	if got := a.got(); len(got) != int(seq)-1 {
		t.Errorf("%d frames of %d", len(got), seq-1)
	}
	kept := 0
	s.in(func() { kept = s.streams[media.Stream{Source: 1, Channel: media.DOM}].size })
	if kept > maxKeyed+2*size {
		t.Errorf("%d MiB are kept", kept>>20)
	}
	c.wants()
	s.pass(time.Second)
	joiner := s.join(3, media.Agent)
	joiner.expect()
	s.pass(time.Second)
	if len(c.wants()) == 0 {
		t.Error("nobody asks for a keyframe")
	}
}

func TestWhatMayNotBePublished(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	big := frame(3, media.DOM, 1, 3*media.PartSize)
	c.publish(frame(3, media.Pointer, 1, 8), big)
	c.publish(frame(1, media.Marker, 1, 8))
	c.publish(frame(1, 99, 1, 8), frame(1, 0, 1, 8))
	a.publish(frame(2, media.DOM, 1, 8), frame(2, media.Pointer, 1, 8), frame(1, media.Chat, 1, 8))
	c.publish(keyframe(1, 8))
	a.expect("dom1*")
	c.expect()
	for why, want := range map[dropReason]int{dropForeign: 3, dropForbidden: 3, dropUnknown: 2, dropMalformed: 0} {
		if got := s.dropped(why); got != want {
			t.Errorf("%d frames were counted as %s, want %d", got, why, want)
		}
	}
}

func TestDuplicatesAreDropped(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(keyframe(1, 8), delta(2), keyframe(1, 8), delta(2), delta(3), frame(1, media.Chat, 1, 8), frame(1, media.Chat, 1, 8))
	if got, want := slices.Sorted(slices.Values(short(a.got()))), []string{"chat1", "dom1*", "dom2", "dom3"}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := s.dropped(dropDuplicate); got != 3 {
		t.Errorf("%d duplicates were counted", got)
	}
}

func TestMalformedParts(t *testing.T) {
	dom, chat := media.Stream{Source: 1, Channel: media.DOM}, media.Stream{Source: 1, Channel: media.Chat}
	whole := func(s media.Stream, b []byte) []media.Part {
		return []media.Part{{Stream: s, Count: 1, Bytes: b}}
	}
	zero := delta(1)
	zero.Seq = 0
	for name, parts := range map[string][]media.Part{
		"no frame":                  whole(dom, []byte("short")),
		"sequence number 0":         whole(dom, zero.Append(nil)),
		"a frame of another stream": whole(chat, delta(1).Append(nil)),
		"of another source":         whole(dom, frame(2, media.DOM, 1, 8).Append(nil)),
		"the second part first":     partsOf(keyframe(1, 2*media.PartSize))[1:],
		"longer than its channel":   partsOf(frame(1, media.Chat, 1, 40_000)),
		"longer in its last part":   partsOf(frame(1, media.Chat, 1, 32<<10)),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			c, a := s.customer(), s.agent()
			c.publish(keyframe(1, 8))
			err := c.Receive(context.Background(), media.Packet{Parts: parts})
			if !errors.Is(err, media.ErrMalformed) {
				t.Errorf("error is %v", err)
			}
			if got := s.dropped(dropMalformed); got != 1 {
				t.Errorf("%d frames were counted as malformed", got)
			}
			a.expect("dom1*")
		})
	}
}

func TestJournal(t *testing.T) {
	full := errors.New("disk is full")
	var mu sync.Mutex
	var kept []string
	journal := func(_ context.Context, m Member, f media.Frame) error {
		mu.Lock()
		defer mu.Unlock()
		switch f.Seq {
		case 2:
			return fmt.Errorf("%w: empty", ErrRefused)
		case 4:
			return full
		}
		kept = append(kept, fmt.Sprintf("%d by %d", f.Seq, m.Source))
		return nil
	}
	s := newStage(t, func(o *Options) { o.Journal = journal })
	c, a := s.customer(), s.agent()
	c.publish(frame(1, media.Chat, 1, 8), frame(1, media.Chat, 2, 8), frame(1, media.Chat, 3, 8), frame(1, media.Pointer, 4, 8))
	if got := short(a.got()); len(got) != 3 || !slices.Contains(got, "pointer4") || slices.Contains(got, "chat2") {
		t.Errorf("got %v", got)
	}
	if got := s.dropped(dropRefused); got != 1 {
		t.Errorf("%d lines were counted as refused", got)
	}
	err := c.Receive(context.Background(), media.Packet{Parts: partsOf(frame(1, media.Chat, 4, 8))})
	if !errors.Is(err, full) {
		t.Errorf("error is %v", err)
	}
	a.expect()
	if want := []string{"1 by 1", "3 by 1"}; !slices.Equal(kept, want) {
		t.Errorf("kept %v", kept)
	}
}

// Nobody gets a line that is not kept yet, and what waits for it is not
// overtaken by the same publisher's later lines.
func TestJournalComesFirst(t *testing.T) {
	enter, leave := make(chan struct{}), make(chan struct{})
	s := newStage(t, func(o *Options) {
		o.Journal = func(context.Context, Member, media.Frame) error {
			enter <- struct{}{}
			<-leave
			return nil
		}
	})
	c, a := s.customer(), s.agent()
	received := make(chan error)
	go func() {
		received <- c.Receive(context.Background(), media.Packet{Parts: partsOf(frame(1, media.Chat, 1, 8))})
	}()
	<-enter
	a.expect()
	c.expect()
	close(leave)
	if err := <-received; err != nil {
		t.Fatal(err)
	}
	a.await("the line", func() bool { return len(a.frames) == 1 })
	c.await("the echo", func() bool { return len(c.frames) == 1 })
}

func TestPast(t *testing.T) {
	past := []media.Frame{frame(1, media.Chat, 1, 8), frame(2, media.Chat, 1, 8), frame(1, media.Chat, 2, 8)}
	s := newStage(t, func(o *Options) { o.Past = past })
	c := s.customer(at(1, media.Chat, 1))
	c.expect("chat1", "chat2")
	c.publish(frame(1, media.Chat, 2, 8), frame(1, media.Chat, 3, 8))
	c.expect("chat3")
	s.agent().expect("chat1", "chat1", "chat2", "chat3")
}

// What is urgent goes before the rest of a snapshot that is being sent.
func TestUrgentFramesPassASnapshot(t *testing.T) {
	s := newStage(t)
	c := s.customer()
	c.publish(keyframe(1, 40*media.PartSize))
	a := s.held()
	c.publish(frame(1, media.Pointer, 1, 8), frame(1, media.Chat, 1, 8))
	a.release()
	a.expect("pointer1", "chat1", "dom1*")
	last := 0
	for i, p := range a.parts {
		if p.Channel != media.DOM {
			last = i
		}
	}
	// No more than the packet that was held up went first.
	if perPacket := packetBudget/media.PartSize + 1; last > perPacket+1 {
		t.Errorf("the last urgent part is number %d of %d", last, len(a.parts))
	}
}

func TestSmallFramesTravelTogether(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	c.publish(keyframe(1, 10))
	a.settle()
	before := a.packets()
	a.stall()
	c.publish(delta(2))
	a.blocked()
	for seq := uint32(3); seq <= 102; seq++ {
		c.publish(delta(seq))
	}
	a.release()
	if got := len(a.got()); got != 102 {
		t.Errorf("%d frames", got)
	}
	if got := a.packets() - before; got != 2 {
		t.Errorf("%d packets", got)
	}
}

// packets counts what has been written.
func (l *link) packets() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written
}

func TestTwoCarriersOfOneSource(t *testing.T) {
	s := newStage(t)
	old, a := s.customer(), s.agent()
	old.publish(keyframe(1, 8), delta(2))
	c := s.customer()
	c.publish(delta(2), delta(3))
	old.publish(delta(3))
	a.expect("dom1*", "dom2", "dom3")
	a.resume(at(1, media.DOM, 0))
	old.expectAsks(at(1, media.DOM, 0))
	c.expectAsks(at(1, media.DOM, 0))
}

func TestClosedRoom(t *testing.T) {
	s := &stage{tb: t, registry: prometheus.NewRegistry()}
	s.metrics = NewMetrics(s.registry)
	var err error
	if s.Room, err = New(Options{Log: slog.New(slog.DiscardHandler), Metrics: s.metrics}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error)
	go func() { ran <- s.Run(ctx) }()
	c, stalled := s.customer(), s.agent()
	stalled.stall()
	c.publish(frame(1, media.Chat, 1, 8))
	stalled.blocked()
	c.settle()
	cancel()
	if err := <-ran; !errors.Is(err, context.Canceled) {
		t.Errorf("Run returned %v", err)
	}
	for _, l := range []*link{c, stalled} {
		<-l.ended
		if !errors.Is(l.closed, ErrClosed) {
			t.Errorf("a carrier was closed with %v", l.closed)
		}
	}
	if !errors.Is(c.err, ErrClosed) || !errors.Is(stalled.err, errCarrier) {
		t.Errorf("the links ended with %v and %v", c.err, stalled.err)
	}
	err = c.Receive(context.Background(), media.Packet{Parts: partsOf(delta(1))})
	if !errors.Is(err, ErrClosed) {
		t.Errorf("Receive returned %v", err)
	}
	if _, _, err := s.Attach(context.Background(), Member{Source: 3, Role: media.Agent}, c, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("Attach returned %v", err)
	}
	if got := s.links(); got != 0 {
		t.Errorf("%d links are counted", got)
	}
	if got := s.count("beside_rooms", ""); got != 0 {
		t.Errorf("%d rooms are counted", got)
	}
}

func TestLinksThatEnd(t *testing.T) {
	s := newStage(t)
	c, a := s.customer(), s.agent()
	a.leave()
	if !errors.Is(a.err, context.Canceled) {
		t.Errorf("Run returned %v", a.err)
	}
	failing := s.join(3, media.Agent)
	failing.settle()
	failing.Close(errCarrier)
	c.publish(keyframe(1, 8))
	<-failing.ended
	if !errors.Is(failing.err, errCarrier) {
		t.Errorf("Run returned %v", failing.err)
	}
	s.in(func() {})
	if got := s.links(); got != 1 {
		t.Errorf("%d links are counted", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for err := error(nil); !errors.Is(err, context.Canceled); {
		err = c.Receive(ctx, media.Packet{Parts: partsOf(delta(2))})
	}
}

func TestMetricsCountFrames(t *testing.T) {
	s := newStage(t)
	s.customer().publish(keyframe(1, 8), delta(2), frame(1, media.Chat, 1, 8))
	for name, want := range map[string]int{"dom": 2, "chat": 1, "pointer": 0} {
		if got := s.count("beside_frames_total", name); got != want {
			t.Errorf("%d frames of %s", got, name)
		}
	}
	s.metrics.NotJoined()
	s.metrics.Malformed()
	if s.dropped(dropNotJoined) != 1 || s.dropped(dropMalformed) != 1 {
		t.Error("what the carriers drop is not counted")
	}
}
