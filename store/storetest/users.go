package storetest

import (
	"testing"

	"github.com/beside-desk/beside/store"
)

// user returns a new user named after id.
func user(id string) store.User {
	return store.User{
		ID: id, Login: id, Name: "User " + id, Role: store.RoleAgent,
		PasswordHash: "$argon2id$" + id, Created: second(1),
	}
}

func createUser(t *testing.T, db handle) {
	u := user("emma")
	ok(t, db().CreateUser(t.Context(), u))
	u.Rev = 1
	same(t, got(db().User(t.Context(), "emma"))(t), u)
	_, err := db().User(t.Context(), "noah")
	fails(t, err, store.ErrNotFound)

	refused := map[string]struct {
		change func(*store.User)
		want   error
	}{
		"ID taken":            {func(u *store.User) { u.ID = "emma" }, store.ErrExists},
		"login taken":         {func(u *store.User) { u.Login = "emma" }, store.ErrExists},
		"login in other case": {func(u *store.User) { u.Login = "EMMA" }, store.ErrExists},
		"no ID":               {func(u *store.User) { u.ID = "" }, store.ErrInvalid},
		"no login":            {func(u *store.User) { u.Login = "" }, store.ErrInvalid},
		"no role":             {func(u *store.User) { u.Role = "" }, store.ErrInvalid},
	}
	for name, r := range refused {
		t.Run(name, func(t *testing.T) {
			other := user("noah")
			r.change(&other)
			fails(t, db().CreateUser(t.Context(), other), r.want)
			same(t, got(db().ListUsers(t.Context()))(t), []store.User{u})
		})
	}
	ok(t, db().CreateUser(t.Context(), user("noah")))
}

func userByLogin(t *testing.T, db handle) {
	u := user("1")
	u.Login = "Émile"
	ok(t, db().CreateUser(t.Context(), u))
	u.Rev = 1
	for _, login := range []string{"Émile", "émile", "ÉMILE"} {
		same(t, got(db().UserByLogin(t.Context(), login))(t), u)
	}
	for _, login := range []string{"1", "emile", ""} {
		_, err := db().UserByLogin(t.Context(), login)
		fails(t, err, store.ErrNotFound)
	}
}

func listUsers(t *testing.T, db handle) {
	same(t, got(db().ListUsers(t.Context()))(t), nil)
	logins := map[string]string{"1": "zoe", "2": "Bea", "3": "adam", "4": "carl"}
	for id, login := range logins {
		u := user(id)
		u.Login = login
		ok(t, db().CreateUser(t.Context(), u))
	}
	var order []string
	for _, u := range got(db().ListUsers(t.Context()))(t) {
		order = append(order, u.Login)
	}
	same(t, order, []string{"adam", "Bea", "carl", "zoe"})
}

func disableUser(t *testing.T, db handle) {
	fails(t, db().DisableUser(t.Context(), "emma"), store.ErrNotFound)
	for _, id := range []string{"emma", "noah"} {
		ok(t, db().CreateUser(t.Context(), user(id)))
		ok(t, db().CreateLogin(t.Context(), login(id, "a"+store.Hash(id))))
		ok(t, db().CreateLogin(t.Context(), login(id, "b"+store.Hash(id))))
	}
	for range 2 {
		ok(t, db().DisableUser(t.Context(), "emma"))
		want := user("emma")
		want.Disabled, want.Rev = true, 2
		same(t, got(db().User(t.Context(), "emma"))(t), want)
	}
	for _, hash := range []store.Hash{"aemma", "bemma"} {
		_, err := db().Login(t.Context(), hash, 0)
		fails(t, err, store.ErrNotFound)
	}
	fails(t, db().CreateLogin(t.Context(), login("emma", "c")), store.ErrState)
	same(t, got(db().Login(t.Context(), "anoah", 0))(t), login("noah", "anoah"))
}

func touchAssigned(t *testing.T, db handle) {
	fails(t, db().TouchAssigned(t.Context(), "emma", second(2)), store.ErrNotFound)
	ok(t, db().CreateUser(t.Context(), user("emma")))
	ok(t, db().TouchAssigned(t.Context(), "emma", second(2)))
	ok(t, db().TouchAssigned(t.Context(), "emma", second(3)))
	want := user("emma")
	want.LastAssigned, want.Rev = second(3), 3
	same(t, got(db().User(t.Context(), "emma"))(t), want)
}
