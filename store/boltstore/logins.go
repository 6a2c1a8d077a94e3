package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

const logins table[store.Login] = "login"

// CreateLogin implements store.Logins.
func (s *Store) CreateLogin(ctx context.Context, l store.Login) error {
	if l.Hash == "" || l.Expires <= 0 {
		return fmt.Errorf("a login needs a token's hash and a time when it expires: %w", store.ErrInvalid)
	}
	return s.exec(ctx, func(tx *bolt.Tx) error {
		u, err := users.get(tx, l.User)
		switch {
		case err != nil:
			return err
		case u.Disabled:
			return fmt.Errorf("user %q is disabled: %w", u.ID, store.ErrState)
		}
		return logins.create(tx, string(l.Hash), l)
	})
}

// Login implements store.Logins.
func (s *Store) Login(ctx context.Context, hash store.Hash, now store.Time) (store.Login, error) {
	return view(ctx, s, func(tx *bolt.Tx) (store.Login, error) {
		l, err := logins.get(tx, string(hash))
		if err == nil && l.Expires <= now {
			err = fmt.Errorf("login has expired: %w", store.ErrNotFound)
		}
		return l, err
	})
}

// DeleteLogin implements store.Logins.
func (s *Store) DeleteLogin(ctx context.Context, hash store.Hash) error {
	return s.exec(ctx, func(tx *bolt.Tx) error { return logins.delete(tx, string(hash)) })
}

// DeleteExpiredLogins implements store.Logins.
func (s *Store) DeleteExpiredLogins(ctx context.Context, now store.Time) (int, error) {
	return update(ctx, s, func(tx *bolt.Tx) (int, error) {
		return deleteLogins(tx, func(l store.Login) bool { return l.Expires <= now })
	})
}

// deleteLogins deletes what which selects and returns how many that were. It
// looks at all of them: a desk has as many as its agents have browsers.
func deleteLogins(tx *bolt.Tx, which func(store.Login) bool) (int, error) {
	all, err := logins.all(tx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, l := range all {
		if !which(l) {
			continue
		}
		if err := logins.delete(tx, string(l.Hash)); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
