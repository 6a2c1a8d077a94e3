package main

import (
	"bufio"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/oklog/ulid/v2"
	"golang.org/x/term"

	"github.com/beside-desk/beside/signaling/auth"
	"github.com/beside-desk/beside/store"
)

// Lengths, in bytes. More than the API takes could never log in.
const (
	minPassword = 8
	maxPassword = 256
	maxLogin    = 120
)

// dataFlags say which data a command works on. The server must not be running
// on it.
type dataFlags struct {
	Data string `help:"Folder that holds everything the server keeps." placeholder:"FOLDER"`
}

// with calls f with the store, and closes it.
func (d dataFlags) with(p *program, f func(store.Store) error) error {
	config, err := p.load(map[string]string{"data": d.Data})
	if err != nil {
		return err
	}
	s, err := openStore(config)
	if err != nil {
		return err
	}
	return errors.Join(f(s), s.Close())
}

type userCommand struct {
	Add     userAddCommand     `cmd:"" help:"Add a user. The password is asked for, or read from standard input."`
	List    userListCommand    `cmd:"" help:"List the users."`
	Disable userDisableCommand `cmd:"" help:"Bar a user from logging in, and end the user's logins."`
}

type userAddCommand struct {
	dataFlags
	Login string `arg:"" help:"Name to log in with."`
	Name  string `help:"Name that customers see. Without it, the login." placeholder:"NAME"`
	Role  string `help:"agent, supervisor or admin." enum:"agent,supervisor,admin" default:"agent"`
}

func (c userAddCommand) Run(p *program) error {
	if c.Login == "" || len(c.Login) > maxLogin {
		return fmt.Errorf("the login must have 1 to %d characters", maxLogin)
	}
	password, err := p.readPassword()
	if err != nil {
		return err
	}
	if c.Name == "" {
		c.Name = c.Login
	}
	return c.with(p, func(s store.Store) error {
		err := s.CreateUser(p.ctx, store.User{
			ID: ulid.Make().String(), Login: strings.ToLower(c.Login), Name: c.Name, Role: store.Role(c.Role),
			PasswordHash: auth.NewPasswords(1).Hash(password), Created: store.At(time.Now()),
		})
		if errors.Is(err, store.ErrExists) {
			return fmt.Errorf("there is a user %q already; choose another login", c.Login)
		}
		return err
	})
}

// readPassword asks for a password on a terminal, or reads a line.
func (p *program) readPassword() (string, error) {
	var password string
	if term.IsTerminal(int(p.in.Fd())) {
		fmt.Fprint(p.err, "Password: ")
		b, err := term.ReadPassword(int(p.in.Fd()))
		fmt.Fprintln(p.err)
		if err != nil {
			return "", err
		}
		password = string(b)
	} else {
		line, err := bufio.NewReader(p.in).ReadString('\n')
		if line == "" && err != nil {
			return "", errors.New("no password on standard input")
		}
		password = strings.TrimRight(line, "\r\n")
	}
	if len(password) < minPassword {
		return "", fmt.Errorf("the password is too short: it needs %d characters or more", minPassword)
	}
	if len(password) > maxPassword {
		return "", fmt.Errorf("the password is too long: it may have up to %d characters", maxPassword)
	}
	return password, nil
}

type userListCommand struct{ dataFlags }

func (c userListCommand) Run(p *program) error {
	return c.with(p, func(s store.Store) error {
		users, err := s.ListUsers(p.ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "LOGIN\tNAME\tROLE\tSTATE")
		for _, u := range users {
			state := "enabled"
			if u.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Login, u.Name, u.Role, state)
		}
		return table.Flush()
	})
}

type userDisableCommand struct {
	dataFlags
	Login string `arg:"" help:"Name that the user logs in with."`
}

func (c userDisableCommand) Run(p *program) error {
	return c.with(p, func(s store.Store) error {
		u, err := s.UserByLogin(p.ctx, c.Login)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no user %q; see beside user list", c.Login)
		}
		if err != nil {
			return err
		}
		return s.DisableUser(p.ctx, u.ID)
	})
}

