package signaling

import (
	"maps"
	"sync"
)

// changes collects events until the dispatcher takes them. It grows with the
// number of distinct records only, however often they change.
type changes struct {
	wake chan struct{}

	mu  sync.Mutex
	set map[Event]struct{}
}

func newChanges() *changes {
	return &changes{wake: make(chan struct{}, 1), set: make(map[Event]struct{})}
}

// add notes an event and wakes the dispatcher. It does not block.
func (c *changes) add(e Event) {
	c.mu.Lock()
	c.set[e] = struct{}{}
	c.mu.Unlock()
	c.poke()
}

// keep puts back what was taken, without waking the dispatcher.
func (c *changes) keep(events map[Event]struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.Copy(c.set, events)
}

// poke wakes the dispatcher. It does not block.
func (c *changes) poke() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take returns what was added since the last call.
func (c *changes) take() map[Event]struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := c.set
	c.set = make(map[Event]struct{})
	return taken
}
