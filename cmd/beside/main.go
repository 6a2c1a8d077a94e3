// Command beside is a self-hosted co-browsing support desk.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// build names the program's version; the linker sets it.
var build = "dev"

// commands is the command line.
type commands struct {
	Config string `help:"Configuration file. Without it, config.yaml if there is one." type:"path" placeholder:"FILE"`

	Serve   serveCommand   `cmd:"" help:"Run the support desk."`
	Demo    demoCommand    `cmd:"" help:"Run the support desk with a demo shop and demo logins."`
	User    userCommand    `cmd:"" help:"Manage the people who work at the desk."`
	Site    siteCommand    `cmd:"" help:"Manage the web sites that embed the widget."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the HTTP API's description, OpenAPI 3.1."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// program is what every command gets.
type program struct {
	ctx     context.Context
	environ []string
	config  string
	in      *os.File
	out     io.Writer
	err     io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "beside:", oneLine(err))
		os.Exit(1)
	}
}

// oneLine is an error's text without the line breaks that some libraries put in.
func oneLine(err error) string {
	return regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(strings.TrimSpace(err.Error()), " ")
}

// run parses the arguments and runs their command.
func run(ctx context.Context, args []string) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("beside"), kong.Description("A self-hosted co-browsing support desk."), kong.UsageOnError())
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return parsed.Run(&program{ctx: ctx, environ: os.Environ(), config: c.Config, in: os.Stdin, out: os.Stdout, err: os.Stderr})
}

// load reads the configuration, with the flags that are not empty over it.
func (p *program) load(flags map[string]string) (config, error) {
	values := make(map[string]any)
	for key, value := range flags {
		if value != "" {
			values[key] = value
		}
	}
	return loadConfig(p.config, p.environ, values)
}

type versionCommand struct{}

func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintln(p.out, build)
	return err
}

// parseLevel reads a log level's name.
func parseLevel(name string) (slog.Level, error) {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[name]
	if !ok {
		return 0, errors.New("unknown log level " + name)
	}
	return level, nil
}

// logger writes to standard error: text on a terminal, JSON otherwise, unless
// the configuration says which.
func (p *program) logger(c configLog) *slog.Logger {
	level, _ := parseLevel(c.Level) // check has seen it
	options := &slog.HandlerOptions{Level: level}
	file, ok := p.err.(*os.File)
	if c.Format == "text" || c.Format == "auto" && ok && term.IsTerminal(int(file.Fd())) {
		return slog.New(slog.NewTextHandler(p.err, options))
	}
	return slog.New(slog.NewJSONHandler(p.err, options))
}
