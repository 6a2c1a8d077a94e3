package signaling

import "time"

// grace is the time that somebody who left has to come back. The zero grace is
// ready; whoever embeds it guards it.
type grace struct{ timer *time.Timer }

// stop ends the grace before its time.
func (g *grace) stop() {
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
}
