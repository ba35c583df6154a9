package receive

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// DefaultAddress is a free port that only this machine reaches.
const DefaultAddress = "127.0.0.1:0"

// Config says where a receiver listens. The zero value listens on DefaultAddress.
type Config struct {
	// Address is host:port.
	Address string
	// URL is what leads to the address from where the target is, such as that of a tunnel; nil means the address.
	URL *url.URL
	// Random makes the paths; nil means crypto/rand.
	Random io.Reader
	// Now is real time unless set.
	Now func() time.Time
}

const (
	// most is how many deliveries one box keeps, largest how large each may be, and all how large all of a run are.
	most    = 200
	largest = 1 << 20
	all     = 64 << 20
	// patience is how long a delivery may take to arrive.
	patience = 10 * time.Second
)

// A Receiver listens until it is closed. It is safe for concurrent use.
type Receiver struct {
	base   *url.URL
	random io.Reader
	now    func() time.Time
	server *http.Server
	done   chan struct{}

	mu    sync.Mutex
	boxes map[string]*Box
	kept  int
	count int
	heard bool
}

// Start listens.
func Start(c *Config) (*Receiver, error) {
	address := c.Address
	if address == "" {
		address = DefaultAddress
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, fmt.Errorf("cannot listen for deliveries on %s: %w", address, err)
	}
	r := &Receiver{base: c.URL, random: c.Random, now: c.Now, done: make(chan struct{}), boxes: map[string]*Box{}}
	if r.base == nil {
		r.base = &url.URL{Scheme: "http", Host: reachable(listener.Addr())}
	}
	if r.random == nil {
		r.random = rand.Reader
	}
	if r.now == nil {
		r.now = time.Now
	}
	r.server = &http.Server{
		Handler: r, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(r.done)
		_ = r.server.Serve(listener) // ends with Close
	}()
	return r, nil
}

// reachable is where this machine reaches an address that it listens on.
func reachable(address net.Addr) string {
	listening, err := netip.ParseAddrPort(address.String())
	if err != nil || !listening.Addr().IsUnspecified() {
		return address.String()
	}
	host := "127.0.0.1"
	if listening.Addr().Is6() && !listening.Addr().Is4In6() {
		host = "localhost" // listens on both families
	}
	return net.JoinHostPort(host, fmt.Sprint(listening.Port()))
}

// Close stops listening. What is under way is cut off.
func (r *Receiver) Close() {
	_ = r.server.Close()
	<-r.done
}

// URL is what all paths stand below.
func (r *Receiver) URL() string { return strings.TrimSuffix(r.base.String(), "/") }

// Heard reports whether any request at all has come in.
func (r *Receiver) Heard() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heard
}

// Count is how many deliveries have come in, those that were not kept included.
func (r *Receiver) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// Box opens a box with a path of its own.
func (r *Receiver) Box() (*Box, error) {
	token := make([]byte, 16)
	if _, err := io.ReadFull(r.random, token); err != nil {
		return nil, fmt.Errorf("cannot make a URL for deliveries: %w", err)
	}
	b := &Box{receiver: r, token: hex.EncodeToString(token), changed: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.boxes[b.token] = b
	return b, nil
}

// Probe sends a request to the receiver's own URL, the way round that the target will take. Whether it comes in is
// what Heard tells.
func (r *Receiver) Probe(ctx context.Context) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL()+"/", http.NoBody)
	if err != nil {
		return
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if answer, err := transport.RoundTrip(request); err == nil {
		answer.Body.Close()
	}
}

// ServeHTTP takes a delivery. A tunnel may put a path before that of a box, or take one away.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	w.Header().Set("Content-Length", "0")
	body, err := io.ReadAll(io.LimitReader(request.Body, largest+1))
	box := r.arrived(request)
	switch {
	case box == nil:
		w.WriteHeader(http.StatusNotFound)
		return
	case err != nil:
		w.WriteHeader(http.StatusBadRequest) // the sender has not finished
		return
	}
	d := &Delivery{Method: request.Method, URL: r.full(request), Header: request.Header, Body: body, At: r.now()}
	box.take(d, len(body) <= largest && r.room(len(body)))
	if d.Status == http.StatusNoContent {
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(d.Status)
	_ = http.NewResponseController(w).Flush() // whoever waits for the delivery goes on once it is answered
	box.answered(d)
}

// arrived finds the box of a request, nil if there is none.
func (r *Receiver) arrived(request *http.Request) *Box {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = true
	for segment := range strings.SplitSeq(request.URL.Path, "/") {
		if b := r.boxes[segment]; b != nil {
			r.count++
			return b
		}
	}
	return nil
}

// room takes room for a body, if there is any left.
func (r *Receiver) room(size int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept+size > all {
		return false
	}
	r.kept += size
	return true
}

// full is the URL of a request as the target has called it.
func (r *Receiver) full(request *http.Request) *url.URL {
	u := *r.base
	u.Path, u.RawPath, u.RawQuery = request.URL.Path, request.URL.RawPath, request.URL.RawQuery
	return &u
}
