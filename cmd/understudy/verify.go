package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"understudy.dev/conformance"
	"understudy.dev/mock"
	"understudy.dev/specs"
)

// verifyFlags are what the command line of verify says.
type verifyFlags struct {
	targets     []string
	credentials string
	run         string
	basis       string
	readOnly    bool
	allow       []string
	maxRequests int
	clockURL    string
	listen      string
	webhookURL  string
	webhookWait time.Duration
	production  bool
	strict      bool
	verbose     bool
	reports     []string
}

func verifyCommand(p *process) *cobra.Command {
	flags := &verifyFlags{}
	c := &cobra.Command{
		Use:   "verify API|DIR",
		Short: "Judge a server by a contract",
		Long: `Run the checks of an API against a server. Without --target the mock is judged, in-process.

By default only what the vendor documents can fail a server, no limit is provoked, documented
production hosts are refused, and what the checks create is removed again where the API allows it.

Exit code: 1 if a check failed; else 2 if there was an error, nothing was judged, or --run matched
nothing; else 0. With --strict 1 unless the verdict is "conformant". 130 after an interrupt.`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			api, err := open(args[0])
			if err != nil {
				return err
			}
			return p.verify(c.Context(), api, flags)
		},
	}
	f := c.Flags()
	f.StringArrayVar(&flags.targets, "target", nil, "`[NAME=]URL` that replaces a documented base URL; repeatable ('explain API' prints the bases)")
	f.StringVar(&flags.credentials, "credentials", "", "YAML `FILE` with the names that 'list API --credentials' prints")
	f.StringVar(&flags.run, "run", "", "run only the checks whose id or requirement matches this regular expression")
	f.StringVar(&flags.basis, "basis", "documented", "documented, or all to judge by assumptions too")
	f.BoolVar(&flags.readOnly, "read-only", false, "send nothing that creates, changes or deletes")
	f.StringSliceVar(&flags.allow, "allow", nil, "allow a blast class that is off by default: limits")
	f.IntVar(&flags.maxRequests, "max-requests", 0, "send at most this many requests (0: 5000)")
	f.StringVar(&flags.clockURL, "clock-url", "", "`URL` of the target's clock: POST {\"advance\": \"61m\"}")
	f.StringVar(&flags.listen, "webhook-listen", "", "`HOST:PORT` that receives the target's webhook deliveries (default: a free port of 127.0.0.1)")
	f.StringVar(&flags.webhookURL, "webhook-url", "", "`URL` that the target shall call to reach --webhook-listen, such as that of a tunnel; needed unless the target is on loopback")
	f.DurationVar(&flags.webhookWait, "webhook-wait", 0, "wait this long for a delivery (0: 10s)")
	f.BoolVar(&flags.production, "production", false, "allow documented production hosts as target")
	f.BoolVar(&flags.strict, "strict", false, "exit with 1 unless the verdict is conformant; SHOULD counts")
	f.BoolVar(&flags.verbose, "verbose", false, "print every check, not only those that did not pass")
	f.StringArrayVar(&flags.reports, "report", nil, "write a report: json=`FILE`")
	return c
}

func (p *process) verify(ctx context.Context, api *specs.API, flags *verifyFlags) error {
	options, err := flags.options(p)
	if err != nil {
		return err
	}
	sinks, err := parseReports(flags.reports)
	if err != nil {
		return err
	}
	target, closeTarget, err := flags.target(api, options)
	if err != nil {
		return err
	}
	defer closeTarget()
	report, err := conformance.Run(ctx, api, target, options)
	if err != nil {
		return err
	}
	if err := report.WriteText(p.stdout, &conformance.TextOptions{Verbose: flags.verbose}); err != nil {
		return fmt.Errorf("cannot print the report: %w", err)
	}
	for _, file := range sinks {
		if err := writeJSON(file, report); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return &exitError{code: exitInterrupted}
	}
	if code := report.ExitCode(options); code != exitOK {
		return &exitError{code: code}
	}
	return nil
}

