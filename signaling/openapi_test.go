package signaling

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document is the API's description as it is printed.
type document struct {
	OpenAPI string `json:"openapi"`
	Info    struct{ Title, Version string }
	Paths   map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Summary     string
		Security    []map[string][]string
		Parameters  []struct{ Name, In string }
		RequestBody *struct {
			Required bool
			Content  map[string]any
		} `json:"requestBody"`
		Responses map[string]struct{ Content map[string]any }
	}
	Components struct {
		SecuritySchemes map[string]map[string]string `json:"securitySchemes"`
		Schemas         map[string]struct {
			OneOf         []map[string]string `json:"oneOf"`
			Discriminator struct {
				PropertyName string
				Mapping      map[string]string
			}
			Properties map[string]struct {
				Enum []any
			}
			AdditionalProperties any
			Required             []string
		}
	}
}

func describe(t *testing.T) (d document, raw []byte) {
	t.Helper()
	raw, err := json.Marshal(newRig(t).desk.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d, raw
}

func TestOpenAPI(t *testing.T) {
	d, raw := describe(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") || d.Info.Title != "Beside" || d.Info.Version == "" {
		t.Errorf("the document is %s %+v", d.OpenAPI, d.Info)
	}

	// Who may call what: changing this list is changing who may do something.
	want := map[string]string{
		"site": "", "createLead": "", "login": "",
		"cancelLead": "customer", "leaveMessage": "customer", "customerEnd": "customer", "customerRemarks": "customer",
		"logout": "login", "me": "login", "setOnline": "login", "lead": "login", "connectLead": "login",
		"archiveLead": "login", "endLead": "login", "agentRemarks": "login", "history": "login",
	}
	got := make(map[string]string)
	for path, item := range d.Paths {
		for method, o := range item {
			name := method + " " + path
			if o.OperationID == "" || o.Summary == "" {
				t.Errorf("%s has no ID or no summary", name)
			}
			if _, twice := got[o.OperationID]; twice {
				t.Errorf("the ID %s is there twice", o.OperationID)
			}
			got[o.OperationID] = ""
			for _, s := range o.Security {
				for scheme := range s {
					got[o.OperationID] = scheme
				}
			}
			if problem := o.Responses["default"].Content; problem["application/problem+json"] == nil {
				t.Errorf("%s does not describe its errors", name)
			}
			if o.RequestBody != nil && (!o.RequestBody.Required || o.RequestBody.Content["application/json"] == nil) {
				t.Errorf("%s has a body that is not required JSON", name)
			}
			var params []string
			for _, p := range o.Parameters {
				if p.In == "path" {
					params = append(params, "{"+p.Name+"}")
				}
			}
			if inPath := regexp.MustCompile(`\{\w+\}`).FindAllString(path, -1); !slices.Equal(params, inPath) {
				t.Errorf("%s has the path parameters %v", name, params)
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("operations are %v, want %v", got, want)
	}
	if s := d.Components.SecuritySchemes; s["customer"]["scheme"] != "bearer" || s["login"]["in"] != "cookie" || s["login"]["name"] != LoginCookie {
		t.Errorf("security schemes are %v", s)
	}
	for _, ref := range regexp.MustCompile(`#/components/schemas/(\w+)`).FindAllSubmatch(raw, -1) {
		if _, ok := d.Components.Schemas[string(ref[1])]; !ok {
			t.Errorf("the schema %s is referred to and missing", ref[1])
		}
	}
}

// The messages' unions name every message once, by the type that it bears.
func TestMessageSchemas(t *testing.T) {
	d, _ := describe(t)
	for name, want := range map[string][]string{
		"ClientMessage": {"hello", "signal"},
		"ServerMessage": {"deskLead", "deskMe", "error", "joined", "lead", "presence", "signal", "welcome"},
	} {
		union := d.Components.Schemas[name]
		mapping := union.Discriminator.Mapping
		if got := slices.Sorted(maps.Keys(mapping)); union.Discriminator.PropertyName != "type" || !slices.Equal(got, want) || len(union.OneOf) != len(want) {
			t.Errorf("%s is told apart by %q into %v", name, union.Discriminator.PropertyName, got)
		}
		for kind, ref := range mapping {
			schema := d.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
			if enum := schema.Properties["type"].Enum; !reflect.DeepEqual(enum, []any{kind}) {
				t.Errorf("%s: the type of %s is %v", name, ref, enum)
			}
			if !slices.Contains(schema.Required, "type") {
				t.Errorf("%s: %s does not require its type", name, ref)
			}
		}
	}
}

// Every code that a socket can be refused with is in the schema.
func TestFailureCodes(t *testing.T) {
	d, _ := describe(t)
	var known []string
	for _, v := range d.Components.Schemas["Failure"].Properties["code"].Enum {
		known = append(known, v.(string))
	}
	slices.Sort(known)
	want := []string{"ended", "forbidden", "internal", "malformed", "origin", "replaced", "shutdown", "slow", "unauthorized", "version"}
	if !slices.Equal(known, want) {
		t.Errorf("codes are %v, want %v", known, want)
	}
}
