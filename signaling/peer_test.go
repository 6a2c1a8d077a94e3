package signaling

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/beside-desk/beside/media"
)

// peer is a browser's end of a socket. Its reader sorts what comes into an
// inbox, from which tests take what they wait for.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	done chan struct{} // closed when the reader has ended

	// as a publisher, once joined
	source uint16
	epoch  uint32
	seqs   map[media.Channel]uint32
	pings  uint32

	mu      sync.Mutex
	inbox   []any
	arrived chan struct{} // signalled for the one who waits
}

// ask is the room's wish for a keyframe.
type ask media.Mark

// pong answers a ping.
type pong uint32

// gone is the last in an inbox.
type gone struct{ err error }

// dial opens a socket without a hello.
func (r *rig) dial(headers ...header) *peer {
	r.t.Helper()
	p := r.dialDeaf(headers...)
	go p.read()
	return p
}

// dialDeaf opens a socket whose peer does not read, so that it does not answer
// pings or a close either.
func (r *rig) dialDeaf(headers ...header) *peer {
	r.t.Helper()
	h := http.Header{}
	for _, set := range headers {
		set(h)
	}
	conn, answer, err := websocket.DefaultDialer.DialContext(r.t.Context(), "ws"+strings.TrimPrefix(r.web.URL, "http")+"/ws", h)
	if err != nil {
		r.t.Fatalf("dial: %v (%+v)", err, answer)
	}
	p := &peer{
		t: r.t, conn: conn, done: make(chan struct{}),
		seqs: make(map[media.Channel]uint32), arrived: make(chan struct{}, 1),
	}
	r.t.Cleanup(func() { _ = conn.Close() })
	return p
}

// read fills the inbox until the socket closes.
func (p *peer) read() {
	defer close(p.done)
	assembler := media.Assembler{Limit: func(media.Stream) int { return media.MaxFrame }}
	for {
		kind, b, err := p.conn.ReadMessage()
		var ms []any
		switch {
		case err != nil:
			ms = []any{gone{err}}
		case kind == websocket.TextMessage:
			ms = []any{parseServerMessage(b)}
		default:
			ms, err = unpack(&assembler, b)
			if err != nil {
				ms = []any{gone{err}}
			}
		}
		p.mu.Lock()
		p.inbox = append(p.inbox, ms...)
		p.mu.Unlock()
		select {
		case p.arrived <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// parseServerMessage returns a message by value, or an error as one.
func parseServerMessage(b []byte) any {
	var head struct{ Type string }
	if err := json.Unmarshal(b, &head); err != nil {
		return err
	}
	switch head.Type {
	case "welcome":
		return as[Welcome](b)
	case "deskLead":
		return as[DeskLead](b)
	case "deskMe":
		return as[DeskMe](b)
	case "lead":
		return as[LeadStatus](b)
	case "joined":
		return as[Joined](b)
	case "presence":
		return as[Presence](b)
	case "signal":
		return as[Signal](b)
	case "error":
		return as[Failure](b)
	}
	return fmt.Errorf("message of unknown type %q", head.Type)
}

// as decodes strictly: a field that the types do not have is a mistake.
func as[M any](b []byte) any {
	var m M
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return err
	}
	return m
}

// unpack returns what a packet brings: frames, asks and pongs.
func unpack(assembler *media.Assembler, b []byte) (ms []any, err error) {
	packet, err := media.ParsePacket(b)
	if err != nil {
		return nil, err
	}
	for _, mark := range packet.Resume {
		ms = append(ms, ask(mark))
	}
	for _, v := range packet.Pong {
		ms = append(ms, pong(v))
	}
	for _, part := range packet.Parts {
		whole, err := assembler.Add(part)
		if err != nil {
			return nil, err
		}
		if whole == nil {
			continue
		}
		f, err := media.ParseFrame(slices.Clone(whole))
		if err != nil {
			return nil, err
		}
		ms = append(ms, f)
	}
	return ms, nil
}

// await takes the first message of type M that matches out of the inbox; nil
// matches all. What came before it stays.
func await[M any](p *peer, what string, match func(M) bool) M {
	p.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		if m, ok := take(p, match); ok {
			return m
		}
		if !p.mayCome() {
			p.t.Fatalf("the socket closed before %s; unread: %s", what, p.unread())
		}
		select {
		case <-p.arrived:
		case <-deadline.C:
			p.t.Fatalf("waited in vain for %s; unread: %s", what, p.unread())
		}
	}
}

// take is await for what has come already.
func take[M any](p *peer, match func(M) bool) (m M, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, v := range p.inbox {
		if m, ok := v.(M); ok && (match == nil || match(m)) {
			if _, last := v.(gone); !last {
				p.inbox = slices.Delete(p.inbox, i, i+1)
			}
			return m, true
		}
	}
	return m, false
}

// mayCome reports whether more may still come.
func (p *peer) mayCome() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !slices.ContainsFunc(p.inbox, func(v any) bool { _, last := v.(gone); return last })
}

