package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/beside-desk/beside/"

// importers lists, for each of the module's packages, those of its own packages
// that it may import. Imports run one way: cmd → signaling → relay → media, and
// signaling → store.
func importers() map[string][]string {
	return map[string][]string{
		"media":           {},
		"media/gen":       {"media"},
		"relay":           {"media"},
		"store":           {},
		"store/boltstore": {"store"},
		"store/storetest": {"store"},
		"signaling/desk":  {"store"},
		"signaling/auth":  {"store"},
		"signaling":       {"signaling/desk", "signaling/auth", "relay", "media", "store"},
		"static":          {},
		"cmd/beside":      {"signaling", "signaling/auth", "store", "store/boltstore", "static"},
	}
}

// foreign lists modules that only some packages may import, so that what they do
// stays behind the package's own words.
func foreign() map[string][]string {
	return map[string][]string{
		"go.etcd.io/bbolt":                {"store/boltstore"},
		"github.com/gorilla/websocket":    {"signaling"},
		"github.com/danielgtaylor/huma":   {"signaling"},
		"golang.org/x/crypto/argon2":      {"signaling/auth"},
		"github.com/klauspost/compress":   {"cmd/beside"},
		"github.com/alecthomas/kong":      {"cmd/beside"},
		"github.com/knadh/koanf":          {"cmd/beside"},
		"github.com/prometheus":           {"relay", "signaling", "cmd/beside"},
		"github.com/oklog/ulid":           {"signaling", "cmd/beside"},
		"pgregory.net/rapid":              {"store/storetest"},
		"go.uber.org/goleak":              {},
		"github.com/rogpeppe/go-internal": {},
		"testing":                         {"store/storetest"},
	}
}

func TestImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Imports", "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed, reserved := importers(), foreign()
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours {
			continue
		}
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s is not in this test's table: say what it may import", name)
		}
		for _, path := range p.Imports {
			if inner, ours := strings.CutPrefix(path, module); ours && !slices.Contains(may, inner) {
				t.Errorf("%s imports %s", name, inner)
			}
			for prefix, users := range reserved {
				if (path == prefix || strings.HasPrefix(path, prefix+"/")) && !slices.Contains(users, name) {
					t.Errorf("%s imports %s, which is for %v", name, path, users)
				}
			}
		}
	}
}
