package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/beside-desk/beside/signaling"
	"github.com/beside-desk/beside/store"
	"github.com/beside-desk/beside/store/boltstore"
)

// serveFlags override the configuration of serve and demo.
type serveFlags struct {
	Listen   string `help:"Address to listen on, host:port." placeholder:"ADDRESS"`
	Data     string `help:"Folder that holds everything the server keeps." placeholder:"FOLDER"`
	LogLevel string `help:"debug, info, warn or error." placeholder:"LEVEL"`
}

func (f serveFlags) values() map[string]string {
	return map[string]string{"listen": f.Listen, "data": f.Data, "log.level": f.LogLevel}
}

// open reads the configuration and opens the service that it calls for.
func (f serveFlags) open(p *program) (*service, error) {
	config, err := p.load(f.values())
	if err != nil {
		return nil, err
	}
	return newService(p, config)
}

type serveCommand struct{ serveFlags }

func (c serveCommand) Run(p *program) error {
	s, err := c.open(p)
	if err != nil {
		return err
	}
	defer s.close()
	s.log.Info("listening", "address", s.address(), "data", s.config.Data, "build", build)
	return s.run(p.ctx)
}

// service is a running desk: the store, the signaling server and the web server
// that carries both and the browser parts.
type service struct {
	config   config
	log      *slog.Logger
	store    store.Store
	desk     *signaling.Server
	listener net.Listener
	metrics  *prometheus.Registry
	ready    atomic.Bool
	demo     bool
}

// newService opens the data and the port. It starts nothing.
func newService(p *program, c config) (s *service, err error) {
	s = &service{config: c, log: p.logger(c.Log), metrics: prometheus.NewRegistry()}
	s.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.store, err = openStore(c); err != nil {
		return s, err
	}
	if s.listener, err = net.Listen("tcp", c.Listen); err != nil {
		return s, fmt.Errorf("cannot listen on %s (choose another address with --listen or the key listen): %w", c.Listen, err)
	}
	node := c.Node
	if node == "" {
		if node, err = os.Hostname(); err != nil {
			return s, fmt.Errorf("the host has no name; set the key node: %w", err)
		}
	}
	s.desk, err = signaling.New(signaling.Options{
		Store: s.store, Log: s.log, Metrics: s.metrics, Node: node, Build: build,
		ICE: c.iceServers(), NoDirect: !c.Direct.Enabled, SecureCookies: c.secure(), LoginLife: c.Login.Life,
		CustomerGrace: c.Grace.Customer, AgentGrace: c.Grace.Agent, AwayGrace: c.Grace.Away,
	})
	return s, err
}

// openStore opens the data folder's store, making both at their first use.
func openStore(c config) (store.Store, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data folder (choose another with --data or the key data): %w", err)
	}
	s, err := boltstore.Open(boltstore.Options{Path: filepath.Join(c.Data, "beside.db")})
	if err != nil {
		return nil, err // not s: a nil *Store is not a nil store.Store
	}
	return s, nil
}

// address is where the service listens.
func (s *service) address() string { return s.listener.Addr().String() }

// run serves until ctx ends, then lets requests under way finish.
func (s *service) run(ctx context.Context) error {
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	deskDone := make(chan error, 1)
	deskCtx, stopDesk := context.WithCancel(context.WithoutCancel(ctx))
	defer stopDesk()
	go func() { deskDone <- s.desk.Run(deskCtx) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	s.ready.Store(true)

	var err error
	select {
	case <-ctx.Done():
		s.log.Info("stopping")
	case err = <-served:
		err = fmt.Errorf("web server: %w", err)
	case err = <-deskDone:
		err = fmt.Errorf("desk: %w", err)
		deskDone <- nil
	}
	s.ready.Store(false)
	// The desk first: it tells every socket; then requests that are under way.
	stopDesk()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.Grace.Drain)
	defer cancel()
	if e := server.Shutdown(drain); e != nil {
		_ = server.Close()
	}
	if e := <-deskDone; e != nil && !errors.Is(e, context.Canceled) && err == nil {
		err = e
	}
	return err
}

// close releases the data and the port. It may be called twice.
func (s *service) close() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
	if s.store != nil {
		if err := s.store.Close(); err != nil {
			s.log.Error("closing the store", "err", err)
		}
	}
}
