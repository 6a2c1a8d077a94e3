package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// leakChecked runs the tests and then looks for goroutines that they left.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	code := l.m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "goleak:", err)
		return 1
	}
	return code
}

// TestMain lets this test binary stand for the program: it is the program when
// it is called by its name.
func TestMain(m *testing.M) {
	testscript.Main(leakChecked{m}, map[string]func(){"beside": main})
}

func TestScripts(t *testing.T) {
	name, value, _ := strings.Cut(underRace, "=")
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(e *testscript.Env) error {
		e.Setenv(name, value)
		return nil
	}})
}

// underRace is for the program built with the race detector: a race shows in its
// exit code, and it does not linger for a second after its end.
const underRace = "GORACE=exitcode=66 atexit_sleep_ms=0"

// process is the program, running.
type process struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	out     bytes.Buffer // to be read when it has ended
	log     firstLine
	ended   chan error
}

// firstLine keeps what is written, and hands on its first line at once.
type firstLine struct {
	text bytes.Buffer // to be read when the writer has ended
	line chan string
}

func (w *firstLine) Write(b []byte) (int, error) {
	had := bytes.ContainsRune(w.text.Bytes(), '\n')
	w.text.Write(b)
	if line, _, ok := strings.Cut(w.text.String(), "\n"); ok && !had {
		w.line <- line
	}
	return len(b), nil
}

// launch starts the program.
func launch(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: command(t, args...), log: firstLine{line: make(chan string, 1)}, ended: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reaped := make(chan struct{})
	go func() {
		defer close(reaped)
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-reaped
	})
	return p
}

// start runs the program until it listens, as it says first in its log.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := launch(t, args...)
	select {
	case line := <-p.log.line:
		var entry struct{ Msg, Address string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Msg != "listening" {
			t.Fatalf("the program logs first: %s", line)
		}
		p.address = entry.Address
	case err := <-p.ended:
		t.Fatalf("the program ended: %v: %s", err, p.log.text.String())
	}
	p.await("/readyz")
	return p
}

// command is the program by its name, in a folder of its own.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("beside") // testscript.Main has put it there
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), path, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), underRace)
	return cmd
}

// fails runs the program and returns the one line with which it ends.
func fails(t *testing.T, args ...string) string {
	t.Helper()
	cmd := command(t, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	text := stderr.String()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("%v ends with %v, want exit code 1: %s", args, err, text)
	}
	if strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, "beside: ") {
		t.Errorf("%v says more or less than one line: %q", args, text)
	}
	return text
}

func (p *process) get(path string, headers ...string) (status int, body string) {
	p.t.Helper()
	q, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://"+p.address+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	q.Close = true
	for i := 0; i < len(headers); i += 2 {
		q.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		return 0, err.Error()
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func (p *process) await(path string) {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		status, body := p.get(path)
		if status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s answers %d: %s", path, status, body)
		}
	}
}

// stop ends the program as a service manager does, and returns what it logged.
func (p *process) stop(within time.Duration) string {
	p.t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	err := <-p.ended
	log := p.log.text.String()
	if err != nil {
		p.t.Errorf("the program ends with %v: %s", err, log)
	}
	if d := time.Since(began); d > within {
		p.t.Errorf("stopping took %v", d)
	}
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			p.t.Errorf("the log has a line that is not JSON: %s", line)
		}
	}
	return log
}

func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "a", "data")
	p := start(t, "serve", "--listen", "127.0.0.1:0", "--data", data)
	if status, body := p.get("/healthz"); status != http.StatusOK || body != "ok\n" {
		t.Errorf("healthz: %d %q", status, body)
	}
	if status, body := p.get("/metrics"); status != http.StatusOK || !strings.Contains(body, "beside_sockets") && !strings.Contains(body, "beside_rooms") {
		t.Errorf("metrics: %d %q", status, body)
	}
	if status, _ := p.get("/metrics", "X-Forwarded-For", "192.0.2.1"); status != http.StatusForbidden {
		t.Errorf("metrics through a proxy: %d", status)
	}
	if status, _ := p.get("/api/me"); status != http.StatusUnauthorized {
		t.Errorf("me without login: %d", status)
	}
	info, err := os.Stat(data)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder is %v, %v", info.Mode(), err)
	}

	if text := fails(t, "serve", "--listen", p.address, "--data", t.TempDir()); !strings.Contains(text, p.address) || !strings.Contains(text, "--listen") {
		t.Errorf("the port is taken: %q", text)
	}
	for _, args := range [][]string{
		{"serve", "--listen", "127.0.0.1:0", "--data", data}, {"user", "list", "--data", data}, {"site", "list", "--data", data},
	} {
		if text := fails(t, args...); !strings.Contains(text, "in use by another process") || !strings.Contains(text, data) {
			t.Errorf("the data is in use: %q", text)
		}
	}
	if log := p.stop(5 * time.Second); !strings.Contains(log, `"stopping"`) {
		t.Errorf("the log says %s", log)
	}

	// Again on the same data.
	start(t, "serve", "--listen", "127.0.0.1:0", "--data", data).stop(5 * time.Second)
}

