package sure

// array judges the keywords of n that concern arrays only.
func (w *walk) array(n *node, i int) (verdict, int) {
	v := verdictOf(n.types&array != 0)
	if n.format != nil && n.format.others&array != 0 {
		v = min(v, unsure)
	}
	for _, l := range n.allowed {
		v = min(v, l.hasNested(array))
	}
	a := n.array
	if v == no || a == nil {
		return v, w.skip(i)
	}
	start, count := i, 0
	var contained [3]int
	i, more := w.next(i + 1)
	for ; more; count++ {
		at := i
		var item *node
		switch {
		case count < len(a.prefix):
			item = a.prefix[count]
		case a.rest != nil:
			item = a.rest
		}
		if item == nil || v == no {
			i = w.skip(at)
		} else {
			var r verdict
			r, i = w.eval(item, at)
			v = min(v, r)
		}
		if a.contains != nil && v != no {
			r, _ := w.eval(a.contains, at)
			contained[r]++
		}
		i, more = w.next(i)
	}
	if v == no {
		return no, i + 1
	}
	if count < a.min || a.max >= 0 && count > a.max {
		return no, i + 1
	}
	if a.contains != nil {
		v = min(v, a.containment(contained))
	}
	if a.unique && v != no {
		v = min(v, w.unique(start, count))
	}
	return v, i + 1
}

func (a *arrayRules) containment(count [3]int) verdict {
	least, most := count[yes], count[yes]+count[unsure]
	switch {
	case most < a.minContains || a.maxContains >= 0 && least > a.maxContains:
		return no
	case least >= a.minContains && (a.maxContains < 0 || most <= a.maxContains):
		return yes
	}
	return unsure
}

// maxUnique bounds the items that are compared with one another.
const maxUnique = 64

// unique reports whether the count items of the array at i differ.
func (w *walk) unique(i, count int) verdict {
	if count > maxUnique {
		return unsure
	}
	var items [maxUnique]string
	i, more := w.next(i + 1)
	for k := 0; more; k++ {
		end := w.skip(i)
		items[k] = w.src[i:end]
		i, more = w.next(end)
	}
	v := yes
	for j := 1; j < count; j++ {
		for k := range j {
			if v = min(v, differ(items[j], items[k])); v == no {
				return no
			}
		}
	}
	return v
}

// differ compares two values by their texts.
func differ(a, b string) verdict {
	switch {
	case a == b:
		return no
	case shape(a[0]) != shape(b[0]):
		return yes
	}
	switch shape(a[0]) {
	case 'n': // a word, and its text is another
		return yes
	case '"':
		if plain(a) && plain(b) {
			return yes
		}
	case '0':
		x, y := literal(a), literal(b)
		if sign, ok := x.compare(&y); ok {
			return verdictOf(sign != 0)
		}
	}
	return unsure
}

// shape gives one representative for the first bytes of each kind of value.
func shape(c byte) byte {
	switch c {
	case '{', '[', '"':
		return c
	case 't', 'f', 'n':
		return 'n'
	}
	return '0'
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] == '\\' {
			return false
		}
	}
	return true
}

// unevaluatedItems judges the items that nothing else in n has.
func (w *walk) unevaluatedItems(n *node, start int) verdict {
	v := yes
	i, more := w.next(start + 1)
	for k := 0; more && v != no; k++ {
		c := w.covers(n, start, part{index: k, at: i})
		if c == yes {
			i = w.skip(i)
		} else {
			r, end := w.eval(n.array.unevaluated, i)
			if r == no && c == unsure {
				r = unsure
			}
			v, i = min(v, r), end
		}
		i, more = w.next(i)
	}
	return v
}
