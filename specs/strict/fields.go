package strict

import (
	"fmt"
	"reflect"
	"strings"
)

// field is one key of a struct.
type field struct {
	name     string
	index    []int
	required bool
}

// shape is what the tags of a struct say.
type shape struct {
	fields []field
	pos    [][]int
}

func (s *shape) names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.name
	}
	return names
}

func (s *shape) find(name string) *field {
	for i := range s.fields {
		if s.fields[i].name == name {
			return &s.fields[i]
		}
	}
	return nil
}

// shapeOf reads the tags of the struct t. Its errors are mistakes of the
// program, not of a file.
func shapeOf(t reflect.Type) (*shape, error) {
	s := &shape{}
	return s, s.add(t, nil)
}

func (s *shape) add(t reflect.Type, prefix []int) error {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("yaml")
		if !tagged || tag == "-" {
			continue
		}
		index := append(append([]int(nil), prefix...), i)
		name, rest, _ := strings.Cut(tag, ",")
		if !f.IsExported() && !f.Anonymous {
			return fmt.Errorf("field %s.%s has a yaml tag but is not exported", t, f.Name)
		}
		switch {
		case rest == "pos" && name == "" && f.Type == reflect.TypeFor[Pos]():
			s.pos = append(s.pos, index)
		case rest == "inline" && name == "" && f.Type.Kind() == reflect.Struct:
			if err := s.add(f.Type, index); err != nil {
				return err
			}
		case name != "" && (rest == "" || rest == "required"):
			if s.find(name) != nil {
				return fmt.Errorf("struct %s has the key %q twice", t, name)
			}
			s.fields = append(s.fields, field{name: name, index: index, required: rest == "required"})
		default:
			return fmt.Errorf("field %s.%s has the yaml tag %q, which has no meaning", t, f.Name, tag)
		}
	}
	return nil
}
