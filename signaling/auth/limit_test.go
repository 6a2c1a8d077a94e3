package auth

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestLimiter(t *testing.T) {
	l := NewLimiter(10*time.Second, 3, 100)
	for i := range 3 {
		if _, ok := l.Allow("a", noon); !ok {
			t.Fatalf("try %d of the burst was refused", i+1)
		}
	}
	wait, ok := l.Allow("a", noon)
	if ok || wait != 10*time.Second {
		t.Fatalf("after the burst: wait %v, %v; want 10s, refused", wait, ok)
	}
	if wait, ok := l.Allow("a", noon.Add(4*time.Second)); ok || wait.Round(time.Millisecond) != 6*time.Second {
		t.Errorf("4 s later: wait %v, %v; want 6s, refused: a refused try must not cost anything", wait, ok)
	}
	if _, ok := l.Allow("b", noon); !ok {
		t.Error("another key pays for this one")
	}
	if _, ok := l.Allow("a", noon.Add(10*time.Second)); !ok {
		t.Error("refused though the wait is over")
	}
	if _, ok := l.Allow("a", noon.Add(10*time.Second)); ok {
		t.Error("one wait was good for two tries")
	}
}

func TestLimiterForgives(t *testing.T) {
	l := NewLimiter(time.Hour, 2, 100)
	l.Allow("a", noon)
	l.Allow("a", noon)
	l.Forgive("a")
	l.Forgive("unknown")
	for i := range 2 {
		if _, ok := l.Allow("a", noon); !ok {
			t.Errorf("try %d after forgiveness was refused", i+1)
		}
	}
	if _, ok := l.Allow("a", noon); ok {
		t.Error("forgiveness gave more than the burst")
	}
}

func TestLimiterBoundsKeys(t *testing.T) {
	const keys = 50
	l := NewLimiter(time.Second, 1, keys)
	for i := range keys {
		if _, ok := l.Allow(fmt.Sprint(i), noon); !ok {
			t.Fatalf("key %d was refused", i)
		}
	}
	if wait, ok := l.Allow("one more", noon); ok || wait <= 0 {
		t.Errorf("a key past the bound: wait %v, %v; want refused", wait, ok)
	}
	if len(l.seen) != keys {
		t.Errorf("%d keys are remembered, want %d", len(l.seen), keys)
	}
	if _, ok := l.Allow("0", noon); ok {
		t.Error("a spent key was forgotten to make room")
	}
	if _, ok := l.Allow("one more", noon.Add(2*time.Second)); !ok {
		t.Error("refused though all have their burst back")
	}
	if len(l.seen) > keys {
		t.Errorf("%d keys are remembered, want at most %d", len(l.seen), keys)
	}
}

// TestLimiterProperty checks the promise itself: in any stretch of time a key
// gets through at most its burst and what the stretch has earned.
func TestLimiterProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.IntRange(1, 2000).Draw(t, "every")) * time.Millisecond
		burst := rapid.IntRange(1, 10).Draw(t, "burst")
		l := NewLimiter(every, burst, 10)
		now := noon
		var passed []time.Time
		for range rapid.IntRange(1, 60).Draw(t, "tries") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond)
			wait, ok := l.Allow("k", now)
			if ok {
				passed = append(passed, now)
			} else if wait <= 0 || wait > every {
				t.Fatalf("refused for %v, want more than 0 and at most %v", wait, every)
			}
		}
		for i := range passed {
			for j := i; j < len(passed); j++ {
				// A token's rounding may tip the scales by one nanosecond each.
				earned := float64(passed[j].Sub(passed[i])+time.Microsecond) / float64(every)
				if n := float64(j - i + 1); n > float64(burst)+earned {
					t.Fatalf("%v tries within %v, with a burst of %d and one each %v", n, passed[j].Sub(passed[i]), burst, every)
				}
			}
		}
	})
}

func TestLimiterConcurrently(t *testing.T) {
	l := NewLimiter(time.Hour, 10, 2)
	var wg sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for range 40 {
		wg.Go(func() {
			if _, ok := l.Allow("a", noon); ok {
				mu.Lock()
				passed++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if passed != 10 {
		t.Errorf("%d tries passed, want 10", passed)
	}
}
