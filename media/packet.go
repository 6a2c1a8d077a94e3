package media

import (
	"encoding/binary"
	"fmt"
)

// Sizes of packets, in bytes.
const (
	// MaxPacket bounds what a carrier moves as one message.
	MaxPacket = 64 << 10
	// PartSize is the most that one part holds of a frame. A part and its
	// headers fit in 16 KiB, which every data channel moves without trouble.
	PartSize = 16_000

	chunkHeader  = 3
	partHeader   = 7
	positionSize = 11
	// maxPositions fits the positions of one chunk into its 16-bit length.
	maxPositions = 1024
)

// chunkKind tells the chunks of a packet apart. Unknown kinds are skipped.
type chunkKind uint8

const (
	chunkPart   chunkKind = 1
	chunkResume chunkKind = 2
	chunkAck    chunkKind = 3
	chunkPing   chunkKind = 4
	chunkPong   chunkKind = 5
)

// Part is a numbered fragment of an encoded frame. Most frames have one part.
type Part struct {
	Stream
	// Index counts from 0; Count is the same in all parts of a frame, at least 1.
	Index, Count uint16
	Bytes        []byte
}

// Mark is a position in a stream.
type Mark struct {
	Stream
	Position
}

// Packet is what a carrier moves as one message: parts of frames beside
// statements of where the sender stands.
type Packet struct {
	// Parts of frames, in the order to be applied.
	Parts []Part
	// Resume says from where the sender of the packet wants these streams; a
	// zero Position asks for a keyframe, as does one that is no longer kept.
	Resume []Mark
	// Ack says how far the sender has received (and, of class Log on the
	// server, made durable) these streams.
	Ack []Mark
	// Ping asks for a Pong with the same value.
	Ping, Pong []uint32
}

// Append appends p's encoding to b. It is up to the caller that its chunks fit
// in MaxPacket; see Part.Size.
func (p Packet) Append(b []byte) []byte {
	for _, m := range [...]struct {
		kind  chunkKind
		marks []Mark
	}{{chunkResume, p.Resume}, {chunkAck, p.Ack}} {
		for rest := m.marks; len(rest) > 0; {
			n := min(len(rest), maxPositions)
			b = appendMarks(b, m.kind, rest[:n])
			rest = rest[n:]
		}
	}
	for _, v := range p.Ping {
		b = binary.BigEndian.AppendUint32(append(b, byte(chunkPing), 0, 4), v)
	}
	for _, v := range p.Pong {
		b = binary.BigEndian.AppendUint32(append(b, byte(chunkPong), 0, 4), v)
	}
	for _, part := range p.Parts {
		b = part.append(b)
	}
	return b
}

func appendMarks(b []byte, kind chunkKind, marks []Mark) []byte {
	b = append(b, byte(kind))
	b = binary.BigEndian.AppendUint16(b, uint16(len(marks)*positionSize))
	for _, m := range marks {
		b = binary.BigEndian.AppendUint16(b, m.Source)
		b = append(b, byte(m.Channel))
		b = binary.BigEndian.AppendUint32(b, m.Epoch)
		b = binary.BigEndian.AppendUint32(b, m.Seq)
	}
	return b
}

func (p Part) append(b []byte) []byte {
	b = append(b, byte(chunkPart))
	b = binary.BigEndian.AppendUint16(b, uint16(partHeader+len(p.Bytes)))
	b = binary.BigEndian.AppendUint16(b, p.Source)
	b = append(b, byte(p.Channel))
	b = binary.BigEndian.AppendUint16(b, p.Index)
	b = binary.BigEndian.AppendUint16(b, p.Count)
	return append(b, p.Bytes...)
}

// Size is how many bytes the part takes in a packet.
func (p Part) Size() int { return chunkHeader + partHeader + len(p.Bytes) }

// PartOf cuts the part that starts at offset out of an encoded frame. The
// offset must be a multiple of PartSize below the frame's length.
func PartOf(s Stream, frame []byte, offset int) Part {
	return Part{
		Stream: s,
		Index:  uint16(offset / PartSize),
		Count:  uint16((len(frame) + PartSize - 1) / PartSize),
		Bytes:  frame[offset:min(offset+PartSize, len(frame))],
	}
}