// The program stops while sockets are open, whether they answer or not: those
// that do are told why.
func TestStopWithOpenSockets(t *testing.T) {
	p := startDemo(t, t.TempDir())
	token := p.requestSupport()
	dial := func() *websocket.Conn {
		conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws://"+p.address+"/ws", http.Header{"Origin": {"http://" + p.address}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	dial() // says nothing
	for range 2 {
		conn := dial()
		if err := conn.WriteJSON(map[string]any{"type": "hello", "v": 1, "role": "customer", "token": token, "window": "w"}); err != nil {
			t.Fatal(err)
		}
		var m struct{ Type, Code string }
		for m.Type != "lead" {
			if err := conn.ReadJSON(&m); err != nil {
				t.Fatal(err)
			}
		}
	}
	polite := dial()
	if err := polite.WriteJSON(map[string]any{"type": "hello", "v": 1, "role": "customer", "token": token, "window": "p"}); err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 1)
	go func() {
		var last struct{ Code string }
		for polite.ReadJSON(&last) == nil {
		}
		told <- last.Code
	}()
	p.stop(5 * time.Second)
	if code := <-told; code != "shutdown" {
		t.Errorf("an open socket is told %q", code)
	}
}

// startDemo runs the demo, which says where it listens in its table.
func startDemo(t *testing.T, data string) *process {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close()
	p := launch(t, "demo", "--listen", address, "--data", data)
	p.address = address
	p.await("/readyz")
	return p
}

// requestSupport creates a lead on the demo's site and returns its token.
func (p *process) requestSupport() string {
	p.t.Helper()
	q, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://"+p.address+"/api/leads", strings.NewReader(`{"site":"demo"}`))
	if err != nil {
		p.t.Fatal(err)
	}
	q.Close = true
	q.Header.Set("Origin", "http://"+p.address)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var lead struct{ Token string }
	if err := json.NewDecoder(answer.Body).Decode(&lead); err != nil || lead.Token == "" {
		p.t.Fatalf("no lead: %v, %v", answer.Status, err)
	}
	return lead.Token
}

func TestDemo(t *testing.T) {
	data := t.TempDir()
	for range 2 { // it starts again on the same data without complaint
		p := startDemo(t, data)
		p.requestSupport()
		if status, _ := p.get("/api/sites/demo", "Origin", "http://"+p.address); status != http.StatusOK {
			t.Errorf("the demo's site answers %d", status)
		}
		for _, login := range demoUsers() {
			if status, body := p.login(login.login, login.password); status != http.StatusOK {
				t.Errorf("%s can't log in: %d %s", login.login, status, body)
			}
		}
		p.stop(10 * time.Second)
		table := p.out.String()
		for _, want := range []string{"http://" + p.address + "/demo/", "http://" + p.address + "/console/", "asha  /  demo-asha", "sara  /  demo-sara", data} {
			if !strings.Contains(table, want) {
				t.Errorf("the table %q does not say %s", table, want)
			}
		}
		if n := len(regexp.MustCompile(`(?m)^.{101,}$`).FindAllString(table, -1)); n > 0 {
			t.Errorf("the table has %d lines that are too wide:\n%s", n, table)
		}
	}
}

func (p *process) login(login, password string) (status int, body string) {
	p.t.Helper()
	text := fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
	q, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, "http://"+p.address+"/api/login", strings.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	q.Close = true
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}
