package signaling

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	sockets *prometheus.GaugeVec
	refused *prometheus.CounterVec
	leads   *prometheus.CounterVec
	signals prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		sockets: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "beside_sockets", Help: "Open sockets, by role."}, []string{"role"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "beside_refused_total", Help: "Messages, hellos and logins refused, by reason."}, []string{"reason"}),
		leads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "beside_leads_total", Help: "Changes of leads, by the state they came to."}, []string{"state"}),
		signals: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "beside_signals_total", Help: "Steps of direct paths' negotiations that were passed on."}),
	}
	reg.MustRegister(m.sockets, m.refused, m.leads, m.signals)
	return m
}
