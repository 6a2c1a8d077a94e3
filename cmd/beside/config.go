package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"

	"github.com/beside-desk/beside/signaling"
)

// envPrefix starts the names of environment variables: BESIDE_LOG_LEVEL is the
// key log.level.
const envPrefix = "BESIDE_"

// config is everything that can be set. config.yaml documents each key.
type config struct {
	Listen string `koanf:"listen"`
	Data   string `koanf:"data"`
	URL    string `koanf:"url"`
	Node   string `koanf:"node"`
	// Proxies whose word on a client's address is taken, as addresses or CIDRs.
	Proxies []string     `koanf:"proxies"`
	Log     configLog    `koanf:"log"`
	Login   configLogin  `koanf:"login"`
	Grace   configGrace  `koanf:"grace"`
	Direct  configDirect `koanf:"direct"`
}

type configLog struct {
	Level  string `koanf:"level"`
	Format string `koanf:"format"`
}

type configLogin struct {
	Life time.Duration `koanf:"life"`
}

type configGrace struct {
	Customer time.Duration `koanf:"customer"`
	Agent    time.Duration `koanf:"agent"`
	Away     time.Duration `koanf:"away"`
	Drain    time.Duration `koanf:"drain"`
}

type configDirect struct {
	Enabled bool        `koanf:"enabled"`
	ICE     []configICE `koanf:"ice"`
}

type configICE struct {
	URLs       []string `koanf:"urls"`
	Username   string   `koanf:"username"`
	Credential string   `koanf:"credential"`
}

func defaults() config {
	return config{
		Listen:  "localhost:8080",
		Data:    "./data",
		Log:     configLog{Level: "info", Format: "auto"},
		Login:   configLogin{Life: 12 * time.Hour},
		Grace:   configGrace{Customer: 20 * time.Second, Agent: 10 * time.Second, Away: 5 * time.Second, Drain: 10 * time.Second},
		Proxies: []string{},
		Direct:  configDirect{Enabled: true},
	}
}

// loadConfig reads the file, then the environment, then flags (by key), each
// over the one before. A file that is not named and does not exist is fine.
func loadConfig(path string, environ []string, flags map[string]any) (config, error) {
	c := defaults()
	k := koanf.New(".")
	file, err := readFile(path)
	if err != nil {
		return c, err
	}
	if err := load(k, file, "in "+pathOr(path)); err != nil {
		return c, err
	}
	fromEnv, err := readEnv(environ)
	if err != nil {
		return c, err
	}
	for _, m := range []struct {
		values map[string]any
		where  string
	}{{fromEnv, "in the environment (as " + envPrefix + "…)"}, {flags, "among the flags"}} {
		if err := load(k, m.values, m.where); err != nil {
			return c, err
		}
	}
	err = k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, WeaklyTypedInput: true, ErrorUnused: true, TagName: "koanf",
		DecodeHook: mapstructure.ComposeDecodeHookFunc(decodeDuration, mapstructure.StringToSliceHookFunc(",")),
	}})
	if err != nil {
		_, text, _ := strings.Cut(err.Error(), ":") // after it, a line for each key
		return c, fmt.Errorf("configuration: %s", strings.TrimSpace(text))
	}
	return c, c.check()
}

// decodeDuration reads a length of time. A number without a unit would count as
// nanoseconds, which nobody means.
func decodeDuration(_, to reflect.Type, v any) (any, error) {
	if to != reflect.TypeFor[time.Duration]() {
		return v, nil
	}
	d, err := time.ParseDuration(fmt.Sprint(v))
	if err != nil {
		return nil, fmt.Errorf("must be a length of time with its unit, as 20s, not %q", fmt.Sprint(v))
	}
	return d, nil
}

const defaultConfig = "config.yaml"

func pathOr(path string) string {
	if path == "" {
		return defaultConfig
	}
	return path
}

func readFile(path string) (map[string]any, error) {
	b, err := os.ReadFile(pathOr(path))
	if errors.Is(err, fs.ErrNotExist) && path == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	values, err := yaml.Parser().Unmarshal(b)
	if err != nil {
		return nil, fmt.Errorf("configuration: %s is not valid YAML: %w", pathOr(path), err)
	}
	return values, nil
}

func readEnv(environ []string) (map[string]any, error) {
	values, err := env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(k, v string) (string, any) {
			return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(k, envPrefix)), "_", "."), v
		},
	}).Read()
	if err != nil {
		return nil, fmt.Errorf("configuration: environment: %w", err)
	}
	return values, nil
}

