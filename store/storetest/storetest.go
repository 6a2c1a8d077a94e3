// Package storetest holds the tests that every store.Store must pass. They say
// in code what package store says in words; where they differ, the words are
// right and the tests need mending.
package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"github.com/beside-desk/beside/store"
)

// Run tests the contract. Each call of open returns an empty store, which the
// tests close.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	each(t, func(t *testing.T) handle {
		s := open(t)
		t.Cleanup(func() { ok(t, s.Close()) })
		return func() store.Store { return s }
	})
}

// RunReopen tests the same contract with the store closed and opened again
// before each verb, so that nothing of it can live in memory. Each call of open
// opens what was kept under dir, which is an empty folder at first.
func RunReopen(t *testing.T, open func(t *testing.T, dir string) store.Store) {
	each(t, func(t *testing.T) handle {
		dir := t.TempDir()
		s := open(t, dir)
		t.Cleanup(func() { ok(t, s.Close()) })
		return func() store.Store {
			ok(t, s.Close())
			s = open(t, dir)
			return s
		}
	})
}

// handle returns the store for the next verb. A test that shares the store
// between goroutines takes it once.
type handle func() store.Store

// each runs every test on a store of its own.
func each(t *testing.T, open func(t *testing.T) handle) {
	tests := map[string]func(t *testing.T, db handle){
		"CreateUser":          createUser,
		"UserByLogin":         userByLogin,
		"ListUsers":           listUsers,
		"DisableUser":         disableUser,
		"TouchAssigned":       touchAssigned,
		"CreateLogin":         createLogin,
		"LoginExpires":        loginExpires,
		"DeleteLogin":         deleteLogin,
		"DeleteExpiredLogins": deleteExpiredLogins,
		"CreateSite":          createSite,
		"PutSite":             putSite,
		"ListSites":           listSites,
		"CreateLead":          createLead,
		"LeadMoves":           leadMoves,
		"LeadUnknown":         leadUnknown,
		"AssignLead":          assignLead,
		"ClaimLead":           claimLead,
		"CloseLead":           closeLead,
		"EndSession":          endSession,
		"Remark":              remark,
		"LeaveMessage":        leaveMessage,
		"OpenLeads":           openLeads,
		"ClosedLeads":         closedLeads,
		"AddSource":           addSource,
		"MaxSources":          maxSources,
		"AppendEntry":         appendEntry,
		"Copies":              copies,
		"DoneContext":         doneContext,
		"Close":               closeTwice,
		"RaceClaim":           raceClaim,
		"RaceCreate":          raceCreate,
		"RaceSources":         raceSources,
		"RaceEntries":         raceEntries,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	t.Run("LeadModel", func(t *testing.T) { leadModel(t, open) })
}

// tester is what the helpers need of a *testing.T or a *rapid.T.
type tester interface {
	Context() context.Context
	Helper()
	Fatalf(format string, args ...any)
}

// ok fails the test if a verb did.
func ok(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// got returns what a verb returned along with no error.
func got[T any](v T, err error) func(t tester) T {
	return func(t tester) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// fails fails the test unless the verb failed with the contract's error.
func fails(t tester, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

// same fails the test unless the records are equal. Empty slices equal nil.
func same[T any](t tester, got, want T) {
	t.Helper()
	g, w := reflect.ValueOf(got), reflect.ValueOf(want)
	if g.Kind() == reflect.Slice && g.Len() == 0 && w.Len() == 0 {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}

// second returns a moment, so many seconds after an arbitrary one.
func second(n int) store.Time { return store.Time(1_700_000_000_000 + 1000*n) }
