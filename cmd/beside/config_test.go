package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"

	"github.com/beside-desk/beside/signaling"
)

const shipped = "../../config.yaml"

// write returns the path of a configuration file with that text.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestShippedConfig(t *testing.T) {
	c, err := loadConfig(shipped, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Direct.ICE = []configICE{}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the shipped file gives %+v, the defaults are %+v", c, want)
	}

	// Every key is there, with a comment above it or on its section.
	text, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	values, err := yaml.Parser().Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	k := koanf.New(".")
	if err := k.Load(confmap.Provider(values, "."), nil); err != nil {
		t.Fatal(err)
	}
	got, known := k.Keys(), keys(reflect.TypeFor[config](), "")
	slices.Sort(got)
	slices.Sort(known)
	if !slices.Equal(got, known) {
		t.Errorf("the shipped file has the keys %v, the program %v", got, known)
	}
	lines := strings.Split(string(text), "\n")
	for _, key := range known {
		name := key[strings.LastIndex(key, ".")+1:] + ":"
		i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), name) })
		if i < 1 || !strings.HasPrefix(strings.TrimSpace(lines[i-1]), "#") {
			t.Errorf("the key %s has no comment above it", key)
		}
	}
}

// The example of a list of servers, in comments, is one that loads.
func TestShippedExample(t *testing.T) {
	text, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	head, example, ok := strings.Cut(string(text), "  ice: []\n")
	if !ok {
		t.Fatal("the shipped file has no empty list of servers")
	}
	c, err := loadConfig(write(t, head+strings.ReplaceAll(example, "  # ", "  ")), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []signaling.ICEServer{
		{URLs: []string{"stun:stun.example.com:3478"}},
		{URLs: []string{"turn:turn.example.com:3478"}, Username: "beside", Credential: "secret"},
	}
	if got := c.iceServers(); !reflect.DeepEqual(got, want) {
		t.Errorf("the example gives %+v, want %+v", got, want)
	}
}

func TestConfigPrecedence(t *testing.T) {
	file := write(t, "listen: file:1\ndata: ./file\nurl: https://file.example\nlog:\n  level: warn\ngrace:\n  agent: 1m\n")
	environ := []string{"BESIDE_DATA=./env", "BESIDE_LOG_LEVEL=error", "BESIDE_GRACE_CUSTOMER=90s", "BESIDE_DIRECT_ENABLED=false", "PATH=/bin", "BESIDER=1"}
	c, err := loadConfig(file, environ, map[string]any{"log.level": "debug"})
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Listen, want.URL, want.Grace.Agent = "file:1", "https://file.example", time.Minute
	want.Data, want.Grace.Customer, want.Direct.Enabled = "./env", 90*time.Second, false
	want.Log.Level = "debug"
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
	if !c.secure() || defaults().secure() {
		t.Error("secure does not follow the URL")
	}
}

func TestEmptySections(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "log:\n", "log:\ngrace:\n  # agent: 3s\ndirect:\n  ice:\n"} {
		c, err := loadConfig(write(t, text), nil, nil)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if c.Log != defaults().Log || c.Grace != defaults().Grace {
			t.Errorf("%q gives %+v", text, c)
		}
	}
}

