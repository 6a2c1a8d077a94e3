package signaling

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// hostile is text that is dangerous wherever somebody takes it for markup.
const hostile = `<img src=x onerror="alert(1)"> </script><script>alert('x')</script> ${7*7} {{x}} '; DROP TABLE leads;-- ` + "\u202e\u0007 é 漢 🏴‍☠️"

// stillServes proves that the server has taken no harm: the meeting goes on, and
// a new customer is served.
func (m *meeting) stillServes() {
	m.tab.t.Helper()
	m.talk("still here")
	r := m.lead.r
	token, hash := auth.NewToken()
	now := r.clock.now()
	id := "fresh-" + token[:12]
	r.ok(r.store.CreateLead(r.t.Context(), store.Lead{
		ID: id, Site: "shop", State: store.LeadWaiting, TokenHash: hash, Created: store.At(now),
	}))
	fresh := &request{r: r, id: id, token: token}
	tab := fresh.tab("tab-1")
	tab.lead("waiting")
	tab.close()
	fresh.call("POST", "/api/customer/cancel", nil).is(http.StatusNoContent)
}

func text(s string) func(*peer) {
	return func(p *peer) { p.sendBytes(websocket.TextMessage, []byte(s)) }
}

func binary(b []byte) func(*peer) {
	return func(p *peer) { p.sendBytes(websocket.BinaryMessage, b) }
}

// count names a counter by the value of its label.
type count struct{ metric, reason string }

func refused(reason string) count { return count{"beside_refused_total", reason} }
func dropped(reason string) count { return count{"beside_drops_total", reason} }

// What comes before, or instead of, a hello.
func TestBadHello(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	m := r.meet(asha)
	hello := func(h Hello) func(*peer) {
		if h.Type == "" {
			h.Type, h.V = "hello", Version
		}
		return func(p *peer) { p.say(h) }
	}
	positions := make([]Position, maxPositions+1)
	long := strings.Repeat("x", 200)
	for _, c := range []struct {
		name  string
		do    func(*peer)
		code  string // of the failure; empty when it is closed without
		count count
	}{
		{"closes at once", func(p *peer) { _ = p.conn.Close() }, "", refused("no_hello")},
		{"not JSON", text("hello"), "malformed", refused("malformed")},
		{"empty", text(""), "malformed", refused("malformed")},
		{"not an object", text(`[1,2]`), "malformed", refused("malformed")},
		{"null", text(`null`), "malformed", refused("malformed")},
		{"deep nesting", text(strings.Repeat("[", 100_000)), "malformed", refused("malformed")},
		{"unknown type", text(`{"type":"howdy","v":1}`), "malformed", refused("malformed")},
		{"another message", text(`{"type":"signal","kind":"bye"}`), "malformed", refused("malformed")},
		{"a field of a wrong type", text(`{"type":"hello","v":1,"role":7}`), "malformed", refused("malformed")},
		{"a negative number", text(`{"type":"hello","v":1,"role":"customer","epoch":-1}`), "malformed", refused("malformed")},
		{"binary", binary(media.Packet{Ping: []uint32{1}}.Append(nil)), "malformed", refused("malformed")},
		{"a newer version", hello(Hello{Type: "hello", V: 2, Role: "desk"}), "version", refused("version")},
		{"no version", text(`{"type":"hello","role":"desk"}`), "version", refused("version")},
		{"no role", hello(Hello{}), "malformed", refused("malformed")},
		{"unknown role", hello(Hello{Role: "admin"}), "malformed", refused("malformed")},
		{"a customer without token", hello(Hello{Role: "customer", Window: "w"}), "malformed", refused("malformed")},
		{"a customer without window", hello(Hello{Role: "customer", Token: m.lead.token}), "malformed", refused("malformed")},
		{"unknown token", hello(Hello{Role: "customer", Token: "nope", Window: "w"}), "ended", refused("ended")},
		{"too long a token", hello(Hello{Role: "customer", Token: long, Window: "w"}), "malformed", refused("malformed")},
		{"too long a window", hello(Hello{Role: "customer", Token: m.lead.token, Window: long}), "malformed", refused("malformed")},
		{"too many positions", hello(Hello{Role: "customer", Token: m.lead.token, Window: "w", Positions: positions}), "malformed", refused("malformed")},
		{"a customer as desk", func(p *peer) { p.say(Hello{Type: "hello", V: Version, Role: "desk", Token: m.lead.token}) }, "origin", refused("origin")},
		{"an oversized text", text(`{"type":"hello","token":"` + strings.Repeat("x", maxMessage) + `"}`), "", refused("no_hello")},
		{"an oversized binary", binary(make([]byte, maxMessage+1)), "", refused("no_hello")},
		{"an unknown opcode", func(p *peer) { _, _ = p.conn.UnderlyingConn().Write([]byte{0x83, 0x80, 1, 2, 3, 4}) }, "", refused("no_hello")},
		{"not masked", func(p *peer) { _, _ = p.conn.UnderlyingConn().Write([]byte{0x81, 0x02, '{', '}'}) }, "", refused("no_hello")},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := r.counter(c.count.metric, c.count.reason)
			p := r.dial(origin(shopOrigin))
			p.t = t
			c.do(p)
			if c.code == "" {
				p.closed()
			} else {
				p.failed(c.code)
			}
			r.eventually("it is counted", func() bool { return r.counter(c.count.metric, c.count.reason) == before+1 })
		})
	}
	console := func(session, window string) func(*peer) {
		return hello(Hello{Role: "console", Session: session, Window: window})
	}
	for _, c := range []struct {
		name string
		do   func(*peer)
		code string
	}{
		{"a console without window", console(m.session, ""), "malformed"},
		{"a console without session", console("", "w"), "ended"},
		{"a console of an unknown session", console("nope", "w"), "ended"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := r.dial(cookie(asha.token), origin(r.web.URL))
			p.t = t
			c.do(p)
			p.failed(c.code)
		})
	}
	m.stillServes()
}

