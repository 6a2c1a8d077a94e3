package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

const (
	leads        table[store.Lead] = "lead"
	leadByToken  index             = "lead.token"
	leadsOpen    index             = "lead.open"
	leadsClosed  index             = "lead.closed"
	leadsByOwner index             = "lead.owner"
)

// CreateLead implements store.Leads.
func (s *Store) CreateLead(ctx context.Context, l store.Lead) error {
	if l.ID == "" || l.TokenHash == "" || (l.State != store.LeadWaiting && l.State != store.LeadMissed) {
		return fmt.Errorf("a new lead needs an ID and a token's hash, and waits or is missed: %w", store.ErrInvalid)
	}
	l.Rev = 1
	return s.exec(ctx, func(tx *bolt.Tx) error {
		if err := leadByToken.claim(tx, string(l.TokenHash), l.ID); err != nil {
			return err
		}
		if err := leads.create(tx, l.ID, l); err != nil {
			return err
		}
		return listLead(tx, l)
	})
}

// Lead implements store.Leads.
func (s *Store) Lead(ctx context.Context, id string) (store.Lead, error) {
	return view(ctx, s, func(tx *bolt.Tx) (store.Lead, error) { return leads.get(tx, id) })
}

// LeadByToken implements store.Leads.
func (s *Store) LeadByToken(ctx context.Context, hash store.Hash) (store.Lead, error) {
	return view(ctx, s, func(tx *bolt.Tx) (l store.Lead, err error) {
		id, err := leadByToken.find(tx, string(hash))
		if err != nil {
			return l, err
		}
		return leads.get(tx, id)
	})
}

// OpenLeads implements store.Leads.
func (s *Store) OpenLeads(ctx context.Context) ([]store.Lead, error) {
	return view(ctx, s, func(tx *bolt.Tx) ([]store.Lead, error) {
		ids, err := leadsOpen.ids(tx)
		if err != nil {
			return nil, err
		}
		return leads.pick(tx, ids)
	})
}

// ClosedLeads implements store.Leads.
func (s *Store) ClosedLeads(ctx context.Context, q store.LeadQuery) ([]store.Lead, error) {
	limit := cmp.Or(q.Limit, 50)
	if limit < 1 || limit > 200 {
		return nil, fmt.Errorf("a page of %d leads: %w", q.Limit, store.ErrInvalid)
	}
	list, prefix := leadsClosed, []byte{}
	if q.Owner != "" {
		list, prefix = leadsByOwner, ownerPrefix(q.Owner)
	}
	return view(ctx, s, func(tx *bolt.Tx) ([]store.Lead, error) {
		end, err := pageEnd(tx, q.Before)
		if err != nil {
			return nil, err
		}
		return leads.pick(tx, list.lastIDs(tx, prefix, slices.Concat(prefix, end), limit))
	})
}

// pageEnd returns the key before which a page of closed leads begins.
func pageEnd(tx *bolt.Tx, before string) ([]byte, error) {
	if before == "" {
		return afterAll(), nil
	}
	l, err := leads.get(tx, before)
	if err == nil && l.State.Open() {
		err = fmt.Errorf("lead %q is %s: %w", l.ID, l.State, store.ErrState)
	}
	return timeKey(closed(l), l.ID), err
}

// AssignLead implements store.Leads.
func (s *Store) AssignLead(ctx context.Context, id, user string, at store.Time) (store.Lead, error) {
	return s.changeLead(ctx, id, func(tx *bolt.Tx, l *store.Lead) error {
		l.Owner = user
		if user == "" {
			l.State, l.Assigned = store.LeadWaiting, 0
		} else {
			l.State, l.Assigned = store.LeadAssigned, at
		}
		return nil
	}, store.LeadWaiting, store.LeadAssigned)
}

// ClaimLead implements store.Leads.
func (s *Store) ClaimLead(ctx context.Context, id string, session store.Session) (store.Lead, error) {
	if err := checkNewSession(session, id); err != nil {
		return store.Lead{}, err
	}
	session.Rev = 1
	return s.changeLead(ctx, id, func(tx *bolt.Tx, l *store.Lead) error {
		l.State, l.Owner = store.LeadActive, session.Agent
		l.Session, l.Started = session.ID, session.Started
		return sessions.create(tx, session.ID, session)
	}, store.LeadWaiting, store.LeadAssigned)
}

