package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/beside-desk/beside/store"
)

const racers = 50

// race runs do from many goroutines at once and returns their errors.
func race(do func(i int) error) []error {
	errs := make([]error, racers)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() {
			<-start
			errs[i] = do(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// winner returns which racer succeeded; it must be one, and the others must
// have failed with want.
func winner(t *testing.T, errs []error, want error) int {
	t.Helper()
	won := -1
	for i, err := range errs {
		switch {
		case err == nil && won < 0:
			won = i
		case err == nil:
			t.Fatalf("both %d and %d succeeded", won, i)
		case !errors.Is(err, want):
			t.Fatalf("%d failed with %v, want %v", i, err, want)
		}
	}
	if won < 0 {
		t.Fatal("nobody succeeded")
	}
	return won
}

func raceClaim(t *testing.T, db handle) {
	reach(t, db, "l", store.LeadAssigned)
	s := db()
	errs := race(func(i int) error {
		mine := session(fmt.Sprint(i), "l")
		mine.Agent = fmt.Sprint("agent ", i)
		_, err := s.ClaimLead(t.Context(), "l", mine)
		return err
	})
	won := winner(t, errs, store.ErrState)
	l := got(db().Lead(t.Context(), "l"))(t)
	same(t, l.Session, fmt.Sprint(won))
	same(t, l.Owner, fmt.Sprint("agent ", won))
	for i := range racers {
		if _, err := db().Session(t.Context(), fmt.Sprint(i)); i != won {
			fails(t, err, store.ErrNotFound)
		}
	}
}

func raceCreate(t *testing.T, db handle) {
	s := db()
	errs := race(func(i int) error {
		u := user(fmt.Sprint(i))
		u.Login = "emma"
		return s.CreateUser(t.Context(), u)
	})
	won := winner(t, errs, store.ErrExists)
	same(t, got(db().UserByLogin(t.Context(), "emma"))(t).ID, fmt.Sprint(won))
	same(t, len(got(db().ListUsers(t.Context()))(t)), 1)
}

func raceSources(t *testing.T, db handle) {
	reach(t, db, "l", store.LeadActive)
	s := db()
	const keys = racers / 2
	ok(t, errors.Join(race(func(i int) error {
		_, err := s.AddSource(t.Context(), "session-l", tab(fmt.Sprint(i%keys)))
		return err
	})...))
	seen := map[string]bool{}
	for i, src := range got(db().Session(t.Context(), "session-l"))(t).Sources {
		same(t, src.Number, uint16(i+1))
		seen[src.Key] = true
	}
	same(t, len(seen), keys)
}

// raceEntries appends every line twice, and some to a session that is not
// there: what fails must not take others with it.
func raceEntries(t *testing.T, db handle) {
	reach(t, db, "l", store.LeadActive)
	s := db()
	const lines = racers / 2
	ok(t, errors.Join(race(func(i int) error {
		if err := s.AppendEntry(t.Context(), entry("unknown", 1, 1, 1)); !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("error is %w, want %w", err, store.ErrNotFound)
		}
		return s.AppendEntry(t.Context(), entry("session-l", 1, 1, uint32(i%lines)))
	})...))
	list := got(db().Entries(t.Context(), "session-l"))(t)
	slices.SortFunc(list, func(a, b store.Entry) int { return int(a.Seq) - int(b.Seq) })
	same(t, len(list), lines)
	for i, e := range list {
		same(t, e, entry("session-l", 1, 1, uint32(i)))
	}
}
