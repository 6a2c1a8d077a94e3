package boltstore

import (
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"github.com/beside-desk/beside/store"
)

// table names a bucket of records of one kind, as JSON under their keys.
type table[T any] string

func (t table[T]) bucket(tx *bolt.Tx) *bolt.Bucket { return tx.Bucket([]byte(t)) }

// get returns the record with that key, or ErrNotFound.
func (t table[T]) get(tx *bolt.Tx, key string) (T, error) {
	var v T
	data := t.bucket(tx).Get([]byte(key))
	if data == nil {
		return v, fmt.Errorf("%s %q: %w", t, key, store.ErrNotFound)
	}
	return v, t.decode(key, data, &v)
}

// put stores v under key, replacing what is there.
func (t table[T]) put(tx *bolt.Tx, key string, v T) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s %q: %w", t, key, err)
	}
	return put(t.bucket(tx), string(t), []byte(key), data)
}

// create stores v under key, or returns ErrExists when there is something.
func (t table[T]) create(tx *bolt.Tx, key string, v T) error {
	if t.bucket(tx).Get([]byte(key)) != nil {
		return fmt.Errorf("%s %q: %w", t, key, store.ErrExists)
	}
	return t.put(tx, key, v)
}

// delete removes the record with that key, if there is one.
func (t table[T]) delete(tx *bolt.Tx, key string) error {
	return t.bucket(tx).Delete([]byte(key))
}

// pick returns the records with those keys, in that order.
func (t table[T]) pick(tx *bolt.Tx, keys []string) ([]T, error) {
	picked := make([]T, len(keys))
	for i, key := range keys {
		v, err := t.get(tx, key)
		if err != nil {
			return nil, err
		}
		picked[i] = v
	}
	return picked, nil
}

// all returns every record, ordered by key.
func (t table[T]) all(tx *bolt.Tx) ([]T, error) {
	all := []T{}
	err := t.bucket(tx).ForEach(func(key, data []byte) error {
		var v T
		err := t.decode(string(key), data, &v)
		all = append(all, v)
		return err
	})
	return all, err
}

func (t table[T]) decode(key string, data []byte, v *T) error {
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s %q is damaged: %w", t, key, err)
	}
	return nil
}

// put says in the contract's words that a key is too long; bbolt takes keys of
// up to 32 KiB.
func put(b *bolt.Bucket, name string, key, value []byte) error {
	err := b.Put(key, value)
	if errors.Is(err, berrors.ErrKeyTooLarge) {
		return fmt.Errorf("%s: key of %d bytes: %w", name, len(key), store.ErrInvalid)
	}
	return err
}
