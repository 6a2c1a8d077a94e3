package boltstore

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/beside-desk/beside/store"
)

const sites table[store.Site] = "site"

// CreateSite implements store.Sites.
func (s *Store) CreateSite(ctx context.Context, site store.Site) error {
	if err := checkSite(site); err != nil {
		return err
	}
	site.Rev = 1
	return s.exec(ctx, func(tx *bolt.Tx) error { return sites.create(tx, site.Key, site) })
}

// PutSite implements store.Sites.
func (s *Store) PutSite(ctx context.Context, site store.Site) error {
	if err := checkSite(site); err != nil {
		return err
	}
	return s.exec(ctx, func(tx *bolt.Tx) error {
		was, err := sites.get(tx, site.Key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		site.Rev = was.Rev + 1
		return sites.put(tx, site.Key, site)
	})
}

// Site implements store.Sites.
func (s *Store) Site(ctx context.Context, key string) (store.Site, error) {
	return view(ctx, s, func(tx *bolt.Tx) (store.Site, error) { return sites.get(tx, key) })
}

// ListSites implements store.Sites.
func (s *Store) ListSites(ctx context.Context) ([]store.Site, error) {
	return view(ctx, s, sites.all)
}

func checkSite(site store.Site) error {
	if site.Key == "" || site.Name == "" {
		return fmt.Errorf("a site needs a key and a name: %w", store.ErrInvalid)
	}
	return nil
}
