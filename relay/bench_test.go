package relay

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/beside-desk/beside/media"
)

// benchFrame is the length of the frames that the benchmarks publish.
const benchFrame = 300

// counter is a carrier that looks only at what came last.
type counter struct {
	seq  atomic.Uint32
	want atomic.Uint32
	// reached gets the time when want has come.
	reached chan time.Time
	// held, if not nil, is waited for by each packet.
	held chan struct{}
}

// WritePacket implements Carrier.
func (c *counter) WritePacket(b []byte) error {
	if c.held != nil {
		<-c.held
		return nil
	}
	last := b[max(0, len(b)-benchFrame):]
	seq := binary.BigEndian.Uint32(last[8:])
	c.seq.Store(seq)
	if want := c.want.Load(); want != 0 && seq >= want && c.want.CompareAndSwap(want, 0) {
		c.reached <- time.Now()
	}
	return nil
}

// Close implements Carrier.
func (c *counter) Close(error) {}

// expect has the carrier say when the frame of that number has come.
func (c *counter) expect(seq uint32) {
	c.want.Store(seq)
	if c.seq.Load() >= seq && c.want.CompareAndSwap(seq, 0) {
		c.reached <- time.Now()
	}
}

// audience attaches agents to the room.
func audience(b *testing.B, s *stage, n int, change func(i int, c *counter)) (carriers []*counter) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{}, n)
	for i := range n {
		c := &counter{reached: make(chan time.Time, 1)}
		change(i, c)
		a, _, err := s.Attach(ctx, Member{Source: uint16(i + 2), Role: media.Agent}, c, nil)
		if err != nil {
			b.Fatal(err)
		}
		go func() {
			_ = a.Run(ctx)
			ended <- struct{}{}
		}()
		carriers = append(carriers, c)
	}
	b.Cleanup(func() {
		cancel()
		for _, c := range carriers {
			if c.held != nil {
				close(c.held)
			}
		}
		for range n {
			<-ended
		}
	})
	return carriers
}

// page publishes a page's changes, with a keyframe from time to time.
type page struct {
	*link
	seq uint32
}

func (p *page) change(b *testing.B) {
	p.seq++
	f := media.Frame{
		Stream:   media.Stream{Source: 1, Channel: media.DOM},
		Position: media.Position{Epoch: epoch, Seq: p.seq},
		Payload:  make([]byte, benchFrame-media.FrameHeader),
	}
	if p.seq%5000 == 1 {
		f.Flags = media.Keyframe
	}
	err := p.Receive(context.Background(), media.Packet{Parts: partsOf(f)})
	if err != nil {
		b.Fatal(err)
	}
}

// Frames of 300 bytes from one publisher to all: how many a second.
func BenchmarkFanout(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("subscribers=%d", n), func(b *testing.B) {
			s := newStage(b)
			p := &page{link: s.customer()}
			carriers := audience(b, s, n, func(int, *counter) {})
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				p.change(b)
			}
			for _, c := range carriers {
				c.expect(p.seq)
				<-c.reached
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// What it costs ten others that one does not take what it is sent: how long a
// frame takes to each of the others.
func BenchmarkStalledSubscriber(b *testing.B) {
	for _, stalled := range []int{0, 1} {
		b.Run(fmt.Sprintf("stalled=%d", stalled), func(b *testing.B) {
			s := newStage(b)
			p := &page{link: s.customer()}
			carriers := audience(b, s, 10+stalled, func(i int, c *counter) {
				if i < stalled {
					c.held = make(chan struct{})
				}
			})[stalled:]
			took := make([]time.Duration, 0, len(carriers)*b.N)
			b.ResetTimer()
			for range b.N {
				for _, c := range carriers {
					c.want.Store(p.seq + 1)
				}
				start := time.Now()
				p.change(b)
				for _, c := range carriers {
					took = append(took, (<-c.reached).Sub(start))
				}
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2]), "p50-ns")
			b.ReportMetric(float64(took[len(took)*99/100]), "p99-ns")
		})
	}
}

// From joining to the whole page: a keyframe of 90 kB and 200 changes.
func BenchmarkKeyframeJoin(b *testing.B) {
	s := newStage(b)
	p := &page{link: s.customer()}
	p.publish(keyframe(1, 90_000))
	for p.seq = 1; p.seq < 201; {
		p.change(b)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := &counter{reached: make(chan time.Time, 1)}
		c.want.Store(p.seq)
		a, _, err := s.Attach(context.Background(), Member{Source: uint16(2 + i%60_000), Role: media.Agent}, c, nil)
		if err != nil {
			b.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = a.Run(ctx)
		}()
		<-c.reached
		cancel()
		<-ended
	}
}
