// Package store names the records that Beside keeps and the contract for
// keeping them. It holds no storage itself: boltstore does, and any other
// implementation must pass storetest.
//
// # Contract
//
// A verb that returns nil has made its change durable; one that returns an
// error has changed nothing. Every verb is atomic, and turns on the state of
// one record (its Rev rises by one with each change), so that an
// implementation over a replicated log can honour it with compare-and-set.
// Callers never get a record, change it and put it back.
//
// A verb whose context is done changes nothing and returns the context's error.
// Records that lack their key, name an unknown side or state, or have a value
// out of range are refused with ErrInvalid, whatever the verb; storetest lists
// the cases. Verbs fail after Close, which may be called twice.
//
// Returned records are copies; the caller may change them freely. Times are
// UTC with millisecond precision. Implementations are safe for concurrent use.
package store

import (
	"context"
	"errors"
	"io"
)

// The errors of the contract. Implementations wrap them with detail.
var (
	// ErrNotFound: no record with that key.
	ErrNotFound = errors.New("not found")
	// ErrExists: a record with that key is already there.
	ErrExists = errors.New("already exists")
	// ErrState: the record is not in a state from which the verb starts.
	ErrState = errors.New("not possible in this state")
	// ErrInvalid: the record lacks something the contract requires.
	ErrInvalid = errors.New("invalid record")
)

// Store is everything the program keeps but recordings' bytes.
type Store interface {
	Users
	Logins
	Sites
	Leads
	Sessions
	Transcripts
	io.Closer
}

// Users keeps the people who work at the desk.
type Users interface {
	// CreateUser adds u. ErrExists when its ID or Login is taken (logins are
	// compared in lower case), ErrInvalid when ID, Login or Role is empty.
	CreateUser(ctx context.Context, u User) error
	// User returns the user with that ID, or ErrNotFound.
	User(ctx context.Context, id string) (User, error)
	// UserByLogin returns the user with that login name, or ErrNotFound.
	UserByLogin(ctx context.Context, login string) (User, error)
	// ListUsers returns all users ordered by login name.
	ListUsers(ctx context.Context) ([]User, error)
	// DisableUser bars the user from logging in, and deletes all of the
	// user's logins. Disabling twice is not an error.
	DisableUser(ctx context.Context, id string) error
	// TouchAssigned records that a lead was assigned to the user at that
	// time; the desk's round robin orders by it and survives a restart.
	TouchAssigned(ctx context.Context, id string, at Time) error
}

// Logins keeps the authenticated browsers of users.
type Logins interface {
	// CreateLogin adds l under its token hash. ErrNotFound when the user is
	// unknown, ErrState when the user is disabled.
	CreateLogin(ctx context.Context, l Login) error
	// Login returns the login with that token hash, or ErrNotFound when there
	// is none or it expired at or before now.
	Login(ctx context.Context, hash Hash, now Time) (Login, error)
	// DeleteLogin ends a login. Deleting an unknown one is not an error.
	DeleteLogin(ctx context.Context, hash Hash) error
	// DeleteExpiredLogins removes what expired at or before now and returns
	// how many that were.
	DeleteExpiredLogins(ctx context.Context, now Time) (int, error)
}

// Sites keeps the customer-facing sites.
type Sites interface {
	// CreateSite adds s. ErrExists when its Key is taken, ErrInvalid when Key
	// or Name is empty.
	CreateSite(ctx context.Context, s Site) error
	// PutSite replaces the site with that Key, or adds it.
	PutSite(ctx context.Context, s Site) error
	// Site returns the site with that key, or ErrNotFound.
	Site(ctx context.Context, key string) (Site, error)
	// ListSites returns all sites ordered by key.
	ListSites(ctx context.Context) ([]Site, error)
}

// Leads keeps customers' requests from Connect to their end:
//
//	waiting ⇄ assigned → active → ended
//	waiting, assigned → missed, cancelled or archived
type Leads interface {
	// CreateLead adds l, whose state must be waiting or missed (a message left
	// while nobody was online). ErrExists when its ID or TokenHash is taken.
	CreateLead(ctx context.Context, l Lead) error
	// Lead returns the lead with that ID, or ErrNotFound.
	Lead(ctx context.Context, id string) (Lead, error)
	// LeadByToken returns the lead whose customer holds that token, or
	// ErrNotFound.
	LeadByToken(ctx context.Context, hash Hash) (Lead, error)
	// OpenLeads returns the leads that are waiting, assigned or active,
	// oldest first.
	OpenLeads(ctx context.Context) ([]Lead, error)
	// ClosedLeads returns a page of the other leads by the time they ended,
	// newest first. ErrNotFound when q.Before is unknown, ErrState when it is
	// still open.
	ClosedLeads(ctx context.Context, q LeadQuery) ([]Lead, error)
	// AssignLead offers a waiting or assigned lead to a user (empty: to nobody,
	// so that it waits again, as if never assigned). ErrState from any other
	// state.
	AssignLead(ctx context.Context, id, user string, at Time) (Lead, error)
	// ClaimLead turns a waiting or assigned lead into an active one owned by
	// s.Agent and creates the session s, whose Lead must be id. Exactly one of
	// any number of concurrent claims succeeds; the others get ErrState.
	ClaimLead(ctx context.Context, id string, s Session) (Lead, error)
	// CloseLead ends a waiting or assigned lead as missed, cancelled or
	// archived. ErrState from any other state.
	CloseLead(ctx context.Context, id string, as LeadState, at Time) (Lead, error)
	// EndSession turns an active lead into an ended one and stamps its
	// session's end. ErrState from any other state.
	EndSession(ctx context.Context, id string, end End) (Lead, error)
	// Remark sets what one side says about an ended lead, replacing what that
	// side said before. ErrState unless the lead is ended.
	Remark(ctx context.Context, id string, r Remark) (Lead, error)
	// LeaveMessage turns a waiting lead into a missed one and replaces its
	// message. ErrState from any other state.
	LeaveMessage(ctx context.Context, id, message string, at Time) (Lead, error)
}

// Sessions keeps the co-browses that leads became.
type Sessions interface {
	// Session returns the session with that ID, or ErrNotFound.
	Session(ctx context.Context, id string) (Session, error)
	// AddSource returns the number of the session's source with that key,
	// giving it the next free one, from 1, if the key is new. ErrState when the
	// session has ended and the key is new, or has MaxSources already.
	AddSource(ctx context.Context, session string, src Source) (Source, error)
}

// Transcripts keeps the chat of sessions.
type Transcripts interface {
	// AppendEntry adds an entry to its session's transcript. The same position
	// (Source, Epoch, Seq) a second time changes nothing and is not an error.
	// ErrNotFound when the session is unknown.
	AppendEntry(ctx context.Context, e Entry) error
	// Entries returns the session's transcript in the order of its appending,
	// or ErrNotFound.
	Entries(ctx context.Context, session string) ([]Entry, error)
}
