package fake

import (
	"cmp"
	"errors"
	"slices"
)

// choice is one of the places where a goal can be met in several ways; each
// alternative lists the schemas it adds to the goal.
type choice [][]*schema

func choicesOf(added []*schema) []choice {
	var out []choice
	for _, s := range added {
		for _, branches := range [][]*schema{s.oneOf, s.anyOf} {
			if branches != nil {
				out = append(out, s.alternatives(branches))
			}
		}
		if s.cond != nil {
			c := choice{present(s.cond, s.then), present(s.alt)}
			out = append(out, c)
		}
	}
	return out
}

// alternatives are the branches, each first with what a discriminator asks of
// it.
func (s *schema) alternatives(branches []*schema) choice {
	var c choice
	for i, b := range branches {
		if i < len(s.tags) && s.tags[i] != nil {
			c = append(c, []*schema{b, s.tags[i]})
		}
		c = append(c, []*schema{b})
	}
	return c
}

func present(schemas ...*schema) []*schema {
	return slices.DeleteFunc(schemas, func(s *schema) bool { return s == nil })
}

// choose settles one choice after the other, each by its first alternative that
// works.
func (r *run) choose(t goal, open []choice, name string) (any, error) {
	if r.steps++; r.steps > r.bounds.steps || !r.effort.spend(1+len(t)) {
		return nil, errLarge
	}
	for _, s := range t {
		if s.never {
			return nil, errNever
		}
	}
	if v, ok := r.offered(t); ok {
		return v, nil
	}
	if len(open) == 0 {
		return r.attempt(t, name)
	}
	var first error
	for _, recursive := range []bool{false, true} { // so that a way out is found before depth runs out
		for _, alternative := range open[0] {
			r.effort.spend(1 + len(t)/8)
			wider := t.and(alternative...)
			if r.recurs(wider[len(t):]) != recursive {
				continue
			}
			v, err := r.follow(t, wider, open[1:], name)
			if err == nil || errors.Is(err, errLarge) {
				return v, err
			}
			first = cmp.Or(first, err)
		}
	}
	return nil, cmp.Or(first, errNever)
}

// follow makes a value for the wider goal that one alternative leads to, and
// tries again if that does not obey the goal itself, such as a oneOf of which it
// matches two branches.
func (r *run) follow(t, wider goal, open []choice, name string) (any, error) {
	added := wider[len(t):]
	open = append(slices.Clip(open), choicesOf(added)...)
	r.enter(added, 1)
	defer r.enter(added, -1)
	for range tries {
		v, err := r.choose(wider, open, name)
		if err != nil || r.judge.fitsAll(t, v) {
			return v, err
		}
	}
	return nil, errNever
}
