package storetest

import (
	"testing"

	"github.com/beside-desk/beside/store"
)

// login returns a login of the user that expires at second(10).
func login(user string, hash store.Hash) store.Login {
	return store.Login{Hash: hash, User: user, Created: second(1), Expires: second(10)}
}

func createLogin(t *testing.T, db handle) {
	fails(t, db().CreateLogin(t.Context(), login("emma", "h")), store.ErrNotFound)
	ok(t, db().CreateUser(t.Context(), user("emma")))
	ok(t, db().CreateLogin(t.Context(), login("emma", "h")))
	same(t, got(db().Login(t.Context(), "h", second(2)))(t), login("emma", "h"))

	fails(t, db().CreateLogin(t.Context(), login("emma", "h")), store.ErrExists)
	fails(t, db().CreateLogin(t.Context(), login("emma", "")), store.ErrInvalid)
	fails(t, db().CreateLogin(t.Context(), store.Login{Hash: "g", User: "emma"}), store.ErrInvalid)
}

func loginExpires(t *testing.T, db handle) {
	ok(t, db().CreateUser(t.Context(), user("emma")))
	ok(t, db().CreateLogin(t.Context(), login("emma", "h")))
	same(t, got(db().Login(t.Context(), "h", second(10)-1))(t), login("emma", "h"))
	for _, now := range []store.Time{second(10), second(11)} {
		_, err := db().Login(t.Context(), "h", now)
		fails(t, err, store.ErrNotFound)
	}
	_, err := db().Login(t.Context(), "g", second(2))
	fails(t, err, store.ErrNotFound)
}

func deleteLogin(t *testing.T, db handle) {
	ok(t, db().CreateUser(t.Context(), user("emma")))
	for _, hash := range []store.Hash{"a", "b"} {
		ok(t, db().CreateLogin(t.Context(), login("emma", hash)))
	}
	for range 2 {
		ok(t, db().DeleteLogin(t.Context(), "a"))
	}
	_, err := db().Login(t.Context(), "a", second(2))
	fails(t, err, store.ErrNotFound)
	same(t, got(db().Login(t.Context(), "b", second(2)))(t), login("emma", "b"))
}

func deleteExpiredLogins(t *testing.T, db handle) {
	ok(t, db().CreateUser(t.Context(), user("emma")))
	for i, hash := range []store.Hash{"a", "b", "c"} {
		l := login("emma", hash)
		l.Expires = second(10 + i)
		ok(t, db().CreateLogin(t.Context(), l))
	}
	same(t, got(db().DeleteExpiredLogins(t.Context(), second(10)-1))(t), 0)
	same(t, got(db().DeleteExpiredLogins(t.Context(), second(11)))(t), 2)
	same(t, got(db().DeleteExpiredLogins(t.Context(), second(11)))(t), 0)
	for hash, want := range map[store.Hash]error{"a": store.ErrNotFound, "b": store.ErrNotFound, "c": nil} {
		_, err := db().Login(t.Context(), hash, second(2))
		fails(t, err, want)
	}
}