func (p *peer) unread() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("%+v", p.inbox)
	return text[:min(len(text), 4000)]
}

// say sends a JSON message.
func (p *peer) say(m any) {
	p.t.Helper()
	b, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	p.sendBytes(websocket.TextMessage, b)
}

// sendBytes sends a message that need not make sense. The server may have closed
// the socket already; then the next await tells.
func (p *peer) sendBytes(kind int, b []byte) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(patience))
	_ = p.conn.WriteMessage(kind, b)
}

// greet says hello and waits for the welcome.
func (p *peer) greet(h Hello, set ...func(*Hello)) Welcome {
	p.t.Helper()
	h.Type, h.V = "hello", Version
	for _, f := range set {
		f(&h)
	}
	p.say(h)
	w := await[Welcome](p, "the welcome", nil)
	if w.V != Version || w.Build != "test" {
		p.t.Errorf("welcome %+v", w)
	}
	return w
}

// joined waits until the peer has joined its room, and publishes as who it is
// from then on.
func (p *peer) joined() Joined {
	p.t.Helper()
	j := await[Joined](p, "joined", nil)
	p.source, p.epoch = j.Source, j.Epoch
	for _, at := range j.Have {
		if at.Epoch == j.Epoch {
			p.seqs[media.Channel(at.Channel)] = at.Seq
		}
	}
	return j
}

// lead waits until the peer's lead is in that state.
func (p *peer) lead(state string) LeadStatus {
	p.t.Helper()
	return await(p, "the lead to be "+state, func(l LeadStatus) bool { return string(l.State) == state })
}

// failed waits for a failure with that code and for the socket to close.
func (p *peer) failed(code string) Failure {
	p.t.Helper()
	f := await(p, "the failure "+code, func(f Failure) bool { return f.Code == code })
	if f.Message == "" {
		p.t.Errorf("the failure %s has no text for people", code)
	}
	p.closed()
	return f
}

// closed waits until the server has closed the socket.
func (p *peer) closed() error {
	p.t.Helper()
	return await[gone](p, "the socket to close", nil).err
}

// close closes the socket as a browser does that closes its tab.
func (p *peer) close() {
	_ = p.conn.Close()
	<-p.done
}

// sync waits until the server has read what was sent, and has sent what it had
// queued by then.
func (p *peer) sync() {
	p.t.Helper()
	p.pings++
	p.sendBytes(websocket.BinaryMessage, media.Packet{Ping: []uint32{p.pings}}.Append(nil))
	await(p, "the pong", func(v pong) bool { return uint32(v) == p.pings })
}

// frame makes the peer's next frame of a channel.
func (p *peer) frame(c media.Channel, payload any, flags media.Flags) media.Frame {
	p.t.Helper()
	b, err := json.Marshal(payload)
	if err != nil {
		p.t.Fatal(err)
	}
	p.seqs[c]++
	if flags&media.Deflated != 0 {
		b = media.Deflate(b)
	}
	return media.Frame{
		Stream: media.Stream{Source: p.source, Channel: c}, Position: media.Position{Epoch: p.epoch, Seq: p.seqs[c]},
		Flags: flags, Time: uint64(time.Now().UnixMilli()), Payload: b,
	}
}

// send sends a frame, split as it must be.
func (p *peer) send(f media.Frame) {
	for b, offset := f.Append(nil), 0; offset < len(b); {
		part := media.PartOf(f.Stream, b, offset)
		offset += len(part.Bytes)
		p.sendBytes(websocket.BinaryMessage, media.Packet{Parts: []media.Part{part}}.Append(nil))
	}
}

// publish sends the peer's next frame of a channel.
func (p *peer) publish(c media.Channel, payload any) media.Frame {
	p.t.Helper()
	f := p.frame(c, payload, 0)
	p.send(f)
	return f
}

// gets waits for a frame as another has sent it, and checks that it is the same.
func (p *peer) gets(want media.Frame) {
	p.t.Helper()
	got := await(p, fmt.Sprintf("frame %v %v", want.Stream, want.Position), func(f media.Frame) bool {
		return f.Stream == want.Stream && f.Position == want.Position
	})
	if got.Flags != want.Flags || got.Time != want.Time || string(got.Payload) != string(want.Payload) {
		p.t.Errorf("the frame changed on its way: %+v, was %+v", got, want)
	}
}

// line is a line of chat.
type line struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Text string `json:"text"`
}

// chat publishes a line of chat.
func (p *peer) chat(text string) media.Frame {
	p.t.Helper()
	return p.publish(media.Chat, line{Kind: "line", ID: text[:min(8, len(text))], Text: text})
}

// talk proves that both sides of a meeting still hear each other.
func (m *meeting) talk(text string) {
	m.tab.t.Helper()
	m.console.gets(m.tab.chat("tab: " + text))
	m.tab.gets(m.console.chat("console: " + text))
}