// part makes a packet of one part as the fields say.
func part(source uint16, c media.Channel, index, count uint16, b []byte) []byte {
	return media.Packet{Parts: []media.Part{{Stream: media.Stream{Source: source, Channel: c}, Index: index, Count: count, Bytes: b}}}.Append(nil)
}

// bomb is a small payload that inflates to much.
func bomb(size int) []byte {
	return media.Deflate([]byte(`{"kind":"line","id":"1","text":"` + strings.Repeat("x", size) + `"}`))
}

// What a joined tab sends wrongly. What breaks the protocol closes the socket,
// not fatally, as a page gone wrong gets well by connecting again; what merely
// may not be is ignored.
func TestBadInput(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	chat := func(p *peer, payload string, flags media.Flags) media.Frame {
		f := p.frame(media.Chat, 0, flags)
		f.Payload = []byte(payload)
		return f
	}
	send := func(make func(p *peer) media.Frame) func(*peer) {
		return func(p *peer) { p.send(make(p)) }
	}
	full := make([]byte, media.PartSize)
	for _, c := range []struct {
		name   string
		do     func(*peer)
		closes bool
		count  count
		times  float64
	}{
		// JSON messages.
		{"hello twice", func(p *peer) {
			p.say(Hello{Type: "hello", V: Version, Role: "customer", Token: m.lead.token, Window: "bad"})
		}, false, refused("out_of_order"), 1},
		{"unknown message", text(`{"type":"teleport","to":7}`), false, refused("unknown_message"), 1},
		{"message without type", text(`{"to":7}`), false, refused("unknown_message"), 1},
		{"a server's message", text(`{"type":"presence","sources":[]}`), false, refused("unknown_message"), 1},
		{"not JSON", text(`{"type":"signal"`), true, refused("malformed"), 1},
		{"not an object", text(`"signal"`), true, refused("malformed"), 1},
		{"signal of a wrong type", text(`{"type":"signal","to":"x","kind":"bye"}`), true, refused("malformed"), 1},
		{"signal to too high a number", text(`{"type":"signal","to":65536,"kind":"bye"}`), true, refused("malformed"), 1},
		{"signal of unknown kind", text(`{"type":"signal","to":2,"kind":"shout"}`), true, refused("malformed"), 1},
		{"signal too long", func(p *peer) { p.say(Signal{Type: "signal", Kind: "offer", Body: strings.Repeat("x", maxSignal+1)}) }, true, refused("malformed"), 1},
		{"signal to nobody", text(`{"type":"signal","to":200,"kind":"bye"}`), false, refused("signal"), 1},
		{"flood of signals", func(p *peer) {
			for range 400 {
				p.say(Signal{Type: "signal", To: 200, Kind: "candidate"})
			}
		}, false, refused("signal"), 400},

		// Sizes of messages.
		{"oversized text", text(`{"type":"signal","body":"` + strings.Repeat("x", maxMessage) + `"}`), true, refused("oversized"), 1},
		{"oversized binary", binary(make([]byte, maxMessage+1)), true, refused("oversized"), 1},
		{"packet above its bound", binary(make([]byte, media.MaxPacket+1)), true, dropped("malformed"), 1},

		// Packets.
		{"empty packet", binary(nil), false, count{}, 0},
		{"torn chunk header", binary([]byte{1, 0}), true, dropped("malformed"), 1},
		{"torn chunk", binary([]byte{1, 0, 9, 1}), true, dropped("malformed"), 1},
		{"chunk longer than the packet", binary([]byte{1, 255, 255}), true, dropped("malformed"), 1},
		{"unknown chunk", binary([]byte{200, 0, 2, 1, 2}), false, count{}, 0},
		{"part without bytes", binary([]byte{1, 0, 7, 0, 1, 3, 0, 0, 0, 1}), true, dropped("malformed"), 1},
		{"part beyond its count", func(p *peer) { binary(part(p.source, media.Chat, 3, 2, full))(p) }, true, dropped("malformed"), 1},
		{"short part in the middle", func(p *peer) { binary(part(p.source, media.DOM, 0, 2, []byte{1}))(p) }, true, dropped("malformed"), 1},
		{"parts out of order", func(p *peer) { binary(part(p.source, media.DOM, 1, 3, full))(p) }, true, dropped("malformed"), 1},
		{"parts of another count", func(p *peer) {
			binary(part(p.source, media.DOM, 0, 3, full))(p)
			binary(part(p.source, media.DOM, 1, 4, full))(p)
		}, true, dropped("malformed"), 1},
		{"huge count of parts", func(p *peer) { binary(part(p.source, media.DOM, 0, 65535, full))(p) }, true, dropped("malformed"), 1},
		{"more parts than the channel takes", func(p *peer) { binary(part(p.source, media.Pointer, 0, 2, full))(p) }, true, dropped("malformed"), 1},
		{"positions of a broken length", binary([]byte{2, 0, 3, 1, 2, 3}), true, dropped("malformed"), 1},
		{"ping of a broken length", binary([]byte{4, 0, 3, 1, 2, 3}), true, dropped("malformed"), 1},
		{"resume of streams that are not there", binary(media.Packet{Resume: []media.Mark{{Stream: media.Stream{Source: 9, Channel: 200}}}}.Append(nil)), false, count{}, 0},

		// Frames.
		{"frame shorter than its header", func(p *peer) { binary(part(p.source, media.Chat, 0, 1, []byte{3, 0, 0}))(p) }, true, dropped("malformed"), 1},
		{"frame of another stream than its part", func(p *peer) {
			f := p.frame(media.State, 1, 0)
			binary(part(p.source, media.Chat, 0, 1, f.Append(nil)))(p)
		}, true, dropped("malformed"), 1},
		{"frame numbered 0", send(func(p *peer) media.Frame { f := p.frame(media.State, 1, 0); f.Seq = 0; return f }), true, dropped("malformed"), 1},
		{"frame above its channel's bound", send(func(p *peer) media.Frame { return p.frame(media.Pointer, strings.Repeat("x", 2000), 0) }), true, dropped("malformed"), 1},
		{"another's source", send(func(p *peer) media.Frame {
			f := p.frame(media.State, "forged", 0)
			f.Source = m.console.source
			return f
		}), false, dropped("foreign"), 1},
		{"the room's own number", send(func(p *peer) media.Frame { f := p.frame(media.State, "forged", 0); f.Source = 0; return f }), false, dropped("foreign"), 1},
		{"an agent's channel", send(func(p *peer) media.Frame { return p.frame(media.Marker, "forged", 0) }), false, dropped("forbidden"), 1},
		{"an unknown channel", send(func(p *peer) media.Frame { return p.frame(99, "forged", 0) }), false, dropped("unknown"), 1},
		{"an old frame", func(p *peer) {
			f := p.frame(media.State, "forged", 0)
			f.Epoch--
			p.send(p.frame(media.State, "new", 0))
			p.send(f)
		}, false, dropped("duplicate"), 1},

		// Chat, which the server reads.
		{"chat that is not JSON", send(func(p *peer) media.Frame { return chat(p, "forged", 0) }), false, dropped("refused"), 1},
		{"chat that is a list", send(func(p *peer) media.Frame { return chat(p, `["forged"]`, 0) }), false, dropped("refused"), 1},
		{"chat without text", send(func(p *peer) media.Frame { return chat(p, `{"id":"forged"}`, 0) }), false, dropped("refused"), 1},
		{"chat of spaces", send(func(p *peer) media.Frame { return chat(p, `{"id":"forged","text":" \n "}`, 0) }), false, dropped("refused"), 1},
		{"chat too long", send(func(p *peer) media.Frame {
			return p.frame(media.Chat, line{Text: "forged" + strings.Repeat("x", maxChatText)}, 0)
		}), false, dropped("refused"), 1},
		{"chat with too long an ID", send(func(p *peer) media.Frame {
			return p.frame(media.Chat, line{ID: strings.Repeat("x", maxID+1), Text: "forged"}, 0)
		}), false, dropped("refused"), 1},
		{"chat that does not inflate", send(func(p *peer) media.Frame { return chat(p, "\xff\xff\xff forged", media.Deflated) }), false, dropped("refused"), 1},
		{"a bomb", send(func(p *peer) media.Frame { return chat(p, string(bomb(8<<20)), media.Deflated) }), false, dropped("refused"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := m.lead.tab("bad")
			p.t = t
			p.joined()
			before := r.counter(c.count.metric, c.count.reason)
			c.do(p)
			if c.closes {
				if c.count.reason == "oversized" {
					p.closed()
				} else if f := p.failed("malformed"); f.Fatal {
					t.Error("a page gone wrong may not come back")
				}
			} else {
				p.sync()
			}
			if c.times > 0 {
				r.eventually("it is counted", func() bool { return r.counter(c.count.metric, c.count.reason) == before+c.times })
			}
			p.close()
			m.stillServes()
			if f, ok := take(m.console, func(f media.Frame) bool { return strings.Contains(string(f.Payload), "forged") }); ok {
				t.Errorf("it was passed on: %+v", f)
			}
		})
	}
	entries, err := r.store.Entries(t.Context(), m.session)
	r.ok(err)
	for _, e := range entries {
		if strings.Contains(e.Text, "forged") {
			t.Errorf("it was kept: %q", e.Text)
		}
	}
}

