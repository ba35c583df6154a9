package mock

import (
	"time"

	"understudy.dev/mock/internal/clock"
	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/delivery"
	"understudy.dev/mock/internal/journal"
)

// The bounds that hold where Options say nothing.
const (
	// DefaultWorlds is how many worlds may exist beside the default one.
	DefaultWorlds = 100
	// DefaultWorldIdle is how long a world stays that nobody uses.
	DefaultWorldIdle = 24 * time.Hour
	// DefaultSnapshots is how many snapshots a world may have.
	DefaultSnapshots = 20
	// DefaultJournal is how many exchanges a world's journal keeps.
	DefaultJournal = journal.DefaultEntries
)

// Options change how a Server plays. A nil *Options means the zero value, which is ready for use.
type Options struct {
	// Seed is where all invented ids, secrets and samples derive from, together with the name of the world.
	Seed uint64
	// Clock is the time that worlds start with; the zero value follows the wall. See ParseClock.
	Clock Clock
	// Wall gives the real time; nil means time.Now.
	Wall func() time.Time
	// TrustProxy believes X-Forwarded-For, -Proto and -Host. Without it the client is whoever opened the connection.
	TrustProxy bool
	// AdminToken is wanted from callers of the control plane, of worlds other than the default one, and of faults, that
	// do not come over the loopback interface. Without it they are refused.
	AdminToken string
	// AdminHosts are host names, beside the loopback ones, that the control plane answers to.
	AdminHosts []string
	// Worlds is how many worlds may exist beside the default one; 0 means DefaultWorlds.
	Worlds int
	// WorldIdle is how long, in real time, a world other than the default one stays without a request or another use
	// before it is dropped; 0 means DefaultWorldIdle, negative forever.
	WorldIdle time.Duration
	// Snapshots is how many snapshots a world may have at a time; 0 means DefaultSnapshots.
	Snapshots int
	// Journal is how many exchanges each world's journal keeps; 0 means DefaultJournal.
	Journal int
	// Reveal shows secrets in journals. By default they are replaced.
	Reveal bool
	// WebhookLoopback lets webhooks be delivered to the loopback interface, which a server may do that listens on it.
	WebhookLoopback bool
	// WebhookOffline keeps deliveries on this machine: nothing is sent, and no name is resolved, beyond the loopback
	// interface and WebhookTargets.
	WebhookOffline bool
	// WebhookTargets are host names, addresses and CIDR prefixes to which webhooks may be delivered whatever they are.
	// Beside these, deliveries go to public addresses only and follow no redirect.
	WebhookTargets []string
	// Version is what GET /__admin/version reports; "" means "devel".
	Version string
}

// A Clock says how time starts and whether it goes on: with Start it begins at that instant, and if Frozen it stands still
// until it is moved. The zero value follows the wall.
type Clock = clock.Spec

// ParseClock reads "real", an RFC 3339 instant from which time goes on, or an instant and ",frozen". "" is "real".
func ParseClock(text string) (Clock, error) { return clock.Parse(text) }

// settings are Options with everything decided.
type settings struct {
	Options
	guard   control.Guard
	targets *delivery.Targets
}

func (o *Options) settle() (*settings, error) {
	s := &settings{}
	if o != nil {
		s.Options = *o
	}
	if s.Worlds <= 0 {
		s.Worlds = DefaultWorlds
	}
	if s.WorldIdle == 0 {
		s.WorldIdle = DefaultWorldIdle
	}
	if s.Snapshots <= 0 {
		s.Snapshots = DefaultSnapshots
	}
	if s.Wall == nil {
		s.Wall = time.Now
	}
	if s.Version == "" {
		s.Version = "devel"
	}
	s.guard = control.Guard{Hosts: s.AdminHosts, Token: s.AdminToken, TrustProxy: s.TrustProxy}
	targets, err := delivery.NewTargets(&delivery.TargetOptions{
		Loopback: s.WebhookLoopback, Offline: s.WebhookOffline, Allow: s.WebhookTargets,
	})
	s.targets = targets
	return s, err
}

// start is the time at which worlds start, and at which what they share was made.
func (s *settings) start() time.Time { return clock.New(s.Clock, s.Wall).Now() }
