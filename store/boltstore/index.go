package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

// index names a bucket that leads from other keys to records' IDs.
type index string

func (x index) bucket(tx *bolt.Tx) *bolt.Bucket { return tx.Bucket([]byte(x)) }

// find returns the ID under key, or ErrNotFound.
func (x index) find(tx *bolt.Tx, key string) (string, error) {
	id := x.bucket(tx).Get([]byte(key))
	if id == nil {
		return "", fmt.Errorf("%s %q: %w", x, key, store.ErrNotFound)
	}
	return string(id), nil
}

// claim leads from key to id, or returns ErrExists when key is taken.
func (x index) claim(tx *bolt.Tx, key, id string) error {
	if x.bucket(tx).Get([]byte(key)) != nil {
		return fmt.Errorf("%s %q: %w", x, key, store.ErrExists)
	}
	return put(x.bucket(tx), string(x), []byte(key), []byte(id))
}

// ids returns every ID, in the order of their keys.
func (x index) ids(tx *bolt.Tx) ([]string, error) {
	var ids []string
	err := x.bucket(tx).ForEach(func(_, id []byte) error {
		ids = append(ids, string(id))
		return nil
	})
	return ids, err
}

// lastIDs returns at most limit IDs whose keys begin with prefix and sort
// before end, the last first.
func (x index) lastIDs(tx *bolt.Tx, prefix, end []byte, limit int) []string {
	var ids []string
	c := x.bucket(tx).Cursor()
	for k, id := seekBefore(c, end); k != nil && bytes.HasPrefix(k, prefix) && len(ids) < limit; k, id = c.Prev() {
		ids = append(ids, string(id))
	}
	return ids
}

// seekBefore moves c to the last key before end.
func seekBefore(c *bolt.Cursor, end []byte) (key, value []byte) {
	if k, _ := c.Seek(end); k == nil {
		return c.Last()
	}
	return c.Prev()
}

// timeKey sorts by time, and by ID at the same time.
func timeKey(at store.Time, id string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), id...)
}

// afterAll sorts after every timeKey: times are not negative.
func afterAll() []byte { return []byte{0xff} }

// ownerPrefix begins the keys of one owner. Its length comes first, so that no
// owner's prefix begins another's.
func ownerPrefix(owner string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(owner))), owner...)
}
