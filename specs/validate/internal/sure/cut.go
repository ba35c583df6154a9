package sure

// cutter finds cycles of schemas that apply to one and the same value and makes
// one node of each sure of nothing, so that evaluation ends. It maps every node
// it has met to whether that node is on the current path.
type cutter map[*node]bool

func (c cutter) cut(root *node) {
	todo := []*node{root}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, met := c[n]; !met {
			todo = append(todo, c.visit(n)...)
		}
	}
}

// visit walks what applies to the same value as n and gives the nodes that
// apply to parts of it.
func (c cutter) visit(n *node) (parts []*node) {
	c[n] = true
	for _, m := range n.inPlace() {
		onPath, met := c[m]
		switch {
		case onPath:
			m.never()
		case !met:
			parts = append(parts, c.visit(m)...)
		}
	}
	c[n] = false
	return append(parts, n.parts()...)
}

func (n *node) inPlace() []*node {
	all := []*node{n.ref, n.not, n.cond, n.then, n.alt}
	all = append(append(append(all, n.allOf...), n.anyOf...), n.oneOf...)
	if n.object != nil {
		for _, d := range n.object.dependents {
			all = append(all, d.node)
		}
	}
	return present(all)
}

func (n *node) parts() []*node {
	var all []*node
	if o := n.object; o != nil {
		all = append(append(all, o.rest, o.keys, o.unevaluated), o.props...)
		for _, p := range o.patterns {
			all = append(all, p.node)
		}
	}
	if a := n.array; a != nil {
		all = append(append(all, a.rest, a.contains, a.unevaluated), a.prefix...)
	}
	return present(all)
}

func present(nodes []*node) []*node {
	kept := nodes[:0]
	for _, n := range nodes {
		if n != nil {
			kept = append(kept, n)
		}
	}
	return kept
}
