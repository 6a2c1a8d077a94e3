package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

const sessions table[store.Session] = "session"

// Session implements store.Sessions.
func (s *Store) Session(ctx context.Context, id string) (store.Session, error) {
	return view(ctx, s, func(tx *bolt.Tx) (store.Session, error) { return sessions.get(tx, id) })
}

// AddSource implements store.Sessions.
func (s *Store) AddSource(ctx context.Context, session string, src store.Source) (store.Source, error) {
	if src.Key == "" {
		return store.Source{}, fmt.Errorf("a source needs a key: %w", store.ErrInvalid)
	}
	return update(ctx, s, func(tx *bolt.Tx) (store.Source, error) {
		now, err := sessions.get(tx, session)
		if err != nil {
			return src, err
		}
		for _, known := range now.Sources {
			if known.Key == src.Key {
				return known, nil
			}
		}
		switch {
		case now.Ended != 0:
			return src, fmt.Errorf("session %q has ended: %w", session, store.ErrState)
		case len(now.Sources) >= store.MaxSources:
			return src, fmt.Errorf("session %q has %d sources: %w", session, len(now.Sources), store.ErrState)
		}
		src.Number = uint16(len(now.Sources) + 1)
		now.Sources = append(now.Sources, src)
		now.Rev++
		return src, sessions.put(tx, session, now)
	})
}

// checkNewSession refuses what a lead can't be claimed with.
func checkNewSession(s store.Session, lead string) error {
	switch {
	case s.ID == "" || s.Agent == "":
		return fmt.Errorf("a session needs an ID and an agent: %w", store.ErrInvalid)
	case s.Lead != lead:
		return fmt.Errorf("session %q is of lead %q, not %q: %w", s.ID, s.Lead, lead, store.ErrInvalid)
	case s.Ended != 0 || len(s.Sources) > 0:
		return fmt.Errorf("session %q is not new: %w", s.ID, store.ErrInvalid)
	}
	return nil
}

// endSession stamps a session's end.
func endSession(tx *bolt.Tx, id string, at store.Time) error {
	s, err := sessions.get(tx, id)
	if err != nil {
		return err
	}
	s.Ended = at
	s.Rev++
	return sessions.put(tx, id, s)
}
