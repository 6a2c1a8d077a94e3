package signaling

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"github.com/beside-desk/beside/media"
	"github.com/beside-desk/beside/relay"
	"github.com/beside-desk/beside/store"
)

// Bounds of a socket.
const (
	// maxMessage bounds what is read as one message, in bytes.
	maxMessage = 128 << 10
	// maxOut is how many messages may wait to be written.
	maxOut = 256

	helloTimeout = 10 * time.Second
	writeTimeout = 10 * time.Second
	pingEvery    = 15 * time.Second
	idleTimeout  = 40 * time.Second
	// lastTimeout is how long a socket that is over may take to close.
	lastTimeout = time.Second
	maxSockets  = 20_000
)

// socket is one WebSocket: its reader is the HTTP handler's goroutine, loop
// writes messages and follows the lead, and once it has joined a session it is
// a carrier of that session's room.
type socket struct {
	server *Server
	log    *slog.Logger
	conn   *websocket.Conn
	hello  Hello
	origin string
	host   string
	cancel context.CancelFunc
	// login and user are set for desks and consoles.
	login   store.Hash
	user    store.User
	signals *rate.Limiter

	out        chan any
	updated    chan struct{}
	running    sync.WaitGroup
	attachment atomic.Pointer[relay.Attachment]

	writing sync.Mutex // one writer at a time
	closing sync.Once
	// over is set when the socket has failed: what still comes is not heard.
	over atomic.Bool

	mu     sync.Mutex
	update leadUpdate
	live   *session
	source uint16
}

// leadUpdate is where a socket's lead stands.
type leadUpdate struct {
	lead   store.Lead
	status LeadStatus
}

// packet is a binary message in the queue of messages.
type packet []byte

// last is a failure after which the socket is closed.
type last struct{ Failure }

var upgrader = websocket.Upgrader{
	ReadBufferSize: 4 << 10, WriteBufferSize: 16 << 10, WriteBufferPool: &sync.Pool{},
	// Which origins may connect depends on the hello; see authenticate.
	CheckOrigin: func(*http.Request) bool { return true },
}

// serveSocket is the handler of /ws. It returns when the socket has closed.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	if wait, ok := s.limits.sockets.Allow(address, s.opt.Now()); !ok {
		w.Header().Set("Retry-After", "1")
		s.metrics.refused.WithLabelValues("socket_rate").Inc()
		http.Error(w, "Too many connections from your address; wait "+wait.String()+".", http.StatusTooManyRequests)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	sock := &socket{
		server: s, log: s.opt.Log, conn: conn, origin: r.Header.Get("Origin"), host: r.Host, login: loginOf(r),
		out: make(chan any, maxOut), updated: make(chan struct{}, 1),
		signals: rate.NewLimiter(50, 200),
	}
	ctx, ok := s.admit(r.Context(), sock)
	if !ok {
		sock.write(Failure{Type: "error", Code: "shutdown", Message: "The server is not ready. You will be connected in a moment."})
		_ = conn.Close()
		return
	}
	defer s.dismiss(sock)
	defer conn.Close()
	sock.run(ctx)
}

// admit counts the socket in, unless the server is closing or full.
func (s *Server) admit(ctx context.Context, sock *socket) (context.Context, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil || len(s.sockets) >= maxSockets {
		return nil, false
	}
	s.sockets[sock] = struct{}{}
	s.running.Add(1)
	ctx, sock.cancel = context.WithCancel(ctx)
	return ctx, true
}

func (s *Server) dismiss(sock *socket) {
	sock.cancel()
	s.mu.Lock()
	delete(s.sockets, sock)
	s.mu.Unlock()
	s.running.Done()
}

// run serves the socket from its hello to its end.
func (sock *socket) run(ctx context.Context) {
	hello, err := sock.readHello()
	if err != nil {
		sock.refuse(err)
		return
	}
	sock.hello = hello
	sock.log = sock.log.With("role", hello.Role)
	leave, err := sock.server.welcome(ctx, sock)
	if err != nil {
		sock.refuse(err)
		return
	}
	gauge := sock.server.metrics.sockets.WithLabelValues(hello.Role)
	gauge.Inc()
	defer gauge.Dec()
	sock.running.Add(1)
	go func() {
		defer sock.running.Done()
		sock.loop(ctx)
	}()
	sock.read(ctx)
	sock.cancel()
	_ = sock.conn.Close()
	sock.running.Wait()
	leave()
}

