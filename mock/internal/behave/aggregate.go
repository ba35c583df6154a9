package behave

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

type aggregateStep struct {
	*selection
	by      []fieldPath
	countAs string
	sums    []sumOf
	as      string
}

// sumOf is one sum: its name and the field that is added up.
type sumOf struct{ name, path string }

func buildAggregate(c *compiler, s *specs.Step) (step, error) {
	selection, err := c.selection(s)
	if err != nil {
		return nil, err
	}
	a := &aggregateStep{selection: selection, by: fieldPaths(s.Group), countAs: s.CountAs, as: s.As}
	for _, sum := range s.Sums {
		a.sums = append(a.sums, sumOf{name: sum[0], path: path(sum[1])})
	}
	return a, nil
}

// A group is what is known of the things that share the values of some fields.
type group struct {
	// values are the encoded values of the fields.
	values []string
	count  int
	sums   []total
}

func (s *aggregateStep) run(x *execution) error {
	chosen, err := s.choose(x)
	if err != nil {
		return err
	}
	var groups []*group
	known := map[string]*group{}
	for e := range chosen.entities {
		values, key := s.values(e)
		g := known[key]
		if g == nil {
			g = s.newGroup(values)
			known[key] = g
			groups = append(groups, g)
		}
		s.count(g, e)
	}
	if chosen.err != nil {
		return fmt.Errorf("where: %w", chosen.err)
	}
	body := s.encode(groups)
	x.show(body)
	if s.as != "" {
		x.bind(s.as, template.NewRaw(body))
	}
	return nil
}

func (s *aggregateStep) newGroup(values []string) *group {
	return &group{values: values, sums: make([]total, len(s.sums))}
}

// values are those that an entity is grouped by, and one text for all of them.
func (s *aggregateStep) values(e *state.Entity) (values []string, key string) {
	for _, field := range s.by {
		value := spelled(gjson.GetBytes(e.Raw, field.path))
		values = append(values, value)
		key += strconv.Itoa(len(value)) + ":" + value
	}
	return values, key
}

// spelled writes equal values alike: 3 and 3.0 are one number.
func spelled(v gjson.Result) string {
	switch {
	case v.Raw == "":
		return "null"
	case v.Type == gjson.Number && strings.ContainsAny(v.Raw, ".eE"):
		return strconv.FormatFloat(v.Num, 'f', -1, 64)
	case v.Type == gjson.String && strings.Contains(v.Raw, `\`):
		return string(gjson.AppendJSONString(nil, v.Str))
	}
	return v.Raw
}

func (s *aggregateStep) count(g *group, e *state.Entity) {
	g.count++
	for i, sum := range s.sums {
		if value := gjson.GetBytes(e.Raw, sum.path); value.Type == gjson.Number {
			g.sums[i].add(value.Raw)
		}
	}
}

// encode is a list with one object for each group, in the order in which they
// first appeared, or, where nothing is grouped, one object for everything.
func (s *aggregateStep) encode(groups []*group) []byte {
	if len(s.by) == 0 {
		if len(groups) == 0 {
			groups = append(groups, s.newGroup(nil))
		}
		return s.encodeGroup(nil, groups[0])
	}
	body := []byte{'['}
	for i, g := range groups {
		if i > 0 {
			body = append(body, ',')
		}
		body = s.encodeGroup(body, g)
	}
	return append(body, ']')
}

func (s *aggregateStep) encodeGroup(body []byte, g *group) []byte {
	o := &object{}
	for i, field := range s.by {
		o.set(field.name, g.values[i])
	}
	if s.countAs != "" {
		o.set(s.countAs, strconv.Itoa(g.count))
	}
	for i, sum := range s.sums {
		o.set(sum.name, g.sums[i].text())
	}
	return append(body, o.bytes()...)
}
