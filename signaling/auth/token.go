package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/beside-desk/beside/store"
)

// NewToken returns a fresh opaque token of 256 random bits and the hash under
// which to store it.
func NewToken() (string, store.Hash) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails, says its documentation
	token := base64.RawURLEncoding.EncodeToString(b)
	return token, HashToken(token)
}

// HashToken returns the hash of a token. Tokens are random, so a fast hash
// suffices.
func HashToken(token string) store.Hash {
	sum := sha256.Sum256([]byte(token))
	return store.Hash(hex.EncodeToString(sum[:]))
}
