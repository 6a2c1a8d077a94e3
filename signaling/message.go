package signaling

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/beside-desk/beside/store"
)

// Version is the version of the socket protocol. A hello with another one is
// refused with an error that says so.
const Version = 1

// Messages are JSON objects told apart by "type"; beside them the same socket
// carries the link's packets as binary messages. docs/PROTOCOL.md tells the
// story; the TypeScript types are generated from these.

// ---- from browsers ----

// Hello must be a socket's first message.
type Hello struct {
	Type string `json:"type" enum:"hello"`
	V    int    `json:"v" doc:"Protocol version"`
	// Role says what the socket is for: a customer's tab, an agent's desk (the
	// live list of leads), or an agent's console in one session.
	Role string `json:"role" enum:"customer,desk,console"`
	// Token is the customer's, good for one lead.
	Token string `json:"token,omitempty" maxLength:"128"`
	// Window names the tab or console window for as long as it lives, so that
	// a reload is the same source.
	Window string `json:"window,omitempty" maxLength:"64"`
	// Session that a console joins.
	Session string `json:"session,omitempty" maxLength:"64"`
	// Epoch that the source already publishes in, when it reconnects without
	// having been reloaded; 0 asks for a new one.
	Epoch uint32 `json:"epoch,omitempty"`
	// Positions are where a source that reconnects stands in the streams that
	// it has received, so that the room goes on from there.
	Positions []Position `json:"positions,omitempty" maxItems:"2048"`
	// Offline says, for a desk, not to offer it leads.
	Offline bool `json:"offline,omitempty"`
}

// Position is how far somebody has got in a stream.
type Position struct {
	Source  uint16 `json:"source"`
	Channel uint8  `json:"channel"`
	Epoch   uint32 `json:"epoch"`
	Seq     uint32 `json:"seq"`
}

// Signal passes one step of a WebRTC negotiation to another source of the
// session. The server fills in From, and passes signals only between a tab and
// a console, and only while presence says that direct is allowed.
type Signal struct {
	Type string `json:"type" enum:"signal"`
	To   uint16 `json:"to,omitempty"`
	From uint16 `json:"from,omitempty"`
	// Attempt tells the steps of one negotiation from those of another.
	Attempt string `json:"attempt" maxLength:"32"`
	// Kind of step; bye tells the other side that the direct path is gone.
	Kind string `json:"kind" enum:"offer,answer,candidate,bye"`
	// Body is the SDP, or the ICE candidate as JSON.
	Body string `json:"body,omitempty" maxLength:"32768"`
}

// ---- from the server ----

// Welcome answers a Hello.
type Welcome struct {
	Type string `json:"type" enum:"welcome"`
	V    int    `json:"v"`
	// Build is the server's; a browser part that finds another one than its
	// own offers to reload.
	Build string `json:"build"`
	// Desk is there for a desk socket.
	Desk *DeskState `json:"desk,omitempty"`
}

// DeskState is what an agent's desk shows.
type DeskState struct {
	Me    UserView   `json:"me"`
	Leads []LeadView `json:"leads" nullable:"false"`
}

// DeskLead says that a lead that the desk's user may see is new or changed.
type DeskLead struct {
	Type string   `json:"type" enum:"deskLead"`
	Lead LeadView `json:"lead"`
	// Gone says that it does not belong on the user's desk any more.
	Gone bool `json:"gone,omitempty"`
}

// DeskMe says that the desk's own user changed.
type DeskMe struct {
	Type string   `json:"type" enum:"deskMe"`
	Me   UserView `json:"me"`
}

// LeadStatus tells a customer's tab or a console where its lead stands. It comes
// after the welcome and at every change.
type LeadStatus struct {
	Type  string          `json:"type" enum:"lead"`
	State store.LeadState `json:"state" enum:"waiting,assigned,active,ended,missed,cancelled,archived"`
	// Place in the queue, from 1; 0 when not waiting.
	Place int `json:"place,omitempty"`
	// AgentsOnline is how many agents could serve the lead.
	AgentsOnline int `json:"agentsOnline"`
	// Agent is the name of who serves the lead.
	Agent string `json:"agent,omitempty"`
	// EndedBy says who ended it.
	EndedBy store.Side `json:"endedBy,omitempty" enum:"customer,agent,system"`
}

