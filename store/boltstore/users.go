package boltstore

import (
	"context"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

const (
	users       table[store.User] = "user"
	userByLogin index             = "user.login"
)

// CreateUser implements store.Users.
func (s *Store) CreateUser(ctx context.Context, u store.User) error {
	if u.ID == "" || u.Login == "" || u.Role == "" {
		return fmt.Errorf("a user needs an ID, a login name and a role: %w", store.ErrInvalid)
	}
	u.Rev = 1
	return s.exec(ctx, func(tx *bolt.Tx) error {
		if err := userByLogin.claim(tx, strings.ToLower(u.Login), u.ID); err != nil {
			return err
		}
		return users.create(tx, u.ID, u)
	})
}

// User implements store.Users.
func (s *Store) User(ctx context.Context, id string) (store.User, error) {
	return view(ctx, s, func(tx *bolt.Tx) (store.User, error) { return users.get(tx, id) })
}

// UserByLogin implements store.Users.
func (s *Store) UserByLogin(ctx context.Context, login string) (store.User, error) {
	return view(ctx, s, func(tx *bolt.Tx) (u store.User, err error) {
		id, err := userByLogin.find(tx, strings.ToLower(login))
		if err != nil {
			return u, err
		}
		return users.get(tx, id)
	})
}

// ListUsers implements store.Users.
func (s *Store) ListUsers(ctx context.Context) ([]store.User, error) {
	return view(ctx, s, func(tx *bolt.Tx) ([]store.User, error) {
		ids, err := userByLogin.ids(tx)
		if err != nil {
			return nil, err
		}
		return users.pick(tx, ids)
	})
}

// DisableUser implements store.Users.
func (s *Store) DisableUser(ctx context.Context, id string) error {
	return s.exec(ctx, func(tx *bolt.Tx) error {
		u, err := users.get(tx, id)
		if err != nil || u.Disabled {
			return err
		}
		u.Disabled = true
		u.Rev++
		if err := users.put(tx, id, u); err != nil {
			return err
		}
		_, err = deleteLogins(tx, func(l store.Login) bool { return l.User == id })
		return err
	})
}

// TouchAssigned implements store.Users.
func (s *Store) TouchAssigned(ctx context.Context, id string, at store.Time) error {
	return s.exec(ctx, func(tx *bolt.Tx) error {
		u, err := users.get(tx, id)
		if err != nil {
			return err
		}
		u.LastAssigned = at
		u.Rev++
		return users.put(tx, id, u)
	})
}
