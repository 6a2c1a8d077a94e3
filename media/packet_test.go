package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

	"github.com/beside-desk/beside/media"
)

type packetFixtures struct {
	Valid      []packetFixture `json:"valid"`
	Invalid    []invalid       `json:"invalid"`
	Assemblies []assembly      `json:"assemblies"`
}

type packetFixture struct {
	Name  string `json:"name"`
	Bytes data   `json:"bytes"`
	// Canonical says that encoding the packet gives the same bytes.
	Canonical bool       `json:"canonical"`
	Packet    packetJSON `json:"packet"`
}

type packetJSON struct {
	Parts  []partJSON `json:"parts"`
	Resume []markJSON `json:"resume"`
	Ack    []markJSON `json:"ack"`
	Ping   []uint32   `json:"ping"`
	Pong   []uint32   `json:"pong"`
}

type partJSON struct {
	Source  uint16 `json:"source"`
	Channel uint8  `json:"channel"`
	Index   uint16 `json:"index"`
	Count   uint16 `json:"count"`
	Bytes   data   `json:"bytes"`
}

type markJSON struct {
	Source  uint16 `json:"source"`
	Channel uint8  `json:"channel"`
	Epoch   uint32 `json:"epoch"`
	Seq     uint32 `json:"seq"`
}

// assembly is what an assembler makes of parts.
type assembly struct {
	Name  string `json:"name"`
	Limit int    `json:"limit"`
	Steps []step `json:"steps"`
}

type step struct {
	Part partJSON `json:"part"`
	// Gives is "more", "malformed", or "frame", then with these bytes.
	Gives string `json:"gives"`
	Frame *data  `json:"frame,omitempty"`
}

func (j partJSON) part(t testing.TB) media.Part {
	return media.Part{
		Stream: media.Stream{Source: j.Source, Channel: media.Channel(j.Channel)},
		Index:  j.Index, Count: j.Count, Bytes: j.Bytes.bytes(t),
	}
}

func (j packetJSON) packet(t testing.TB) (p media.Packet) {
	for _, part := range j.Parts {
		p.Parts = append(p.Parts, part.part(t))
	}
	p.Resume, p.Ack = marksOf(j.Resume), marksOf(j.Ack)
	p.Ping, p.Pong = append(p.Ping, j.Ping...), append(p.Pong, j.Pong...)
	return p
}

func marksOf(js []markJSON) (marks []media.Mark) {
	for _, j := range js {
		marks = append(marks, media.Mark{
			Stream:   media.Stream{Source: j.Source, Channel: media.Channel(j.Channel)},
			Position: media.Position{Epoch: j.Epoch, Seq: j.Seq},
		})
	}
	return marks
}

// newPacket has empty lists where JSON would have null.
func newPacket() packetJSON {
	return packetJSON{Parts: []partJSON{}, Resume: []markJSON{}, Ack: []markJSON{}, Ping: []uint32{}, Pong: []uint32{}}
}

func writePackets(t *testing.T) packetFixtures {
	return packetFixtures{Valid: validPackets(t), Invalid: invalidPackets(), Assemblies: assemblies()}
}

func validPackets(t *testing.T) []packetFixture {
	of := func(name string, fill func(*packetJSON)) packetFixture {
		p := newPacket()
		fill(&p)
		return packetFixture{name, dataOf(p.packet(t).Append(nil)), true, p}
	}
	ping := func(p *packetJSON) { p.Ping = []uint32{1} }
	small := partJSON{Source: 1, Channel: 3, Index: 0, Count: 1, Bytes: hexData("0102")}
	future := of("kinds of chunk to come are skipped", ping)
	future.Canonical, future.Bytes = false, append(hexData("060002abcd"+"ff0000"), future.Bytes...)
	return []packetFixture{
		of("nothing", func(*packetJSON) {}),
		of("a ping", ping),
		of("pings and pongs", func(p *packetJSON) { p.Ping, p.Pong = []uint32{0, 0xffffffff}, []uint32{2, 3} }),
		of("a part", func(p *packetJSON) { p.Parts = []partJSON{small} }),
		of("parts of several streams", func(p *packetJSON) {
			p.Parts = []partJSON{small,
				{Source: 2, Channel: 6, Index: 0, Count: 2, Bytes: data{{Hex: "ab", Times: media.PartSize}}},
				{Source: 2, Channel: 6, Index: 1, Count: 2, Bytes: hexData("cd")}}
		}),
		of("a part of an unknown channel", func(p *packetJSON) {
			p.Parts = []partJSON{{Source: 1, Channel: 77, Index: 65534, Count: 65535, Bytes: hexData("00")}}
		}),
		of("positions", func(p *packetJSON) {
			p.Resume = []markJSON{{Source: 1, Channel: 6, Epoch: 5, Seq: 9}, {Source: 0xffff, Channel: 255}}
			p.Ack = []markJSON{{Source: 2, Channel: 3, Epoch: 0xffffffff, Seq: 0xffffffff}}
		}),
		of("everything", func(p *packetJSON) {
			p.Resume = []markJSON{{Source: 1, Channel: 6}}
			p.Ack = []markJSON{{Source: 2, Channel: 3, Epoch: 1, Seq: 1}}
			p.Ping, p.Pong, p.Parts = []uint32{7}, []uint32{8}, []partJSON{small}
		}),
		future,
	}
}

