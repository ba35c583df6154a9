package fake

import (
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"time"
)

// textFormats make strings of the known formats. A format that is not here is
// like none.
var textFormats = map[string]func(*run) string{
	"date-time":             func(r *run) string { return r.moment(-30*24*time.Hour, 0).Format(time.RFC3339) },
	"date":                  func(r *run) string { return r.moment(-365*24*time.Hour, 0).Format(time.DateOnly) },
	"time":                  func(r *run) string { return r.moment(-24*time.Hour, 0).Format("15:04:05Z07:00") },
	"duration":              func(r *run) string { return fmt.Sprintf("PT%dM", 1+r.draw(59)) },
	"email":                 (*run).email,
	"idn-email":             (*run).email,
	"hostname":              (*run).host,
	"idn-hostname":          (*run).host,
	"ipv4":                  func(r *run) string { return fmt.Sprintf("192.0.2.%d", 1+r.draw(254)) },
	"ipv6":                  func(r *run) string { return fmt.Sprintf("2001:db8::%x", 1+r.draw(0xfffe)) },
	"uri":                   (*run).url,
	"url":                   (*run).url,
	"iri":                   (*run).url,
	"uri-reference":         (*run).path,
	"iri-reference":         (*run).path,
	"uri-template":          func(r *run) string { return r.path() + "/{id}" },
	"uuid":                  (*run).uuid,
	"json-pointer":          (*run).path,
	"relative-json-pointer": func(r *run) string { return fmt.Sprint(r.draw(3)) + r.path() },
	"regex":                 func(r *run) string { return "^" + pick(r, nouns) + "$" },
	"semver":                (*run).version,
	"byte":                  func(r *run) string { return base64.StdEncoding.EncodeToString([]byte(r.phrase())) },
	"binary":                (*run).phrase,
	"password":              func(r *run) string { return r.code(16) },
}

// maxFormatted is the longest text that is tested for a format; none is longer.
const maxFormatted = 8192

// formatFits tells, for the formats that texts are easily tested for, whether a
// text has one.
var formatFits = map[string]func(string) bool{
	"date-time": parsesAs(time.RFC3339),
	"date":      parsesAs(time.DateOnly),
	"email": func(s string) bool {
		a, err := mail.ParseAddress(s)
		return err == nil && a.Address == s
	},
	"ipv4": func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is4()
	},
	"ipv6": func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err == nil && a.Is6() && a.Zone() == ""
	},
	"uri": func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && u.IsAbs()
	},
	"uuid": regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString,
}

func parsesAs(layout string) func(string) bool {
	return func(s string) bool {
		_, err := time.Parse(layout, s)
		return err == nil
	}
}

// moment is a whole second between two distances from now.
func (r *run) moment(from, to time.Duration) time.Time {
	seconds := r.options.Rand.Int64N(int64((to-from)/time.Second)) + int64(from/time.Second)
	return r.options.Now.UTC().Truncate(time.Second).Add(time.Duration(seconds) * time.Second)
}

// Names that RFC 2606 sets aside, so that nothing made up is anybody's.
func (r *run) host() string { return pick(r, nouns) + ".example.com" }
func (r *run) url() string  { return "https://" + r.host() + r.path() }
func (r *run) path() string { return "/" + pick(r, nouns) }

func (r *run) email() string {
	return lower(pick(r, givenNames)) + "." + lower(pick(r, familyNames)) + "@example.com"
}

func (r *run) uuid() string {
	hi, lo := r.options.Rand.Uint64(), r.options.Rand.Uint64()
	hi = hi&^0xf000 | 0x4000  // version 4
	lo = lo&(1<<62-1) | 1<<63 // variant 1
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&(1<<48-1))
}

func (r *run) version() string { return fmt.Sprintf("%d.%d.%d", 1+r.draw(4), r.draw(10), r.draw(10)) }

// code is a string of letters and digits.
func (r *run) code(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = (letters + digits)[r.draw(len(letters)+len(digits))]
	}
	return string(b)
}
