// Package media is the binary language of Beside: frames, the packets that
// carry them, and what each channel means. docs/PROTOCOL.md specifies the same
// bytes for readers; testdata holds the fixtures that pin this package and its
// TypeScript twin, static/src/wire, to each other.
package media

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Sizes, in bytes.
const (
	// FrameHeader is the length of an encoded frame's header.
	FrameHeader = 20
	// MaxFrame bounds an encoded frame, header included.
	MaxFrame = 16 << 20
	// MaxPayload bounds a payload once it is inflated.
	MaxPayload = 16 << 20
)

// ErrMalformed is wrapped by every error about bytes that do not parse.
var ErrMalformed = errors.New("malformed")

// Flags qualify a frame. Unknown bits are ignored and passed on.
type Flags uint8

// The flags.
const (
	// Keyframe marks a frame from which its stream can be shown without
	// anything earlier.
	Keyframe Flags = 1 << 0
	// Deflated marks a payload compressed as PROTOCOL.md's "Payloads" says.
	Deflated Flags = 1 << 1
)

// Position is where a frame stands in its stream, or how far a subscriber has
// got. The zero Position is before every frame.
type Position struct {
	// Epoch rises each time the source starts anew, as a tab does with each page.
	Epoch uint32
	// Seq counts the stream's frames of one epoch from 1.
	Seq uint32
}

// Before reports whether p comes before q.
func (p Position) Before(q Position) bool {
	return p.Epoch < q.Epoch || p.Epoch == q.Epoch && p.Seq < q.Seq
}

// Next reports whether q directly follows p in one epoch.
func (p Position) Next(q Position) bool { return p.Epoch == q.Epoch && p.Seq+1 == q.Seq }

// Stream names the frames of one source on one channel.
type Stream struct {
	Source  uint16
	Channel Channel
}

// Frame is one unit of a stream. The Payload's meaning depends on the Channel.
type Frame struct {
	Stream
	Position
	Flags Flags
	// Time is the publisher's clock in milliseconds since the Unix epoch.
	Time    uint64
	Payload []byte
}

// Append appends f's encoding to b and returns the extended slice.
func (f Frame) Append(b []byte) []byte {
	b = append(b, byte(f.Channel), byte(f.Flags))
	b = binary.BigEndian.AppendUint16(b, f.Source)
	b = binary.BigEndian.AppendUint32(b, f.Epoch)
	b = binary.BigEndian.AppendUint32(b, f.Seq)
	b = binary.BigEndian.AppendUint64(b, f.Time)
	return append(b, f.Payload...)
}

// ParseFrame decodes one frame, which must fill b. The Payload aliases b.
// Errors wrap ErrMalformed. A channel that this version does not know is not an
// error: see Channel.Properties.
func ParseFrame(b []byte) (Frame, error) {
	if len(b) < FrameHeader {
		return Frame{}, fmt.Errorf("%w frame: %d bytes are less than a header", ErrMalformed, len(b))
	}
	if len(b) > MaxFrame {
		return Frame{}, fmt.Errorf("%w frame: %d bytes are more than %d", ErrMalformed, len(b), MaxFrame)
	}
	f := Frame{
		Stream: Stream{Channel: Channel(b[0]), Source: binary.BigEndian.Uint16(b[2:])},
		Flags:  Flags(b[1]),
		Position: Position{
			Epoch: binary.BigEndian.Uint32(b[4:]),
			Seq:   binary.BigEndian.Uint32(b[8:]),
		},
		Time:    binary.BigEndian.Uint64(b[12:]),
		Payload: b[FrameHeader:],
	}
	if f.Seq == 0 {
		return Frame{}, fmt.Errorf("%w frame: sequence numbers start at 1", ErrMalformed)
	}
	return f, nil
}