// CloseLead implements store.Leads.
func (s *Store) CloseLead(ctx context.Context, id string, as store.LeadState, at store.Time) (store.Lead, error) {
	if as != store.LeadMissed && as != store.LeadCancelled && as != store.LeadArchived {
		return store.Lead{}, fmt.Errorf("a lead is not closed as %q: %w", as, store.ErrInvalid)
	}
	return s.changeLead(ctx, id, func(_ *bolt.Tx, l *store.Lead) error {
		l.State, l.Ended = as, at
		return nil
	}, store.LeadWaiting, store.LeadAssigned)
}

// EndSession implements store.Leads.
func (s *Store) EndSession(ctx context.Context, id string, end store.End) (store.Lead, error) {
	return s.changeLead(ctx, id, func(tx *bolt.Tx, l *store.Lead) error {
		l.State, l.Ended, l.EndedBy = store.LeadEnded, end.At, end.By
		if err := remark(l, store.Remark{By: end.By, Text: end.Remarks, Rating: end.Rating}); err != nil {
			return err
		}
		return endSession(tx, l.Session, end.At)
	}, store.LeadActive)
}

// Remark implements store.Leads.
func (s *Store) Remark(ctx context.Context, id string, r store.Remark) (store.Lead, error) {
	return s.changeLead(ctx, id, func(_ *bolt.Tx, l *store.Lead) error {
		if r.By == store.SideSystem {
			return fmt.Errorf("the system has no remarks: %w", store.ErrInvalid)
		}
		return remark(l, r)
	}, store.LeadEnded)
}

// LeaveMessage implements store.Leads.
func (s *Store) LeaveMessage(ctx context.Context, id, message string, at store.Time) (store.Lead, error) {
	return s.changeLead(ctx, id, func(_ *bolt.Tx, l *store.Lead) error {
		l.State, l.Message, l.Ended = store.LeadMissed, message, at
		return nil
	}, store.LeadWaiting)
}

// remark sets what r's side says; a session that the system ended has nothing
// said of it.
func remark(l *store.Lead, r store.Remark) error {
	switch r.By {
	case store.SideCustomer:
		if r.Rating < 0 || r.Rating > 5 {
			return fmt.Errorf("rating %d: %w", r.Rating, store.ErrInvalid)
		}
		l.CustomerRemarks, l.Rating = r.Text, r.Rating
	case store.SideAgent:
		l.AgentRemarks = r.Text
	case store.SideSystem:
	default:
		return fmt.Errorf("side %q: %w", r.By, store.ErrInvalid)
	}
	return nil
}

// changeLead is every verb that takes a lead further: from is where it must
// stand, and fn makes the change.
func (s *Store) changeLead(ctx context.Context, id string, fn func(*bolt.Tx, *store.Lead) error, from ...store.LeadState) (store.Lead, error) {
	return update(ctx, s, func(tx *bolt.Tx) (store.Lead, error) {
		l, err := leads.get(tx, id)
		if err != nil {
			return l, err
		}
		if !slices.Contains(from, l.State) {
			return l, fmt.Errorf("lead %q is %s: %w", id, l.State, store.ErrState)
		}
		if err := unlistLead(tx, l); err != nil {
			return l, err
		}
		if err := fn(tx, &l); err != nil {
			return l, err
		}
		l.Rev++
		return l, errors.Join(leads.put(tx, id, l), listLead(tx, l))
	})
}

// place is where a list has a lead.
type place struct {
	list index
	key  []byte
}

// places says which lists a lead is on. It follows from the lead alone, so that
// a change is: off the old ones, on the new ones.
func places(l store.Lead) []place {
	if l.State.Open() {
		return []place{{leadsOpen, timeKey(l.Created, l.ID)}}
	}
	key := timeKey(closed(l), l.ID)
	if l.Owner == "" {
		return []place{{leadsClosed, key}}
	}
	return []place{{leadsClosed, key}, {leadsByOwner, slices.Concat(ownerPrefix(l.Owner), key)}}
}

// closed returns when a lead was closed: for a message left while nobody was
// online, that is when it was left.
func closed(l store.Lead) store.Time { return cmp.Or(l.Ended, l.Created) }

func listLead(tx *bolt.Tx, l store.Lead) error {
	for _, p := range places(l) {
		if err := put(p.list.bucket(tx), string(p.list), p.key, []byte(l.ID)); err != nil {
			return err
		}
	}
	return nil
}

func unlistLead(tx *bolt.Tx, l store.Lead) error {
	for _, p := range places(l) {
		if err := p.list.bucket(tx).Delete(p.key); err != nil {
			return err
		}
	}
	return nil
}
