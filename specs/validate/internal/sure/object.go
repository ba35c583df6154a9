package sure

// object judges the keywords of n that concern objects only.
func (w *walk) object(n *node, i int) (verdict, int) {
	v := verdictOf(n.types&object != 0)
	if n.format != nil && n.format.others&object != 0 {
		v = min(v, unsure)
	}
	for _, l := range n.allowed {
		v = min(v, l.hasNested(object))
	}
	o := n.object
	if v == no || o == nil {
		return v, w.skip(i)
	}
	m := members{}
	start := i
	i, more := w.next(i + 1)
	for more {
		keyAt := i
		var name string
		name, i = w.key(i)
		if o.keys != nil {
			r, _ := w.eval(o.keys, keyAt)
			v = min(v, r)
		}
		r := yes
		r, i = w.member(o, &m, name, i, v == no)
		v = min(v, r)
		i, more = w.next(i)
	}
	if m.repeated {
		// The last of the repeated members counts; what was said of an earlier
		// one, or of a missing one, may not hold.
		return unsure, i + 1
	}
	v = min(v, o.counts(&m))
	if !o.required.within(&m.seen) {
		v = no
	}
	for k := range o.dependents {
		if d := &o.dependents[k]; v != no && m.seen.has(d.name) {
			v = min(v, w.dependent(d, &m.seen, start))
		}
	}
	return v, i + 1
}

// members is what one pass over an object has seen.
type members struct {
	seen     bitset
	known    int
	others   int // names that no keyword mentions, repetitions included
	repeated bool
}

// member judges one member and gives the position after its value. With hopeless
// set the object is refused already, and only repetitions are of interest.
func (w *walk) member(o *objectRules, m *members, name string, at int, hopeless bool) (verdict, int) {
	index, known := o.names[name]
	switch {
	case !known:
		m.others++
	case m.seen.has(index):
		m.repeated = true
	default:
		m.seen.add(index)
		m.known++
	}
	if hopeless {
		return yes, w.skip(at)
	}
	v, end, matched := yes, -1, false
	judge := func(n *node) {
		var r verdict
		r, end = w.eval(n, at)
		if r == no && !known && !n.fixed {
			// Repetitions of this name go unnoticed, and a later one may be valid.
			r = unsure
		}
		v, matched = min(v, r), true
	}
	if known && o.props[index] != nil {
		judge(o.props[index])
	}
	for k := range o.patterns {
		if o.patterns[k].pattern.MatchString(name) {
			judge(o.patterns[k].node)
		}
	}
	if !matched && o.rest != nil {
		judge(o.rest)
	}
	if end < 0 {
		end = w.skip(at)
	}
	return v, end
}

// counts judges minProperties and maxProperties between the least and the
// greatest number of distinct names there may be.
func (o *objectRules) counts(m *members) verdict {
	least, most := m.known+min(m.others, 1), m.known+m.others
	switch {
	case least >= o.min && (o.max < 0 || most <= o.max):
		return yes
	case most < o.min || o.max >= 0 && least > o.max:
		return no
	}
	return unsure
}

func (w *walk) dependent(d *dependent, seen *bitset, start int) verdict {
	if !d.required.within(seen) {
		return no
	}
	if d.node == nil {
		return yes
	}
	v, _ := w.eval(d.node, start)
	return v
}

// unevaluatedProperties judges the members that nothing else in n has.
func (w *walk) unevaluatedProperties(n *node, start int) verdict {
	v := yes
	i, more := w.next(start + 1)
	for more && v != no {
		var name string
		name, i = w.key(i)
		c := w.covers(n, start, part{name: name, at: i})
		if c == yes {
			i = w.skip(i)
		} else {
			sub := n.object.unevaluated
			r, end := w.eval(sub, i)
			if r == no && (c == unsure || !sub.fixed) {
				r = unsure
			}
			v, i = min(v, r), end
		}
		i, more = w.next(i)
	}
	return v
}
