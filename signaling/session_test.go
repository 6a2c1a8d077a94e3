package signaling

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/store"
)

// again makes a hello that of a source that was there before.
func again(epoch uint32, at ...Position) func(*Hello) {
	return func(h *Hello) { h.Epoch, h.Positions = epoch, at }
}

// A reload is the same source with a higher epoch, so that nothing it publishes
// passes for something older.
func TestReload(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	source, epoch := m.tab.source, m.tab.epoch
	m.talk("before")
	for range 5 { // faster than the clock's seconds
		m.tab.close()
		m.tab = m.lead.tab("tab-1")
		j := m.tab.joined()
		if j.Source != source || j.Epoch <= epoch {
			t.Fatalf("the reload is source %d, epoch %d; was %d, %d", j.Source, j.Epoch, source, epoch)
		}
		epoch = j.Epoch
	}
	m.talk("after")

	// Another tab is another source.
	if j := m.lead.tab("tab-2").joined(); j.Source == source {
		t.Error("another tab has the first one's number")
	}
}

// The same window a second time takes the place of the first, whose socket may
// be dead without the server knowing.
func TestReplaced(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	for _, c := range []struct {
		old  **peer
		open func() *peer
	}{
		{&m.tab, func() *peer { return m.lead.tab("tab-1") }},
		{&m.console, func() *peer { return m.agent.console(m.session, "console-1") }},
	} {
		fresh := c.open()
		if j := fresh.joined(); j.Source != (*c.old).source {
			t.Errorf("the second socket is source %d, was %d", j.Source, (*c.old).source)
		}
		if f := (*c.old).failed("replaced"); !f.Fatal {
			t.Error("the replaced socket may come back, and would replace in turn")
		}
		*c.old = fresh
	}
	await(m.tab, "both to be online", func(p Presence) bool {
		return len(p.Sources) == 2 && p.state(m.tab.source) == "online" && p.state(m.console.source) == "online"
	})
	m.talk("on")
}

// One that reconnects without a reload keeps its epoch, learns how far the room
// has its streams, and gets what it missed, once.
func TestReconnect(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	first := m.tab.chat("first")
	m.console.gets(first)
	m.tab.gets(first)
	epoch, seqs := m.tab.epoch, m.tab.seqs
	m.tab.close()
	missed := m.console.chat("missed")
	m.console.gets(missed)

	m.tab = m.lead.tab("tab-1", again(epoch, Position{Source: first.Source, Channel: uint8(media.Chat), Epoch: first.Epoch, Seq: first.Seq}))
	j := m.tab.joined()
	m.tab.seqs = seqs
	if j.Epoch != epoch {
		t.Errorf("the epoch is %d, was %d", j.Epoch, epoch)
	}
	want := Position{Source: m.tab.source, Channel: uint8(media.Chat), Epoch: epoch, Seq: 1}
	if len(j.Have) != 1 || j.Have[0] != want {
		t.Errorf("the room has %+v, want %+v", j.Have, want)
	}
	m.tab.gets(missed)
	m.talk("on")
	if f, ok := take(m.tab, func(f media.Frame) bool { return f.Stream == first.Stream && f.Position == first.Position }); ok {
		t.Errorf("what it had came again: %+v", f)
	}

	// A frame that is sent again, not knowing whether it arrived, comes once.
	m.tab.send(first)
	m.talk("after the repetition")
	if _, ok := take(m.console, func(f media.Frame) bool { return f.Position == first.Position }); ok {
		t.Error("a repeated frame was passed on")
	}
	if n := r.counter("beside_drops_total", "duplicate"); n != 1 {
		t.Errorf("%v duplicates counted, want 1", n)
	}
}

// A hello's epoch is taken for what it may be only.
func TestUnbelievableEpoch(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	now := uint32(time.Now().Unix())
	for name, said := range map[string]uint32{"lower": m.tab.epoch - 1, "far ahead": now + 100_000, "greatest": 1<<32 - 1} {
		j := m.lead.tab("tab-1", again(said)).joined()
		if j.Epoch <= m.tab.epoch || j.Epoch > now+60 {
			t.Errorf("%s: epoch %d, after %d", name, j.Epoch, m.tab.epoch)
		}
		m.tab.epoch = j.Epoch
	}
}

