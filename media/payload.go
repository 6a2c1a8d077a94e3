package media

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"errors"
	"fmt"
	"io"
)

// dictionary1 is the preset dictionary of deflated payloads: text as rrweb's
// events have it, the most frequent last. Its bytes are part of the protocol's
// version and never change; a better one is a new file and a new version.
//
//go:embed dictionary-1.txt
var dictionary1 []byte

// Dictionary returns a copy of the preset dictionary.
func Dictionary() []byte { return bytes.Clone(dictionary1) }

// ErrTooLarge is returned for a payload that would inflate past its bound.
var ErrTooLarge = errors.New("payload inflates past its bound")

// Body returns the frame's payload, inflated if need be, and never more than
// limit bytes. Errors wrap ErrMalformed or are ErrTooLarge.
func (f Frame) Body(limit int) ([]byte, error) {
	if f.Flags&Deflated == 0 {
		if len(f.Payload) > limit {
			return nil, ErrTooLarge
		}
		return f.Payload, nil
	}
	r := flate.NewReaderDict(bytes.NewReader(f.Payload), dictionary1)
	body, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("%w payload: %w", ErrMalformed, err)
	}
	if len(body) > limit {
		return nil, ErrTooLarge
	}
	return body, nil
}

// Deflate compresses a payload for a frame with the flag Deflated.
func Deflate(body []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.DefaultCompression, dictionary1)
	if err != nil {
		panic(err) // only for a level out of range
	}
	// A bytes.Buffer does not fail.
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}
