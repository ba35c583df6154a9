package sure

// part is one member or item of a value.
type part struct {
	name  string
	index int
	at    int
}

// covers reports whether n, under which the value at i is taken to be valid,
// evaluates the part p of it, leaving n's own unevaluated keywords aside.
func (w *walk) covers(n *node, i int, p part) verdict {
	if n.fixed {
		if n.verdict == unsure {
			return unsure
		}
		return no
	}
	if w.fuel--; w.fuel < 0 {
		return unsure
	}
	own := no
	if w.src[i] == '{' {
		own = n.object.covers(p)
	} else {
		own = w.coversItem(n.array, p)
	}
	if own == yes {
		return yes
	}
	return max(own, w.coversBelow(n, i, p))
}

func (o *objectRules) covers(p part) verdict {
	if o == nil {
		return no
	}
	if k, ok := o.names[p.name]; ok && o.props[k] != nil || o.rest != nil {
		return yes
	}
	for k := range o.patterns {
		if o.patterns[k].pattern.MatchString(p.name) {
			return yes
		}
	}
	return no
}

func (w *walk) coversItem(a *arrayRules, p part) verdict {
	switch {
	case a == nil:
		return no
	case a.rest != nil || p.index < len(a.prefix):
		return yes
	case a.contains != nil:
		v, _ := w.eval(a.contains, p.at)
		return v
	}
	return no
}

// coversBelow asks the schemas that apply to the same value as n.
func (w *walk) coversBelow(n *node, i int, p part) verdict {
	v := no
	if n.ref != nil {
		v = w.coversAll(n.ref, i, p)
	}
	for _, m := range n.allOf {
		v = max(v, w.coversAll(m, i, p))
	}
	for _, m := range n.anyOf {
		v = max(v, w.coversIf(m, i, p))
	}
	for _, m := range n.oneOf {
		v = max(v, w.coversIf(m, i, p))
	}
	if n.cond != nil {
		v = max(v, w.coversByCondition(n, i, p))
	}
	if n.object != nil {
		for k := range n.object.dependents {
			if m := n.object.dependents[k].node; m != nil {
				v = max(v, min(unsure, w.coversAll(m, i, p)))
			}
		}
	}
	return v
}

func (w *walk) coversByCondition(n *node, i int, p part) verdict {
	met, _ := w.eval(n.cond, i)
	v := min(met, w.coversAll(n.cond, i, p))
	if n.then != nil {
		v = max(v, min(met, w.coversAll(n.then, i, p)))
	}
	if n.alt != nil {
		v = max(v, min(met.not(), w.coversAll(n.alt, i, p)))
	}
	return v
}

// coversAll counts the unevaluated keywords of m too: below n they have
// evaluated whatever was left.
func (w *walk) coversAll(m *node, i int, p part) verdict {
	if m.object != nil && m.object.unevaluated != nil && w.src[i] == '{' ||
		m.array != nil && m.array.unevaluated != nil && w.src[i] == '[' {
		return yes
	}
	return w.covers(m, i, p)
}

// coversIf counts m only if the value is valid under it.
func (w *walk) coversIf(m *node, i int, p part) verdict {
	c := w.coversAll(m, i, p)
	if c != no {
		r, _ := w.eval(m, i)
		c = min(c, r)
	}
	return c
}
