package boltstore

import (
	"errors"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

// A second version of the layout, for trying the seam.
func addColour(tx *bolt.Tx) error { return makeBuckets(tx, "colour") }

func TestMigrateForward(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "beside.db"))
	if err := s.CreateSite(t.Context(), store.Site{Key: "shop", Name: "Shop"}); err != nil {
		t.Fatal(err)
	}
	two := append(migrations(), addColour)
	for range 2 { // the second finds nothing to do
		if err := migrate(s.db, two); err != nil {
			t.Fatal(err)
		}
		wantVersion(t, s.db, len(two))
	}
	if _, err := s.Site(t.Context(), "shop"); err != nil {
		t.Error(err)
	}
	if err := migrate(s.db, migrations()); !errors.Is(err, ErrNewer) {
		t.Errorf("going back: error is %v, want %v", err, ErrNewer)
	}
}

func TestMigrateAllOrNothing(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "beside.db"))
	broken := errors.New("broken")
	steps := append(migrations(), addColour, func(*bolt.Tx) error { return broken })
	if err := migrate(s.db, steps); !errors.Is(err, broken) {
		t.Fatalf("error is %v, want %v", err, broken)
	}
	wantVersion(t, s.db, len(migrations()))
	if err := migrate(s.db, append(migrations(), addColour)); err != nil {
		t.Errorf("the failed migration left something: %v", err)
	}
}

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func wantVersion(t *testing.T, db *bolt.DB, want int) {
	t.Helper()
	err := db.View(func(tx *bolt.Tx) error {
		have, err := version(tx)
		if have != want {
			t.Errorf("version is %d, want %d", have, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
