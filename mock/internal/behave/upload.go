package behave

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"understudy.dev/specs"
)

type uploadStep struct {
	resource *resource
	part     string
	set      []specs.Field
	as       string
}

func buildUpload(c *compiler, s *specs.Step) (step, error) {
	r, err := c.resource(s.Target)
	if err != nil {
		return nil, err
	}
	return &uploadStep{resource: r, part: cmp.Or(s.Part, "file"), set: s.Set, as: s.As}, nil
}

func (s *uploadStep) run(x *execution) error {
	at := slices.IndexFunc(x.call.Parts, func(p Part) bool { return p.Name == s.part })
	if at < 0 {
		return refuse(specs.Invalid, "the part "+s.part+" is missing").at(pointer(s.part))
	}
	x.names()["file"] = describe(&x.call.Parts[at])
	made := &making{resource: s.resource, sent: s.fields(x), set: s.set}
	e, err := made.store(x)
	if err != nil {
		return err
	}
	x.created(e, s.as)
	return nil
}

func describe(p *Part) *specs.FileInfo {
	digest := sha256.Sum256(p.Content)
	return &specs.FileInfo{
		Filename: p.Filename, ContentType: p.ContentType, Size: len(p.Content), SHA256: hex.EncodeToString(digest[:]),
	}
}

// fields are the other fields of the form: typed by the schema where the body
// was decoded by it, else as text. Files are not among them.
func (s *uploadStep) fields(x *execution) *object {
	isFile := map[string]bool{s.part: true}
	for _, p := range x.call.Parts {
		if p.Filename != "" {
			isFile[p.Name] = true
		}
	}
	fields := &object{}
	if decoded, ok := parseObject(x.call.Body); ok {
		for _, m := range decoded.members {
			if !isFile[m.name] {
				fields.put(m)
			}
		}
		return fields
	}
	for _, p := range x.call.Parts {
		if !isFile[p.Name] {
			fields.set(p.Name, quote(string(p.Content)))
		}
	}
	return fields
}
