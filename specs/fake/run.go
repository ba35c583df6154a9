package fake

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"
)

// Bounds on one value, so that every run ends soon.
const (
	maxSteps = 20_000 // values tried
	maxDepth = 40     // nesting, which only required parts can reach
	ample    = 300    // values after which optional parts that are not scalars are left out
	deep     = 6      // nesting after which they are
	tries    = 30     // values tried for one goal
)

var (
	errNever   = errors.New("no value is allowed")
	errEndless = errors.New("its required parts recur without end")
	errLarge   = errors.New("it takes too many attempts")
)

// bounds are those on what is tried, and on the length of texts in bytes.
type bounds struct{ steps, text int }

// run makes one value.
type run struct {
	options Options
	judge   judge
	steps   int
	depth   int
	active  map[*schema]int
	bounds  bounds
	effort  *effort
	invent  int // above zero, what the document offers is passed over
}

func newRun(o *Options) *run {
	r := &run{active: map[*schema]int{}, bounds: bounds{maxSteps, maxText}}
	if o != nil {
		r.options = *o
	}
	if r.options.Rand == nil {
		r.options.Rand = rand.New(rand.NewPCG(1, 1))
	}
	if r.options.Now.IsZero() {
		r.options.Now = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	r.judge.direction = r.options.Direction
	return r
}

func (r *run) draw(n int) int { return r.options.Rand.IntN(n) }

func pick[T any](r *run, from []T) T { return from[r.draw(len(from))] }

// value makes a value for a goal; name is that of its field.
func (r *run) value(t goal, name string) (any, error) {
	if r.depth++; r.depth > maxDepth {
		r.depth--
		return nil, errEndless
	}
	r.effort.spend(1 + len(t)*len(t)/64)
	r.enter(t, 1)
	defer func() {
		r.depth--
		r.enter(t, -1)
	}()
	return r.choose(t, choicesOf(t), name)
}

func (r *run) enter(t goal, n int) {
	for _, s := range t {
		r.active[s] += n
	}
}

// recurs reports whether a goal has a schema of which a value is being made.
func (r *run) recurs(t goal) bool {
	return slices.ContainsFunc(t, func(s *schema) bool { return r.active[s] > 0 })
}

// offered gives a value that the document itself has for the goal.
func (r *run) offered(t goal) (any, bool) {
	for _, s := range t {
		if s.hasConst && r.judge.fitsAll(t, s.constant) {
			r.effort.spend(weigh(s.constant) / 16)
			return s.constant, true
		}
		if s.hasConst {
			return nil, false
		}
	}
	if r.invent == 0 {
		for _, s := range t {
			for _, v := range s.examples {
				r.effort.spend(1 + weigh(v)/4)
				if v = r.visible(t, v); r.judge.fitsAll(t, v) {
					return v, true
				}
			}
		}
	}
	for _, s := range t {
		if s.enum == nil {
			continue
		}
		from := r.draw(len(s.enum) + 1) // the one more keeps an empty list from being a special case
		for i := range s.enum {
			if v := s.enum[(from+i)%len(s.enum)]; r.judge.fitsAll(t, v) {
				r.effort.spend(weigh(v) / 16)
				return v, true
			}
		}
	}
	return nil, false
}

// visible removes from an offered object what does not travel this way.
func (r *run) visible(t goal, v any) any {
	if r.options.Direction == Either {
		return v
	}
	switch v := v.(type) {
	case object:
		var out object
		for _, m := range v {
			part := t.property(m.name)
			if !hidden(part, r.options.Direction) {
				out = append(out, member{m.name, r.visible(part, m.value)})
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = r.visible(t.item(i), item)
		}
		return out
	}
	return v
}

// attempt makes a value for a goal without choices, and tries again where
// keywords ask for what cannot be aimed at.
func (r *run) attempt(t goal, name string) (any, error) {
	for _, s := range t {
		if s.hasConst || s.enum != nil {
			return nil, errNever // or an offered value would have done
		}
	}
	k, ok := t.kind()
	if !ok {
		return nil, errNever
	}
	blind := slices.ContainsFunc(t, func(s *schema) bool {
		return s.not != nil || s.contains != nil || s.names != nil || s.dependentSchemas != nil || s.cond != nil
	})
	var err error
	for range tries {
		var v any
		if v, err = r.make(t, k, name); err != nil {
			return nil, err
		}
		if !blind || r.judge.fitsAll(t, v) {
			return v, nil
		}
	}
	return nil, errors.New("none of the values tried obeys all of its keywords")
}

func (r *run) make(t goal, k kind, name string) (any, error) {
	switch k {
	case nothing:
		return nil, nil
	case truth:
		return r.draw(2) == 1, nil
	case integer, number:
		return r.number(t, k, name)
	case list:
		return r.list(t, name)
	case record:
		return r.object(t)
	}
	return r.text(t, name)
}