// ParsePacket decodes a packet. The parts' Bytes alias b. Errors wrap
// ErrMalformed.
func ParsePacket(b []byte) (Packet, error) {
	var p Packet
	if len(b) > MaxPacket {
		return p, fmt.Errorf("%w packet: %d bytes are more than %d", ErrMalformed, len(b), MaxPacket)
	}
	for len(b) > 0 {
		if len(b) < chunkHeader {
			return p, fmt.Errorf("%w packet: torn chunk header", ErrMalformed)
		}
		kind, n := chunkKind(b[0]), int(binary.BigEndian.Uint16(b[1:]))
		if len(b) < chunkHeader+n {
			return p, fmt.Errorf("%w packet: torn chunk", ErrMalformed)
		}
		if err := p.parseChunk(kind, b[chunkHeader:chunkHeader+n]); err != nil {
			return p, err
		}
		b = b[chunkHeader+n:]
	}
	return p, nil
}

func (p *Packet) parseChunk(kind chunkKind, body []byte) (err error) {
	switch kind {
	case chunkPart:
		var part Part
		part, err = parsePart(body)
		p.Parts = append(p.Parts, part)
	case chunkResume:
		p.Resume, err = parseMarks(p.Resume, body)
	case chunkAck:
		p.Ack, err = parseMarks(p.Ack, body)
	case chunkPing:
		p.Ping, err = parseValue(p.Ping, body)
	case chunkPong:
		p.Pong, err = parseValue(p.Pong, body)
	}
	return err
}

func parsePart(body []byte) (Part, error) {
	if len(body) <= partHeader || len(body) > partHeader+PartSize {
		return Part{}, fmt.Errorf("%w part: %d bytes", ErrMalformed, len(body))
	}
	p := Part{
		Stream: Stream{Source: binary.BigEndian.Uint16(body), Channel: Channel(body[2])},
		Index:  binary.BigEndian.Uint16(body[3:]),
		Count:  binary.BigEndian.Uint16(body[5:]),
		Bytes:  body[partHeader:],
	}
	if p.Index >= p.Count {
		return Part{}, fmt.Errorf("%w part: number %d of %d", ErrMalformed, p.Index, p.Count)
	}
	if p.Index+1 < p.Count && len(p.Bytes) != PartSize {
		return Part{}, fmt.Errorf("%w part: %d bytes in one that is not the last", ErrMalformed, len(p.Bytes))
	}
	return p, nil
}

func parseMarks(marks []Mark, body []byte) ([]Mark, error) {
	if len(body)%positionSize != 0 {
		return nil, fmt.Errorf("%w positions: %d bytes", ErrMalformed, len(body))
	}
	for ; len(body) > 0; body = body[positionSize:] {
		marks = append(marks, Mark{
			Stream:   Stream{Source: binary.BigEndian.Uint16(body), Channel: Channel(body[2])},
			Position: Position{Epoch: binary.BigEndian.Uint32(body[3:]), Seq: binary.BigEndian.Uint32(body[7:])},
		})
	}
	return marks, nil
}

func parseValue(values []uint32, body []byte) ([]uint32, error) {
	if len(body) != 4 {
		return nil, fmt.Errorf("%w ping: %d bytes", ErrMalformed, len(body))
	}
	return append(values, binary.BigEndian.Uint32(body)), nil
}

// Assembler puts frames together from the parts that one carrier delivers. It
// holds at most one unfinished frame for each stream. The zero Assembler is
// ready; it is not safe for concurrent use.
type Assembler struct {
	// Limit returns the most bytes that an encoded frame of a stream may have,
	// 0 to refuse the stream. It must be set.
	Limit func(Stream) int

	partial map[Stream]partial
}

type partial struct {
	bytes []byte
	next  uint16
	count uint16
}

// Add takes the next part. It returns the encoded frame that the part
// completes, or nil. Part 0 starts a frame anew, so that a sender may give one
// up half way. Errors wrap ErrMalformed.
func (a *Assembler) Add(p Part) ([]byte, error) {
	limit := a.Limit(p.Stream)
	if (int(p.Count)-1)*PartSize >= limit || int(p.Index)*PartSize+len(p.Bytes) > limit {
		return nil, fmt.Errorf("%w frame: %d parts of channel %d are more than %d bytes", ErrMalformed, p.Count, p.Channel, limit)
	}
	if p.Count == 1 {
		delete(a.partial, p.Stream)
		return p.Bytes, nil
	}
	part := a.partial[p.Stream]
	switch {
	case p.Index == 0:
		part = partial{count: p.Count}
	case p.Index != part.next || p.Count != part.count:
		return nil, fmt.Errorf("%w frame: part %d of %d after %d of %d", ErrMalformed, p.Index, p.Count, part.next, part.count)
	}
	part.bytes = append(part.bytes, p.Bytes...)
	part.next++
	if part.next == part.count {
		delete(a.partial, p.Stream)
		return part.bytes, nil
	}
	if a.partial == nil {
		a.partial = make(map[Stream]partial)
	}
	a.partial[p.Stream] = part
	return nil, nil
}