func (v *verifyFlags) options(p *process) (*conformance.Options, error) {
	o := &conformance.Options{
		Run: v.run, ReadOnly: v.readOnly, MaxRequests: v.maxRequests,
		Production: v.production, Strict: v.strict, Sleep: p.wait,
		WebhookListen: v.listen, WebhookWait: v.webhookWait,
	}
	switch v.basis {
	case "documented":
	case "all":
		o.Assumed = true
	default:
		return nil, fmt.Errorf("--basis: %q is neither documented nor all", v.basis)
	}
	for _, class := range v.allow {
		if class != "limits" {
			return nil, fmt.Errorf("--allow: %q is not known; the only class to allow is limits", class)
		}
		o.AllowLimits = true
	}
	if v.webhookWait < 0 {
		return nil, fmt.Errorf("--webhook-wait: %s is negative", v.webhookWait)
	}
	if v.maxRequests < 0 {
		return nil, fmt.Errorf("--max-requests: %d is negative", v.maxRequests)
	}
	return o, nil
}

// wait lets time go by, and says so when it is long: the target's limits, or its Retry-After, ask for it.
func (p *process) wait(ctx context.Context, d time.Duration) error {
	if d >= 2*time.Second {
		fmt.Fprintf(p.stderr, "waiting %s, as the target's limits ask\n", d.Round(time.Second))
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// target is the server that the flags name, or the mock in-process when they
// name none: it can be harmed, so everything is allowed there.
func (v *verifyFlags) target(api *specs.API, o *conformance.Options) (conformance.Target, func(), error) {
	var t conformance.Target
	if v.credentials != "" {
		if err := readCredentials(v.credentials, api, &t); err != nil {
			return t, nil, err
		}
	}
	if len(v.targets) == 0 {
		if v.clockURL != "" {
			return t, nil, errors.New("--clock-url wants a --target; the mock in-process has its clock already")
		}
		if v.webhookURL != "" {
			return t, nil, errors.New("--webhook-url wants a --target; the mock in-process reaches the receiver by itself")
		}
		return inProcess(api, o, t)
	}
	bases, err := parseTargets(v.targets, api)
	if err != nil {
		return t, nil, err
	}
	t.Bases, t.ClockURL, t.WebhookURL = bases, v.clockURL, v.webhookURL
	return t, func() {}, nil
}

// clockStart is where the clock of the mock in-process stands still.
const clockStart = "2026-01-01T00:00:00Z,frozen"

func inProcess(api *specs.API, o *conformance.Options, t conformance.Target) (conformance.Target, func(), error) {
	clock, err := mock.ParseClock(clockStart)
	if err != nil {
		return t, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return t, nil, fmt.Errorf("cannot listen for the mock in-process: %w", err)
	}
	server, err := mock.New([]*specs.API{api}, &mock.Options{Clock: clock, WebhookLoopback: true, WebhookOffline: true})
	if err != nil {
		listener.Close()
		return t, nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = listen(ctx, listener, server)
	}()
	root := baseURL(listener.Addr())
	t.Bases = map[string]string{}
	for _, base := range api.Bases() {
		t.Bases[base.Name] = root + "/" + api.Name + base.Path
	}
	t.Name = "mock"
	t.ClockURL = root + "/__admin/clock"
	o.AllowLimits = true
	if o.WebhookWait == 0 {
		o.WebhookWait = 3 * time.Second // it delivers at once
	}
	return t, func() { cancel(); <-done; server.Close() }, nil
}

// parseTargets reads [NAME=]URL for every documented base.
func parseTargets(args []string, api *specs.API) (map[string]string, error) {
	var names []string
	for _, base := range api.Bases() {
		names = append(names, base.Name)
	}
	bases := map[string]string{}
	for _, arg := range args {
		name, url := "default", arg
		if before, after, ok := strings.Cut(arg, "="); ok && !strings.Contains(before, "/") {
			name, url = before, after
		}
		if err := conformance.CheckBase(url); err != nil {
			return nil, fmt.Errorf("--target %s: %w", arg, err)
		}
		if _, twice := bases[name]; twice {
			return nil, fmt.Errorf("--target %s: the base %q is given twice", arg, name)
		}
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("--target %s: %s has no base called %q; its bases are %s", arg, api.Name, name, strings.Join(names, ", "))
		}
		bases[name] = strings.TrimSuffix(url, "/")
	}
	return bases, nil
}

// parseReports reads KIND=FILE; JSON is the only kind.
func parseReports(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		kind, file, ok := strings.Cut(arg, "=")
		if !ok || kind != "json" || file == "" {
			return nil, fmt.Errorf("--report: %q is not json=FILE", arg)
		}
		if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--report: the folder of %s does not exist", file)
		}
		files = append(files, file)
	}
	return files, nil
}

func writeJSON(file string, report *conformance.Report) error {
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", file, err)
	}
	if err := os.WriteFile(file, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return nil
}
