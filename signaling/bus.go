package signaling

import "sync"

// Event says that a record changed. It carries no state: who cares reads the
// record, so that a late or repeated event does no harm.
type Event struct {
	// Lead that changed, or empty.
	Lead string
	// User whose logins or role changed, or empty.
	User string
}

// Bus tells every node of a desk what changed.
type Bus interface {
	// Publish tells all subscribers, the publisher's own among them.
	Publish(Event)
	// Subscribe has f called for every event until cancel is called. f must
	// not block.
	Subscribe(f func(Event)) (cancel func())
}

// NewBus returns a Bus within one process.
func NewBus() Bus { return &localBus{subscribers: make(map[int]func(Event))} }

type localBus struct {
	mu          sync.Mutex
	next        int
	subscribers map[int]func(Event)
}

func (b *localBus) Publish(e Event) {
	b.mu.Lock()
	all := make([]func(Event), 0, len(b.subscribers))
	for _, f := range b.subscribers {
		all = append(all, f)
	}
	b.mu.Unlock()
	for _, f := range all {
		f(e)
	}
}

func (b *localBus) Subscribe(f func(Event)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := b.next
	b.next++
	b.subscribers[id] = f
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers, id)
	}
}