// Frames before there is a room go nowhere.
func TestFramesBeforeJoined(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	q := r.request(NewLead{})
	tab := q.tab("tab-1")
	tab.source, tab.epoch = 1, 7
	tab.publish(media.DOM, "early")
	tab.sendBytes(websocket.BinaryMessage, media.Packet{Resume: []media.Mark{{}}, Ack: []media.Mark{{}}}.Append(nil))
	tab.say(Signal{Type: "signal", To: 2, Kind: "offer"})
	tab.sync()
	if n := r.counter("beside_drops_total", "not_joined"); n != 1 {
		t.Errorf("%v early packets counted, want 1", n)
	}
	if n := r.counter("beside_refused_total", "signal"); n != 1 {
		t.Errorf("%v early signals counted, want 1", n)
	}
	session := asha.connect(q.id).Session
	tab.seqs = map[media.Channel]uint32{}
	if j := tab.joined(); len(j.Have) != 0 {
		t.Errorf("the room has early frames: %+v", j.Have)
	}
	m := &meeting{lead: q, agent: asha, session: session, tab: tab, console: asha.console(session, "c")}
	m.console.joined()
	m.talk("now")
}

// A desk is no carrier.
func TestDeskSendsFrames(t *testing.T) {
	r := newRig(t)
	desk, _ := r.agent("asha", store.RoleAgent).desk()
	desk.source, desk.epoch = 1, 1
	desk.publish(media.Chat, line{Text: "hello"})
	desk.say(Signal{Type: "signal", To: 1, Kind: "offer"})
	desk.sync()
	if r.counter("beside_drops_total", "not_joined") != 1 || r.counter("beside_refused_total", "signal") != 1 {
		t.Error("frames or signals of a desk are not counted")
	}
}

