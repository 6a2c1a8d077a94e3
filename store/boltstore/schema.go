package boltstore

import (
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"
)

const (
	metaBucket = "meta"
	versionKey = "version"
)

// migration takes a file from one version of the layout to the next. It must
// not use the names and types of the rest of the package, which go on changing
// after it has been released.
type migration func(*bolt.Tx) error

// migrations lists them all, in order: the first makes version 1 of an empty
// file, and as many as there are is the version that this program knows.
func migrations() []migration {
	return []migration{
		func(tx *bolt.Tx) error {
			return makeBuckets(tx,
				"meta", "user", "user.login", "login", "site",
				"lead", "lead.token", "lead.open", "lead.closed", "lead.owner",
				"session", "transcript")
		},
	}
}

// migrate brings db to the last version in one transaction: all or nothing. A
// file that is there already is not written to.
func migrate(db *bolt.DB, steps []migration) error {
	var have int
	err := db.View(func(tx *bolt.Tx) (err error) {
		have, err = version(tx)
		return err
	})
	switch {
	case err != nil:
		return err
	case have > len(steps):
		return fmt.Errorf("%w (its layout is version %d, this program knows %d)", ErrNewer, have, len(steps))
	case have == len(steps):
		return nil
	}
	return db.Update(func(tx *bolt.Tx) error {
		for i, step := range steps[have:] {
			if err := step(tx); err != nil {
				return fmt.Errorf("migrating to version %d: %w", have+i+1, err)
			}
		}
		return tx.Bucket([]byte(metaBucket)).Put([]byte(versionKey), []byte(strconv.Itoa(len(steps))))
	})
}

// version returns the version of the file's layout; an empty file has 0. Other
// programs keep bbolt files too: one of theirs is refused, not added to.
func version(tx *bolt.Tx) (int, error) {
	if name, _ := tx.Cursor().First(); name == nil {
		return 0, nil
	}
	meta := tx.Bucket([]byte(metaBucket))
	if meta == nil {
		return 0, ErrForeign
	}
	v, err := strconv.Atoi(string(meta.Get([]byte(versionKey))))
	if err != nil || v < 1 {
		return 0, ErrForeign
	}
	return v, nil
}

func makeBuckets(tx *bolt.Tx, names ...string) error {
	for _, name := range names {
		if _, err := tx.CreateBucket([]byte(name)); err != nil {
			return fmt.Errorf("bucket %s: %w", name, err)
		}
	}
	return nil
}
