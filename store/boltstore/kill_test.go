package boltstore_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beside-desk/beside/store"
	"github.com/beside-desk/beside/store/boltstore"
)

// childPath names the environment variable that makes this test program the
// child: it holds the path of the store to write to.
const childPath = "BOLTSTORE_TEST_CHILD"

// TestKill kills a process that writes, at several moments, and looks in the
// file for everything that it had been told was done.
func TestKill(t *testing.T) {
	path := newPath(t)
	for round, acks := range []int{1, 2, 25, 60, 111} {
		acked := killAfter(t, path, fmt.Sprint("round", round), acks)
		s := open(t, path)
		for _, ack := range acked {
			checkAck(t, s, ack)
		}
		checkWhole(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter runs a child, kills it when it has acknowledged so many changes,
// and returns all that it acknowledged.
func killAfter(t *testing.T, path, round string, acks int) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childPath+"="+path, childRound+"="+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acked := readAcks(out, func(n int) {
		if n == acks {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	})
	if err := cmd.Wait(); err == nil || len(acked) < acks {
		t.Fatalf("the child ended by itself after %d of %d acks", len(acked), acks)
	}
	return acked
}

// readAcks returns the whole lines of out, and calls got after each.
func readAcks(out io.Reader, got func(n int)) []string {
	var acked []string
	for r := bufio.NewReader(out); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			return acked
		}
		acked = append(acked, strings.TrimSuffix(line, "\n"))
		got(len(acked))
	}
}

// checkAck looks for what one line of a child says was done.
func checkAck(t *testing.T, s *boltstore.Store, ack string) {
	t.Helper()
	var id string
	var n int
	if _, err := fmt.Sscanf(ack, "%s %d", &id, &n); err != nil {
		t.Fatalf("ack %q: %v", ack, err)
	}
	entries, err := s.Entries(t.Context(), "session-"+id)
	if err != nil || len(entries) < n {
		t.Errorf("%d entries (%v) of session-%s, %d were acknowledged", len(entries), err, id, n)
	}
	for i, e := range entries {
		if e.Seq != uint32(i+1) {
			t.Errorf("entry %d of session-%s has seq %d", i+1, id, e.Seq)
		}
	}
}

// checkWhole looks for verbs of which one record tells and another doesn't.
func checkWhole(t *testing.T, s *boltstore.Store) {
	t.Helper()
	leads, err := s.OpenLeads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leads {
		if _, err := s.LeadByToken(t.Context(), l.TokenHash); err != nil {
			t.Error(err)
		}
		if l.State != store.LeadActive {
			continue
		}
		if x, err := s.Session(t.Context(), l.Session); err != nil || x.Lead != l.ID {
			t.Errorf("session %q of lead %q: %+v, %v", l.Session, l.ID, x, err)
		}
	}
}

// childRound names the variable that keeps one child's IDs from another's.
const childRound = "BOLTSTORE_TEST_ROUND"

// child writes until it is killed, and prints a line after each change.
func child(path string) {
	s, err := boltstore.Open(boltstore.Options{Path: path, Timeout: 10 * time.Second})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := 0; ; n++ {
				id := fmt.Sprintf("%s-%d-%d", os.Getenv(childRound), i, n)
				if err := converse(s, id); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
			}
		})
	}
	wg.Wait()
}

// converse makes a lead, claims it and chats a little.
func converse(s *boltstore.Store, id string) error {
	ctx := context.Background()
	err := s.CreateLead(ctx, store.Lead{ID: id, TokenHash: store.Hash(id), State: store.LeadWaiting, Created: 1})
	if err != nil {
		return err
	}
	if _, err := s.ClaimLead(ctx, id, store.Session{ID: "session-" + id, Lead: id, Agent: "emma"}); err != nil {
		return err
	}
	fmt.Println(id, 0)
	for n := 1; n <= 5; n++ {
		if err := s.AppendEntry(ctx, store.Entry{Session: "session-" + id, Source: 1, Seq: uint32(n)}); err != nil {
			return err
		}
		fmt.Println(id, n)
	}
	return nil
}
