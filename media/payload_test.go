package media_test

import (
	"bytes"
	"compress/flate"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/beside-desk/beside/media"
)

type payloadFixtures struct {
	Valid   []payloadFixture `json:"valid"`
	Invalid []badPayload     `json:"invalid"`
}

type payloadFixture struct {
	Name  string `json:"name"`
	Flags uint8  `json:"flags"`
	Bytes data   `json:"bytes"`
	Text  text   `json:"text"`
}

type badPayload struct {
	Name  string `json:"name"`
	Flags uint8  `json:"flags"`
	Bytes data   `json:"bytes"`
	// Limit of the inflated payload.
	Limit int `json:"limit"`
	// Error is "malformed" or "too large".
	Error string `json:"error"`
}

// text is a payload once inflated.
type text struct {
	Text  string `json:"text"`
	Times int    `json:"times,omitempty"`
}

func (x text) bytes() []byte { return []byte(strings.Repeat(x.Text, max(1, x.Times))) }

const deflated = uint8(media.Deflated)

// texts are payloads of the kinds that pages and people make.
func texts() map[string]text {
	return map[string]text{
		"a line of chat":  {Text: `{"id":"0b51c2d0","text":"Which plan has the longer trial?"}`},
		"other alphabets": {Text: `{"id":"1","text":"Grüße, Ελλάδα, 日本語, שלום, 👩🏽‍💻   "}`},
		"a mutation": {Text: `[{"type":3,"data":{"source":0,"texts":[],"attributes":[{"id":218,"attributes":{"class":"cart open"}}],` +
			`"removes":[],"adds":[{"parentId":218,"nextId":null,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[],"id":941}}]},"timestamp":1780000000123}]`},
		"an input":    {Text: `[{"type":3,"data":{"source":5,"text":"****","isChecked":false,"id":77},"timestamp":1780000000456}]`},
		"many events": {Text: `{"type":3,"data":{"source":3,"id":1,"x":0,"y":1480},"timestamp":1780000001000},`, Times: 3000},
		"nothing":     {Text: ""},
	}
}

func writePayloads(t *testing.T) payloadFixtures {
	f := payloadFixtures{Valid: []payloadFixture{
		{"as it is", 0, dataOf([]byte(`{"x":1}`)), text{Text: `{"x":1}`}},
		{"bytes after the end are ignored", deflated, append(dataOf(media.Deflate([]byte("[]"))), piece{Hex: "ffff"}), text{Text: "[]"}},
		{"stored", deflated, dataOf(deflateWith(t, flate.NoCompression, nil, []byte("[1,2]"))), text{Text: "[1,2]"}},
	}}
	all := texts()
	byFflate := deflateByFflate(t, all)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		x := all[name]
		f.Valid = append(f.Valid,
			payloadFixture{name + ", by Go", deflated, dataOf(media.Deflate(x.bytes())), x},
			payloadFixture{name + ", by fflate", deflated, dataOf(byFflate[name]), x},
			payloadFixture{name + ", without the dictionary", deflated, dataOf(deflateWith(t, flate.BestCompression, nil, x.bytes())), x},
		)
	}
	whole := media.Deflate(all["a mutation"].bytes())
	f.Invalid = []badPayload{
		{"nothing", deflated, data{}, 100, "malformed"},
		{"cut off before its last byte", deflated, dataOf(whole[:len(whole)-1]), media.MaxPayload, "malformed"},
		{"cut off in the middle", deflated, dataOf(whole[:len(whole)/2]), media.MaxPayload, "malformed"},
		{"without a last block", deflated, dataOf(unfinished(t, []byte("[]"))), media.MaxPayload, "malformed"},
		{"a block of no known kind", deflated, hexData("07"), 100, "malformed"},
		{"a stored block with a wrong length", deflated, hexData("0105000000"), 100, "malformed"},
		{"text that is not deflated", deflated, dataOf([]byte(`{"x":1}`)), 100, "malformed"},
		{"a distance to before the dictionary", deflated, hexData("03fed7ff03"), 100, "malformed"},
		{"as it is, too large", 0, dataOf([]byte("12345")), 4, "too large"},
		{"inflates to one byte too many", deflated, dataOf(media.Deflate([]byte("12345"))), 4, "too large"},
		{"inflates to one byte more than 16 MiB", deflated, dataOf(media.Deflate(make([]byte, media.MaxPayload+1))), media.MaxPayload, "too large"},
	}
	return f
}

