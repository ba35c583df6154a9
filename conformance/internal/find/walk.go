package find

import "github.com/tidwall/gjson"

// maxNodes bounds a walk; answers beyond it are not things that a check creates.
const maxNodes = 200_000

// objects visits every object of a JSON text breadth first, the shallowest first and in the order of the text, until
// visit returns false.
func objects(body []byte, visit func(object gjson.Result) bool) {
	if !gjson.ValidBytes(body) {
		return
	}
	queue := []gjson.Result{gjson.ParseBytes(body)}
	for seen := 0; len(queue) > 0 && seen < maxNodes; seen++ {
		node := queue[0]
		queue = queue[1:]
		if node.IsObject() && !visit(node) {
			return
		}
		if node.IsObject() || node.IsArray() {
			node.ForEach(func(_, child gjson.Result) bool {
				if child.IsObject() || child.IsArray() {
					queue = append(queue, child)
				}
				return true
			})
		}
	}
}

// Object finds the shallowest object that has the field with a value that fits. The field "*" stands for any field;
// then an element of a list counts too, and the object that holds the list is found. A field with dots is a GJSON path
// below the object.
func Object(body []byte, field string, fits func(gjson.Result) bool) (gjson.Result, bool) {
	var found gjson.Result
	ok := false
	objects(body, func(object gjson.Result) bool {
		if has(object, field, fits) {
			found, ok = object, true
		}
		return !ok
	})
	if root := gjson.ParseBytes(body); !ok && field == "*" && root.IsArray() && gjson.ValidBytes(body) && anyOf(root, fits) {
		return root, true
	}
	return found, ok
}

func has(object gjson.Result, field string, fits func(gjson.Result) bool) bool {
	found, direct := false, false
	object.ForEach(func(key, value gjson.Result) bool {
		if field == "*" {
			found = fits(value) || value.IsArray() && anyOf(value, fits)
			return !found
		}
		if key.String() != field {
			return true
		}
		direct = true
		found = fits(value)
		return false
	})
	if !found && !direct && field != "*" {
		if value := object.Get(field); value.Exists() {
			return fits(value)
		}
	}
	return found
}

func anyOf(list gjson.Result, fits func(gjson.Result) bool) bool {
	found := false
	list.ForEach(func(_, value gjson.Result) bool {
		found = fits(value)
		return !found
	})
	return found
}