var (
	// errVersion is returned for a hello of another protocol version.
	errVersion = errors.New("protocol version")
	// errNoHello is returned for a socket that closes, fails or falls silent
	// before its hello.
	errNoHello = errors.New("no hello")
)

// readHello reads the first message, which must be a hello.
func (sock *socket) readHello() (h Hello, err error) {
	sock.conn.SetReadLimit(maxMessage)
	_ = sock.conn.SetReadDeadline(time.Now().Add(helloTimeout))
	kind, b, err := sock.conn.ReadMessage()
	if err != nil {
		return h, fmt.Errorf("%w: %w", errNoHello, err)
	}
	if kind != websocket.TextMessage {
		return h, wrongInput{"The first message must be a hello."}
	}
	m, err := parseMessage(b)
	if err != nil {
		return h, wrongInput{"The first message is not a hello: " + err.Error() + "."}
	}
	h, ok := m.(Hello)
	if !ok {
		return h, wrongInput{"The first message must be a hello."}
	}
	if h.V != Version {
		return h, errVersion
	}
	return h, nil
}

// refuse answers a hello that cannot be served.
func (sock *socket) refuse(err error) {
	var f Failure
	var wrong wrongInput
	var often tooOften
	switch {
	case errors.Is(err, errNoHello):
		sock.server.metrics.refused.WithLabelValues("no_hello").Inc()
		return
	case errors.As(err, &wrong):
		f = Failure{Code: "malformed", Message: wrong.text, Fatal: true}
	case errors.As(err, &often):
		f = Failure{Code: "forbidden", Message: "Too many tries. Wait a moment."}
	case errors.Is(err, errVersion):
		f = Failure{Code: "version", Message: "This page is from another version of Beside than the server. Reload it.", Fatal: true}
	default:
		f = failure(sock.log, err)
	}
	sock.server.metrics.refused.WithLabelValues(f.Code).Inc()
	f.Type = "error"
	sock.write(f)
	sock.writeClose()
	sock.linger()
}

// linger waits until the browser has closed, for a moment at most: a socket that
// is closed over unread bytes may take what was just written with it.
func (sock *socket) linger() {
	_ = sock.conn.SetReadDeadline(time.Now().Add(lastTimeout))
	for {
		if _, _, err := sock.conn.NextReader(); err != nil {
			return
		}
	}
}

// read hands on what the browser sends, until the socket closes. Once the socket
// is over it only waits for that, so that who was told to go is heard no more.
func (sock *socket) read(ctx context.Context) {
	alive := func() { _ = sock.conn.SetReadDeadline(time.Now().Add(idleTimeout)) }
	alive()
	sock.conn.SetPongHandler(func(string) error { alive(); return nil })
	for {
		kind, b, err := sock.conn.ReadMessage()
		if err != nil {
			if errors.Is(err, websocket.ErrReadLimit) {
				sock.server.metrics.refused.WithLabelValues("oversized").Inc()
			}
			return
		}
		if sock.over.Load() {
			continue
		}
		alive()
		if kind == websocket.BinaryMessage {
			err = sock.readPacket(ctx, b)
		} else {
			err = sock.readMessage(b)
		}
		if err != nil {
			sock.failReading(err)
		}
	}
}

// failReading closes the socket over what it read, or over what went wrong with
// that on the server.
func (sock *socket) failReading(err error) {
	var broken protocolError
	if !errors.As(err, &broken) {
		sock.fail(failure(sock.log, err))
		return
	}
	sock.server.metrics.refused.WithLabelValues("malformed").Inc()
	sock.log.Info("closing a socket that broke the protocol", "err", err)
	sock.fail(Failure{Code: "malformed", Message: "The server did not understand this page. You will be connected again."})
}

// protocolError is the browser's doing.
type protocolError struct{ error }

