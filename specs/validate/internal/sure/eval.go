package sure

// eval judges the value at i and gives the position after it.
func (w *walk) eval(n *node, i int) (verdict, int) {
	for n.alias {
		n = n.ref
	}
	w.fuel--
	if n.fixed {
		return n.verdict, w.skip(i)
	}
	if w.fuel < 0 {
		return unsure, w.skip(i)
	}
	var v verdict
	end := -1
	switch w.src[i] {
	case '{':
		v, end = w.object(n, i)
	case '[':
		v, end = w.array(n, i)
	case '"':
		v, end = w.string(n, i)
	case 't', 'f', 'n':
		v, end = w.word(n, i)
	default:
		v, end = w.number(n, i)
	}
	if v == no {
		return no, end
	}
	v = min(v, w.inPlace(n, i))
	if v == no {
		return no, end
	}
	switch {
	case n.object != nil && n.object.unevaluated != nil && w.src[i] == '{':
		v = min(v, w.unevaluatedProperties(n, i))
	case n.array != nil && n.array.unevaluated != nil && w.src[i] == '[':
		v = min(v, w.unevaluatedItems(n, i))
	}
	return v, end
}

// inPlace judges the schemas that apply to the same value as n.
func (w *walk) inPlace(n *node, i int) verdict {
	v := yes
	if n.ref != nil {
		v, _ = w.eval(n.ref, i)
	}
	for _, m := range n.allOf {
		if v == no {
			return no
		}
		r, _ := w.eval(m, i)
		v = min(v, r)
	}
	if v != no && n.anyOf != nil {
		v = min(v, w.anyOf(n.anyOf, i))
	}
	if v != no && n.oneOf != nil {
		v = min(v, w.oneOf(n.oneOf, i))
	}
	if v != no && n.not != nil {
		r, _ := w.eval(n.not, i)
		v = min(v, r.not())
	}
	if v != no && n.cond != nil {
		v = min(v, w.conditional(n, i))
	}
	return v
}

func (w *walk) anyOf(nodes []*node, i int) verdict {
	best := no
	for _, m := range nodes {
		r, _ := w.eval(m, i)
		if best = max(best, r); best == yes {
			break
		}
	}
	return best
}

func (w *walk) oneOf(nodes []*node, i int) verdict {
	var count [3]int
	for _, m := range nodes {
		r, _ := w.eval(m, i)
		count[r]++
		if count[yes] > 1 {
			return no
		}
	}
	switch {
	case count[unsure] > 0:
		return unsure
	default:
		return verdictOf(count[yes] == 1)
	}
}

func (w *walk) conditional(n *node, i int) verdict {
	branch := n.then
	switch c, _ := w.eval(n.cond, i); c {
	case unsure:
		return unsure
	case no:
		branch = n.alt
	}
	if branch == nil {
		return yes
	}
	v, _ := w.eval(branch, i)
	return v
}

// word judges null, true and false.
func (w *walk) word(n *node, i int) (verdict, int) {
	k, end := boolean, i+4
	switch w.src[i] {
	case 'n':
		k = null
	case 'f':
		end = i + 5
	}
	v := verdictOf(n.types&k != 0)
	for _, l := range n.allowed {
		ok := l.words&null != 0
		if k == boolean {
			ok = l.truths[0] && w.src[i] == 'f' || l.truths[1] && w.src[i] == 't'
		}
		v = min(v, verdictOf(ok))
	}
	if n.format != nil && n.format.others&k != 0 {
		v = min(v, unsure)
	}
	return v, end
}

func (w *walk) string(n *node, i int) (verdict, int) {
	end, escaped := w.text(i)
	if n.types&str == 0 {
		return no, end
	}
	if n.str == nil && n.allowed == nil && n.format == nil {
		return yes, end
	}
	s := w.content(i, end, escaped)
	v := yes
	for _, l := range n.allowed {
		v = min(v, l.hasText(s))
	}
	if v != no && n.str != nil {
		v = n.str.holds(s)
	}
	if v != no && n.format != nil {
		v = min(v, verdictOf(n.format.validate(s) == nil))
	}
	return v, end
}

func (w *walk) number(n *node, i int) (verdict, int) {
	end := w.scalar(i)
	if n.types&(numeric|whole) == 0 {
		return no, end
	}
	if n.types&numeric != 0 && n.number == nil && n.allowed == nil && n.format == nil {
		return yes, end
	}
	x := literal(w.src[i:end])
	v := yes
	if n.types&numeric == 0 {
		v = x.whole
	}
	for _, l := range n.allowed {
		v = min(v, l.hasNumber(&x))
	}
	if v != no && n.number != nil {
		v = min(v, n.number.holds(&x))
	}
	if v != no && n.format != nil && n.format.others&numeric != 0 {
		if !x.exact {
			return unsure, end
		}
		v = min(v, verdictOf(n.format.validate(x.float) == nil))
	}
	return v, end
}

func (r *numberRules) holds(x *number) verdict {
	v := yes
	for i := range r.limits {
		v = min(v, r.limits[i].holds(x))
	}
	if r.multipleOf != nil {
		v = min(v, x.multipleOf(r.multipleOf))
	}
	return v
}