// Signals beyond the limit go nowhere, those within do.
func TestSignalLimit(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	await(m.tab, "direct", func(p Presence) bool { return p.Direct })
	const flood = 1000
	for i := range flood {
		m.tab.say(Signal{Type: "signal", To: m.console.source, Attempt: fmt.Sprint(i), Kind: "candidate"})
	}
	m.tab.sync()
	passed, refused := r.counter("beside_signals_total", ""), r.counter("beside_refused_total", "signal")
	if passed < 200 || refused == 0 || passed+refused != flood {
		t.Errorf("of %d signals %v passed and %v were refused", flood, passed, refused)
	}
	m.talk("after the flood")
}

// Text is text: it is kept and given back as it came, encoded so that no reader
// takes it for markup.
func TestHostileText(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	desk, _ := asha.desk()
	q := r.request(NewLead{Name: hostile[:100], Message: hostile, PageTitle: hostile, PageURL: "javascript:alert(1)//" + hostile})
	shown := await(desk, "the lead", func(d DeskLead) bool { return d.Lead.ID == q.id }).Lead
	if shown.Name != hostile[:100] || shown.Message != hostile || shown.PageTitle != hostile {
		t.Errorf("the desk shows %+v", shown)
	}
	session := asha.connect(q.id).Session
	m := &meeting{lead: q, agent: asha, session: session, tab: q.tab("t"), console: asha.console(session, "c")}
	m.tab.joined()
	if j := m.console.joined(); j.Customer != hostile[:100] {
		t.Errorf("the console shows the customer as %q", j.Customer)
	}
	m.talk(hostile)
	state := m.tab.publish(media.State, map[string]string{"title": hostile})
	m.console.gets(state)

	asha.call("POST", "/api/leads/"+q.id+"/end", Remarks{Remarks: hostile}).is(http.StatusOK)
	q.call("POST", "/api/customer/remarks", Remarks{Remarks: hostile}).is(http.StatusNoContent)
	answer := asha.call("GET", "/api/leads/"+q.id, nil)
	var story LeadStory
	answer.into(http.StatusOK, &story)
	if story.Lead.AgentRemarks != strings.TrimSpace(hostile) || story.Lead.CustomerRemarks != strings.TrimSpace(hostile) {
		t.Errorf("kept are the remarks %+v", story.Lead)
	}
	if len(story.Transcript) != 2 || story.Transcript[0].Text != "tab: "+hostile {
		t.Errorf("kept is the chat %+v", story.Transcript)
	}
	if got := answer.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	if got := answer.header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options %q", got)
	}
}

