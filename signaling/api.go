package signaling

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// LoginCookie is the name of the cookie that carries a login's token.
const LoginCookie = "beside_login"

// empty answers with status 204.
type empty struct{}

// maxBody bounds a request's body, in bytes.
const maxBody = 64 << 10

// body wraps what an operation answers.
type body[T any] struct{ Body T }

// NewLead is a customer's request for support.
type NewLead struct {
	Site      string `json:"site" minLength:"1" maxLength:"64" doc:"The site's key"`
	Name      string `json:"name,omitempty" maxLength:"120"`
	Email     string `json:"email,omitempty" maxLength:"254"`
	Phone     string `json:"phone,omitempty" maxLength:"40"`
	Topic     string `json:"topic,omitempty" maxLength:"120"`
	Message   string `json:"message,omitempty" maxLength:"4000"`
	PageURL   string `json:"pageUrl,omitempty" maxLength:"2048"`
	PageTitle string `json:"pageTitle,omitempty" maxLength:"300"`
}

// LeadCreated answers a NewLead. Token is the customer's proof for this lead
// and is shown this once.
type LeadCreated struct {
	ID           string `json:"id"`
	Token        string `json:"token"`
	AgentsOnline int    `json:"agentsOnline"`
}

// Credentials of a user.
type Credentials struct {
	Login    string `json:"login" minLength:"1" maxLength:"120"`
	Password string `json:"password" minLength:"1" maxLength:"256"`
}

// Availability is whether a user is ready to be assigned leads.
type Availability struct {
	Online bool `json:"online"`
}

// Remarks are what one side says at a session's end.
type Remarks struct {
	Remarks string `json:"remarks,omitempty" maxLength:"4000"`
	Rating  int    `json:"rating,omitempty" minimum:"0" maximum:"5" doc:"The customer's, 1 to 5; 0 for none"`
}

// Message is left by a customer while no agent is online.
type Message struct {
	Message string `json:"message" minLength:"1" maxLength:"4000"`
}

// LeadPage is a page of History, newest first.
type LeadPage struct {
	Leads []LeadView `json:"leads" nullable:"false"`
	// Next is the "before" of the next page; empty on the last.
	Next string `json:"next,omitempty"`
}

// LeadStory is a lead with its transcript.
type LeadStory struct {
	Lead       LeadView    `json:"lead"`
	Transcript []EntryView `json:"transcript" nullable:"false"`
}

type (
	siteInput struct {
		Key string `path:"key" maxLength:"64"`
	}
	newLeadInput     struct{ Body NewLead }
	remarksInput     struct{ Body Remarks }
	messageInput     struct{ Body Message }
	credentialsInput struct{ Body Credentials }
	onlineInput      struct{ Body Availability }
	loginOutput      struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      UserView
	}
	logoutOutput struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}
	leadInput struct {
		ID string `path:"id" maxLength:"64"`
	}
	leadRemarksInput struct {
		// huma does not look into embedded structs that are not exported.
		ID   string `path:"id" maxLength:"64"`
		Body Remarks
	}
	historyInput struct {
		Before string `query:"before" maxLength:"64"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
)

// access says who may call an operation.
type access int

const (
	public   access = iota // anybody, from an origin of a site
	customer               // the holder of a lead's token
	user                   // a logged-in user, from this server's own pages
)

// registerAPI adds every operation of the HTTP API to mux and returns its
// description.
func (s *Server) registerAPI(mux *http.ServeMux) *huma.OpenAPI {
	config := huma.DefaultConfig("Beside", s.opt.Build)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"customer": {Type: "http", Scheme: "bearer", Description: "The token of one lead"},
		"login":    {Type: "apiKey", In: "cookie", Name: LoginCookie},
	}
	api := humago.New(mux, config)

	op(s, api, public, "GET /api/sites/{key}", "site", "What the widget needs before Connect", s.getSite)
	op(s, api, public, "POST /api/leads", "createLead", "Request support", s.createLead)
	op(s, api, customer, "POST /api/customer/cancel", "cancelLead", "Cancel the request", s.cancelLead)
	op(s, api, customer, "POST /api/customer/message", "leaveMessage", "Leave a message instead of waiting", s.leaveMessage)
	op(s, api, customer, "POST /api/customer/end", "customerEnd", "End the session", s.customerEnd)
	op(s, api, customer, "POST /api/customer/remarks", "customerRemarks", "Say how it went, after the end", s.customerRemarks)

	op(s, api, public, "POST /api/login", "login", "Log in", s.login)
	op(s, api, user, "POST /api/logout", "logout", "Log out", s.logout)
	op(s, api, user, "GET /api/me", "me", "The user who is logged in", s.getMe)
	op(s, api, user, "PUT /api/me/online", "setOnline", "Be ready for leads, or not", s.setOnline)
	op(s, api, user, "GET /api/leads/{id}", "lead", "A lead with its transcript", s.getLead)
	op(s, api, user, "POST /api/leads/{id}/connect", "connectLead", "Start the session", s.connectLead)
	op(s, api, user, "POST /api/leads/{id}/archive", "archiveLead", "Put a request away unserved", s.archiveLead)
	op(s, api, user, "POST /api/leads/{id}/end", "endLead", "End the session", s.endLead)
	op(s, api, user, "POST /api/leads/{id}/remarks", "agentRemarks", "Change the agent's remarks after the end", s.agentRemarks)
	op(s, api, user, "GET /api/history", "history", "Leads that are over, newest first", s.history)

	registerMessages(api.OpenAPI())
	return api.OpenAPI()
}

// op registers one operation; route is "METHOD /path".
func op[I, O any](s *Server, api huma.API, who access, route, id, summary string, handle func(context.Context, *I) (*O, error)) {
	method, path, _ := strings.Cut(route, " ")
	operation := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		MaxBodyBytes: maxBody,
		Middlewares:  huma.Middlewares{s.authorize(api, who)},
	}
	switch who {
	case customer:
		operation.Security = []map[string][]string{{"customer": {}}}
	case user:
		operation.Security = []map[string][]string{{"login": {}}}
	}
	huma.Register(api, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// registerMessages adds the socket's messages to the description, so that the
// TypeScript types of both come from one place.
func registerMessages(api *huma.OpenAPI) {
	union := func(name string, messages ...any) {
		s := &huma.Schema{Discriminator: &huma.Discriminator{PropertyName: "type", Mapping: map[string]string{}}}
		for _, m := range messages {
			t := reflect.TypeOf(m)
			ref := api.Components.Schemas.Schema(t, true, "")
			s.OneOf = append(s.OneOf, ref)
			field, _ := t.FieldByName("Type")
			s.Discriminator.Mapping[field.Tag.Get("enum")] = ref.Ref
		}
		api.Components.Schemas.Map()[name] = s
	}
	union("ClientMessage", Hello{}, Signal{})
	union("ServerMessage", Welcome{}, DeskLead{}, DeskMe{}, LeadStatus{}, Joined{}, Presence{}, Signal{}, Failure{})
}
