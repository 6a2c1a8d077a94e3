// Package auth proves who somebody is: passwords, tokens and limits on trying.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password's hash: OWASP's second recommendation for Argon2id.
const (
	hashMemory  = 19 * 1024 // KiB
	hashTime    = 2
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
)

// ErrPassword is returned for a password that does not match, and for a user
// who has none.
var ErrPassword = errors.New("wrong password")

// Passwords hashes and verifies. At most its number of hashes run at a time,
// because each takes 19 MiB.
type Passwords struct {
	slots chan struct{}
}

// NewPasswords returns Passwords that run at most parallel hashes at a time.
func NewPasswords(parallel int) *Passwords {
	return &Passwords{slots: make(chan struct{}, max(1, parallel))}
}

// Hash returns the password's hash in the PHC string format.
func (p *Passwords) Hash(password string) string {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails, says its documentation
	return hash(password, salt)
}

// Verify returns nil if the password is the encoded one's, ErrPassword if it is
// not, and ctx's error if that ends first. An empty encoded hash, as of an
// unknown user, takes as long as a wrong password does.
func (p *Passwords) Verify(ctx context.Context, password, encoded string) error {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	known := encoded != ""
	if !known { // something as costly that no password has
		encoded = encode(make([]byte, saltLength), make([]byte, hashLength))
	}
	h, err := parseHash(encoded)
	if err != nil {
		return err
	}
	key := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.threads, uint32(len(h.key)))
	if subtle.ConstantTimeCompare(key, h.key) != 1 || !known {
		return ErrPassword
	}
	return nil
}

func hash(password string, salt []byte) string {
	return encode(salt, argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashThreads, hashLength))
}

// encode writes a hash of today's cost.
func encode(salt, key []byte) string {
	enc := base64.RawStdEncoding.EncodeToString
	cost := passwordHash{memory: hashMemory, time: hashTime, threads: hashThreads}.cost()
	return fmt.Sprintf("$argon2id$v=%d$%s$%s$%s", argon2.Version, cost, enc(salt), enc(key))
}

type passwordHash struct {
	memory, time uint32
	threads      uint8
	salt, key    []byte
}

// cost is the field that says how costly the hash is.
func (h passwordHash) cost() string {
	return fmt.Sprintf("m=%d,t=%d,p=%d", h.memory, h.time, h.threads)
}

// parseHash reads the PHC string format, so that the cost can rise later while
// older hashes still verify.
func parseHash(encoded string) (h passwordHash, err error) {
	fields := strings.Split(encoded, "$")
	if len(fields) != 6 || fields[1] != "argon2id" {
		return h, errors.New("password hash is not argon2id in the PHC format")
	}
	if fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, fmt.Errorf("password hash has argon2 version %q, not %d", fields[2], argon2.Version)
	}
	_, err = fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.threads)
	if err != nil || fields[3] != h.cost() { // Sscanf overlooks what follows
		return h, fmt.Errorf("password hash has parameters %q", fields[3])
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(fields[4]); err != nil {
		return h, errors.New("password hash has a malformed salt")
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(fields[5]); err != nil || len(h.key) < 16 {
		return h, errors.New("password hash has a malformed key")
	}
	if h.time == 0 || h.threads == 0 || h.memory > 1<<20 || h.time > 64 {
		return h, fmt.Errorf("password hash has a cost out of range: %q", fields[3])
	}
	return h, nil
}
