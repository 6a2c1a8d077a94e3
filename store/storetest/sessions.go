package storetest

import (
	"fmt"
	"testing"

	"github.com/beside-desk/beside/store"
)

// tab returns a customer's tab as a source without a number.
func tab(key string) store.Source { return store.Source{Kind: store.SourceTab, Key: key} }

func addSource(t *testing.T, db handle) {
	_, err := db().AddSource(t.Context(), "s", tab("a"))
	fails(t, err, store.ErrNotFound)
	reach(t, db, "l", store.LeadActive)
	want := got(db().Session(t.Context(), "session-l"))(t)

	console := store.Source{Kind: store.SourceConsole, Key: "c", User: "emma", Number: 99}
	for i, src := range []store.Source{tab("a"), console, tab("b")} {
		for range 2 {
			added := got(db().AddSource(t.Context(), "session-l", src))(t)
			same(t, added.Number, uint16(i+1))
		}
		src.Number = uint16(i + 1)
		want.Sources, want.Rev = append(want.Sources, src), want.Rev+1
		same(t, got(db().Session(t.Context(), "session-l"))(t), want)
	}
	_, err = db().AddSource(t.Context(), "session-l", store.Source{Kind: store.SourceTab})
	fails(t, err, store.ErrInvalid)

	got(db().EndSession(t.Context(), "l", store.End{At: second(5), By: store.SideAgent}))(t)
	_, err = db().AddSource(t.Context(), "session-l", tab("d"))
	fails(t, err, store.ErrState)
	same(t, got(db().AddSource(t.Context(), "session-l", tab("b")))(t), want.Sources[2])
	same(t, got(db().Session(t.Context(), "session-l"))(t).Sources, want.Sources)
}

func maxSources(t *testing.T, db handle) {
	reach(t, db, "l", store.LeadActive)
	for i := range store.MaxSources {
		got(db().AddSource(t.Context(), "session-l", tab(fmt.Sprint(i))))(t)
	}
	_, err := db().AddSource(t.Context(), "session-l", tab("one more"))
	fails(t, err, store.ErrState)
	same(t, got(db().AddSource(t.Context(), "session-l", tab("9")))(t).Number, 10)
}
