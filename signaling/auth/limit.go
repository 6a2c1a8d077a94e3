package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter bounds how often something may be tried, for each key apart: an
// address, a login name. It remembers a bounded number of keys.
type Limiter struct {
	every time.Duration
	burst int
	keys  int

	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

// NewLimiter allows each key burst tries at once and one more for every passed
// duration. Of more than keys keys, those are forgotten first that have their
// whole burst back; if none has, new keys are refused.
func NewLimiter(every time.Duration, burst, keys int) *Limiter {
	return &Limiter{every: every, burst: burst, keys: keys, seen: make(map[string]*rate.Limiter)}
}

// Allow counts a try of key at now and reports whether it is within bounds. If
// not, wait is how long until the next one will be.
func (l *Limiter) Allow(key string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.seen[key]
	if limiter == nil {
		if len(l.seen) >= l.keys && !l.forgetLocked(now) {
			return l.every, false
		}
		limiter = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.seen[key] = limiter
	}
	r := limiter.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// Forgive gives key its whole burst back, as after a login that succeeded.
func (l *Limiter) Forgive(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, key)
}

func (l *Limiter) forgetLocked(now time.Time) bool {
	for key, limiter := range l.seen {
		if limiter.TokensAt(now) >= float64(l.burst) {
			delete(l.seen, key)
		}
	}
	return len(l.seen) < l.keys
}
