package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"understudy.dev/mock"
	"understudy.dev/specs"
)

// shutdownTime is how long running requests may take after an interrupt.
const shutdownTime = 5 * time.Second

func serveCommand(p *process) *cobra.Command {
	var (
		host, clock string
		port        int
		seed        uint64
		trustProxy  bool
		adminHosts  []string
		hookTargets []string
		validator   string
		worldIdle   time.Duration
	)
	c := &cobra.Command{
		Use:   "serve [API|DIR|FILE]...",
		Short: "Run the stateful mock server",
		Long: `Run the stateful mock server for shipped APIs (by name), API directories or OpenAPI files.
Without arguments every shipped API is served: under /<api>/..., under its documented host names
and under <api>.localhost. With exactly one API it also answers at the root.

Every flag has an environment variable, named in brackets. UNDERSTUDY_ADMIN_TOKEN sets the token that
the control plane wants when the server listens on another address than loopback.

Exit code: 0 after an interrupt, 2 if it cannot start.`,
		RunE: func(c *cobra.Command, args []string) error {
			loader, err := loaderFor(validator)
			if err != nil {
				return err
			}
			apis, err := openAll(loader, args)
			if err != nil {
				return fmt.Errorf("cannot serve: %w", err)
			}
			ticking, err := mock.ParseClock(clock)
			if err != nil {
				return fmt.Errorf("--clock: %w", err)
			}
			if port < 0 || port > 65535 {
				return fmt.Errorf("--port: %d is not between 0 and 65535", port)
			}
			if worldIdle < 0 {
				return fmt.Errorf("--world-idle: %s is negative; 0 keeps worlds forever", worldIdle)
			}
			listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
			if err != nil {
				return fmt.Errorf("cannot listen: %w; choose another address with --host and --port, 0 picks a free port", err)
			}
			options := &mock.Options{
				Seed: seed, Clock: ticking, Wall: p.now, TrustProxy: trustProxy, AdminHosts: adminHosts,
				AdminToken: p.getenv("UNDERSTUDY_ADMIN_TOKEN"), Version: version(),
				WebhookLoopback: loopback(listener.Addr()), WebhookTargets: hookTargets,
			}
			if options.WorldIdle = worldIdle; worldIdle == 0 {
				options.WorldIdle = -1
			}
			if options.AdminToken == "" && !loopback(listener.Addr()) {
				options.AdminToken = rand.Text()
			}
			server, err := mock.New(apis, options)
			if err != nil {
				listener.Close()
				return fmt.Errorf("cannot serve: %w", err)
			}
			defer server.Close()
			p.announce(apis, baseURL(listener.Addr()), options.AdminToken)
			return listen(c.Context(), listener, server)
		},
	}
	f := c.Flags()
	f.StringVar(&host, "host", "127.0.0.1", "address to listen on")
	f.IntVar(&port, "port", 4010, "port to listen on, 0 picks a free one")
	f.Uint64Var(&seed, "seed", 0, "seed of everything that is invented: ids, tokens, sample data")
	f.StringVar(&clock, "clock", "real", "clock of the worlds: real, an RFC 3339 INSTANT that ticks on, or INSTANT,frozen")
	f.BoolVar(&trustProxy, "trust-proxy", false, "take the client address from forwarded headers")
	f.StringSliceVar(&adminHosts, "admin-host", nil, "host name that the control plane answers to, beside loopback ones and addresses; repeatable")
	f.StringSliceVar(&hookTargets, "webhook-target", nil, "host name, address or CIDR prefix that webhooks may be delivered to although it is not public; repeatable")
	f.DurationVar(&worldIdle, "world-idle", mock.DefaultWorldIdle, "real time after which a world that nobody uses is dropped, 0 for never")
	f.StringVar(&validator, "validator", "fast", "fast, or official to leave every verdict to libopenapi-validator")
	return c
}

func loaderFor(validator string) (specs.Loader, error) {
	switch validator {
	case "fast", "official":
		return specs.Loader{Official: validator == "official"}, nil
	}
	return specs.Loader{}, fmt.Errorf("--validator: %q is neither fast nor official", validator)
}

// listen serves until ctx is done, then lets running requests end; streams end at once.
func listen(ctx context.Context, listener net.Listener, handler *mock.Server) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute, // a body that does not come must not hold what its request counts for
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	// Close breaks off what would hold the shutdown up. It cannot fail.
	server.RegisterOnShutdown(func() { _ = handler.Close() })
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("cannot serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(ending); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("cannot shut down: %w", err)
	}
	return nil
}

// baseURL is a URL that a client on this machine can use: an address that stands for all is none.
func baseURL(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return "http://" + addr.String()
}

func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// announce prints, for each API, its base URLs and the credentials that work.
func (p *process) announce(apis []*specs.API, root, adminToken string) {
	fmt.Fprintf(p.stdout, "understudy serves %s on %s\n", count(len(apis), "API"), root)
	for _, api := range apis {
		fmt.Fprintf(p.stdout, "\n%s  %s %s\n", api.Name, api.Document.Title(), api.Document.Version())
		w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, base := range api.Bases() {
			at := root + "/" + api.Name + base.Path
			if len(apis) == 1 { // then it is at the root as well
				at = root + base.Path
			}
			fmt.Fprintf(w, "  base\t%s\tstands for %s\n", at, base.URL)
		}
		for _, input := range api.Registry.Inputs {
			if input.Seeded != "" {
				fmt.Fprintf(w, "  %s\t%s\t%s\n", input.Name, input.Seeded, input.Text)
			}
		}
		if len(api.Registry.Inputs) == 0 {
			for _, c := range api.Seed.Credentials {
				shown := c.Secret // what is presented alone has no id of its own
				if c.ID != c.Secret {
					shown = c.ID + " " + c.Secret
				}
				fmt.Fprintf(w, "  %s\t%s\t%s\n", c.Kind, shown, strings.Join(c.Scopes, " "))
			}
		}
		w.Flush()
	}
	fmt.Fprintf(p.stdout, "\ncontrol plane  %s/__admin\n", root)
	fmt.Fprintf(p.stdout, "explorer       %s/__admin/explorer/\n", root)
	if adminToken != "" {
		fmt.Fprintf(p.stdout, "admin token    %s\n", adminToken)
	}
	fmt.Fprintln(p.stdout, "stop with Ctrl-C")
}
