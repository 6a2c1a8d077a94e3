package boltstore_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"github.com/beside-desk/beside/store"
	"github.com/beside-desk/beside/store/boltstore"
	"github.com/beside-desk/beside/store/storetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		child(path)
		return
	}
	goleak.VerifyTestMain(m)
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, newPath(t)) })
}

func TestContractAcrossReopening(t *testing.T) {
	storetest.RunReopen(t, func(t *testing.T, dir string) store.Store {
		return open(t, filepath.Join(dir, "beside.db"))
	})
}

func TestFileIsPrivate(t *testing.T) {
	path := newPath(t)
	open(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode(); mode != 0o600 {
		t.Errorf("file mode is %v, want -rw-------", mode)
	}
}

func TestLockedFile(t *testing.T) {
	path := newPath(t)
	open(t, path)
	start := time.Now()
	_, err := boltstore.Open(boltstore.Options{Path: path, Timeout: 100 * time.Millisecond})
	wantError(t, err, boltstore.ErrLocked, path)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v to say so", took)
	}
}

func TestForeignFiles(t *testing.T) {
	files := map[string]func(t *testing.T, path string){
		"text": func(t *testing.T, path string) {
			write(t, path, []byte("hello"))
		},
		"noise": func(t *testing.T, path string) {
			write(t, path, bytes.Repeat([]byte("noise"), 20_000))
		},
		"other bbolt file": func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error {
				_, err := tx.CreateBucket([]byte("somebody else's"))
				return err
			})
		},
		"unreadable version": func(t *testing.T, path string) {
			open(t, path).Close()
			setVersion(t, path, "one")
		},
		"first half": func(t *testing.T, path string) {
			fill(t, path)
			data := read(t, path)
			write(t, path, data[:len(data)/2])
		},
		"first two pages": func(t *testing.T, path string) {
			fill(t, path)
			write(t, path, read(t, path)[:2*os.Getpagesize()])
		},
	}
	for name, make := range files {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			make(t, path)
			before := read(t, path)
			_, err := boltstore.Open(boltstore.Options{Path: path})
			wantError(t, err, boltstore.ErrForeign, path)
			if !bytes.Equal(read(t, path), before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestNewerFile(t *testing.T) {
	path := newPath(t)
	open(t, path).Close()
	setVersion(t, path, "99")
	before := read(t, path)
	_, err := boltstore.Open(boltstore.Options{Path: path})
	wantError(t, err, boltstore.ErrNewer, path)
	if !bytes.Equal(read(t, path), before) {
		t.Error("the file was changed")
	}
}

func TestUnwritablePaths(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "file"), nil)
	if err := os.Mkdir(filepath.Join(dir, "sealed"), 0o500); err != nil {
		t.Fatal(err)
	}
	paths := map[string]struct {
		path string
		want error
	}{
		"no folder":      {filepath.Join(dir, "none", "beside.db"), fs.ErrNotExist},
		"file as folder": {filepath.Join(dir, "file", "beside.db"), nil},
		"folder as file": {dir, nil},
		"sealed folder":  {filepath.Join(dir, "sealed", "beside.db"), fs.ErrPermission},
	}
	for name, p := range paths {
		t.Run(name, func(t *testing.T) {
			if name == "sealed folder" && os.Geteuid() == 0 {
				t.Skip("root may write everywhere")
			}
			_, err := boltstore.Open(boltstore.Options{Path: p.path})
			if err == nil || !strings.Contains(err.Error(), p.path) {
				t.Fatalf("error is %v, want one that names %s", err, p.path)
			}
			if p.want != nil && !errors.Is(err, p.want) {
				t.Fatalf("error is %v, want %v", err, p.want)
			}
		})
	}
	if _, err := boltstore.Open(boltstore.Options{}); err == nil {
		t.Fatal("opened without a path")
	}
}

func TestKeyTooLong(t *testing.T) {
	s := open(t, newPath(t))
	long := strings.Repeat("k", 1<<16)
	if err := s.CreateSite(t.Context(), store.Site{Key: long, Name: "n"}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("error is %v, want %v", err, store.ErrInvalid)
	}
	if _, err := s.Site(t.Context(), long); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v, want %v", err, store.ErrNotFound)
	}
}

func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "beside.db") }

// open returns a store that is closed when the test ends.
func open(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(boltstore.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// fill makes a file of a few dozen pages.
func fill(t *testing.T, path string) {
	t.Helper()
	s := open(t, path)
	for _, key := range []string{"a", "b", "c"} {
		site := store.Site{Key: key, Name: strings.Repeat(key, 10_000)}
		if err := s.CreateSite(t.Context(), site); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// edit changes the file behind the store's back.
func edit(t *testing.T, path string, fn func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func setVersion(t *testing.T, path, version string) {
	t.Helper()
	edit(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("version"), []byte(version))
	})
}

func wantError(t *testing.T, err, want error, path string) {
	t.Helper()
	if !errors.Is(err, want) || !strings.Contains(err.Error(), path) {
		t.Fatalf("error is %v, want %v that names %s", err, want, path)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("not one line: %q", err)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
