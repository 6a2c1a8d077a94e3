package relay

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/beside-desk/beside/media"
)

// dropReason says why a frame was not forwarded.
type dropReason string

const (
	dropNone      dropReason = ""
	dropDuplicate dropReason = "duplicate"  // seen before, on another path or after a reconnect
	dropFull      dropReason = "log_full"   // the session's log has reached its bound
	dropForeign   dropReason = "foreign"    // names another source than the publisher's
	dropForbidden dropReason = "forbidden"  // the publisher's role may not use the channel
	dropUnknown   dropReason = "unknown"    // a channel that this version does not know
	dropRefused   dropReason = "refused"    // the journal did not take it
	dropMalformed dropReason = "malformed"  // does not parse
	dropSlow      dropReason = "slow"       // a subscriber was too slow, and was disconnected
	dropNotJoined dropReason = "not_joined" // came before its sender had joined
)

// Metrics counts what rooms do. One serves all rooms of a process.
type Metrics struct {
	frames    *prometheus.CounterVec
	drops     *prometheus.CounterVec
	keyframes prometheus.Counter
	rooms     prometheus.Gauge
	links     prometheus.Gauge
}

// NewMetrics registers the counters with reg. It panics if they are registered
// already, as that is a mistake in the program.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		frames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "beside_frames_total", Help: "Frames that rooms accepted, by channel."}, []string{"channel"}),
		drops: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "beside_drops_total", Help: "Frames and packets not forwarded, by reason."}, []string{"reason"}),
		keyframes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "beside_keyframe_requests_total", Help: "Keyframes that rooms asked publishers for."}),
		rooms: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "beside_rooms", Help: "Rooms that are open."}),
		links: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "beside_links", Help: "Links that are attached to rooms."}),
	}
	reg.MustRegister(m.frames, m.drops, m.keyframes, m.rooms, m.links)
	return m
}

func (m *Metrics) drop(why dropReason) { m.drops.WithLabelValues(string(why)).Inc() }

func (m *Metrics) frame(c media.Channel) {
	p, _ := c.Properties()
	m.frames.WithLabelValues(p.Name).Inc()
}

// NotJoined counts a packet that came before its sender had joined a room.
func (m *Metrics) NotJoined() { m.drop(dropNotJoined) }

// Malformed counts a packet that did not parse.
func (m *Metrics) Malformed() { m.drop(dropMalformed) }
