// Package boltstore keeps the records of package store in one bbolt file: the
// store of a machine that needs no other.
//
// A record is JSON in the bucket of its kind, under its ID. Whatever else it is
// found or listed by has an index bucket of its own, written in the same
// transaction. Times in keys are big-endian, so that keys sort by them.
//
//	meta         "version" → the version of this layout, in decimal
//	user         ID → user
//	user.login   login name in lower case → ID
//	login        token's hash → login
//	site         key → site
//	lead         ID → lead
//	lead.token   token's hash → ID
//	lead.open    time of creation, ID → ID
//	lead.closed  time of closing, ID → ID
//	lead.owner   owner, time of closing, ID → ID (closed leads only)
//	session      ID → session
//	transcript   session's ID → a bucket of two:
//	             entry     number → entry
//	             position  source, epoch, seq → number
package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/beside-desk/beside/store"
)

// The reasons why a file that is there is not opened. Their texts are for the
// person who started the program.
var (
	// ErrLocked: another process has the file open, and only one may.
	ErrLocked = errors.New("in use by another process; stop that one or choose another data folder")
	// ErrNewer: the file's layout is newer than this program. Reading it as if
	// it were known would lose what is new.
	ErrNewer = errors.New("written by a newer version of this program; run that version, or restore a backup from before it")
	// ErrForeign: the file is not a store, or no longer a whole one.
	ErrForeign = errors.New("not a Beside store, or damaged; move it away or restore a backup")
)

// Options says which file to open.
type Options struct {
	// Path of the file. It is made, readable by its owner only, if it isn't
	// there; its folder must be.
	Path string
	// Timeout is how long to wait for another process to let go of the file;
	// 0 means a second.
	Timeout time.Duration
}

// Store is a store.Store in one file.
type Store struct {
	db *bolt.DB
}

var _ store.Store = (*Store)(nil)

// batchDelay is how long an AppendEntry waits for others to share its sync
// with: much less than people notice, enough for a busy desk.
const batchDelay = 2 * time.Millisecond

// Open opens the file, makes it if need be, and brings its layout up to date.
// Every error names the path. ErrLocked, ErrNewer and ErrForeign leave the file
// as it was.
func Open(o Options) (*Store, error) {
	if o.Path == "" {
		return nil, errors.New("store: no path given")
	}
	db, err := openFile(o.Path, cmp.Or(o.Timeout, time.Second))
	if err != nil {
		return nil, explain(o.Path, err)
	}
	if err = checkSize(db); err == nil {
		err = migrate(db, migrations())
	}
	if err != nil {
		return nil, explain(o.Path, errors.Join(err, db.Close()))
	}
	db.MaxBatchDelay = batchDelay
	return &Store{db: db}, nil
}

// openFile is bolt.Open, which panics or faults over a file that was cut short
// (a copy that ran out of disk); a person starting the program gets an error.
func openFile(path string, timeout time.Duration) (db *bolt.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if reason := recover(); reason != nil {
			db, err = nil, fmt.Errorf("%w (%v)", ErrForeign, reason)
		}
	}()
	return bolt.Open(path, 0o600, &bolt.Options{Timeout: timeout})
}

// checkSize refuses a file that is shorter than it says: it would open, and
// fault at the first record that is missing.
func checkSize(db *bolt.DB) error {
	return db.View(func(tx *bolt.Tx) error {
		info, err := os.Stat(db.Path())
		if err == nil && info.Size() < tx.Size() {
			err = fmt.Errorf("%w (%d of %d bytes)", ErrForeign, info.Size(), tx.Size())
		}
		return err
	})
}

// explain says in the words of this package why the file at path won't open.
func explain(path string, err error) error {
	var osErr *fs.PathError
	switch {
	case errors.As(err, &osErr):
		return fmt.Errorf("store: %w", err) // it names the path already
	case errors.Is(err, berrors.ErrTimeout):
		err = ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum):
		err = fmt.Errorf("%w (%w)", ErrForeign, err)
	}
	return fmt.Errorf("store %s: %w", path, err)
}

// Close waits for the verbs under way and lets go of the file. Every verb after
// it fails. Closing twice is not an error.
func (s *Store) Close() error { return s.db.Close() }

// view runs fn over one consistent state of the store.
func view[T any](ctx context.Context, s *Store, fn func(*bolt.Tx) (T, error)) (T, error) {
	return run(ctx, s.db.View, fn)
}

// update runs fn, and keeps what it did, durably, if it returns no error.
func update[T any](ctx context.Context, s *Store, fn func(*bolt.Tx) (T, error)) (T, error) {
	return run(ctx, s.db.Update, fn)
}

// run returns fn's value only if the whole transaction succeeded.
func run[T any](ctx context.Context, tx func(func(*bolt.Tx) error) error, fn func(*bolt.Tx) (T, error)) (T, error) {
	var v, zero T
	if err := ctx.Err(); err != nil {
		return zero, err
	}
	err := tx(func(tx *bolt.Tx) (err error) {
		v, err = fn(tx)
		return err
	})
	if err != nil {
		return zero, err
	}
	return v, nil
}

// exec is update for verbs that return nothing.
func (s *Store) exec(ctx context.Context, fn func(*bolt.Tx) error) error {
	_, err := update(ctx, s, func(tx *bolt.Tx) (struct{}, error) { return struct{}{}, fn(tx) })
	return err
}
