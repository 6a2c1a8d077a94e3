package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestPassword(t *testing.T) {
	ctx, p := t.Context(), NewPasswords(1)
	encoded := p.Hash("correct horse")
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("Hash = %q", encoded)
	}
	if strings.Contains(encoded, "horse") {
		t.Error("the hash contains the password")
	}
	if again := p.Hash("correct horse"); again == encoded {
		t.Error("two hashes of one password are equal: no salt")
	}
	if err := p.Verify(ctx, "correct horse", encoded); err != nil {
		t.Errorf("the right password: %v", err)
	}
	for name, try := range map[string]struct{ password, encoded string }{
		"wrong":                   {"correct horsf", encoded},
		"empty":                   {"", encoded},
		"longer":                  {"correct horse ", encoded},
		"unknown user":            {"correct horse", ""},
		"unknown user, the dummy": {"", ""},
	} {
		if err := p.Verify(ctx, try.password, try.encoded); !errors.Is(err, ErrPassword) {
			t.Errorf("%s: %v, want ErrPassword", name, err)
		}
	}
	if err := p.Verify(ctx, "correct horse", "not a hash"); err == nil || errors.Is(err, ErrPassword) {
		t.Errorf("a damaged hash: %v, want an error of its own", err)
	}
}

// A hash from before the cost rose must still verify.
func TestOlderCost(t *testing.T) {
	const encoded = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	p := NewPasswords(1)
	if err := p.Verify(t.Context(), "password", encoded); err != nil {
		t.Errorf("the reference implementation's example: %v", err)
	}
}

func TestVerifyGivesUp(t *testing.T) {
	p := NewPasswords(1)
	p.slots <- struct{}{} // somebody else is at it
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Verify(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify = %v, want context.Canceled", err)
	}
}

func TestParseHashErrors(t *testing.T) {
	key := base64.RawStdEncoding.EncodeToString(make([]byte, 32))
	for _, encoded := range []string{
		"", "$", "$$$$$", "plain", "$2a$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=16,t=2,p=1$c2FsdA$" + key,
		"argon2id$v=19$m=16,t=2,p=1$c2FsdA$" + key,
		"$argon2id$v=18$m=16,t=2,p=1$c2FsdA$" + key,
		"$argon2id$v=19x$m=16,t=2,p=1$c2FsdA$" + key,
		"$argon2id$$m=16,t=2,p=1$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=2$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=2,p=1x$c2FsdA$" + key,
		"$argon2id$v=19$m=-1,t=2,p=1$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=0,p=1$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=2,p=0$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=2,p=256$c2FsdA$" + key,
		"$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=65,p=1$c2FsdA$" + key,
		"$argon2id$v=19$m=16,t=2,p=1$!$" + key,
		"$argon2id$v=19$m=16,t=2,p=1$c2FsdA$!",
		"$argon2id$v=19$m=16,t=2,p=1$c2FsdA$c2hvcnQ",
		"$argon2id$v=19$m=16,t=2,p=1$c2FsdA$" + key + "$",
	} {
		if h, err := parseHash(encoded); err == nil {
			t.Errorf("parseHash(%q) = %+v, want an error", encoded, h)
		}
	}
}

// FuzzParseHash checks that whatever parses is within the bounds on cost and
// reads as it is written.
func FuzzParseHash(f *testing.F) {
	f.Add(hash("password", make([]byte, saltLength)))
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=4294967296,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m= 16,t=+2,p=01$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Fuzz(func(t *testing.T, encoded string) {
		h, err := parseHash(encoded)
		if err != nil {
			return
		}
		if h.memory > 1<<20 || h.time < 1 || h.time > 64 || h.threads < 1 || len(h.key) < 16 {
			t.Fatalf("%q parses to a cost out of bounds: %+v", encoded, h)
		}
		fields := strings.Split(encoded, "$")
		if want := fmt.Sprintf("m=%d,t=%d,p=%d", h.memory, h.time, h.threads); fields[3] != want {
			t.Fatalf("%q parses as %q", fields[3], want)
		}
	})
}
