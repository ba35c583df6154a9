package specs

// Sizes of pages where the profile gives none.
const (
	defaultPageSize = 20
	maximalPageSize = 100
)

// query resolves the query parameters that a list reads.
func (c *stepLoader) query(s *Step, w *stepSyntax) {
	for _, n := range w.in.Filter {
		c.parameter(n)
		c.field(s.Target, n)
	}
	s.Filter = texts(w.in.Filter)
	if w.in.Sort != nil {
		s.Sort = c.sort(s.Target, w.in.Sort)
	}
	if w.in.Page != nil {
		s.Page = c.page(w.in.Page)
	}
}

// parameter wants a query parameter of the operation.
func (c *stepLoader) parameter(n name) {
	c.one("query parameter", n, c.queryNames(c.op))
}

// optional is the name of a query parameter, "" for none.
func (c *stepLoader) optional(n *name) string {
	if n == nil {
		return ""
	}
	c.parameter(*n)
	return n.Text
}

func (c *stepLoader) sort(resource string, w *sortSyntax) *Sort {
	s := &Sort{By: c.optional(w.By), Order: c.optional(w.Order), Fields: texts(w.Fields), Descending: w.Descending}
	for _, n := range w.Fields {
		c.field(resource, n)
	}
	if w.Default != nil {
		s.Default = w.Default.Text
		c.field(resource, *w.Default)
	}
	return s
}

func (c *stepLoader) page(w *pageSyntax) *Page {
	p := &Page{Style: w.Style.Text, Size: c.optional(w.Size), Default: w.Default, Max: w.Max}
	styles := []string{"number", "offset", "cursor"}
	if !c.one("style", w.Style, styles) {
		return p
	}
	for i, n := range []*name{w.Number, w.Offset, w.Cursor} {
		switch {
		case styles[i] == p.Style && n == nil:
			c.errs.Add(w.Pos.Errorf("pages by %s need %q, the query parameter that gives it", p.Style, p.Style))
		case styles[i] == p.Style:
			p.Number = c.optional(n)
		case n != nil:
			c.errs.Add(n.Pos.Errorf("pages by %s have no %q", p.Style, styles[i]))
		}
	}
	if p.Default == 0 {
		p.Default = defaultPageSize
	}
	if p.Max == 0 {
		p.Max = max(maximalPageSize, p.Default)
	}
	if p.Default < 1 || p.Max < p.Default {
		c.errs.Add(w.Pos.Errorf("the size of a page must be at least 1 and at most \"max\""))
	}
	return p
}