// Joined says that the socket has joined its session's room: from now on it is
// a carrier for packets.
type Joined struct {
	Type    string `json:"type" enum:"joined"`
	Session string `json:"session"`
	// Source is the joiner's own number, Epoch the one to publish in.
	Source uint16 `json:"source"`
	Epoch  uint32 `json:"epoch"`
	// Have is how far the room has the joiner's own streams, from where it
	// should go on. What is missing here starts with a keyframe.
	Have  []Position `json:"have" nullable:"false"`
	Agent string     `json:"agent" doc:"Name of the owning agent"`
	// Customer is what a console shows as the customer's name.
	Customer string      `json:"customer"`
	Lead     string      `json:"lead"`
	Color    string      `json:"color" doc:"The site's theme colour, as #rrggbb"`
	Started  store.Time  `json:"started"`
	Policy   Policy      `json:"policy"`
	ICE      []ICEServer `json:"ice" nullable:"false"`
}

// Policy is the part of a site's settings that a customer's tab obeys.
type Policy struct {
	MaskSelector  string `json:"maskSelector,omitempty"`
	BlockSelector string `json:"blockSelector,omitempty"`
}

// ICEServer is a STUN or TURN server, as RTCIceServer has it.
type ICEServer struct {
	URLs       []string `json:"urls" nullable:"false"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Presence lists a session's sources. It comes after joined and at every change.
type Presence struct {
	Type    string           `json:"type" enum:"presence"`
	Sources []SourcePresence `json:"sources" nullable:"false"`
	// Direct allows tab and console to open a direct path; the console offers.
	Direct bool `json:"direct"`
	// CustomerGone says that the customer has had no open tab for the grace.
	CustomerGone bool `json:"customerGone,omitempty"`
}

// SourcePresence is one source of a session.
type SourcePresence struct {
	Source uint16           `json:"source"`
	Kind   store.SourceKind `json:"kind" enum:"tab,console"`
	// Name of the person behind it.
	Name string `json:"name"`
	// State: online; away for the first seconds without a connection, as during
	// a navigation; closed after that.
	State string `json:"state" enum:"online,away,closed"`
}

// Failure says what went wrong, for people, and whether the socket stays open.
type Failure struct {
	Type    string `json:"type" enum:"error"`
	Code    string `json:"code" enum:"version,unauthorized,origin,ended,malformed,forbidden,slow,internal,replaced,shutdown"`
	Message string `json:"message"`
	// Fatal says that connecting again the same way will not help.
	Fatal bool `json:"fatal,omitempty"`
}

// errUnknownType is returned for a message whose type this version does not
// know; such a message is ignored.
var errUnknownType = errors.New("unknown type of message")

// parseMessage decodes what a browser sent after its hello.
func parseMessage(b []byte) (any, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("message is not a JSON object: %w", err)
	}
	switch head.Type {
	case "hello":
		return decode[Hello](b)
	case "signal":
		return decode[Signal](b)
	}
	return nil, errUnknownType
}

func decode[T interface{ check() error }](b []byte) (m T, err error) {
	if err = json.Unmarshal(b, &m); err != nil {
		return m, err
	}
	return m, m.check()
}

// Bounds that the schema states too.
const (
	maxToken     = 128
	maxID        = 64
	maxAttempt   = 32
	maxSignal    = 32 << 10
	maxPositions = 2048
)

func (h Hello) check() error {
	if len(h.Token) > maxToken || len(h.Window) > maxID || len(h.Session) > maxID || len(h.Positions) > maxPositions {
		return errors.New("hello has a field that is too long")
	}
	return nil
}

func (m Signal) check() error {
	if len(m.Body) > maxSignal || len(m.Attempt) > maxAttempt {
		return errors.New("signal has a field that is too long")
	}
	switch m.Kind {
	case "offer", "answer", "candidate", "bye":
		return nil
	}
	return fmt.Errorf("signal of unknown kind %q", m.Kind)
}
