package fake

import (
	"errors"
	"fmt"
	"slices"
)

// property gives the goal of the member of a name: nil if anything goes.
func (t goal) property(name string) goal {
	var out goal
	for _, s := range t {
		out = out.and(s.parts(name)...)
	}
	return out
}

// wanted is the names that a goal requires, dependencies included.
func (t goal) wanted() []string {
	var names []string
	add := func(more []string) {
		for _, name := range more {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	for _, s := range t {
		add(s.required)
	}
	for i := 0; i < len(names); i++ { // grows as it goes
		for _, s := range t {
			for _, d := range s.dependentRequired {
				if d.name == names[i] {
					add(d.required)
				}
			}
		}
	}
	return names
}

// depended reports whether the presence of a name has consequences.
func (t goal) depended(name string) bool {
	for _, s := range t {
		if slices.ContainsFunc(s.dependentRequired, func(d dependency) bool { return d.name == name }) ||
			slices.ContainsFunc(s.dependentSchemas, func(d property) bool { return d.name == name }) {
			return true
		}
	}
	return false
}

// with adds the schemas that depend on required names.
func (t goal) with(names []string) goal {
	for _, s := range t {
		for _, d := range s.dependentSchemas {
			if slices.Contains(names, d.name) {
				t = t.and(d.schema)
			}
		}
	}
	return t
}

func (r *run) object(t goal) (any, error) {
	if !r.effort.spend(t.making()) {
		return nil, errLarge
	}
	wanted := t.wanted()
	if wider := t.with(wanted); len(wider) > len(t) {
		v, err := r.value(wider, "")
		if err != nil || kindOf(v) == record {
			return v, err
		}
		return nil, errNever
	}
	least, most := t.between(func(s *schema) (int, int) { return s.minProps, s.maxProps })
	if least > most {
		return nil, errNever
	}
	out, room := object{}, most-len(wanted)
	for _, name := range t.names(wanted) {
		part := t.property(name)
		if hidden(part, r.options.Direction) {
			continue
		}
		required := slices.Contains(wanted, name)
		if !required && (room <= 0 || t.depended(name) || r.superfluous(part)) {
			continue
		}
		v, err := r.value(part, name)
		switch {
		case err != nil && required:
			return nil, fmt.Errorf("%s: %w", name, err)
		case err != nil:
			continue
		case !required:
			room--
		}
		out = append(out, member{name, v})
	}
	if len(out) > most {
		return nil, errNever
	}
	if len(out) == 0 && least == 0 && most > 0 && t.open() {
		least = 1 + r.draw(min(2, most))
	}
	return r.fill(t, out, least)
}

// names lists the declared names in the order of the document, then the
// required ones that are not declared.
func (t goal) names(wanted []string) []string {
	var names []string
	for _, s := range t {
		for _, p := range s.properties {
			if !slices.Contains(names, p.name) {
				names = append(names, p.name)
			}
		}
	}
	for _, name := range wanted {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// superfluous reports whether an optional part is better left out: it would
// recur, or there is enough already.
func (r *run) superfluous(part goal) bool {
	if r.recurs(part) {
		return true
	}
	for _, c := range choicesOf(part) {
		r.effort.spend(1 + len(c))
		if !slices.ContainsFunc(c, func(alternative []*schema) bool { return !r.recurs(goal(nil).and(alternative...)) }) {
			return true
		}
	}
	k, _ := part.kind()
	return (k == record || k == list) && (r.depth > deep || r.steps > ample)
}

// open reports whether an object is a map: it declares how its members look,
// but no names.
func (t goal) open() bool {
	return slices.ContainsFunc(t, func(s *schema) bool {
		return s.byPattern != nil || s.additional != nil && !s.additional.never
	}) && !slices.ContainsFunc(t, func(s *schema) bool { return s.properties != nil })
}

// fill adds members of made-up names until there are enough.
func (r *run) fill(t goal, out object, least int) (any, error) {
	for attempt := 0; len(out) < least; attempt++ {
		if !r.effort.spend(1 + len(out)/8) {
			return nil, errLarge
		}
		if attempt > least+20 {
			return nil, fmt.Errorf("no names were found for %d members", least)
		}
		name, err := r.name(t, attempt)
		if err != nil {
			return nil, err
		}
		if _, taken := out.get(name); taken || t.depended(name) {
			continue
		}
		part := t.property(name)
		if hidden(part, r.options.Direction) {
			continue
		}
		v, err := r.value(part, "")
		if errors.Is(err, errNever) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, member{name, v})
	}
	return out, nil
}

// name makes up the name of a member.
func (r *run) name(t goal, attempt int) (string, error) {
	var rules goal
	for _, s := range t {
		if s.names != nil {
			rules = rules.and(s.names)
		}
	}
	for _, s := range t {
		if len(s.byPattern) > 0 && (s.additional != nil && s.additional.never || attempt%2 == 0) {
			return pick(r, s.byPattern).pattern.text(r.options.Rand, 1+attempt, r.bounds.text)
		}
	}
	if rules == nil {
		return pick(r, nouns) + suffix(attempt), nil
	}
	r.invent++
	defer func() { r.invent-- }()
	v, err := r.value(rules.and(anyText()), "")
	if err != nil {
		return "", err
	}
	name, _ := v.(string)
	return name, nil
}

// anyText is the schema of all strings.
func anyText() *schema {
	s := unlimited()
	s.kinds = text
	s.all = []*schema{s}
	return s
}

func suffix(attempt int) string {
	if attempt < len(nouns)/2 {
		return ""
	}
	return fmt.Sprint("_", attempt)
}
