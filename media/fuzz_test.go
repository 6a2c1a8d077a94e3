package media_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/beside-desk/beside/media"
)

func FuzzParseFrame(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := media.ParseFrame(b)
		if err != nil {
			if !errors.Is(err, media.ErrMalformed) {
				t.Fatalf("error is %v", err)
			}
			return
		}
		if frame.Seq == 0 {
			t.Fatal("a sequence number of 0")
		}
		if got := frame.Append(nil); !bytes.Equal(got, b) {
			t.Fatalf("encodes to\n%x, not\n%x", got, b)
		}
	})
}

func FuzzParsePacket(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := media.ParsePacket(b)
		if err != nil {
			if !errors.Is(err, media.ErrMalformed) {
				t.Fatalf("error is %v", err)
			}
			return
		}
		for _, part := range p.Parts {
			if part.Index >= part.Count || len(part.Bytes) == 0 || len(part.Bytes) > media.PartSize {
				t.Fatalf("part %d of %d has %d bytes", part.Index, part.Count, len(part.Bytes))
			}
		}
		// What is understood says the same when it is said again, unless that
		// takes more headers than fit.
		again := p.Append(nil)
		if len(again) > media.MaxPacket {
			return
		}
		q, err := media.ParsePacket(again)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Append(nil); !bytes.Equal(got, again) {
			t.Fatalf("encodes to\n%x, not\n%x", got, again)
		}
	})
}

// FuzzAssembler feeds parts: three bytes choose the stream, number and count of
// each, and whether it is of full length.
func FuzzAssembler(f *testing.F) {
	full := bytes.Repeat([]byte{0xee}, media.PartSize)
	f.Fuzz(func(t *testing.T, script []byte, limit uint32) {
		bound := int(limit % (5 * media.PartSize))
		a := media.Assembler{Limit: func(media.Stream) int { return bound }}
		parts := map[media.Stream]int{} // parts added since part 0
		for ; len(script) >= 3; script = script[3:] {
			p := media.Part{
				Stream: media.Stream{Source: uint16(script[0] & 3), Channel: media.DOM},
				Index:  uint16(script[1] & 7), Count: uint16(script[2]&7) + 1, Bytes: full,
			}
			if p.Index >= p.Count {
				continue
			}
			if p.Index+1 == p.Count {
				p.Bytes = full[:1+int(script[0])*62]
			}
			if p.Index == 0 {
				parts[p.Stream] = 0
			}
			parts[p.Stream]++
			frame, err := a.Add(p)
			switch {
			case err != nil:
				if !errors.Is(err, media.ErrMalformed) {
					t.Fatalf("error is %v", err)
				}
				return // the carrier is closed
			case frame == nil:
				if p.Index+1 == p.Count {
					t.Fatalf("nothing comes of the last part, %d of %d", p.Index, p.Count)
				}
			case len(frame) > bound:
				t.Fatalf("a frame of %d bytes where %d are allowed", len(frame), bound)
			case len(frame) != (int(p.Count)-1)*media.PartSize+len(p.Bytes) || parts[p.Stream] != int(p.Count):
				t.Fatalf("a frame of %d bytes of %d parts after %d", len(frame), p.Count, parts[p.Stream])
			}
		}
	})
}

func FuzzBody(f *testing.F) {
	f.Fuzz(func(t *testing.T, payload []byte, flags uint8, limit uint32) {
		bound := int(limit % (64 << 10))
		frame := media.Frame{Flags: media.Flags(flags), Payload: payload}
		body, err := frame.Body(bound)
		switch {
		case err != nil:
			if !errors.Is(err, media.ErrMalformed) && !errors.Is(err, media.ErrTooLarge) {
				t.Fatalf("error is %v", err)
			}
			if body != nil {
				t.Fatal("a body and an error")
			}
		case len(body) > bound:
			t.Fatalf("a body of %d bytes where %d are allowed", len(body), bound)
		case len(body) > 0:
			if _, err := frame.Body(len(body) - 1); !errors.Is(err, media.ErrTooLarge) {
				t.Fatalf("error for one byte too many is %v", err)
			}
		}
	})
}
