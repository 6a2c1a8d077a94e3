package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/beside-desk/beside/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// tb is what testing.T, testing.B and rapid.T have in common.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
	Cleanup(func())
}

// stage is a room that runs, with a clock that stands still.
type stage struct {
	tb
	*Room
	registry *prometheus.Registry
	metrics  *Metrics

	mu  sync.Mutex
	now time.Time
}

func newStage(t tb, change ...func(*Options)) *stage {
	t.Helper()
	s := &stage{tb: t, registry: prometheus.NewRegistry(), now: time.Unix(1_780_000_000, 0)}
	s.metrics = NewMetrics(s.registry)
	opt := Options{Log: slog.New(slog.DiscardHandler), Metrics: s.metrics, Now: s.clock}
	for _, f := range change {
		f(&opt)
	}
	var err error
	if s.Room, err = New(opt); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return s
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// pass lets time pass, with the ticks that are due in it.
func (s *stage) pass(d time.Duration) {
	s.Helper()
	for ; d > 0; d -= tick {
		s.mu.Lock()
		s.now = s.now.Add(min(d, tick))
		s.mu.Unlock()
		s.in(func() { s.tick(s.clock()) })
	}
}

// in runs f on the room's goroutine, after all that came before.
func (s *stage) in(f func()) {
	s.Helper()
	done := make(chan struct{})
	if err := s.do(context.Background(), func() { f(); close(done) }); err != nil {
		s.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(patience):
		s.Fatal("the room does not answer")
	}
}

// count reads a metric, of all its labels' values or one.
func (s *stage) count(name, label string) (n int) {
	s.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		s.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			if label == "" || m.GetLabel()[0].GetValue() == label {
				n += int(m.GetCounter().GetValue() + m.GetGauge().GetValue())
			}
		}
	}
	return n
}

func (s *stage) dropped(why dropReason) int { return s.count("beside_drops_total", string(why)) }
func (s *stage) asked() int                 { return s.count("beside_keyframe_requests_total", "") }
func (s *stage) links() int                 { return s.count("beside_links", "") }

// link is one member with its carrier, and what came over it.
type link struct {
	*stage
	*Attachment
	have   []media.Mark
	cancel context.CancelFunc
	ended  chan struct{}

	mu        sync.Mutex
	changed   *sync.Cond
	frames    []media.Frame
	parts     []media.Part
	asks      []media.Mark
	assembler media.Assembler
	written   int // packets
	stalled   bool
	writing   bool
	closed    error // what the room closed the carrier with
	err       error // what Run returned
}

// join attaches a member who stands at the marks.
func (s *stage) join(source uint16, role media.Role, at ...media.Mark) *link {
	s.Helper()
	return s.attach(&link{}, source, role, at)
}

// held attaches an agent whose first packet is held up.
func (s *stage) held(at ...media.Mark) *link {
	s.Helper()
	l := s.attach(&link{stalled: true}, 2, media.Agent, at)
	l.blocked()
	return l
}

func (s *stage) attach(l *link, source uint16, role media.Role, at []media.Mark) *link {
	s.Helper()
	l.stage, l.ended = s, make(chan struct{})
	l.changed = sync.NewCond(&l.mu)
	l.assembler.Limit = func(media.Stream) int { return media.MaxFrame }
	var err error
	if l.Attachment, l.have, err = s.Attach(context.Background(), Member{Source: source, Role: role}, l, at); err != nil {
		s.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	go func() {
		defer close(l.ended)
		err := l.Run(ctx)
		l.change(func() { l.err = err })
	}()
	s.Cleanup(l.leave)
	return l
}

func (s *stage) customer(at ...media.Mark) *link { s.Helper(); return s.join(1, media.Customer, at...) }
func (s *stage) agent(at ...media.Mark) *link    { s.Helper(); return s.join(2, media.Agent, at...) }

// leave detaches the link and waits until it has.
func (l *link) leave() {
	l.cancel()
	l.change(func() { l.closed = errors.Join(l.closed, context.Canceled) })
	<-l.ended
}

func (l *link) Run(ctx context.Context) error { return l.Attachment.Run(ctx) }

var errCarrier = errors.New("carrier is closed")

// WritePacket implements Carrier. It blocks while the link is stalled.
func (l *link) WritePacket(b []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing = true
	l.changed.Broadcast()
	for l.stalled && l.closed == nil {
		l.changed.Wait()
	}
	l.writing = false
	l.changed.Broadcast()
	if l.closed != nil {
		return errCarrier
	}
	if len(b) > media.MaxPacket {
		l.Errorf("a packet of %d bytes", len(b))
	}
	p, err := media.ParsePacket(slices.Clone(b))
	if err != nil {
		l.Errorf("the room sent what does not parse: %v", err)
	}
	l.written++
	l.asks = append(l.asks, p.Resume...)
	for _, part := range p.Parts {
		l.receive(part)
	}
	return nil
}

func (l *link) receive(part media.Part) {
	l.parts = append(l.parts, part)
	b, err := l.assembler.Add(part)
	if err != nil {
		l.Errorf("the room sent parts that make no frame: %v", err)
	}
	if b == nil {
		return
	}
	f, err := media.ParseFrame(b)
	if err != nil {
		l.Errorf("the room sent a frame that does not parse: %v", err)
	}
	l.frames = append(l.frames, f)
}

// Close implements Carrier.
func (l *link) Close(err error) { l.change(func() { l.closed = err }) }

func (l *link) change(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	l.changed.Broadcast()
}

// await waits until what it looks at, under the link's lock, is so.
func (l *link) await(what string, so func() bool) {
	l.Helper()
	late := false
	timer := time.AfterFunc(patience, func() { l.change(func() { late = true }) })
	defer timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for !so() && !late {
		l.changed.Wait()
	}
	if late {
		l.Fatalf("waited in vain for %s", what)
	}
}

// stall holds the carrier up; the next packet blocks. It returns once nothing
// is on its way.
func (l *link) stall() {
	l.Helper()
	l.settle()
	l.change(func() { l.stalled = true })
}

// blocked waits until a packet is held up.
func (l *link) blocked() {
	l.Helper()
	l.await("a packet to be held up", func() bool { return l.stalled && l.writing || l.closed != nil })
}

func (l *link) release() { l.change(func() { l.stalled = false }) }

// settle waits until the link has written all that the room has for it.
func (l *link) settle() {
	l.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		idle := false
		l.in(func() {
			_, member := l.members[l.Attachment]
			idle = l.hungry || !member
		})
		if idle {
			return
		}
	}
	l.Fatal("a link does not come to rest")
}