// A late joiner gets the page from its last keyframe, and the chat from its
// start.
func TestLateJoiner(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	dom := func(flags media.Flags) media.Frame {
		f := m.tab.frame(media.DOM, "page", flags)
		m.tab.send(f)
		return f
	}
	old := dom(media.Keyframe)
	m.console.gets(old)
	key, delta, chat := dom(media.Keyframe), dom(0), m.tab.chat("hello")
	m.console.gets(delta)
	late := m.agent.console(m.session, "console-2")
	late.joined()
	late.gets(key)
	late.gets(delta)
	late.gets(chat)
	if _, ok := take(late, func(f media.Frame) bool { return f.Position == old.Position && f.Channel == media.DOM }); ok {
		t.Error("a late joiner got what the keyframe made old")
	}

	// Who is lost asks, and the publisher is asked in turn.
	late.sendBytes(websocket.BinaryMessage, media.Packet{Resume: []media.Mark{{Stream: key.Stream}}}.Append(nil))
	await(m.tab, "to be asked for a keyframe", func(a ask) bool { return a.Stream == key.Stream })
	late.gets(dom(media.Keyframe))
}

// A console that comes before the page's first picture has it asked for.
func TestKeyframeIsAskedFor(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	delta := m.tab.publish(media.DOM, "delta")
	m.agent.console(m.session, "console-2").joined()
	await(m.tab, "to be asked for a keyframe", func(a ask) bool { return a.Stream == delta.Stream })
}

// The server restarts in the middle of a session: both rejoin as who they were,
// and go on where they stood.
func TestRestart(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.talk("before")
	epochs := map[*peer]uint32{m.tab: m.tab.epoch, m.console: m.console.epoch}
	old := *m
	r.restart()
	for _, p := range []*peer{old.tab, old.console} {
		if f := p.failed("shutdown"); f.Fatal {
			t.Error("a restart is told as fatal")
		}
	}

	// The console keeps its page, the tab was reloaded meanwhile.
	m.console = m.agent.console(m.session, "console-1", again(old.console.epoch))
	m.tab = m.lead.tab("tab-1")
	m.tab.lead("active")
	for _, c := range []struct{ now, was *peer }{{m.tab, old.tab}, {m.console, old.console}} {
		j := c.now.joined()
		if j.Source != c.was.source || j.Epoch < epochs[c.was] {
			t.Errorf("source %d, epoch %d came back as %d, %d", c.was.source, epochs[c.was], j.Source, j.Epoch)
		}
	}
	if m.console.epoch != old.console.epoch {
		t.Errorf("the console's epoch is %d, was %d", m.console.epoch, old.console.epoch)
	}
	for _, p := range []*peer{m.tab, m.console} {
		for _, text := range []string{"tab: before", "console: before"} {
			await(p, "the line "+text, func(f media.Frame) bool { return f.Channel == media.Chat && textOf(t, f) == text })
		}
	}
	m.talk("after")
}

func textOf(t *testing.T, f media.Frame) string {
	t.Helper()
	body, err := f.Body(maxChatBody)
	if err != nil {
		t.Fatal(err)
	}
	var l line
	if err := json.Unmarshal(body, &l); err != nil {
		t.Fatal(err)
	}
	return l.Text
}

// After a restart under a clock that was set back, lines of chat must still come
// after those before.
func TestRestartWithTheClockSetBack(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.talk("before")
	r.clock.advance(-10 * time.Minute)
	epoch := m.tab.epoch
	r.restart()
	m.console, m.tab = m.agent.console(m.session, "console-1"), m.lead.tab("tab-1")
	m.console.joined()
	if j := m.tab.joined(); j.Epoch <= epoch {
		t.Errorf("the tab publishes in epoch %d, after %d", j.Epoch, epoch)
	}
	m.talk("after")
}

