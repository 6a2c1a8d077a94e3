package signaling

import (
	"context"

	"github.com/beside-desk/beside/store"
)

// UserView is what the API shows of a user.
type UserView struct {
	ID     string     `json:"id"`
	Login  string     `json:"login"`
	Name   string     `json:"name"`
	Role   store.Role `json:"role" enum:"agent,supervisor,admin"`
	Online bool       `json:"online" doc:"Ready to be assigned leads"`
	// Sessions is how many active ones the user owns.
	Sessions int `json:"sessions"`
}

// LeadView is what the API shows of a lead to those who work at the desk.
type LeadView struct {
	ID              string          `json:"id"`
	Site            string          `json:"site"`
	SiteName        string          `json:"siteName"`
	State           store.LeadState `json:"state" enum:"waiting,assigned,active,ended,missed,cancelled,archived"`
	Name            string          `json:"name,omitempty"`
	Email           string          `json:"email,omitempty"`
	Phone           string          `json:"phone,omitempty"`
	Topic           string          `json:"topic,omitempty"`
	Message         string          `json:"message,omitempty"`
	PageURL         string          `json:"pageUrl,omitempty"`
	PageTitle       string          `json:"pageTitle,omitempty"`
	Owner           string          `json:"owner,omitempty" doc:"ID of the user it is assigned to"`
	OwnerName       string          `json:"ownerName,omitempty"`
	Session         string          `json:"session,omitempty"`
	Created         store.Time      `json:"created" doc:"Milliseconds since the Unix epoch, as all times"`
	Started         store.Time      `json:"started,omitempty"`
	Ended           store.Time      `json:"ended,omitempty"`
	EndedBy         store.Side      `json:"endedBy,omitempty" enum:"customer,agent,system"`
	AgentRemarks    string          `json:"agentRemarks,omitempty"`
	CustomerRemarks string          `json:"customerRemarks,omitempty"`
	Rating          int             `json:"rating,omitempty"`
	// CustomerOnline says that one of the customer's tabs is connected.
	CustomerOnline bool `json:"customerOnline,omitempty"`
	// RequireRemarks is the site's rule for ending the session.
	RequireRemarks bool `json:"requireRemarks,omitempty"`
}

// EntryView is one line of a lead's transcript.
type EntryView struct {
	At   store.Time `json:"at"`
	By   store.Side `json:"by" enum:"customer,agent"`
	Name string     `json:"name"`
	Text string     `json:"text"`
}

// SiteView is what the widget needs to know of its site before Connect.
type SiteView struct {
	Key    string    `json:"key"`
	Name   string    `json:"name"`
	Color  string    `json:"color"`
	Ask    store.Ask `json:"ask"`
	Topics []string  `json:"topics" nullable:"false"`
	// AgentsOnline is how many agents are ready now.
	AgentsOnline int `json:"agentsOnline"`
}

func (s *Server) userView(u store.User, open []store.Lead) UserView {
	v := UserView{ID: u.ID, Login: u.Login, Name: u.Name, Role: u.Role, Online: s.available()[u.ID]}
	for _, l := range open {
		if l.State == store.LeadActive && l.Owner == u.ID {
			v.Sessions++
		}
	}
	return v
}

func (s *Server) leadView(ctx context.Context, l store.Lead) LeadView {
	v := LeadView{
		ID: l.ID, Site: l.Site, State: l.State,
		Name: l.Name, Email: l.Email, Phone: l.Phone, Topic: l.Topic, Message: l.Message,
		PageURL: l.PageURL, PageTitle: l.PageTitle, Owner: l.Owner, Session: l.Session,
		Created: l.Created, Started: l.Started, Ended: l.Ended, EndedBy: l.EndedBy,
		AgentRemarks: l.AgentRemarks, CustomerRemarks: l.CustomerRemarks, Rating: l.Rating,
	}
	v.CustomerOnline, _ = s.customerOnline(l.ID)
	if site, err := s.opt.Store.Site(ctx, l.Site); err == nil {
		v.SiteName, v.RequireRemarks = site.Name, site.RequireRemarks
	}
	if l.Owner != "" {
		v.OwnerName = s.userName(ctx, l.Owner)
	}
	return v
}

// userName returns the user's name for people.
func (s *Server) userName(ctx context.Context, id string) string {
	u, err := s.opt.Store.User(ctx, id)
	if err != nil {
		return "Agent"
	}
	return u.Name
}

// customerName returns what the customer is called.
func customerName(l store.Lead) string {
	if l.Name == "" {
		return "Visitor"
	}
	return l.Name
}

// sourceName returns who is behind a source.
func (s *Server) sourceName(ctx context.Context, src store.Source, l store.Lead) string {
	if src.Kind == store.SourceConsole {
		return s.userName(ctx, src.User)
	}
	return customerName(l)
}
