package store

import (
	"slices"
	"time"
)

// Time is a moment in milliseconds since the Unix epoch, UTC; 0 means never.
// It is an integer so that records compare equal after a round trip through
// any encoding.
type Time int64

// At converts t, dropping what is finer than a millisecond.
func At(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Time converts back; the zero Time gives the zero time.Time.
func (t Time) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// Hash is the SHA-256 of a token in lower-case hexadecimal. Tokens themselves
// are never stored.
type Hash string

// Role says what a user may do at the desk.
type Role string

// The roles, each with the rights of those before it.
const (
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleAdmin      Role = "admin"
)

// Roles lists the known roles, the least first.
func Roles() []Role { return []Role{RoleAgent, RoleSupervisor, RoleAdmin} }

// AtLeast reports whether r has the rights of other. An unknown role has none.
func (r Role) AtLeast(other Role) bool {
	have, want := slices.Index(Roles(), r), slices.Index(Roles(), other)
	return have >= 0 && want >= 0 && have >= want
}

// User is somebody who works at the desk.
type User struct {
	ID           string `json:"id"`
	Login        string `json:"login"`
	Name         string `json:"name"`
	Role         Role   `json:"role"`
	PasswordHash string `json:"passwordHash"`
	Disabled     bool   `json:"disabled,omitempty"`
	Created      Time   `json:"created"`
	LastAssigned Time   `json:"lastAssigned,omitempty"`
	Rev          uint64 `json:"rev"`
}

// Login is a user's authenticated browser.
type Login struct {
	Hash    Hash   `json:"hash"`
	User    string `json:"user"`
	Created Time   `json:"created"`
	Expires Time   `json:"expires"`
}

// Site is a customer-facing web site that embeds the widget.
type Site struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Created Time   `json:"created"`
	// Origins that may embed the widget, as scheme://host[:port].
	Origins []string `json:"origins"`
	// AssetOrigins are CSP sources from which the agent's picture of a page may
	// load images, fonts and styles.
	AssetOrigins []string `json:"assetOrigins,omitempty"`
	// Color is the theme colour, as #rrggbb.
	Color string `json:"color"`
	// Ask says which of the customer's details the request form asks for.
	Ask Ask `json:"ask"`
	// Topics to choose from; none hides the field.
	Topics []string `json:"topics,omitempty"`
	// MaskSelector and BlockSelector add to what the page itself masks and
	// blocks. They can't take away from it.
	MaskSelector  string `json:"maskSelector,omitempty"`
	BlockSelector string `json:"blockSelector,omitempty"`
	// NoTranscript keeps chat in memory only, for as long as a session lasts.
	NoTranscript bool `json:"noTranscript,omitempty"`
	// KeepWaiting keeps a session open when the customer has closed all tabs;
	// otherwise it ends after the grace.
	KeepWaiting bool `json:"keepWaiting,omitempty"`
	// RequireRemarks makes the agent's remarks obligatory at a session's end.
	RequireRemarks bool   `json:"requireRemarks,omitempty"`
	Rev            uint64 `json:"rev"`
}

// Need says whether a form's field is asked for.
type Need string

// The needs.
const (
	NeedHidden   Need = "hidden"
	NeedOptional Need = "optional"
	NeedRequired Need = "required"
)

// Ask says which details the request form asks for.
type Ask struct {
	Name  Need `json:"name" enum:"hidden,optional,required"`
	Email Need `json:"email" enum:"hidden,optional,required"`
	Phone Need `json:"phone" enum:"hidden,optional,required"`
}

// LeadState is where a lead stands.
type LeadState string

// The states of a lead.
const (
	LeadWaiting   LeadState = "waiting"
	LeadAssigned  LeadState = "assigned"
	LeadActive    LeadState = "active"
	LeadEnded     LeadState = "ended"
	LeadMissed    LeadState = "missed"
	LeadCancelled LeadState = "cancelled"
	LeadArchived  LeadState = "archived"
)

