package signaling

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

func (s *Server) getSite(ctx context.Context, in *siteInput) (*body[SiteView], error) {
	site, err := s.siteFor(ctx, in.Key, callerOf(ctx).origin)
	if errors.Is(err, errOrigin) && callerOf(ctx).origin == "" {
		err = nil // without an Origin it does not come from a page of another one
	}
	if err != nil {
		return nil, err
	}
	return &body[SiteView]{SiteView{
		Key: site.Key, Name: site.Name, Color: site.Color, Ask: site.Ask,
		Topics: append([]string{}, site.Topics...), AgentsOnline: len(s.available()),
	}}, nil
}

func (s *Server) createLead(ctx context.Context, in *newLeadInput) (*body[LeadCreated], error) {
	c := callerOf(ctx)
	if wait, ok := s.limits.leads.Allow(c.address, s.opt.Now()); !ok {
		return nil, tooOften{wait}
	}
	site, err := s.siteFor(ctx, in.Body.Site, c.origin)
	if err != nil {
		return nil, err
	}
	l, err := newLead(site, in.Body)
	if err != nil {
		return nil, err
	}
	now := s.opt.Now()
	token, hash := auth.NewToken()
	l.ID, l.TokenHash, l.Created = newID(now), hash, store.At(now)
	if err := s.opt.Store.CreateLead(ctx, l); err != nil {
		return nil, err
	}
	s.awaitCustomer(l.ID)
	s.changed(l)
	return &body[LeadCreated]{LeadCreated{ID: l.ID, Token: token, AgentsOnline: len(s.available())}}, nil
}

// newLead makes a lead of what the customer filled in, by the site's settings.
func newLead(site store.Site, in NewLead) (store.Lead, error) {
	l := store.Lead{
		Site: site.Key, State: store.LeadWaiting, Topic: in.Topic, Message: strings.TrimSpace(in.Message),
		PageURL: in.PageURL, PageTitle: in.PageTitle,
	}
	for _, f := range []struct {
		name, value string
		need        store.Need
		to          *string
	}{
		{"Name", in.Name, site.Ask.Name, &l.Name},
		{"E-mail", in.Email, site.Ask.Email, &l.Email},
		{"Phone", in.Phone, site.Ask.Phone, &l.Phone},
	} {
		value := strings.TrimSpace(f.value)
		if f.need == store.NeedRequired && value == "" {
			return l, wrongInput{f.name + " is needed. Fill it in and try again."}
		}
		if f.need != store.NeedHidden {
			*f.to = value
		}
	}
	if l.Email != "" && !strings.Contains(l.Email, "@") {
		return l, wrongInput{"The e-mail address has no @. Correct it and try again."}
	}
	if l.Topic != "" && !slices.Contains(site.Topics, l.Topic) {
		return l, wrongInput{"The topic is none of the site's. Choose another and try again."}
	}
	return l, nil
}

// newID returns a fresh identifier; those of later times sort after it.
func newID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}

// changed counts a lead's coming to a state and tells everybody.
func (s *Server) changed(l store.Lead) {
	s.metrics.leads.WithLabelValues(string(l.State)).Inc()
	s.opt.Bus.Publish(Event{Lead: l.ID})
}

func (s *Server) cancelLead(ctx context.Context, _ *struct{}) (*empty, error) {
	l, err := s.opt.Store.CloseLead(ctx, callerOf(ctx).lead.ID, store.LeadCancelled, store.At(s.opt.Now()))
	if err != nil {
		return nil, err
	}
	s.changed(l)
	return nil, nil
}

func (s *Server) leaveMessage(ctx context.Context, in *messageInput) (*empty, error) {
	text := strings.TrimSpace(in.Body.Message)
	if text == "" {
		return nil, wrongInput{"The message is empty. Write something and try again."}
	}
	l, err := s.opt.Store.LeaveMessage(ctx, callerOf(ctx).lead.ID, text, store.At(s.opt.Now()))
	if err != nil {
		return nil, err
	}
	s.changed(l)
	return nil, nil
}

func (s *Server) customerEnd(ctx context.Context, _ *struct{}) (*empty, error) {
	l, err := s.opt.Store.EndSession(ctx, callerOf(ctx).lead.ID,
		store.End{At: store.At(s.opt.Now()), By: store.SideCustomer})
	if err != nil {
		return nil, err
	}
	s.changed(l)
	return nil, nil
}

func (s *Server) customerRemarks(ctx context.Context, in *remarksInput) (*empty, error) {
	l, err := s.opt.Store.Remark(ctx, callerOf(ctx).lead.ID, store.Remark{
		By: store.SideCustomer, Text: strings.TrimSpace(in.Body.Remarks), Rating: in.Body.Rating,
	})
	if err != nil {
		return nil, err
	}
	s.opt.Bus.Publish(Event{Lead: l.ID})
	return nil, nil
}