func (e protocolError) Unwrap() error { return e.error }

// readPacket answers pings and hands the rest to the room.
func (sock *socket) readPacket(ctx context.Context, b []byte) error {
	p, err := media.ParsePacket(b)
	if err != nil {
		sock.server.relay.Malformed()
		return protocolError{err}
	}
	if len(p.Ping) > 0 {
		sock.send(packet(media.Packet{Pong: p.Ping[:1]}.Append(nil)))
	}
	a := sock.attachment.Load()
	if a == nil {
		if len(p.Parts) > 0 {
			sock.server.relay.NotJoined()
		}
		return nil
	}
	err = a.Receive(ctx, p)
	if errors.Is(err, relay.ErrClosed) || ctx.Err() != nil {
		return nil // the end of the session is on its way
	}
	if errors.Is(err, media.ErrMalformed) {
		return protocolError{err}
	}
	return err
}

// readMessage dispatches a JSON message that comes after the hello.
func (sock *socket) readMessage(b []byte) error {
	m, err := parseMessage(b)
	if errors.Is(err, errUnknownType) {
		sock.server.metrics.refused.WithLabelValues("unknown_message").Inc()
		return nil
	}
	if err != nil {
		return protocolError{err}
	}
	switch m := m.(type) {
	case Signal:
		sock.server.signal(sock, m)
	default:
		sock.server.metrics.refused.WithLabelValues("out_of_order").Inc()
	}
	return nil
}

// loop writes what is queued and follows the lead, until ctx ends.
func (sock *socket) loop(ctx context.Context) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-sock.out:
			if !sock.write(m) {
				return
			}
		case <-ping.C:
			_ = sock.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout))
		case <-sock.updated:
			if err := sock.follow(ctx); err != nil && ctx.Err() == nil {
				sock.fail(failure(sock.log, err))
			}
		}
	}
}

// send queues a message. A socket whose queue is full is closed: its browser
// connects again and is told everything anew.
func (sock *socket) send(m any) {
	select {
	case sock.out <- m:
	default:
		sock.server.metrics.refused.WithLabelValues("slow").Inc()
		_ = sock.conn.Close()
	}
}

// fail tells the browser why and closes the socket, whether the browser takes
// notice or not. Only the first call counts.
func (sock *socket) fail(f Failure) {
	f.Type = "error"
	sock.closing.Do(func() {
		sock.over.Store(true)
		sock.send(last{f})
		time.AfterFunc(lastTimeout, func() { _ = sock.conn.Close() })
	})
}

// write writes one message and reports whether the socket is still open.
func (sock *socket) write(m any) bool {
	closing, isLast := m.(last)
	if isLast {
		m = closing.Failure
	}
	kind, b := websocket.TextMessage, []byte(nil)
	if p, ok := m.(packet); ok {
		kind, b = websocket.BinaryMessage, p
	} else {
		var err error
		if b, err = json.Marshal(m); err != nil {
			sock.log.Error("message does not encode", "err", err)
			return true
		}
	}
	if err := sock.writeBytes(kind, b); err != nil {
		return false
	}
	if isLast {
		sock.writeClose() // the browser answers it, which ends the reading
	}
	return !isLast
}

// writeBytes writes one message, or closes the socket: after a write that
// failed no other can succeed.
func (sock *socket) writeBytes(kind int, b []byte) error {
	sock.writing.Lock()
	defer sock.writing.Unlock()
	_ = sock.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	err := sock.conn.WriteMessage(kind, b)
	if err != nil && !errors.Is(err, websocket.ErrCloseSent) {
		_ = sock.conn.Close()
	}
	return err
}

func (sock *socket) writeClose() {
	_ = sock.conn.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTimeout))
}

// WritePacket makes the socket a relay.Carrier.
func (sock *socket) WritePacket(b []byte) error { return sock.writeBytes(websocket.BinaryMessage, b) }

// Close is called by the room when it gives the carrier up.
func (sock *socket) Close(err error) {
	if errors.Is(err, relay.ErrSlow) {
		sock.fail(Failure{Code: "slow", Message: "Your connection is too slow to follow. You will be connected again."})
	}
}