// Open reports whether the lead still has its end before it.
func (s LeadState) Open() bool {
	return s == LeadWaiting || s == LeadAssigned || s == LeadActive
}

// Lead is one customer's request for support.
type Lead struct {
	ID        string    `json:"id"`
	Site      string    `json:"site"`
	State     LeadState `json:"state"`
	TokenHash Hash      `json:"tokenHash"`

	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Topic   string `json:"topic,omitempty"`
	Message string `json:"message,omitempty"`
	// PageURL and PageTitle are where the customer asked.
	PageURL   string `json:"pageUrl,omitempty"`
	PageTitle string `json:"pageTitle,omitempty"`

	// Owner is the user the lead is assigned to, or who served it.
	Owner   string `json:"owner,omitempty"`
	Session string `json:"session,omitempty"`

	Created  Time `json:"created"`
	Assigned Time `json:"assigned,omitempty"`
	Started  Time `json:"started,omitempty"`
	Ended    Time `json:"ended,omitempty"`

	EndedBy         Side   `json:"endedBy,omitempty"`
	AgentRemarks    string `json:"agentRemarks,omitempty"`
	CustomerRemarks string `json:"customerRemarks,omitempty"`
	// Rating is the customer's, 1 to 5; 0 when none was given.
	Rating int    `json:"rating,omitempty"`
	Rev    uint64 `json:"rev"`
}

// LeadQuery selects a page of closed leads.
type LeadQuery struct {
	// Before, if not empty, is the ID of the last lead of the page before.
	Before string
	// Owner, if not empty, selects one user's leads.
	Owner string
	// Limit is the page's length, 1 to 200; 0 means 50.
	Limit int
}

// Side is one of the parties that can end a session.
type Side string

// The sides.
const (
	SideCustomer Side = "customer"
	SideAgent    Side = "agent"
	// SideSystem ends a session that the customer left.
	SideSystem Side = "system"
)

// End is how a session ends. Remarks and Rating may be empty.
type End struct {
	At      Time
	By      Side
	Remarks string
	Rating  int
}

// Remark is what one side says of a session.
type Remark struct {
	By   Side
	Text string
	// Rating is the customer's, 0 to 5; ignored for other sides.
	Rating int
}

// Session is the co-browse that a lead becomes.
type Session struct {
	ID    string `json:"id"`
	Lead  string `json:"lead"`
	Site  string `json:"site"`
	Agent string `json:"agent"`
	// Node is the machine whose room serves the session.
	Node    string   `json:"node"`
	Started Time     `json:"started"`
	Ended   Time     `json:"ended,omitempty"`
	Sources []Source `json:"sources,omitempty"`
	Rev     uint64   `json:"rev"`
}

// MaxSources is how many sources one session can have in its life.
const MaxSources = 256

// SourceKind says what publishes.
type SourceKind string

// The kinds of source.
const (
	SourceTab     SourceKind = "tab"
	SourceConsole SourceKind = "console"
)

// Source is one thing that publishes frames in a session.
type Source struct {
	// Number is given by AddSource, from 1; 0 is the room itself.
	Number uint16     `json:"number"`
	Kind   SourceKind `json:"kind"`
	// Key tells one source of a session from another for as long as its tab or
	// window lives: the participant and an identifier chosen by the browser.
	Key string `json:"key"`
	// User is the console's user; empty for a tab.
	User string `json:"user,omitempty"`
}

// Entry is one frame of a session's chat, as it was published.
type Entry struct {
	Session string `json:"session"`
	Source  uint16 `json:"source"`
	Epoch   uint32 `json:"epoch"`
	Seq     uint32 `json:"seq"`
	At      Time   `json:"at"`
	By      Side   `json:"by"`
	// Text is the line in clear, for people and search.
	Text string `json:"text"`
	// Frame is the whole frame, for those who join later.
	Frame []byte `json:"frame"`
}