func TestDirect(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	other := r.meet(r.agent("ben", store.RoleAgent))
	direct := func(allowed bool, consoles int) func(Presence) bool {
		return func(p Presence) bool {
			n := 0
			for _, s := range p.Sources {
				if s.Kind == store.SourceConsole && s.State == "online" {
					n++
				}
			}
			return p.Direct == allowed && n == consoles
		}
	}
	await(m.tab, "direct to be allowed", direct(true, 1))

	// Every step goes across, as who sent it.
	for _, kind := range []string{"offer", "answer", "candidate", "bye"} {
		sent := Signal{Type: "signal", To: m.tab.source, From: 99, Attempt: "1", Kind: kind, Body: "v=0 <" + kind + ">"}
		m.console.say(sent)
		sent.To, sent.From = 0, m.console.source
		await(m.tab, "the "+kind, func(s Signal) bool { return s == sent })
	}
	m.tab.say(Signal{Type: "signal", To: m.console.source, Attempt: "1", Kind: "answer"})
	await(m.console, "the tab's answer", func(s Signal) bool { return s.From == m.tab.source })

	// A second console calls for the room.
	second := m.agent.console(m.session, "console-2")
	second.joined()
	await(m.tab, "direct to be off", direct(false, 2))
	refused := r.counter("beside_refused_total", "signal")
	m.console.say(Signal{Type: "signal", To: m.tab.source, Attempt: "2", Kind: "offer"})
	m.console.say(Signal{Type: "signal", To: m.tab.source, Attempt: "2", Kind: "bye"}) // may always be said
	await(m.tab, "the bye", func(s Signal) bool { return s.Kind == "bye" && s.Attempt == "2" })
	m.tab.refuses(Signal{Kind: "offer", Attempt: "2"})

	second.close()
	await(m.tab, "direct to be allowed again", direct(true, 1))

	// Nor does anything go from tab to tab, to nobody, to oneself, or to those
	// of the same number in another session.
	tab2 := m.lead.tab("tab-2")
	tab2.joined()
	for _, to := range []uint16{tab2.source, m.tab.source, 0, 77} {
		m.tab.say(Signal{Type: "signal", To: to, Attempt: "3", Kind: "offer"})
	}
	m.tab.sync()
	if got := r.counter("beside_refused_total", "signal") - refused; got != 5 {
		t.Errorf("%v signals were counted as refused, want 5", got)
	}
	m.tab.say(Signal{Type: "signal", To: other.console.source, Attempt: "4", Kind: "offer"})
	await(m.console, "the signal to the number of this session", func(s Signal) bool { return s.Attempt == "4" })
	for _, p := range []*peer{other.tab, other.console, tab2} {
		p.sync()
		if s, ok := take[Signal](p, nil); ok {
			t.Errorf("a signal came across: %+v", s)
		}
	}
}

// refuses checks that a signal has not come before what came already.
func (p *peer) refuses(not Signal) {
	p.t.Helper()
	if s, ok := take(p, func(s Signal) bool { return s.Kind == not.Kind && s.Attempt == not.Attempt }); ok {
		p.t.Errorf("this came: %+v", s)
	}
}

func TestNoDirect(t *testing.T) {
	r := newRig(t, func(o *Options) { o.NoDirect = true })
	m := r.meet(r.agent("asha", store.RoleAgent))
	if p := await(m.tab, "presence", func(p Presence) bool { return len(p.Sources) == 2 }); p.Direct {
		t.Error("direct is allowed against the configuration")
	}
	m.console.say(Signal{Type: "signal", To: m.tab.source, Attempt: "1", Kind: "offer"})
	m.console.sync()
	m.tab.sync()
	m.tab.refuses(Signal{Kind: "offer", Attempt: "1"})
}

func TestICEAndPolicy(t *testing.T) {
	ice := []ICEServer{{URLs: []string{"turn:turn.example:3478"}, Username: "u", Credential: "c"}}
	r := newRig(t, func(o *Options) { o.ICE = ice })
	r.site(func(s *store.Site) { s.MaskSelector, s.BlockSelector = ".mask", ".block" })
	asha := r.agent("asha", store.RoleAgent)
	q := r.request(NewLead{})
	tab := q.tab("tab-1")
	asha.connect(q.id)
	j := tab.joined()
	if len(j.ICE) != 1 || j.ICE[0].URLs[0] != ice[0].URLs[0] || j.ICE[0].Username != "u" || j.ICE[0].Credential != "c" {
		t.Errorf("the tab gets %+v", j.ICE)
	}
	if j.Policy != (Policy{MaskSelector: ".mask", BlockSelector: ".block"}) {
		t.Errorf("the tab gets the policy %+v", j.Policy)
	}
	if j.Customer != "Visitor" {
		t.Errorf("a customer without a name is %q", j.Customer)
	}
}

// Stopping does not wait for sockets that don't answer, or never said hello.
func TestStopIsQuick(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	r.dialDeaf(origin(shopOrigin))
	deaf := r.dialDeaf(origin(shopOrigin))
	deaf.say(Hello{Type: "hello", V: Version, Role: "customer", Token: m.lead.token, Window: "deaf"})
	m.console.sync()
	await(m.console, "the deaf one", func(p Presence) bool { return len(p.Sources) == 3 })
	start := time.Now()
	r.stop()
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("stopping took %v", d)
	}
	m.tab.failed("shutdown")
	if status := r.call("GET", "/api/sites/shop", nil).status; status == http.StatusOK {
		t.Error("a closed store still answers")
	}
	late := r.dial(origin(shopOrigin))
	if f := await[Failure](late, "the refusal", nil); f.Code != "shutdown" || f.Fatal {
		t.Errorf("a stopped desk answers %+v", f)
	}
	late.closed()
}

// A peer that takes nothing holds up nobody else.
func TestStalledPeer(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.stalled()
	m.tab.send(m.tab.frame(media.DOM, "key", media.Keyframe))
	for range 6 { // more than the kernel buffers
		m.console.gets(m.tab.publish(media.DOM, make([]byte, 1<<20)))
	}
	m.talk("meanwhile")
}
