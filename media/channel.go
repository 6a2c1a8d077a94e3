package media

// Channel is what a frame is about. Numbers are never reused; PROTOCOL.md
// lists those reserved for channels to come.
type Channel uint8

// The channels.
const (
	// Pointer: where the customer's mouse is.
	Pointer Channel = 1
	// Marker: strokes that an agent draws on the customer's page.
	Marker Channel = 2
	// Chat: lines of text.
	Chat Channel = 3
	// State: what a source shows: a tab its page, a console the tab it views.
	State Channel = 4
	// Typing: whether somebody is writing a line of chat.
	Typing Channel = 5
	// DOM: snapshots of a page and its mutations.
	DOM Channel = 6
)

// Class is how a channel's frames age: what a late joiner gets, and what
// becomes of a subscriber that is slow.
type Class uint8

// The classes.
const (
	// Keyed: a late joiner gets the last keyframe and what followed; a slow
	// subscriber resumes at a keyframe.
	Keyed Class = iota + 1
	// Latest: only the newest frame counts.
	Latest
	// Fading: frames count for FadingLife.
	Fading
	// Log: every frame from the start; none is dropped.
	Log
)

// FadingLife is how long a frame of class Fading is worth sending, in
// milliseconds.
const FadingLife = 2000

// Role is what a participant is to the room.
type Role uint8

// The roles, as bits so that the table can name several.
const (
	Customer Role = 1 << iota
	Agent
)

// Properties is a row of the channel table.
type Properties struct {
	Name  string
	Class Class
	// Priority orders what waits for the same carrier; lower goes first.
	Priority uint8
	// From and To are the roles that may publish, and that receive, frames.
	From, To Role
	// MaxFrame bounds an encoded frame in bytes.
	MaxFrame int
	// Deflate allows deflated payloads. Small ones are not worth it, and who
	// only receives small ones need not know how to inflate.
	Deflate bool
}

const both = Customer | Agent

// table is what each channel does, by number, and the only place that says so.
// It is never written to. The TypeScript table is generated from it.
var table = [...]Properties{
	Pointer: {Name: "pointer", Class: Latest, Priority: 0, From: Customer, To: Agent, MaxFrame: 1 << 10},
	Marker:  {Name: "marker", Class: Fading, Priority: 1, From: Agent, To: both, MaxFrame: 16 << 10},
	Chat:    {Name: "chat", Class: Log, Priority: 2, From: both, To: both, MaxFrame: 32 << 10},
	State:   {Name: "state", Class: Latest, Priority: 3, From: both, To: both, MaxFrame: 16 << 10},
	Typing:  {Name: "typing", Class: Latest, Priority: 4, From: both, To: both, MaxFrame: 1 << 10},
	DOM:     {Name: "dom", Class: Keyed, Priority: 5, From: Customer, To: Agent, MaxFrame: MaxFrame, Deflate: true},
}

// Properties returns what the channel does, and whether this version knows it.
func (c Channel) Properties() (p Properties, known bool) {
	if int(c) < len(table) {
		p = table[c]
	}
	return p, p.Name != ""
}

// Channels returns what each channel does.
func Channels() map[Channel]Properties {
	all := make(map[Channel]Properties)
	for i, p := range table {
		if p.Name != "" {
			all[Channel(i)] = p
		}
	}
	return all
}