// What is wrong is named, on one line, with what is right close by.
func TestConfigErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		file    string
		environ string
		flags   map[string]any
		want    []string
	}{
		{"unknown key", "lisen: x\n", "", nil, []string{`"lisen"`, "config.yaml", `"listen"`}},
		{"unknown key in a section", "log:\n  levle: info\n", "", nil, []string{`"log.levle"`, `"log.level"`}},
		{"unknown section", "grase:\n  agent: 3s\n", "", nil, []string{`"grase.agent"`, `"grace.agent"`}},
		{"key of another section", "log:\n  enabled: true\n", "", nil, []string{`"log.enabled"`}},
		{"unknown key in a list", "direct:\n  ice:\n    - urls: [a]\n    - url: [a]\n", "", nil, []string{`"direct.ice[1].url"`, `"direct.ice[1].urls"`}},
		{"unknown variable", "", "BESIDE_LISTN=x", nil, []string{`"listn"`, "environment", "BESIDE_", `"listen"`}},
		{"unknown variable of a section", "", "BESIDE_GRACE_DRAIM=1s", nil, []string{`"grace.draim"`, `"grace.drain"`}},
		{"unknown flag", "", "", map[string]any{"dta": "x"}, []string{`"dta"`, "flags", `"data"`}},
		{"a value for a section", "log: info\n", "", nil, []string{"log", "section", "level, format"}},
		{"a variable for a section", "", "BESIDE_LOG=info", nil, []string{"log", "environment", "section"}},
		{"not YAML", "log: [\n", "", nil, []string{"config.yaml", "YAML"}},
		{"a key twice", "data: a\ndata: b\n", "", nil, []string{"config.yaml", "data"}},
		{"not a mapping", "hello\n", "", nil, []string{"config.yaml", "YAML"}},
		{"no port", "listen: localhost\n", "", nil, []string{"listen", `"localhost"`}},
		{"a number to listen on", "listen: 8080\n", "", nil, []string{"listen", "8080"}},
		{"no data", "data: \"\"\n", "", nil, []string{"data"}},
		{"a URL without scheme", "url: support.example.com\n", "", nil, []string{"url", "support.example.com"}},
		{"a URL with a path", "", "BESIDE_URL=https://a.example/b", nil, []string{"url", "https://a.example/b"}},
		{"a level", "", "", map[string]any{"log.level": "loud"}, []string{"log.level", "loud", "debug, info, warn or error"}},
		{"a format", "log:\n  format: xml\n", "", nil, []string{"log.format", "xml"}},
		{"no duration", "grace:\n  customer: soon\n", "", nil, []string{"grace.customer", "soon", "20s"}},
		{"a duration without unit", "login:\n  life: 12\n", "", nil, []string{"login.life", "12", "unit"}},
		{"a variable without unit", "", "BESIDE_GRACE_AWAY=5", nil, []string{"grace.away", "unit"}},
		{"no time at all", "grace:\n  drain: 0s\n", "", nil, []string{"grace.drain"}},
		{"less than no time", "grace:\n  agent: -1s\n", "", nil, []string{"grace.agent"}},
		{"neither true nor false", "direct:\n  enabled: maybe\n", "", nil, []string{"direct.enabled"}},
		{"a server without address", "direct:\n  ice:\n    - username: x\n", "", nil, []string{"direct.ice[0]", "urls"}},
		{"a server that is none", "direct:\n  ice: [stun]\n", "", nil, []string{"direct.ice[0]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := loadConfig(write(t, test.file), []string{test.environ}, test.flags)
			if err == nil {
				t.Fatal("no error")
			}
			text := oneLine(err)
			if !strings.HasPrefix(text, "configuration: ") || strings.Contains(text, "\n") {
				t.Errorf("the error is %q", text)
			}
			for _, part := range test.want {
				if !strings.Contains(text, part) {
					t.Errorf("the error %q does not say %s", text, part)
				}
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if c, err := loadConfig("", nil, nil); err != nil || !reflect.DeepEqual(c, defaults()) {
		t.Errorf("without a file: %+v, %v", c, err)
	}
	if _, err := loadConfig("other.yaml", nil, nil); err == nil || !strings.Contains(err.Error(), "other.yaml") {
		t.Errorf("a file that is named and missing: %v", err)
	}
	if err := os.WriteFile("config.yaml", []byte("data: here\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := loadConfig("", nil, nil); err != nil || c.Data != "here" {
		t.Errorf("config.yaml in the working folder: %+v, %v", c, err)
	}
}

func TestOrigin(t *testing.T) {
	for raw, want := range map[string]string{
		"https://shop.example":       "https://shop.example",
		"https://shop.example/":      "https://shop.example",
		"HTTPS://Shop.Example":       "https://shop.example",
		"https://shop.example:443":   "https://shop.example",
		"http://shop.example:80/":    "http://shop.example",
		"http://shop.example:443":    "http://shop.example:443",
		"http://localhost:8080":      "http://localhost:8080",
		"http://[::1]:8080":          "http://[::1]:8080",
		"shop.example":               "",
		"ftp://shop.example":         "",
		"https://":                   "",
		"https://shop.example/cart":  "",
		"https://shop.example?a=b":   "",
		"https://user@shop.example":  "",
		"https://shop.example; a":    "",
		"https://a.example,b":        "",
		"https://*.example 'self'":   "",
		"null":                       "",
		"":                           "",
		"https://shop.example\nx: y": "",
	} {
		got, err := origin(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("origin(%q) = %q, %v; want %q", raw, got, err, want)
		}
	}
}
