// Package desk is the queue's rules: who is offered which request, who may see
// it, and in what place it stands. The rules are pure; who calls them brings
// the records and carries out what they say.
package desk

import (
	"cmp"
	"slices"

	"github.com/beside-desk/beside/store"
)

// Agent is what the rules need to know of a user.
type Agent struct {
	ID string
	// LastAssigned is when the user was last offered a lead.
	LastAssigned store.Time
}

// Assignment offers a lead to a user; no user means that it waits again.
type Assignment struct {
	Lead string
	User string
}

// Plan says which of the open leads to offer to whom: waiting leads, the oldest
// first, each to the online agent who was assigned longest ago; and leads whose
// owner went offline before connecting, anew in the same way, or to nobody when
// nobody is online. Leads must be ordered oldest first. Ties go by ID, so that
// the plan depends on its arguments alone.
func Plan(leads []store.Lead, online []Agent) []Assignment {
	queue := slices.Clone(online)
	order := func(a, b Agent) int {
		return cmp.Or(cmp.Compare(a.LastAssigned, b.LastAssigned), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(queue, order)
	isOnline := func(id string) bool {
		return slices.ContainsFunc(online, func(a Agent) bool { return a.ID == id })
	}
	var plan []Assignment
	for _, l := range leads {
		orphan := l.State == store.LeadAssigned && !isOnline(l.Owner)
		if l.State != store.LeadWaiting && !orphan {
			continue
		}
		if len(queue) == 0 {
			if orphan {
				plan = append(plan, Assignment{Lead: l.ID})
			}
			continue
		}
		next := queue[0]
		queue = append(queue[1:], next)
		plan = append(plan, Assignment{Lead: l.ID, User: next.ID})
	}
	return plan
}

// NextTurn returns the first of the times to note for the assignments of a plan
// made now, each the last one's plus one: later than all before, so that the
// order of turns survives many in one millisecond and a clock that is set back.
func NextTurn(online []Agent, now store.Time) store.Time {
	for _, a := range online {
		now = max(now, a.LastAssigned+1)
	}
	return now
}

// Place returns the lead's place among those not yet connected, from 1, or 0
// when it is not among them. Leads must be ordered oldest first.
func Place(leads []store.Lead, id string) int {
	place := 0
	for _, l := range leads {
		if l.State != store.LeadWaiting && l.State != store.LeadAssigned {
			continue
		}
		place++
		if l.ID == id {
			return place
		}
	}
	return 0
}

// MaySee reports whether the user may see the lead on the desk and in History,
// and so connect to it, put it away and end it: supervisors all, agents their
// own and those that nobody was offered.
func MaySee(u store.User, l store.Lead) bool {
	return u.Role.AtLeast(store.RoleSupervisor) || l.Owner == u.ID || l.State == store.LeadWaiting
}

// MayJoin reports whether the user may join the lead's session: its owner only,
// until there are invitations.
func MayJoin(u store.User, l store.Lead) bool {
	return l.State == store.LeadActive && l.Owner == u.ID
}