// got returns the frames that have come and forgets them.
func (l *link) got() []media.Frame {
	l.Helper()
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	frames := l.frames
	l.frames = nil
	return frames
}

// wants returns the keyframes that the room has asked for, and forgets them.
func (l *link) wants() []media.Mark {
	l.Helper()
	l.settle()
	l.mu.Lock()
	defer l.mu.Unlock()
	asks := l.asks
	l.asks = nil
	return asks
}

// publish sends frames as one packet each part.
func (l *link) publish(frames ...media.Frame) {
	l.Helper()
	for _, f := range frames {
		for _, p := range partsOf(f) {
			if err := l.Receive(context.Background(), media.Packet{Parts: []media.Part{p}}); err != nil {
				l.Fatal(err)
			}
		}
	}
	l.in(func() {})
}

// resume says where the link stands.
func (l *link) resume(at ...media.Mark) {
	l.Helper()
	if err := l.Receive(context.Background(), media.Packet{Resume: at}); err != nil {
		l.Fatal(err)
	}
	l.in(func() {})
}

func partsOf(f media.Frame) (parts []media.Part) {
	b := f.Append(nil)
	for offset := 0; offset < len(b); offset += media.PartSize {
		parts = append(parts, media.PartOf(f.Stream, b, offset))
	}
	return parts
}

// epoch that the tests publish in.
const epoch = 7

func frame(source uint16, c media.Channel, seq uint32, size int) media.Frame {
	payload := make([]byte, size)
	for i := range payload {
		payload[i] = byte(uint32(i) + seq)
	}
	return media.Frame{
		Stream:   media.Stream{Source: source, Channel: c},
		Position: media.Position{Epoch: epoch, Seq: seq},
		Time:     uint64(seq),
		Payload:  payload,
	}
}

// delta and keyframe are frames of the customer's page.
func delta(seq uint32) media.Frame { return frame(1, media.DOM, seq, 10) }

func keyframe(seq uint32, size int) media.Frame {
	f := frame(1, media.DOM, seq, size)
	f.Flags = media.Keyframe
	return f
}

func at(source uint16, c media.Channel, seq uint32) media.Mark {
	m := media.Mark{Stream: media.Stream{Source: source, Channel: c}}
	if seq > 0 {
		m.Position = media.Position{Epoch: epoch, Seq: seq}
	}
	return m
}

// short writes frames as channel and number, keyframes with a star.
func short(frames []media.Frame) (names []string) {
	for _, f := range frames {
		name := fmt.Sprintf("%s%d", media.Channels()[f.Channel].Name, f.Seq)
		if f.Flags&media.Keyframe != 0 {
			name += "*"
		}
		names = append(names, name)
	}
	return names
}

func (l *link) expect(want ...string) {
	l.Helper()
	if got := short(l.got()); !slices.Equal(got, want) {
		l.Errorf("got %v, want %v", got, want)
	}
}

func (l *link) expectAsks(want ...media.Mark) {
	l.Helper()
	if got := l.wants(); !slices.Equal(got, want) {
		l.Errorf("the room asked for %v, want %v", got, want)
	}
}
