package fake

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// hint gives what makes the text of a field from the name of the field: its last
// words are looked up, the longest run of them first.
func hint(name string) func(*run) string {
	words := split(name)
	for i := range words {
		if invent := hints[strings.Join(words[i:], " ")]; invent != nil {
			return invent
		}
	}
	return (*run).phrase
}

// split takes a name in snake, kebab or camel case apart into lower-case words.
func split(name string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, word.String())
			word.Reset()
		}
	}
	previous := ' '
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) || unicode.IsUpper(c) && unicode.IsLower(previous) {
			end()
		}
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			word.WriteRune(unicode.ToLower(c))
		}
		previous = c
	}
	end()
	return words
}

// singular names one item of a list of that name.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies"):
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss"):
		return strings.TrimSuffix(name, "s")
	}
	return name
}

func of(words []string) func(*run) string { return func(r *run) string { return pick(r, words) } }

func within(from, to time.Duration) func(*run) string {
	return func(r *run) string { return r.moment(from, to).Format(time.RFC3339) }
}

const day = 24 * time.Hour

// hints are by the last words of a name.
var hints = map[string]func(*run) string{
	"name":         (*run).title,
	"first name":   of(givenNames),
	"given name":   of(givenNames),
	"firstname":    of(givenNames),
	"last name":    of(familyNames),
	"family name":  of(familyNames),
	"surname":      of(familyNames),
	"lastname":     of(familyNames),
	"full name":    (*run).person,
	"display name": (*run).person,
	"user name":    (*run).user,
	"username":     (*run).user,
	"login":        (*run).user,
	"nickname":     (*run).user,
	"handle":       (*run).user,
	"author":       (*run).person,
	"owner":        (*run).person,
	"assignee":     (*run).person,
	"email":        (*run).email,
	"mail":         (*run).email,
	"phone":        (*run).phone,
	"mobile":       (*run).phone,
	"phone number": (*run).phone,

	"title":       (*run).title,
	"subject":     (*run).title,
	"headline":    (*run).title,
	"label":       of(nouns),
	"tag":         of(nouns),
	"keyword":     of(nouns),
	"category":    of(nouns),
	"description": (*run).sentence,
	"summary":     (*run).sentence,
	"note":        (*run).sentence,
	"comment":     (*run).sentence,
	"message":     (*run).sentence,
	"text":        (*run).sentence,
	"content":     (*run).sentence,
	"body":        (*run).sentence,
	"reason":      (*run).sentence,
	"detail":      (*run).sentence,
	"bio":         (*run).sentence,

	"id":     func(r *run) string { return r.code(12) },
	"uid":    func(r *run) string { return r.code(12) },
	"uuid":   (*run).uuid,
	"guid":   (*run).uuid,
	"key":    func(r *run) string { return r.code(24) },
	"token":  func(r *run) string { return r.code(32) },
	"secret": func(r *run) string { return r.code(32) },
	"hash":   func(r *run) string { return fmt.Sprintf("%016x", r.options.Rand.Uint64()) },
	"slug":   (*run).slug,

	"url": (*run).url, "uri": (*run).url, "link": (*run).url, "href": (*run).url,
	"website": (*run).url, "homepage": (*run).url,
	"avatar":     func(r *run) string { return r.url() + ".png" },
	"image":      func(r *run) string { return r.url() + ".png" },
	"logo":       func(r *run) string { return r.url() + ".png" },
	"domain":     (*run).host,
	"host":       (*run).host,
	"hostname":   (*run).host,
	"ip":         textFormats["ipv4"],
	"path":       (*run).path,
	"file":       (*run).file,
	"filename":   (*run).file,
	"file name":  (*run).file,
	"mime type":  of(mediaTypes),
	"media type": of(mediaTypes), "content type": of(mediaTypes),

	"city":    of(cities),
	"town":    of(cities),
	"country": of(countries),
	"state":   of(nouns),
	"region":  of(regions),
	"street":  (*run).street,
	"address": (*run).street,
	"line1":   (*run).street,
	"zip":     (*run).postcode, "postcode": (*run).postcode, "postal code": (*run).postcode, "zip code": (*run).postcode,
	"company": (*run).company, "organization": (*run).company, "organisation": (*run).company, "vendor": (*run).company,
	"company name": (*run).company, "organization name": (*run).company,
	"job title": of(jobs), "role": of(jobs), "department": of(departments),

	"currency": of(currencies),
	"locale":   of(locales), "language": of(languages), "lang": of(languages),
	"timezone": of(zones), "time zone": of(zones), "tz": of(zones),
	"color": (*run).color, "colour": (*run).color,
	"version": (*run).version,
	"amount":  (*run).money, "price": (*run).money,

	"at":   within(-30*day, 0),
	"on":   within(-30*day, 0),
	"time": within(-30*day, 0), "timestamp": within(-30*day, 0),
	"expires": within(day, 30*day), "expires at": within(day, 30*day), "expiry": within(day, 30*day),
	"due at": within(day, 30*day), "deadline": within(day, 30*day),
	"date":     func(r *run) string { return r.moment(-365*day, 0).Format(time.DateOnly) },
	"due date": func(r *run) string { return r.moment(day, 90*day).Format(time.DateOnly) },
	"birthday": func(r *run) string { return r.moment(-60*365*day, -18*365*day).Format(time.DateOnly) },
}

// usual are the ranges of numbers by the last word of a name.
var usual = map[string]span{
	"age": {18, 90, 0}, "year": {1990, 2030, 0}, "month": {1, 12, 0}, "day": {1, 28, 0}, "hour": {0, 23, 0},
	"minute": {0, 59, 0}, "second": {0, 59, 0}, "port": {1024, 65535, 0}, "page": {1, 10, 0}, "version": {1, 9, 0},
	"count": {0, 50, 0}, "quantity": {1, 20, 0}, "total": {1, 500, 2}, "size": {1, 5000, 0}, "limit": {10, 100, 0},
	"price": {1, 500, 2}, "amount": {1, 500, 2}, "balance": {0, 5000, 2}, "cost": {1, 500, 2},
	"rate": {0, 100, 1}, "percent": {0, 100, 1}, "percentage": {0, 100, 1}, "score": {0, 100, 1}, "rating": {1, 5, 1},
	"latitude": {-90, 90, 5}, "lat": {-90, 90, 5}, "longitude": {-180, 180, 5}, "lng": {-180, 180, 5}, "lon": {-180, 180, 5},
	"id": {1, 100_000, 0}, "duration": {1, 3600, 0}, "status": {200, 200, 0}, "weight": {1, 100, 1}, "width": {1, 1920, 0}, "height": {1, 1080, 0},
}

func usualRange(name string) span {
	if words := split(name); len(words) > 0 {
		if s, ok := usual[words[len(words)-1]]; ok {
			return s
		}
	}
	return span{1, 100, 2}
}
