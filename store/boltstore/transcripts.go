package boltstore

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

// A transcript is a bucket of its own within transcriptBucket, so that deleting
// it is one call that leaves nothing behind.
const (
	transcriptBucket = "transcript"
	entryBucket      = "entry"
	positionBucket   = "position"
)

// AppendEntry implements store.Transcripts. Concurrent calls share one sync to
// disk; bbolt may run the function twice, which the position makes harmless.
func (s *Store) AppendEntry(ctx context.Context, e store.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.db.Batch(func(tx *bolt.Tx) error {
		if _, err := sessions.get(tx, e.Session); err != nil {
			return err
		}
		entries, positions, err := makeTranscript(tx, e.Session)
		if err != nil {
			return err
		}
		if positions.Get(position(e)) != nil {
			return nil
		}
		return appendEntry(entries, positions, e)
	})
}

// Entries implements store.Transcripts.
func (s *Store) Entries(ctx context.Context, session string) ([]store.Entry, error) {
	return view(ctx, s, func(tx *bolt.Tx) ([]store.Entry, error) {
		if _, err := sessions.get(tx, session); err != nil {
			return nil, err
		}
		list := []store.Entry{}
		transcript := tx.Bucket([]byte(transcriptBucket)).Bucket([]byte(session))
		if transcript == nil {
			return list, nil
		}
		err := transcript.Bucket([]byte(entryBucket)).ForEach(func(_, data []byte) error {
			var e store.Entry
			if err := json.Unmarshal(data, &e); err != nil {
				return fmt.Errorf("transcript %q is damaged: %w", session, err)
			}
			list = append(list, e)
			return nil
		})
		return list, err
	})
}

// makeTranscript returns the two buckets of a session's transcript.
func makeTranscript(tx *bolt.Tx, session string) (entries, positions *bolt.Bucket, err error) {
	transcript, err := tx.Bucket([]byte(transcriptBucket)).CreateBucketIfNotExists([]byte(session))
	if err != nil {
		return nil, nil, err
	}
	if entries, err = transcript.CreateBucketIfNotExists([]byte(entryBucket)); err != nil {
		return nil, nil, err
	}
	positions, err = transcript.CreateBucketIfNotExists([]byte(positionBucket))
	return entries, positions, err
}

// appendEntry stores e under the next number.
func appendEntry(entries, positions *bolt.Bucket, e store.Entry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	n, err := entries.NextSequence()
	if err != nil {
		return err
	}
	number := binary.BigEndian.AppendUint64(nil, n)
	if err := entries.Put(number, data); err != nil {
		return err
	}
	return positions.Put(position(e), number)
}

// position is e's place among what its session published.
func position(e store.Entry) []byte {
	key := binary.BigEndian.AppendUint16(nil, e.Source)
	key = binary.BigEndian.AppendUint32(key, e.Epoch)
	return binary.BigEndian.AppendUint32(key, e.Seq)
}
