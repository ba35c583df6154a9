package behave

import (
	"fmt"
	"iter"
	"slices"

	"github.com/tidwall/gjson"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/template"
)

// selection chooses entities of a collection: those of a parent, those that
// fit query parameters, those for which a condition holds.
type selection struct {
	resource *resource
	parent   parentage
	filter   []fieldPath
	where    *template.Expr
}

// A fieldPath is a field with the way to it.
type fieldPath struct{ name, path string }

func fieldPaths(names []string) []fieldPath {
	fields := make([]fieldPath, len(names))
	for i, name := range names {
		fields[i] = fieldPath{name: name, path: path(name)}
	}
	return fields
}

func (c *compiler) selection(s *specs.Step) (*selection, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return nil, err
	}
	parent, err := c.parentage(s)
	if err != nil {
		return nil, err
	}
	return &selection{resource: r, parent: parent, filter: fieldPaths(s.Filter), where: s.Where}, nil
}

// A choice is what a selection leaves of a collection, in order of creation.
type choice struct {
	entities iter.Seq[*state.Entity]
	// all is true when nothing is left out.
	all bool
	// err is the condition that failed and ended the walk.
	err error
}

func (s *selection) choose(x *execution) (*choice, error) {
	parent, err := s.parent.find(x)
	if err != nil {
		return nil, err
	}
	every := x.view.All(s.resource.Name)
	wanted := s.wanted(x)
	if parent != nil {
		wanted = append(wanted, wish{path: s.parent.fieldPath, values: []string{parent.ID}})
	}
	if len(wanted) == 0 && s.where == nil {
		return &choice{entities: every, all: true}, nil
	}
	c := &choice{}
	c.entities = func(yield func(*state.Entity) bool) {
		for e := range every {
			fits := !slices.ContainsFunc(wanted, func(w wish) bool { return !w.holds(e) })
			if fits && s.where != nil {
				fits, c.err = x.where(s.where, e)
			}
			if c.err != nil || fits && !yield(e) {
				return
			}
		}
	}
	return c, nil
}

// where asks a condition about an entity.
func (x *execution) where(condition *template.Expr, e *state.Entity) (bool, error) {
	env := x.plain()
	env["it"] = whole(e)
	return condition.Bool(env)
}

// A wish is a value that a field must have; one of several is enough.
type wish struct {
	path   string
	values []string
}

// holds compares as text: a query parameter has no type that an answer knows.
func (w *wish) holds(e *state.Entity) bool {
	text, ok := scalar(gjson.GetBytes(e.Raw, w.path))
	return ok && slices.Contains(w.values, text)
}

// wanted is what the query parameters ask for.
func (s *selection) wanted(x *execution) []wish {
	var wanted []wish
	for _, f := range s.filter {
		value, sent := x.call.Query[f.name]
		if !sent || value == nil {
			continue
		}
		w := wish{path: f.path}
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, v := range list {
			if text, ok := textOf(v); ok {
				w.values = append(w.values, text)
			}
		}
		wanted = append(wanted, w)
	}
	return wanted
}

type listStep struct {
	*selection
	sort *sorting
	page *paging
	as   string
}

func buildList(c *compiler, s *specs.Step) (step, error) {
	selection, err := c.selection(s)
	if err != nil {
		return nil, err
	}
	l := &listStep{selection: selection, as: s.As, sort: newSorting(s.Sort)}
	l.page, err = newPaging(s.Page, c.operation.ID)
	return l, err
}

func (s *listStep) run(x *execution) error {
	order, err := s.sort.order(x.call.Query)
	if err != nil {
		return err
	}
	window, err := s.page.window(x.call.Query, order)
	if err != nil {
		return err
	}
	chosen, err := s.choose(x)
	if err != nil {
		return err
	}
	var items []*state.Entity
	var page *specs.PageInfo
	if chosen.all && order.created() {
		// Neither the entities before the page nor those behind it are touched.
		items, page = window.cutAll(x.view, s.resource.Name)
	} else {
		sorted := order.sort(chosen.entities)
		if chosen.err != nil {
			return fmt.Errorf("where: %w", chosen.err)
		}
		items, page = window.cut(sorted)
	}
	body := splice(items)
	x.show(body)
	x.result.Page = page
	if s.as != "" {
		x.bind(s.as, template.NewRaw(body))
	}
	return nil
}

// splice makes a JSON list of stored objects without looking into them.
func splice(items []*state.Entity) []byte {
	size := 2
	for _, e := range items {
		size += len(e.Public) + 1
	}
	body := make([]byte, 0, size)
	body = append(body, '[')
	for i, e := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, e.Public...)
	}
	return append(body, ']')
}
