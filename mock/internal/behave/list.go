package behave

import (
	"fmt"
	"iter"

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

// chosen walks the entities in order of creation. all is true when nothing
// can be left out. A condition that fails ends the walk; failed then gives its
// error.
func (s *selection) chosen(x *execution) (entities iter.Seq[*state.Entity], all bool, failed func() error, err error) {
	failed = func() error { return nil }
	parent, err := s.parent.find(x)
	if err != nil {
		return nil, false, nil, err
	}
	every := x.view.All(s.resource.Name)
	wanted := s.wanted(x)
	if (parent == nil || s.parent.field == "") && len(wanted) == 0 && s.where == nil {
		return every, true, failed, nil
	}
	var failure error
	failed = func() error { return failure }
	return func(yield func(*state.Entity) bool) {
		for e := range every {
			if parent != nil && s.parent.field != "" && !holds(e, s.parent.fieldPath, []string{parent.ID}) {
				continue
			}
			fits := true
			for i := 0; fits && i < len(wanted); i++ {
				fits = holds(e, wanted[i].path, wanted[i].values)
			}
			if fits && s.where != nil {
				fits, failure = x.where(s.where, e)
			}
			if failure != nil || fits && !yield(e) {
				return
			}
		}
	}, false, failed, nil
}

// where asks a condition about an entity.
func (x *execution) where(condition *template.Expr, e *state.Entity) (bool, error) {
	env := x.plain()
	env["it"] = whole(e)
	return condition.Bool(env)
}

// wish is a value that a query parameter asks for; one of several is enough.
type wish struct {
	path   string
	values []string
}

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

// holds reports whether a field of an entity is one of the values, compared as text.
func holds(e *state.Entity, path string, values []string) bool {
	text, ok := scalar(gjson.GetBytes(e.Raw, path))
	if !ok {
		return false
	}
	for _, value := range values {
		if text == value {
			return true
		}
	}
	return false
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
	entities, all, failed, err := s.chosen(x)
	if err != nil {
		return err
	}
	var items []*state.Entity
	var page *specs.PageInfo
	if all && order.created() {
		// Neither the entities before the page nor those behind it are touched.
		items, page = window.cutAll(x.view, s.resource.Name)
	} else {
		sorted := order.sort(entities)
		if err := failed(); err != nil {
			return fmt.Errorf("where: %w", err)
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
