package signaling

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/store"
)

// stalled adds a console that takes nothing to a meeting of two.
func (m *meeting) stalled() *peer {
	m.tab.t.Helper()
	r := m.lead.r
	deaf := r.dialDeaf(cookie(m.agent.token), origin(r.web.URL))
	_ = deaf.conn.UnderlyingConn().(*net.TCPConn).SetReadBuffer(4096)
	deaf.say(Hello{Type: "hello", V: Version, Role: "console", Session: m.session, Window: "deaf"})
	deaf.source = await(m.tab, "the deaf console", func(p Presence) bool { return len(p.Sources) == 3 }).Sources[2].Source
	return deaf
}

// Nothing of a log may be dropped: who can't follow is disconnected, and comes
// back to where it stood.
func TestTooSlowForTheLog(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	deaf := m.stalled()
	m.tab.send(m.tab.frame(media.DOM, "key", media.Keyframe))
	for range 10 { // more than the kernel buffers
		m.tab.publish(media.DOM, make([]byte, 1<<20))
	}
	long := strings.Repeat("x", maxChatText)
	var lastLine media.Frame
	for range 400 { // more than a subscriber may be behind
		lastLine = m.tab.chat(long)
	}
	m.console.gets(lastLine)
	await(m.tab, "the deaf console to be disconnected", func(p Presence) bool {
		return len(p.Sources) == 3 && p.state(deaf.source) != "online"
	})
	if n := r.counter("beside_drops_total", "slow"); n < 1 {
		t.Errorf("%v slow subscribers counted", n)
	}
	m.talk("meanwhile")
}

// The same of messages.
func TestTooSlowForMessages(t *testing.T) {
	r := newRig(t)
	m := r.meet(r.agent("asha", store.RoleAgent))
	m.console.close()
	await(m.tab, "the console to be away", func(p Presence) bool { return p.state(m.console.source) == "away" })
	deaf := m.stalled()
	big := strings.Repeat("x", maxSignal)
	for _, window := range []string{"tab-2", "tab-3", "tab-4"} {
		tab := m.lead.tab(window)
		tab.joined()
		for range 200 {
			tab.say(Signal{Type: "signal", To: deaf.source, Kind: "candidate", Body: big})
		}
		tab.sync()
	}
	await(m.tab, "the deaf console to be disconnected", func(p Presence) bool {
		return len(p.Sources) == 6 && p.state(deaf.source) != "online"
	})
	if n := r.counter("beside_refused_total", "slow"); n < 1 {
		t.Errorf("%v slow sockets counted", n)
	}
	m.console = m.agent.console(m.session, "console-1")
	m.console.joined()
	m.talk("meanwhile")
}

func TestSocketLimit(t *testing.T) {
	r := newRig(t)
	for range 300 {
		r.desk.limits.sockets.Allow("127.0.0.1", r.clock.now())
	}
	_, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(r.web.URL, "http")+"/ws", nil)
	if err == nil || answer == nil || answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Errorf("a flood of sockets is answered %v, %+v", err, answer)
	}
	if n := r.counter("beside_refused_total", "socket_rate"); n != 1 {
		t.Errorf("%v refused sockets counted, want 1", n)
	}
}

// fullDisk is a store that can't keep chat for a while.
type fullDisk struct {
	store.Store
	full atomic.Bool
}

func (f *fullDisk) AppendEntry(ctx context.Context, e store.Entry) error {
	if f.full.Load() {
		return errDisk
	}
	return f.Store.AppendEntry(ctx, e)
}

// A line that can't be kept is not passed on; its page comes back, says it again,
// and then everybody has it once.
func TestChatThatCannotBeKept(t *testing.T) {
	var disk *fullDisk
	r := newRig(t, func(o *Options) { disk = &fullDisk{Store: o.Store}; o.Store = disk })
	m := r.meet(r.agent("asha", store.RoleAgent))
	disk.full.Store(true)
	lost := m.tab.chat("lost?")
	if f := m.tab.failed("internal"); f.Fatal || strings.Contains(f.Message, "disk") {
		t.Errorf("the page is told %+v", f)
	}
	if n := r.counter("beside_refused_total", "malformed"); n != 0 {
		t.Error("the server's fault is counted as the page's")
	}
	disk.full.Store(false)
	epoch := m.tab.epoch
	m.tab = m.lead.tab("tab-1", again(epoch))
	if j := m.tab.joined(); len(j.Have) != 0 {
		t.Errorf("the room has what could not be kept: %+v", j.Have)
	}
	m.tab.send(lost)
	m.console.gets(lost)
	m.tab.gets(lost)
}

func TestNewNeedsItsOptions(t *testing.T) {
	var none struct{ store.Store }
	log := slog.New(slog.DiscardHandler)
	for _, o := range []Options{
		{}, {Store: none, Log: log}, {Store: none, Metrics: prometheus.NewRegistry()}, {Log: log, Metrics: prometheus.NewRegistry()},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("New(%+v) has no objection", o)
		}
	}
	s, err := New(Options{Store: none, Log: log, Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	if s.opt.LoginLife == 0 || s.opt.CustomerGrace == 0 || s.opt.AgentGrace == 0 || s.opt.AwayGrace == 0 || s.opt.Now == nil || s.opt.Bus == nil {
		t.Errorf("defaults are missing: %+v", s.opt)
	}
}
