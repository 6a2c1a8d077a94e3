package storetest

import (
	"fmt"
	"testing"

	"github.com/beside-desk/beside/store"
)

// entry returns a line of chat at that position.
func entry(session string, source uint16, epoch, seq uint32) store.Entry {
	text := fmt.Sprintf("%d/%d/%d", source, epoch, seq)
	return store.Entry{
		Session: session, Source: source, Epoch: epoch, Seq: seq,
		At: second(int(seq)), By: store.SideCustomer, Text: text, Frame: []byte("\x00\xff" + text),
	}
}

func appendEntry(t *testing.T, db handle) {
	fails(t, db().AppendEntry(t.Context(), entry("session-l", 1, 1, 1)), store.ErrNotFound)
	_, err := db().Entries(t.Context(), "session-l")
	fails(t, err, store.ErrNotFound)
	reach(t, db, "l", store.LeadActive)
	reach(t, db, "m", store.LeadActive)
	same(t, got(db().Entries(t.Context(), "session-l"))(t), nil)

	// Not in the order of their positions: appending is what counts. The last
	// three differ from one another in one part of their position only.
	var want []store.Entry
	for _, p := range [][3]uint32{{2, 1, 300}, {2, 1, 5}, {1, 9, 1}, {1, 1, 1}, {1, 1, 2}, {1, 2, 1}, {2, 1, 1}} {
		want = append(want, entry("session-l", uint16(p[0]), p[1], p[2]))
	}
	for range 2 {
		for _, e := range want {
			ok(t, db().AppendEntry(t.Context(), e))
			e.Text = "the same position with another text"
			ok(t, db().AppendEntry(t.Context(), e))
		}
		same(t, got(db().Entries(t.Context(), "session-l"))(t), want)
	}
	same(t, got(db().Entries(t.Context(), "session-m"))(t), nil)
	ok(t, db().AppendEntry(t.Context(), entry("session-m", 2, 1, 300)))
	same(t, got(db().Entries(t.Context(), "session-m"))(t), []store.Entry{entry("session-m", 2, 1, 300)})
	same(t, got(db().Entries(t.Context(), "session-l"))(t), want)
}
