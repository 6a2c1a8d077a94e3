package signaling

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/signaling/desk"
	"github.com/beside-desk/beside/store"
)

func (s *Server) login(ctx context.Context, in *credentialsInput) (*loginOutput, error) {
	u, err := s.verify(ctx, in.Body)
	if err != nil {
		s.metrics.refused.WithLabelValues("login").Inc()
		return nil, err
	}
	now := s.opt.Now()
	token, hash := auth.NewToken()
	err = s.opt.Store.CreateLogin(ctx, store.Login{
		Hash: hash, User: u.ID, Created: store.At(now), Expires: store.At(now.Add(s.opt.LoginLife)),
	})
	if err != nil {
		return nil, err
	}
	out := &loginOutput{SetCookie: s.cookie(token), Body: s.userView(u, nil)}
	out.SetCookie.MaxAge = int(s.opt.LoginLife.Seconds())
	return out, nil
}

// verify returns the user with those credentials. Unknown and disabled users
// cost the same time as a wrong password, and get the same answer.
func (s *Server) verify(ctx context.Context, in Credentials) (store.User, error) {
	c := callerOf(ctx)
	// Elsewhere a foreign page would log its visitor in as somebody else.
	if c.origin != "" && !sameHost(c.origin, c.host) {
		return store.User{}, errOrigin
	}
	name := strings.ToLower(in.Login)
	now := s.opt.Now()
	// The narrow limits first, so that one address can't use up all there is.
	for _, l := range []struct {
		limiter *auth.Limiter
		key     string
	}{{s.limits.loginAddress, c.address}, {s.limits.loginName, name}, {s.limits.loginAll, ""}} {
		if wait, ok := l.limiter.Allow(l.key, now); !ok {
			return store.User{}, tooOften{wait}
		}
	}
	u, err := s.opt.Store.UserByLogin(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, err
	}
	encoded := u.PasswordHash
	if u.Disabled {
		encoded = ""
	}
	if err := s.passwords.Verify(ctx, in.Password, encoded); err != nil {
		return u, err
	}
	s.limits.loginName.Forgive(name)
	return u, nil
}

func (s *Server) cookie(token string) http.Cookie {
	return http.Cookie{
		Name: LoginCookie, Value: token, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: s.opt.SecureCookies,
	}
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	c := callerOf(ctx)
	if err := s.opt.Store.DeleteLogin(ctx, c.login); err != nil {
		return nil, err
	}
	s.opt.Bus.Publish(Event{User: c.user.ID})
	out := &logoutOutput{SetCookie: s.cookie("")}
	out.SetCookie.MaxAge = -1
	return out, nil
}

func (s *Server) getMe(ctx context.Context, _ *struct{}) (*body[UserView], error) {
	open, err := s.opt.Store.OpenLeads(ctx)
	if err != nil {
		return nil, err
	}
	return &body[UserView]{s.userView(callerOf(ctx).user, open)}, nil
}

func (s *Server) setOnline(ctx context.Context, in *onlineInput) (*body[UserView], error) {
	s.setAvailable(callerOf(ctx).user.ID, in.Body.Online)
	return s.getMe(ctx, nil)
}

// seeLead returns a lead that the caller may see.
func (s *Server) seeLead(ctx context.Context, id string) (store.Lead, error) {
	l, err := s.opt.Store.Lead(ctx, id)
	if err == nil && !desk.MaySee(callerOf(ctx).user, l) {
		return l, errForbidden
	}
	return l, err
}

func (s *Server) getLead(ctx context.Context, in *leadInput) (*body[LeadStory], error) {
	l, err := s.seeLead(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	story := LeadStory{Lead: s.leadView(ctx, l), Transcript: []EntryView{}}
	if l.Session == "" {
		return &body[LeadStory]{story}, nil
	}
	entries, err := s.opt.Store.Entries(ctx, l.Session)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := customerName(l)
		if e.By == store.SideAgent {
			name = s.userName(ctx, l.Owner)
		}
		story.Transcript = append(story.Transcript, EntryView{At: e.At, By: e.By, Name: name, Text: e.Text})
	}
	return &body[LeadStory]{story}, nil
}

func (s *Server) connectLead(ctx context.Context, in *leadInput) (*body[LeadView], error) {
	l, err := s.seeLead(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	u, now := callerOf(ctx).user, s.opt.Now()
	if l.State == store.LeadActive && l.Owner == u.ID {
		return &body[LeadView]{s.leadView(ctx, l)}, nil // connected already: go there again
	}
	l, err = s.opt.Store.ClaimLead(ctx, l.ID, store.Session{
		ID:   newID(now),
		Lead: l.ID, Site: l.Site, Agent: u.ID, Node: s.opt.Node, Started: store.At(now),
	})
	if err != nil {
		return nil, err
	}
	s.changed(l)
	return &body[LeadView]{s.leadView(ctx, l)}, nil
}

func (s *Server) archiveLead(ctx context.Context, in *leadInput) (*empty, error) {
	l, err := s.seeLead(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	l, err = s.opt.Store.CloseLead(ctx, l.ID, store.LeadArchived, store.At(s.opt.Now()))
	if err != nil {
		return nil, err
	}
	s.changed(l)
	return nil, nil
}

func (s *Server) endLead(ctx context.Context, in *leadRemarksInput) (*body[LeadView], error) {
	l, err := s.seeLead(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	remarks := strings.TrimSpace(in.Body.Remarks)
	if site, err := s.opt.Store.Site(ctx, l.Site); err == nil && site.RequireRemarks && remarks == "" {
		return nil, wrongInput{"This site wants remarks at the end of every session. Write some and end it again."}
	}
	l, err = s.opt.Store.EndSession(ctx, l.ID, store.End{At: store.At(s.opt.Now()), By: store.SideAgent, Remarks: remarks})
	if err != nil {
		return nil, err
	}
	s.changed(l)
	return &body[LeadView]{s.leadView(ctx, l)}, nil
}

func (s *Server) agentRemarks(ctx context.Context, in *leadRemarksInput) (*body[LeadView], error) {
	l, err := s.seeLead(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	l, err = s.opt.Store.Remark(ctx, l.ID, store.Remark{By: store.SideAgent, Text: strings.TrimSpace(in.Body.Remarks)})
	if err != nil {
		return nil, err
	}
	s.opt.Bus.Publish(Event{Lead: l.ID})
	return &body[LeadView]{s.leadView(ctx, l)}, nil
}

func (s *Server) history(ctx context.Context, in *historyInput) (*body[LeadPage], error) {
	u := callerOf(ctx).user
	q := store.LeadQuery{Before: in.Before, Limit: in.Limit}
	if !u.Role.AtLeast(store.RoleSupervisor) {
		q.Owner = u.ID
	}
	leads, err := s.opt.Store.ClosedLeads(ctx, q)
	if err != nil {
		return nil, err
	}
	page := LeadPage{Leads: make([]LeadView, 0, len(leads))}
	for _, l := range leads {
		page.Leads = append(page.Leads, s.leadView(ctx, l))
	}
	if len(leads) == in.Limit {
		page.Next = leads[len(leads)-1].ID
	}
	return &body[LeadPage]{page}, nil
}