// What the API does with bodies that it does not want.
func TestBadBodies(t *testing.T) {
	r := newRig(t)
	asha := r.agent("asha", store.RoleAgent)
	r.site(func(s *store.Site) { s.Ask.Email = store.NeedRequired })
	type lead = map[string]any
	good := func() lead { return lead{"site": "shop", "email": "a@b"} }
	with := func(key string, v any) lead { l := good(); l[key] = v; return l }
	shop := origin(shopOrigin)
	for _, c := range []struct {
		name    string
		body    any
		status  int
		headers []header
	}{
		{"nothing", "", http.StatusBadRequest, nil},
		{"not JSON", "{", http.StatusBadRequest, nil},
		{"a list", "[]", http.StatusUnprocessableEntity, nil},
		{"null", "null", http.StatusUnprocessableEntity, nil},
		{"deep nesting", strings.Repeat("[", 60_000), http.StatusBadRequest, nil},
		{"too large", `{"site":"` + strings.Repeat("x", maxBody) + `"}`, http.StatusRequestEntityTooLarge, nil},
		{"unknown field", with("state", "active"), http.StatusUnprocessableEntity, nil},
		{"a field of a wrong type", with("name", 7), http.StatusUnprocessableEntity, nil},
		{"no site", lead{"email": "a@b"}, http.StatusUnprocessableEntity, nil},
		{"unknown site", with("site", "other"), http.StatusNotFound, nil},
		{"too long a name", with("name", strings.Repeat("x", 121)), http.StatusUnprocessableEntity, nil},
		{"too long a message", with("message", strings.Repeat("x", 4001)), http.StatusUnprocessableEntity, nil},
		{"no e-mail where it is required", with("email", " "), http.StatusUnprocessableEntity, nil},
		{"no @", with("email", "a.b"), http.StatusUnprocessableEntity, nil},
		{"unknown topic", with("topic", "Weather"), http.StatusUnprocessableEntity, nil},
		{"another content type", good(), http.StatusUnsupportedMediaType, []header{func(h http.Header) { h.Set("Content-Type", "text/plain") }}},
		{"a form", "site=shop", http.StatusUnsupportedMediaType, []header{func(h http.Header) { h.Set("Content-Type", "application/x-www-form-urlencoded") }}},
		{"no origin", good(), http.StatusForbidden, []header{func(h http.Header) { h.Del("Origin") }}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := r.call("POST", "/api/leads", c.body, append([]header{shop}, c.headers...)...)
			got.t = t
			p := got.problem(c.status)
			if strings.Contains(strings.ToLower(p.Detail), "json:") || strings.Contains(p.Detail, "goroutine") {
				t.Errorf("internal text: %q", p.Detail)
			}
			r.clock.advance(5e9)
		})
	}
	r.call("POST", "/api/leads", good(), shop).is(http.StatusOK)

	q := r.request(NewLead{Email: "a@b", Phone: "123"})
	if l := q.record(); l.Phone != "" {
		t.Error("a field that is not asked for was kept")
	}
	q.call("POST", "/api/customer/remarks", lead{"rating": 6}).problem(http.StatusUnprocessableEntity)
	q.call("POST", "/api/customer/remarks", lead{"rating": -1}).problem(http.StatusUnprocessableEntity)
	q.call("POST", "/api/customer/remarks", lead{"rating": 5}).problem(http.StatusConflict) // not over yet
	for query, status := range map[string]int{
		"?limit=0": 422, "?limit=201": 422, "?limit=x": 422, "?before=" + strings.Repeat("x", 65): 422, "?before=nope": 404, "?limit=200": 200,
	} {
		if got := asha.call("GET", "/api/history"+query, nil); got.status != status {
			t.Errorf("history%s: status %d, want %d", query, got.status, status)
		}
	}
	asha.call("GET", "/api/leads/nope", nil).problem(http.StatusNotFound)
	asha.call("POST", "/api/leads/"+strings.Repeat("x", 65)+"/connect", nil).problem(http.StatusUnprocessableEntity)
	if got := asha.call("POST", "/api/leads/"+q.id+"/end", Remarks{}); got.status != http.StatusConflict {
		t.Errorf("ending what has not begun: status %d", got.status)
	}
}