type siteCommand struct {
	Add  siteAddCommand  `cmd:"" help:"Add a site and print its script tag."`
	List siteListCommand `cmd:"" help:"List the sites."`
}

type siteAddCommand struct {
	dataFlags
	Key            string   `arg:"" help:"Short name in the script tag: letters, digits, - and _."`
	Name           string   `help:"Name that agents see. Without it, the key." placeholder:"NAME"`
	Origin         []string `help:"Origin that may embed the widget, as https://shop.example.com. Repeat for more." required:"" placeholder:"ORIGIN"`
	Asset          []string `help:"Where the agent's picture may load the site's images, styles and fonts from. Without it, the origins." placeholder:"SOURCE"`
	Color          string   `help:"Theme colour, as #rrggbb." default:"#2563eb"`
	Topic          []string `help:"Topic to choose from. Repeat for more." placeholder:"TOPIC"`
	Mask           string   `help:"CSS selector of text to mask." placeholder:"SELECTOR"`
	Block          string   `help:"CSS selector of parts that never leave the page." placeholder:"SELECTOR"`
	NoTranscript   bool     `help:"Keep no chat after a session's end."`
	KeepWaiting    bool     `help:"Keep a session open when the customer has closed all tabs."`
	RequireRemarks bool     `help:"Have agents write remarks at every session's end."`
}

func (c siteAddCommand) Run(p *program) error {
	if !regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`).MatchString(c.Key) {
		return fmt.Errorf("the key %q may have letters, digits, - and _ only", c.Key)
	}
	if !regexp.MustCompile(`^#[0-9a-fA-F]{6}$`).MatchString(c.Color) {
		return fmt.Errorf("the colour %q is not of the form #rrggbb", c.Color)
	}
	origins := make([]string, 0, len(c.Origin))
	for _, raw := range c.Origin {
		o, err := origin(raw)
		if err != nil {
			return err
		}
		origins = append(origins, o)
	}
	for _, source := range c.Asset {
		if _, err := parseSource(source); err != nil {
			return err
		}
	}
	if c.Name == "" {
		c.Name = c.Key
	}
	if len(c.Asset) == 0 {
		c.Asset = origins
	}
	err := c.with(p, func(s store.Store) error {
		return s.CreateSite(p.ctx, store.Site{
			Key: c.Key, Name: c.Name, Created: store.At(time.Now()), Color: c.Color,
			Origins: origins, AssetOrigins: c.Asset, Topics: c.Topic,
			Ask:          store.Ask{Name: store.NeedOptional, Email: store.NeedOptional, Phone: store.NeedOptional},
			MaskSelector: c.Mask, BlockSelector: c.Block,
			NoTranscript: c.NoTranscript, KeepWaiting: c.KeepWaiting, RequireRemarks: c.RequireRemarks,
		})
	})
	if errors.Is(err, store.ErrExists) {
		return fmt.Errorf("there is a site %q already; choose another key", c.Key)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "Put this into the site's pages, with this server's address:\n\n"+
		"  <script type=\"module\" async src=\"https://YOUR-SERVER/widget.js\" data-site=%q></script>\n", c.Key)
	return err
}

// origin returns an origin as browsers write it in their requests: a slash at
// the end, capitals or a scheme's own port would never match.
func origin(raw string) (string, error) {
	u, err := parseSource(raw)
	if err != nil {
		return "", err
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is a page's address, not an origin, as https://shop.example.com", raw)
	}
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	return u.Scheme + "://" + host, nil
}

// parseSource reads where assets may come from: an origin, and perhaps a path.
func parseSource(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.ContainsAny(raw, " ;,'\"") {
		return nil, fmt.Errorf("%q is not an origin, as https://shop.example.com", raw)
	}
	return u, nil
}

type siteListCommand struct{ dataFlags }

func (c siteListCommand) Run(p *program) error {
	return c.with(p, func(s store.Store) error {
		sites, err := s.ListSites(p.ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "KEY\tNAME\tORIGINS")
		for _, site := range sites {
			fmt.Fprintf(table, "%s\t%s\t%s\n", site.Key, site.Name, strings.Join(site.Origins, " "))
		}
		return table.Flush()
	})
}
