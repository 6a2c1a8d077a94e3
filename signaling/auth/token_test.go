package auth

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	seen := make(map[string]bool)
	for range 100 {
		token, hash := NewToken()
		if b, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(b) != 32 {
			t.Fatalf("token %q is not 32 bytes in base64url: %v", token, err)
		}
		if HashToken(token) != hash {
			t.Fatal("the hash is not the token's")
		}
		if len(hash) != 64 || strings.ToLower(string(hash)) != string(hash) {
			t.Fatalf("hash %q is not SHA-256 in lower-case hexadecimal", hash)
		}
		if seen[token] || seen[string(hash)] {
			t.Fatal("a token came twice")
		}
		seen[token], seen[string(hash)] = true, true
	}
	// What is stored must not change, or every login and lead is lost.
	if got := HashToken("abc"); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("HashToken(abc) = %s", got)
	}
}
