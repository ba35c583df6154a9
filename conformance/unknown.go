package conformance

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp/syntax"
	"slices"
	"strings"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/find"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/specs/validate"
)

// misformed reports whether a status may mean that an id has the wrong form, rather than that nothing has it.
func misformed(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusUnprocessableEntity
}

// route fills the path of a request and finds its operation. {unknown} becomes an id that keeps to the contract and
// that nothing has; id overrides it.
func (s *session) route(r *request, parsed *script.Request, lookup fill.Lookup, id string) error {
	path, _, _ := strings.Cut(parsed.Path, "?")
	if !slices.Contains(fill.Names(path), "unknown") {
		return s.routeAs(r, parsed, lookup, "")
	}
	candidates := []string{id}
	if id == "" {
		candidates = s.inventions(parsed)
	}
	for _, candidate := range candidates {
		if err := s.routeAs(r, parsed, lookup, candidate); err != nil {
			return err
		}
		if !r.routed || !s.breaksPath(r) {
			break
		}
	}
	if r.routed && s.breaksPath(r) {
		// None keeps to the contract. What then is refused says nothing.
		if err := s.routeAs(r, parsed, lookup, candidates[0]); err != nil {
			return err
		}
	}
	r.formed = id != "" || s.documentsForm(r)
	s.wire.Ledger.Invent(r.invented)
	return nil
}

func (s *session) routeAs(r *request, parsed *script.Request, lookup fill.Lookup, invented string) error {
	if name := parsed.WholePath(); name != "" {
		return s.routeWhole(r, name)
	}
	path, err := fill.Path(parsed.Path, func(name string) (fill.Value, bool) {
		if name == "unknown" && invented != "" {
			return fill.Value{Text: invented}, true
		}
		return lookup(name)
	})
	if err != nil {
		return err
	}
	r.path, r.invented = path, invented
	bare, _, _ := strings.Cut(path, "?")
	r.match, r.routed = s.operationAt(r.base, r.method, bare)
	return nil
}

// routeWhole takes the path from an input. It is the user's, and so need not be in the contract.
func (s *session) routeWhole(r *request, name string) error {
	path, ok := s.inputs[name]
	switch {
	case !ok:
		return fmt.Errorf("{%s} is no input that was given; only an input can be a whole path", name)
	case !strings.HasPrefix(path, "/"):
		return fmt.Errorf("the input %s must be a path that begins with /", name)
	}
	r.path, r.theirs = path, true
	bare, _, _ := strings.Cut(path, "?")
	r.match, r.routed = s.operationAt(r.base, r.method, bare)
	return nil
}

// breaksPath reports whether the contract forbids the invented id.
func (s *session) breaksPath(r *request) bool {
	h, err := r.http()
	if err != nil {
		return true
	}
	return slices.ContainsFunc(s.judge.Request(r.match, h, r.body), func(v validate.Violation) bool {
		return v.Kind == validate.Path
	})
}

func (s *session) documentsForm(r *request) bool {
	if !r.routed {
		return true
	}
	for name, value := range r.match.Params {
		if value == r.invented {
			return s.judge.PathForm(r.match.Operation, name).Documented
		}
	}
	return true
}

// inventions lists ids to try: a UUID, a number, and what the pattern of the parameter asks for.
func (s *session) inventions(parsed *script.Request) []string {
	ids := []string{s.unknown, fmt.Sprintf("9%08d", hash(s.unique)%100_000_000)}
	op := s.operationOf(parsed)
	if op == nil {
		return ids
	}
	for _, name := range op.PathParams {
		if form := s.judge.PathForm(op, name); form.Pattern != "" {
			if text, ok := sample(form.Pattern, s.unique); ok {
				ids = append(ids, text)
			}
		}
	}
	return ids
}

// again repeats a request whose invented id may have had the wrong form, with an id in the form of the target's own.
// Where none can be learnt the first answer stays.
func (s *session) again(ctx context.Context, parsed *script.Request, r *request, a *answer) (*answer, error) {
	if r.formed {
		return a, nil
	}
	before, _, _ := strings.Cut(parsed.Path, "{unknown}")
	before, ok := strings.CutSuffix(before, "/")
	if !ok || before == "" {
		return a, nil
	}
	collection, err := fill.Path(before, s.lookup)
	if err != nil {
		return a, nil
	}
	own := s.knownID(collection)
	if own == "" {
		own, err = s.learn(ctx, collection, r)
		if err != nil {
			return nil, err
		}
	}
	id, rare := alike(own, s.unique)
	if own == "" || !rare && !safe(r.method) {
		return a, nil
	}
	repeated, err := s.build(ctx, parsed, r.invalid, id)
	if err != nil {
		return nil, err
	}
	return s.send(ctx, repeated)
}