func invalidPackets() []invalid {
	part := func(index, count uint16, n int) data {
		b := binary.BigEndian.AppendUint16([]byte{1}, uint16(7+n))
		b = append(b, 0, 1, 6)
		b = binary.BigEndian.AppendUint16(b, index)
		b = binary.BigEndian.AppendUint16(b, count)
		return dataOf(append(b, make([]byte, n)...))
	}
	return []invalid{
		{"torn chunk header", hexData("0400")},
		{"torn chunk", hexData("04000400")},
		{"torn second chunk", hexData("04000400000001" + "04")},
		{"torn unknown chunk", hexData("f00005aabbccdd")},
		{"a ping of 3 bytes", hexData("040003000001")},
		{"a ping of 5 bytes", hexData("0400050000000100")},
		{"a pong of 0 bytes", hexData("050000")},
		{"a position of 10 bytes", hexData("02000a00010600000001000000")},
		{"acknowledgements of 12 bytes", hexData("03000c000106000000010000000100")},
		{"a part without header", hexData("010000")},
		{"a part with half a header", hexData("0100030001ff")},
		{"a part without bytes", part(0, 1, 0)},
		{"a part of more than 16000 bytes", part(0, 1, media.PartSize+1)},
		{"part 0 of 0", part(0, 0, 1)},
		{"part 1 of 1", part(1, 1, 1)},
		{"part 9 of 3", part(9, 3, 1)},
		{"a short part that is not the last", part(0, 2, media.PartSize-1)},
		{"one byte too long", data{{Hex: "f0ff00"}, {Hex: "00", Times: 0xff00}, {Hex: "f000fb"}, {Hex: "00", Times: 0xfb}}},
	}
}

func assemblies() []assembly {
	part := func(index, count uint16, b data) partJSON {
		return partJSON{Source: 1, Channel: 6, Index: index, Count: count, Bytes: b}
	}
	full := func(fill string) data { return data{{Hex: fill, Times: media.PartSize}} }
	more := func(p partJSON) step { return step{p, "more", nil} }
	bad := func(p partJSON) step { return step{p, "malformed", nil} }
	frame := func(p partJSON, b data) step { return step{p, "frame", &b} }
	other := func(p partJSON) partJSON { p.Source = 2; return p }
	one, end := hexData("0a0b"), data{{Hex: "ee", Times: 5}}
	whole := data{{Hex: "ee", Times: media.PartSize + 5}}
	const roomy = 1 << 20
	return []assembly{
		{"one part", roomy, []step{frame(part(0, 1, one), one)}},
		{"two parts", roomy, []step{more(part(0, 2, full("ee"))), frame(part(1, 2, end), whole)}},
		{"two streams interleaved", roomy, []step{
			more(part(0, 2, full("ee"))), more(other(part(0, 2, full("aa")))),
			frame(part(1, 2, end), whole), frame(other(part(1, 2, full("aa"))), data{{Hex: "aa", Times: 2 * media.PartSize}}),
		}},
		{"given up for another frame", roomy, []step{
			more(part(0, 3, full("aa"))), more(part(1, 3, full("aa"))),
			more(part(0, 2, full("ee"))), frame(part(1, 2, end), whole),
		}},
		{"given up for a short frame", roomy, []step{
			more(part(0, 2, full("aa"))), frame(part(0, 1, one), one), bad(part(1, 2, end)),
		}},
		{"the first part is missing", roomy, []step{bad(part(1, 2, end))}},
		{"a part is missing", roomy, []step{more(part(0, 3, full("ee"))), bad(part(2, 3, end))}},
		{"a part comes twice", roomy, []step{
			more(part(0, 3, full("ee"))), more(part(1, 3, full("ee"))), bad(part(1, 3, full("ee"))),
		}},
		{"the count changes", roomy, []step{more(part(0, 2, full("ee"))), bad(part(1, 3, full("ee")))}},
		{"after its end", roomy, []step{
			more(part(0, 2, full("ee"))), frame(part(1, 2, end), whole), bad(part(1, 2, end)),
		}},
		{"just as long as allowed", media.PartSize + 5, []step{
			more(part(0, 2, full("ee"))), frame(part(1, 2, end), whole),
		}},
		{"one byte too long", media.PartSize + 4, []step{more(part(0, 2, full("ee"))), bad(part(1, 2, end))}},
		{"too long by its count", media.PartSize, []step{bad(part(0, 2, full("ee")))}},
		{"one part too long", 1, []step{bad(part(0, 1, one))}},
		{"a stream that is refused", 0, []step{bad(part(0, 1, one))}},
	}
}

