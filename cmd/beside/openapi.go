package main

import (
	"encoding/json"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/beside-desk/beside/signaling"
	"github.com/beside-desk/beside/store"
)

type openapiCommand struct{}

func (openapiCommand) Run(p *program) error {
	// The description does not touch the store.
	var none struct{ store.Store }
	s, err := signaling.New(signaling.Options{
		Store: none, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Build: "1",
	})
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(s.OpenAPI(), "", "  ")
	if err != nil {
		return err
	}
	_, err = p.out.Write(append(b, '\n'))
	return err
}
