package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"understudy.dev/conformance/internal/fill"
	"understudy.dev/conformance/internal/script"
	"understudy.dev/specs/validate"
)

// request is a request that is ready to be judged and sent.
type request struct {
	method string
	// base names the base, "" for that of the operation.
	base string
	// path is escaped, with its query, below the base.
	path   string
	header http.Header
	body   []byte
	// invalid is true if the contract forbids the request, and must.
	invalid bool
	login   bool
	// provokes is true if the request is to be sent without pacing.
	provokes bool
	// replaced is true if the user gave the body, theirs if the user or the target gave the whole request.
	replaced, theirs bool
	// foreign are values that are not the suite's: inputs, and what the target gave. They may break the contract.
	foreign []string
	// invented is the id of nothing in the path, "" for none; formed is true if it has the form of the target's ids.
	invented string
	formed   bool

	match  validate.Match
	routed bool
	// bent is true if the contract forbids the URL of the receiver that the request holds.
	bent bool
}

// build makes the request of a script. id stands for {unknown} in the path, "" for one of the suite's making.
func (s *session) build(ctx context.Context, parsed *script.Request, invalid bool, id string) (*request, error) {
	r := &request{method: parsed.Method, base: parsed.Base, header: http.Header{}, invalid: invalid, provokes: s.check.blast == limits}
	who, err := s.identify(ctx)
	if err != nil {
		return nil, err
	}
	for name, values := range who {
		r.header[name] = values
	}
	foreign := func(name string) (fill.Value, bool) {
		v, ok := s.lookup(name)
		// Where the receiver stands is not the suite's choice either.
		if ok && (name == "receiver" || !slices.Contains(script.Given(), name)) {
			r.foreign = append(r.foreign, v.Text)
		}
		return v, ok
	}
	if err := s.fillBody(r, parsed, foreign); err != nil {
		return nil, err
	}
	if parsed.User != "" {
		pair, err := fill.Header(parsed.User, foreign)
		if err != nil {
			return nil, err
		}
		r.header.Set("Authorization", basic(pair))
	}
	for _, line := range parsed.Headers {
		name, value, _ := strings.Cut(line, ":")
		if value, err = fill.Header(value, foreign); err != nil {
			return nil, err
		}
		name, value = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		r.header[name] = nil // named without a value, it is left out
		if value != "" {
			r.header[name] = []string{value}
		}
	}
	if err := s.route(r, parsed, foreign, id); err != nil {
		return nil, err
	}
	return r, s.replaceBody(r, parsed)
}

// fillBody makes the body that the script gives.
func (s *session) fillBody(r *request, parsed *script.Request, lookup fill.Lookup) error {
	if len(parsed.Parts) > 0 {
		return s.fillParts(r, parsed, lookup)
	}
	if parsed.File == "" {
		return nil
	}
	body, media, err := fill.Body(parsed.File, string(s.check.file.Bodies[parsed.File].Data), lookup)
	if err != nil {
		return fmt.Errorf("%s: %w", parsed.File, err)
	}
	r.body = []byte(body)
	r.header.Set("Content-Type", media)
	return nil
}

func (s *session) fillParts(r *request, parsed *script.Request, lookup fill.Lookup) error {
	var buffer bytes.Buffer
	form := multipart.NewWriter(&buffer)
	// The boundary is the section's own, so that the same run sends the same bytes.
	if err := form.SetBoundary("understudy-" + s.unique); err != nil {
		return err
	}
	for _, part := range parsed.Parts {
		name, value, _ := strings.Cut(part, "=")
		header := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name=%q`, name)
		data := ""
		if file, ok := strings.CutPrefix(value, "@"); ok {
			text, media, err := fill.Body(file, string(s.check.file.Bodies[file].Data), lookup)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			disposition += fmt.Sprintf(`; filename=%q`, file)
			header.Set("Content-Type", media)
			data = text
		} else {
			text, err := fill.Text(value, lookup)
			if err != nil {
				return err
			}
			data = text
		}
		header.Set("Content-Disposition", disposition)
		w, err := form.CreatePart(header)
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(data)); err != nil {
			return err
		}
	}
	if err := form.Close(); err != nil {
		return err
	}
	r.body = buffer.Bytes()
	r.header.Set("Content-Type", form.FormDataContentType())
	return nil
}

// replaceBody puts the user's body in the place of the script's.
func (s *session) replaceBody(r *request, parsed *script.Request) error {
	if r.invalid || !r.routed || !strings.HasSuffix(parsed.File, ".json") || s.loginOperations[r.match.Operation.ID] {
		return nil
	}
	given, ok := s.target.Requests[r.match.Operation.ID]
	if !ok {
		return nil
	}
	tree, err := fill.Tree(given, s.lookup, func(name string) bool {
		_, input := s.inputs[name]
		return input || name == "unique" || name == "receiver" && s.hear != nil
	})
	if err != nil {
		return err
	}
	body, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("cannot encode the body given for %s: %w", r.match.Operation.ID, err)
	}
	sent := leaves(gjson.ParseBytes(body), nil)
	for _, leaf := range leaves(gjson.ParseBytes(r.body), nil) {
		if !slices.Contains(sent, leaf) {
			s.displaced = append(s.displaced, leaf)
		}
	}
	r.body, r.replaced = body, true
	return nil
}

// leaves lists the texts and numbers in a JSON value that are long enough to be told from others.
func leaves(v gjson.Result, all []string) []string {
	if v.IsObject() || v.IsArray() {
		v.ForEach(func(_, child gjson.Result) bool {
			all = leaves(child, all)
			return true
		})
		return all
	}
	if v.Type == gjson.String && v.Str != "" || v.Type == gjson.Number {
		all = append(all, v.String())
	}
	return all
}