func TestPacketFixtures(t *testing.T) {
	f := fixture(t, "packets.json", func() packetFixtures { return writePackets(t) })
	for _, c := range f.Valid {
		t.Run(c.Name, func(t *testing.T) {
			b, want := c.Bytes.bytes(t), c.Packet.packet(t)
			if c.Canonical && !bytes.Equal(want.Append(nil), b) {
				t.Errorf("encoded\n%x, want\n%x", want.Append(nil), b)
			}
			got, err := media.ParsePacket(b)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("decoded %+v, want %+v", got, want)
			}
		})
	}
	for _, c := range f.Invalid {
		t.Run(c.Name, func(t *testing.T) {
			if _, err := media.ParsePacket(c.Bytes.bytes(t)); !errors.Is(err, media.ErrMalformed) {
				t.Errorf("error is %v", err)
			}
		})
	}
	for _, c := range f.Assemblies {
		t.Run(c.Name, func(t *testing.T) { assemble(t, c) })
	}
}

func assemble(t *testing.T, c assembly) {
	a := media.Assembler{Limit: func(media.Stream) int { return c.Limit }}
	for i, s := range c.Steps {
		got, err := a.Add(s.Part.part(t))
		switch {
		case s.Gives == "malformed":
			if !errors.Is(err, media.ErrMalformed) {
				t.Errorf("step %d: error is %v", i, err)
			}
		case err != nil:
			t.Errorf("step %d: %v", i, err)
		case s.Gives == "more" && got != nil:
			t.Errorf("step %d gives a frame of %d bytes", i, len(got))
		case s.Gives == "frame" && !bytes.Equal(got, s.Frame.bytes(t)):
			t.Errorf("step %d gives %d bytes, not the frame", i, len(got))
		}
	}
}

// What is cut into parts comes together again, whatever its length.
func TestPartOf(t *testing.T) {
	s := media.Stream{Source: 4, Channel: media.DOM}
	for _, n := range []int{1, media.PartSize - 1, media.PartSize, media.PartSize + 1, 3 * media.PartSize, 1<<20 + 1} {
		frame := make([]byte, n)
		for i := range frame {
			frame[i] = byte(i * i >> 3)
		}
		a := media.Assembler{Limit: func(media.Stream) int { return n }}
		var got []byte
		for offset := 0; offset < n; {
			part := media.PartOf(s, frame, offset)
			b := media.Packet{Parts: []media.Part{part}}.Append(nil)
			if len(b) != part.Size() || len(b) > 16<<10 {
				t.Fatalf("a part of a frame of %d bytes takes %d bytes, its size is %d", n, len(b), part.Size())
			}
			p, err := media.ParsePacket(b)
			if err != nil {
				t.Fatal(err)
			}
			if got, err = a.Add(p.Parts[0]); err != nil {
				t.Fatal(err)
			}
			offset += len(part.Bytes)
		}
		if !bytes.Equal(got, frame) {
			t.Errorf("a frame of %d bytes comes back as %d others", n, len(got))
		}
	}
}

// Positions that don't fit in one chunk go into several.
func TestManyPositions(t *testing.T) {
	var p media.Packet
	for i := range 2500 {
		p.Ack = append(p.Ack, media.Mark{Stream: media.Stream{Source: uint16(i), Channel: media.DOM}, Position: media.Position{Epoch: 1, Seq: uint32(i)}})
	}
	got, err := media.ParsePacket(p.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, p) {
		t.Error("the positions come back as others")
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	f := media.Frame{Stream: media.Stream{Source: 1, Channel: media.DOM}, Position: media.Position{Epoch: 1, Seq: 1}, Payload: make([]byte, 280)}
	var buf []byte
	b.SetBytes(300)
	b.ReportAllocs()
	for b.Loop() {
		buf = f.Append(buf[:0])
	}
}

func BenchmarkParsePacket(b *testing.B) {
	frame := media.Frame{Stream: media.Stream{Source: 1, Channel: media.DOM}, Position: media.Position{Epoch: 1, Seq: 1}, Payload: make([]byte, 280)}.Append(nil)
	var p media.Packet
	for range 10 {
		p.Parts = append(p.Parts, media.PartOf(media.Stream{Source: 1, Channel: media.DOM}, frame, 0))
	}
	packet := p.Append(nil)
	b.SetBytes(int64(len(packet)))
	b.ReportAllocs()
	for b.Loop() {
		p, err := media.ParsePacket(packet)
		if err != nil || len(p.Parts) != 10 {
			b.Fatal(err)
		}
	}
}
