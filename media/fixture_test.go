package media_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// update writes the fixtures in testdata anew. They pin the bytes that this
// package and static/src/wire exchange: both suites read them, so a change of
// one is a change of the protocol.
var update = flag.Bool("update", false, "write the fixtures in testdata")

// data is bytes as a fixture has them: pieces one after another.
type data []piece

// piece is bytes in hexadecimal, repeated if Times says so.
type piece struct {
	Hex   string `json:"hex"`
	Times int    `json:"times,omitempty"`
}

// dataOf returns the bytes with long runs of the same value cut short.
func dataOf(b []byte) data {
	const long = 64
	d := data{}
	rest := 0 // from here on, nothing is in d yet
	for i := 0; i < len(b); {
		end := i + 1
		for end < len(b) && b[end] == b[i] {
			end++
		}
		if end-i >= long {
			if rest < i {
				d = append(d, piece{Hex: hex.EncodeToString(b[rest:i])})
			}
			d = append(d, piece{Hex: hex.EncodeToString(b[i : i+1]), Times: end - i})
			rest = end
		}
		i = end
	}
	if rest < len(b) {
		d = append(d, piece{Hex: hex.EncodeToString(b[rest:])})
	}
	return d
}

// hexData is dataOf for bytes written in hexadecimal.
func hexData(s string) data {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return dataOf(b)
}

func (d data) bytes(t testing.TB) (all []byte) {
	t.Helper()
	for _, p := range d {
		b, err := hex.DecodeString(p.Hex)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.Repeat(b, max(1, p.Times))...)
	}
	return all
}

// fixture reads a file of testdata, having written it if asked to.
func fixture[T any](t *testing.T, name string, write func() T) (f T) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		b, err := json.MarshalIndent(write(), "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}
