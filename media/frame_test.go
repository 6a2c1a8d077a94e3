package media_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/beside-desk/beside/media"
)

type frameFixtures struct {
	Valid   []frameFixture `json:"valid"`
	Invalid []invalid      `json:"invalid"`
}

type frameFixture struct {
	Name  string    `json:"name"`
	Bytes data      `json:"bytes"`
	Frame frameJSON `json:"frame"`
}

type frameJSON struct {
	Channel uint8  `json:"channel"`
	Flags   uint8  `json:"flags"`
	Source  uint16 `json:"source"`
	Epoch   uint32 `json:"epoch"`
	Seq     uint32 `json:"seq"`
	Time    uint64 `json:"time"`
	Payload data   `json:"payload"`
}

type invalid struct {
	Name  string `json:"name"`
	Bytes data   `json:"bytes"`
}

func (j frameJSON) frame(t testing.TB) media.Frame {
	return media.Frame{
		Stream:   media.Stream{Source: j.Source, Channel: media.Channel(j.Channel)},
		Position: media.Position{Epoch: j.Epoch, Seq: j.Seq},
		Flags:    media.Flags(j.Flags),
		Time:     j.Time,
		Payload:  j.Payload.bytes(t),
	}
}

func writeFrames(t *testing.T) frameFixtures {
	of := func(name string, j frameJSON) frameFixture {
		if j.Payload == nil {
			j.Payload = data{}
		}
		return frameFixture{name, dataOf(j.frame(t).Append(nil)), j}
	}
	valid := of("valid", frameJSON{Channel: 6, Source: 1, Epoch: 7, Seq: 1, Time: 1}).Bytes[0].Hex
	return frameFixtures{
		Valid: []frameFixture{
			of("a line of chat", frameJSON{Channel: 3, Source: 2, Epoch: 1_780_000_000, Seq: 1, Time: 1_780_000_000_123, Payload: dataOf([]byte(`{"id":"a","text":"Hello"}`))}),
			of("no payload", frameJSON{Channel: 1, Source: 1, Epoch: 1, Seq: 1}),
			of("a keyframe", frameJSON{Channel: 6, Flags: 1, Source: 3, Epoch: 5, Seq: 9, Time: 42, Payload: hexData("00ff10")}),
			of("deflated", frameJSON{Channel: 6, Flags: 2, Source: 3, Epoch: 5, Seq: 10, Time: 42, Payload: hexData("0300")}),
			of("flags to come are kept", frameJSON{Channel: 6, Flags: 0xfc, Source: 3, Epoch: 5, Seq: 11, Payload: hexData("01")}),
			of("a channel to come", frameJSON{Channel: 200, Source: 3, Epoch: 5, Seq: 1, Payload: hexData("01")}),
			of("epoch 0", frameJSON{Channel: 4, Source: 1, Epoch: 0, Seq: 1}),
			of("the largest numbers", frameJSON{Channel: 255, Flags: 255, Source: 0xffff, Epoch: 0xffffffff, Seq: 0xffffffff, Time: 1<<53 - 1, Payload: hexData("ff")}),
		},
		Invalid: []invalid{
			{"nothing", data{}},
			{"one byte", hexData("06")},
			{"torn header", hexData(valid[:2*media.FrameHeader-2])},
			{"sequence number 0", hexData(valid[:16] + "00000000" + valid[24:])},
			{"one byte too long", data{{Hex: "01", Times: media.MaxFrame + 1}}},
		},
	}
}

func TestFrameFixtures(t *testing.T) {
	f := fixture(t, "frames.json", func() frameFixtures { return writeFrames(t) })
	for _, c := range f.Valid {
		t.Run(c.Name, func(t *testing.T) {
			b, want := c.Bytes.bytes(t), c.Frame.frame(t)
			if got := want.Append([]byte("before"))[6:]; !bytes.Equal(got, b) {
				t.Errorf("encoded\n%x, want\n%x", got, b)
			}
			got, err := media.ParseFrame(b)
			if err != nil {
				t.Fatal(err)
			}
			if !sameFrame(got, want) {
				t.Errorf("decoded %+v, want %+v", got, want)
			}
		})
	}
	for _, c := range f.Invalid {
		t.Run(c.Name, func(t *testing.T) {
			if _, err := media.ParseFrame(c.Bytes.bytes(t)); !errors.Is(err, media.ErrMalformed) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestLargestFrame(t *testing.T) {
	f := media.Frame{Position: media.Position{Seq: 1}, Payload: make([]byte, media.MaxFrame-media.FrameHeader)}
	if got, err := media.ParseFrame(f.Append(nil)); err != nil || len(got.Payload) != len(f.Payload) {
		t.Errorf("%d bytes, %v", len(got.Payload), err)
	}
}

func sameFrame(a, b media.Frame) bool {
	return a.Stream == b.Stream && a.Position == b.Position && a.Flags == b.Flags && a.Time == b.Time && bytes.Equal(a.Payload, b.Payload)
}

func TestPositions(t *testing.T) {
	at := func(epoch, seq uint32) media.Position { return media.Position{Epoch: epoch, Seq: seq} }
	order := []media.Position{{}, at(1, 1), at(1, 2), at(1, 4), at(2, 1), at(2, 0xffffffff), at(0xffffffff, 1)}
	if !slices.IsSortedFunc(order, func(a, b media.Position) int {
		switch {
		case a.Before(b):
			return -1
		case b.Before(a):
			return 1
		}
		return 0
	}) {
		t.Error("positions are not in order")
	}
	if at(1, 2).Before(at(1, 2)) {
		t.Error("a position is before itself")
	}
	for _, c := range []struct {
		a, b media.Position
		want bool
	}{
		{at(1, 1), at(1, 2), true},
		{at(1, 1), at(1, 1), false},
		{at(1, 1), at(1, 3), false},
		{at(1, 1), at(2, 2), false},
		{media.Position{}, at(1, 1), false},
	} {
		if got := c.a.Next(c.b); got != c.want {
			t.Errorf("%v.Next(%v) is %v", c.a, c.b, got)
		}
	}
}

// A channel's row has to make sense to the assembler and to the gatherer.
func TestChannelTable(t *testing.T) {
	names, priorities := map[string]bool{}, map[uint8]bool{}
	for c, p := range media.Channels() {
		if p.Name == "" || names[p.Name] || priorities[p.Priority] {
			t.Errorf("channel %d: name %q or priority %d is not its own", c, p.Name, p.Priority)
		}
		names[p.Name], priorities[p.Priority] = true, true
		if p.Class < media.Keyed || p.Class > media.Log || p.From == 0 || p.To == 0 {
			t.Errorf("channel %s has no class or roles", p.Name)
		}
		if p.MaxFrame <= media.FrameHeader || p.MaxFrame > media.MaxFrame {
			t.Errorf("channel %s allows frames of %d bytes", p.Name, p.MaxFrame)
		}
	}
}
