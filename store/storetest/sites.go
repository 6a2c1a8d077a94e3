package storetest

import (
	"testing"

	"github.com/beside-desk/beside/store"
)

// site returns a site with something in every field.
func site(key string) store.Site {
	return store.Site{
		Key: key, Name: "Site " + key, Created: second(1),
		Origins:      []string{"https://" + key + ".example", "http://localhost:8080"},
		AssetOrigins: []string{"https://cdn.example"},
		Color:        "#0a7",
		Ask:          store.Ask{Name: store.NeedRequired, Email: store.NeedOptional, Phone: store.NeedHidden},
		Topics:       []string{"Order", "Return"},
		MaskSelector: ".mask", BlockSelector: ".block",
		NoTranscript: true, KeepWaiting: true, RequireRemarks: true,
	}
}

func createSite(t *testing.T, db handle) {
	_, err := db().Site(t.Context(), "shop")
	fails(t, err, store.ErrNotFound)
	want := site("shop")
	ok(t, db().CreateSite(t.Context(), want))
	want.Rev = 1
	same(t, got(db().Site(t.Context(), "shop"))(t), want)

	again := site("shop")
	again.Name = "Another"
	fails(t, db().CreateSite(t.Context(), again), store.ErrExists)
	same(t, got(db().Site(t.Context(), "shop"))(t), want)
	fails(t, db().CreateSite(t.Context(), store.Site{Name: "no key"}), store.ErrInvalid)
	fails(t, db().CreateSite(t.Context(), store.Site{Key: "no-name"}), store.ErrInvalid)
}

func putSite(t *testing.T, db handle) {
	want := site("shop")
	ok(t, db().PutSite(t.Context(), want))
	want.Rev = 1
	same(t, got(db().Site(t.Context(), "shop"))(t), want)

	want = store.Site{Key: "shop", Name: "Renamed", Created: second(2), Rev: 77}
	ok(t, db().PutSite(t.Context(), want))
	want.Rev = 2
	same(t, got(db().Site(t.Context(), "shop"))(t), want)

	fails(t, db().PutSite(t.Context(), store.Site{Name: "no key"}), store.ErrInvalid)
	fails(t, db().PutSite(t.Context(), store.Site{Key: "shop"}), store.ErrInvalid)
	same(t, got(db().Site(t.Context(), "shop"))(t), want)
}

func listSites(t *testing.T, db handle) {
	same(t, got(db().ListSites(t.Context()))(t), nil)
	for _, key := range []string{"b", "c", "a"} {
		ok(t, db().CreateSite(t.Context(), site(key)))
	}
	var want []store.Site
	for _, key := range []string{"a", "b", "c"} {
		s := site(key)
		s.Rev = 1
		want = append(want, s)
	}
	same(t, got(db().ListSites(t.Context()))(t), want)
}