// learn reads some id from the list at a collection, "" if there is none.
func (s *session) learn(ctx context.Context, collection string, like *request) (string, error) {
	list := &request{method: http.MethodGet, base: like.base, path: collection, header: like.header.Clone(), provokes: like.provokes}
	list.header.Del("Content-Type")
	list.match, list.routed = s.operationAt(list.base, list.method, collection)
	if !list.routed {
		return "", nil
	}
	a, err := s.send(ctx, list)
	if err != nil || a.Status/100 != 2 {
		return "", err
	}
	id, ok := find.Listed(a.content(), list.match.Operation.Path)
	if !ok {
		return "", nil
	}
	s.remember(collection, id.String())
	return id.String(), nil
}

func hash(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum64()
}

// dice gives a sequence of choices that depends on a seed alone.
type dice struct{ state uint64 }

func (d *dice) roll(n int) int {
	d.state = d.state*6364136223846793005 + 1442695040888963407
	return int((d.state >> 33) % uint64(n))
}

// uuid is a version 4 UUID made of a seed.
func uuid(seed string) string {
	d := &dice{hash(seed)}
	return recast("00000000-0000-4000-8000-000000000000", d, func(i int) bool { return i != 14 && i != 19 })
}

const (
	hexDigits = "0123456789abcdef"
	digits    = "0123456789"
	letters   = "abcdefghijklmnopqrstuvwxyz"
)

// recast replaces the letters and digits that change selects by others of their kind.
func recast(id string, d *dice, change func(i int) bool) string {
	isHex := strings.Trim(strings.ToLower(id), hexDigits+"-") == ""
	out := []byte(id)
	for i, c := range out {
		if !change(i) {
			continue
		}
		switch {
		case isHex && strings.ContainsRune(hexDigits, rune(c)):
			out[i] = hexDigits[d.roll(len(hexDigits))]
		case c >= '0' && c <= '9':
			out[i] = digits[d.roll(len(digits))]
		case c >= 'a' && c <= 'z':
			out[i] = letters[d.roll(len(letters))]
		case c >= 'A' && c <= 'Z':
			out[i] = strings.ToUpper(letters)[d.roll(len(letters))]
		}
	}
	return string(out)
}

// alike makes an id in the form of another. It is rare if nothing will ever have it by chance.
func alike(id, seed string) (made string, rare bool) {
	d := &dice{hash(seed + id)}
	if strings.Trim(id, digits) == "" {
		return fmt.Sprintf("9%08d", hash(seed+id)%100_000_000), false
	}
	start := strings.LastIndexAny(id, "_-.:") + 1
	if len(id)-start < 8 {
		start = 0
	}
	isUUID := len(id) == 36 && strings.Count(id, "-") == 4
	made = recast(id, d, func(i int) bool {
		if isUUID {
			return i != 14 && i != 19
		}
		return i >= start
	})
	return made, made != id && (isUUID || len(id)-start >= 10)
}

// sample makes a text that a pattern matches, as far as the pattern is simple.
func sample(pattern, seed string) (string, bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	var out strings.Builder
	ok := grow(&out, tree.Simplify(), &dice{hash(seed + pattern)})
	return out.String(), ok && out.Len() > 0
}

func grow(out *strings.Builder, re *syntax.Regexp, d *dice) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpLiteral:
		out.WriteString(string(re.Rune))
		return true
	case syntax.OpCharClass:
		out.WriteRune(pick(re.Rune, d))
		return true
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		out.WriteByte(letters[d.roll(len(letters))])
		return true
	case syntax.OpAlternate:
		return grow(out, re.Sub[0], d)
	case syntax.OpCapture, syntax.OpPlus:
		return grow(out, re.Sub[0], d)
	case syntax.OpConcat:
		for _, part := range re.Sub {
			if !grow(out, part, d) {
				return false
			}
		}
		return true
	}
	return false
}

// pick chooses a character of a class, a plain one if there is any.
func pick(ranges []rune, d *dice) rune {
	var plain []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for _, c := range letters + digits + strings.ToUpper(letters) {
			if c >= ranges[i] && c <= ranges[i+1] {
				plain = append(plain, c)
			}
		}
	}
	if len(plain) == 0 {
		return ranges[0]
	}
	return plain[d.roll(len(plain))]
}
