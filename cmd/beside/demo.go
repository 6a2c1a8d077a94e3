package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

type demoCommand struct{ serveFlags }

// demoUser is a login of the demo. Its password is no secret: the demo is for
// trying the program on one's own machine.
type demoUser struct {
	login, name, password string
	role                  store.Role
}

func demoUsers() []demoUser {
	return []demoUser{
		{"asha", "Asha Rao", "demo-asha", store.RoleAgent},
		{"ben", "Ben Okafor", "demo-ben", store.RoleAgent},
		{"sara", "Sara Lind", "demo-sara", store.RoleSupervisor},
	}
}

func (c demoCommand) Run(p *program) error {
	s, err := c.open(p)
	if err != nil {
		return err
	}
	defer s.close()
	config := s.config
	s.demo = true
	base := "http://" + browsable(config.Listen, s.listener.Addr())
	if config.URL != "" {
		base = strings.TrimRight(config.URL, "/") // as an origin has it
	}
	if err := s.seed(p.ctx, base); err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n  Demo shop\t%s/demo/\n  Console\t%s/console/\n", base, base)
	for _, u := range demoUsers() {
		fmt.Fprintf(table, "  Login\t%s  /  %s\t(%s, %s)\n", u.login, u.password, u.name, u.role)
	}
	fmt.Fprintf(table, "  Data\t%s\n\n  Stop with Ctrl-C.\n\n", config.Data)
	if err := table.Flush(); err != nil {
		return err
	}
	return s.run(p.ctx)
}

// browsable returns the host and port that a browser on this machine can use.
func browsable(listen string, at net.Addr) string {
	host, _, _ := net.SplitHostPort(listen)
	_, port, _ := net.SplitHostPort(at.String())
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// seed brings the demo's site up to date and adds the logins that are missing.
func (s *service) seed(ctx context.Context, base string) error {
	now := store.At(time.Now())
	_, port, _ := net.SplitHostPort(s.address())
	site := store.Site{
		Key: "demo", Name: "Demo shop", Created: now, Color: "#c2410c",
		Ask:    store.Ask{Name: store.NeedOptional, Email: store.NeedOptional, Phone: store.NeedHidden},
		Topics: []string{"Orders", "Products", "Plans", "Something else"},
	}
	for _, raw := range []string{base, "http://127.0.0.1:" + port, "http://localhost:" + port} {
		o, err := origin(raw)
		if err != nil {
			return err
		}
		site.Origins = append(site.Origins, o)
		site.AssetOrigins = append(site.AssetOrigins, o+"/demo/")
	}
	if err := s.store.PutSite(ctx, site); err != nil {
		return err
	}
	passwords := auth.NewPasswords(1)
	for _, u := range demoUsers() {
		_, err := s.store.UserByLogin(ctx, u.login)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		err = s.store.CreateUser(ctx, store.User{
			ID: ulid.Make().String(), Login: u.login, Name: u.name, Role: u.role,
			PasswordHash: passwords.Hash(u.password), Created: now,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