// load merges values into k, if it knows all their keys.
func load(k *koanf.Koanf, values map[string]any, where string) error {
	part := koanf.New(".")
	if err := part.Load(confmap.Provider(values, "."), nil); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	for name, v := range part.Raw() {
		if v == nil && slices.Contains(sections(), name) {
			part.Delete(name) // a section of which every key is commented out
		}
	}
	if err := checkKeys(part.Raw(), reflect.TypeFor[config](), "", where); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return k.Merge(part)
}

// checkKeys reports the first of the values that t, a configuration struct, has
// no key for.
func checkKeys(values map[string]any, t reflect.Type, prefix, where string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field, ok := fieldOf(t, name)
		if !ok {
			key := firstKey(prefix+name, values[name])
			return fmt.Errorf("unknown key %q %s; did you mean %q?", key, where, nearest(key, append(keys(reflect.TypeFor[config](), ""), keys(t, prefix)...)))
		}
		if err := checkValue(values[name], field.Type, prefix+name, where); err != nil {
			return err
		}
	}
	return nil
}

// checkValue goes into sections and lists of them.
func checkValue(v any, t reflect.Type, key, where string) error {
	list, isList := v.([]any)
	switch {
	case t.Kind() == reflect.Struct:
		section, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s %s must be a section with the keys %s", key, where, strings.Join(keys(t, ""), ", "))
		}
		return checkKeys(section, t, key+".", where)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && isList:
		for i, item := range list {
			if err := checkValue(item, t.Elem(), fmt.Sprintf("%s[%d]", key, i), where); err != nil {
				return err
			}
		}
	}
	return nil
}

// firstKey completes a key to the first that is set below it.
func firstKey(key string, v any) string {
	section, _ := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(section)) {
		return firstKey(key+"."+name, section[name])
	}
	return key
}

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if f.Tag.Get("koanf") == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// sections lists the keys that only hold others.
func sections() (all []string) {
	for f := range reflect.TypeFor[config]().Fields() {
		if f.Type.Kind() == reflect.Struct {
			all = append(all, f.Tag.Get("koanf"))
		}
	}
	return all
}

// keys lists the keys of a configuration struct.
func keys(t reflect.Type, prefix string) (all []string) {
	for f := range t.Fields() {
		name := prefix + f.Tag.Get("koanf")
		if f.Type.Kind() == reflect.Struct {
			all = append(all, keys(f.Type, name+".")...)
		} else {
			all = append(all, name)
		}
	}
	return all
}

func nearest(key string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.ComputeDistance(key, a) - levenshtein.ComputeDistance(key, b)
	})
}

// check reports the first value that makes no sense, by its key.
func (c config) check() error {
	bad := func(key, format string, args ...any) error {
		return fmt.Errorf("configuration: %s %s", key, fmt.Sprintf(format, args...))
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return bad("listen", "must be host:port, not %q", c.Listen)
	}
	if c.Data == "" {
		return bad("data", "must name a folder")
	}
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
			return bad("url", "must be http(s)://host, not %q", c.URL)
		}
	}
	for _, p := range c.Proxies {
		if _, err := parsePrefix(p); err != nil {
			return bad("proxies", "must be addresses or CIDRs, as 10.0.0.0/8, not %q", p)
		}
	}
	if _, err := parseLevel(c.Log.Level); err != nil {
		return bad("log.level", "must be debug, info, warn or error, not %q", c.Log.Level)
	}
	if !slices.Contains([]string{"auto", "text", "json"}, c.Log.Format) {
		return bad("log.format", "must be auto, text or json, not %q", c.Log.Format)
	}
	for _, d := range []struct {
		key   string
		value time.Duration
	}{
		{"login.life", c.Login.Life}, {"grace.customer", c.Grace.Customer}, {"grace.agent", c.Grace.Agent},
		{"grace.away", c.Grace.Away}, {"grace.drain", c.Grace.Drain},
	} {
		if d.value <= 0 {
			return bad(d.key, "must be longer than nothing, as 20s")
		}
	}
	for i, s := range c.Direct.ICE {
		if len(s.URLs) == 0 {
			return bad(fmt.Sprintf("direct.ice[%d]", i), "needs urls")
		}
	}
	return nil
}

// parsePrefix reads an address or a CIDR.
func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// proxyPrefixes are the proxies' addresses; check has seen them.
func (c config) proxyPrefixes() (all []netip.Prefix) {
	for _, text := range c.Proxies {
		if p, err := parsePrefix(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

// secure reports whether browsers reach the server by HTTPS.
func (c config) secure() bool { return strings.HasPrefix(c.URL, "https://") }

func (c config) iceServers() []signaling.ICEServer {
	var all []signaling.ICEServer
	for _, s := range c.Direct.ICE {
		all = append(all, signaling.ICEServer(s))
	}
	return all
}