func deflateWith(t testing.TB, level int, dictionary, body []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, level, dictionary)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// unfinished deflates the body without saying that it has ended.
func unfinished(t testing.TB, body []byte) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestSpeed, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(body)
	_ = w.Flush()
	return b.Bytes()
}

// deflateByFflate has the browser's own library deflate the texts. It needs
// Node and the browser dependencies, but only to write the fixtures.
func deflateByFflate(t *testing.T, all map[string]text) map[string][]byte {
	const script = `
import { deflateSync } from "fflate";
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { dictionary, texts } = JSON.parse(Buffer.concat(chunks).toString());
const deflate = (hex) => deflateSync(Buffer.from(hex, "hex"), { dictionary: Buffer.from(dictionary, "hex") });
const all = Object.entries(texts).map(([name, hex]) => [name, Buffer.from(deflate(hex)).toString("hex")]);
process.stdout.write(JSON.stringify(Object.fromEntries(all)));`
	in := struct {
		Dictionary string            `json:"dictionary"`
		Texts      map[string]string `json:"texts"`
	}{hex.EncodeToString(media.Dictionary()), map[string]string{}}
	for name, x := range all {
		in.Texts[name] = hex.EncodeToString(x.bytes())
	}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", "--input-type=module", "-e", script)
	node.Dir, node.Stdin = "../static", bytes.NewReader(b)
	out, err := node.Output()
	if err != nil {
		t.Fatalf("fflate: %v (is Node there, and have the browser dependencies been installed?)", err)
	}
	var deflated map[string]string
	if err := json.Unmarshal(out, &deflated); err != nil {
		t.Fatal(err)
	}
	bodies := map[string][]byte{}
	for name, x := range deflated {
		if bodies[name], err = hex.DecodeString(x); err != nil {
			t.Fatal(err)
		}
	}
	return bodies
}

func TestPayloadFixtures(t *testing.T) {
	f := fixture(t, "payloads.json", func() payloadFixtures { return writePayloads(t) })
	for _, c := range f.Valid {
		t.Run(c.Name, func(t *testing.T) {
			frame := media.Frame{Flags: media.Flags(c.Flags), Payload: c.Bytes.bytes(t)}
			want := c.Text.bytes()
			got, err := frame.Body(len(want))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("inflates to %q", got)
			}
		})
	}
	for _, c := range f.Invalid {
		t.Run(c.Name, func(t *testing.T) {
			want := map[string]error{"malformed": media.ErrMalformed, "too large": media.ErrTooLarge}[c.Error]
			frame := media.Frame{Flags: media.Flags(c.Flags), Payload: c.Bytes.bytes(t)}
			if body, err := frame.Body(c.Limit); !errors.Is(err, want) {
				t.Errorf("%d bytes, error is %v", len(body), err)
			}
		})
	}
}

// Bodies longer than the window, that refer back into the dictionary and into
// themselves, come back whole.
func TestDeflateRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields(string(media.Dictionary()) + ` {"type":3,"data": "attributes" timestamp`)
	for _, n := range []int{0, 1, 63, 4096, 32767, 32768, 32769, 300_000} {
		var b bytes.Buffer
		for b.Len() < n {
			fmt.Fprintf(&b, "%s%d", words[random.IntN(len(words))], random.IntN(1000))
		}
		body := b.Bytes()[:n]
		frame := media.Frame{Flags: media.Deflated, Payload: media.Deflate(body)}
		got, err := frame.Body(n)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("a body of %d bytes comes back as %d, %v", n, len(got), err)
		}
	}
}

// A bomb costs no more than the bound, however far it would go.
func TestBombIsRefusedWithBoundedMemory(t *testing.T) {
	piece := unfinished(t, make([]byte, 16<<20))
	frame := media.Frame{Flags: media.Deflated, Payload: bytes.Repeat(piece, 512)} // 8 GiB
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := frame.Body(media.MaxPayload)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, media.ErrTooLarge) {
		t.Errorf("error is %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 16*media.MaxPayload {
		t.Errorf("%d MiB allocated on the way", n>>20)
	}
}