// Too many requests from one address are told when to come again.
func TestLeadLimit(t *testing.T) {
	r := newRig(t)
	for range 20 {
		r.request(NewLead{})
	}
	got := r.call("POST", "/api/leads", NewLead{Site: "shop"}, origin(shopOrigin))
	got.problem(http.StatusTooManyRequests)
	if wait := got.header.Get("Retry-After"); wait == "" || wait == "0" {
		t.Errorf("Retry-After: %q", wait)
	}
	if got.header.Get("Access-Control-Expose-Headers") != "Retry-After" {
		t.Error("the page can't read Retry-After")
	}
	r.clock.advance(5e9)
	r.request(NewLead{})
}

func TestHistoryPages(t *testing.T) {
	r := newRig(t)
	sara := r.agent("sara", store.RoleSupervisor)
	var want []string
	for range 5 {
		q := r.request(NewLead{})
		r.clock.advance(1e9)
		r.ok(closeLead(r, q))
		want = append([]string{q.id}, want...)
	}
	var got []string
	path := "/api/history?limit=2"
	for range 4 {
		var page LeadPage
		sara.call("GET", path, nil).into(http.StatusOK, &page)
		for _, l := range page.Leads {
			got = append(got, l.ID)
		}
		if page.Next == "" {
			break
		}
		path = "/api/history?limit=2&before=" + page.Next
	}
	if a, b := fmt.Sprint(got), fmt.Sprint(want); a != b {
		t.Errorf("the pages list %s, want %s", a, b)
	}
}

// FuzzParseMessage checks that no message crashes the parser, that what parses
// is within its bounds, and that it says the same when it is written again.
func FuzzParseMessage(f *testing.F) {
	f.Add([]byte(`{"type":"hello","v":1,"role":"customer","token":"t","window":"w","epoch":7,"positions":[{"source":1,"channel":3,"epoch":7,"seq":9}]}`))
	f.Add([]byte(`{"type":"hello","v":1,"role":"desk","offline":true}`))
	f.Add([]byte(`{"type":"signal","to":2,"attempt":"a","kind":"offer","body":"v=0"}`))
	f.Add([]byte(`{"type":"later","x":[1,{"y":null}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMessage(b)
		if err != nil {
			return
		}
		switch m := m.(type) {
		case Hello:
			if len(m.Token) > maxToken || len(m.Window) > maxID || len(m.Session) > maxID || len(m.Positions) > maxPositions {
				t.Fatalf("out of bounds: %+v", m)
			}
		case Signal:
			if len(m.Body) > maxSignal || len(m.Attempt) > maxAttempt {
				t.Fatalf("out of bounds: %+v", m)
			}
		default:
			t.Fatalf("parsed as %T", m)
		}
		once, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		again, err := parseMessage(once)
		if err != nil {
			t.Fatalf("what was written does not parse: %v", err)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(once) {
			t.Fatalf("written %s, then %s", once, twice)
		}
	})
}
