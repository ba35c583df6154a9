package behave

import (
	"errors"
	"maps"

	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/fake"
	"understudy.dev/specs/template"
)

// An execution is one run of a program.
type execution struct {
	programs *Programs
	program  *program
	call     *Call
	// view is what the steps see: a snapshot, or that of tx.
	view *state.Snapshot
	// tx is nil in a program that does not write.
	tx     *state.Tx
	result Result
	// events are those that the steps let happen.
	events []Event

	env template.Env
	// scoped is true once env has what all steps see; kind is the kind of thing
	// whose functions it has.
	scoped bool
	kind   string
	// allowance bounds what is invented; nil before the first time.
	allowance *fake.Allowance
	// verb is that of the step that runs.
	verb specs.Verb
}

// transact runs f, in one transaction where the program writes.
func (x *execution) transact(f func() error) error {
	if !x.program.writes {
		x.view = x.call.Store.View()
		return f()
	}
	return x.call.Store.UpdateThen(func(tx *state.Tx) error {
		x.tx, x.view = tx, tx.Snapshot
		return f()
	}, x.tell)
}

// perform runs the steps of an operation and makes the headers of its answer.
func (x *execution) perform() error {
	if err := x.run(); err != nil {
		return err
	}
	return x.headers()
}

func (x *execution) run() error {
	for i, s := range x.program.steps {
		declared := x.program.declared[i]
		x.verb = declared.Verb
		if declared.When != nil {
			wanted, err := declared.When.Bool(x.plain())
			if err != nil {
				return err
			}
			if !wanted {
				x.skip(declared)
				continue
			}
		}
		if err := s.run(x); err != nil {
			return err
		}
	}
	return nil
}

// tell hands the events over.
func (x *execution) tell(after *state.Snapshot) {
	if len(x.events) > 0 && x.call.Emitted != nil {
		x.call.Emitted(x.events, after)
	}
}

// skip makes null what a step that does not run would have named.
func (x *execution) skip(s *specs.Step) {
	x.bind(s.As, nil)
	for _, n := range s.Let {
		x.bind(n.Name, nil)
	}
}

func (x *execution) headers() error {
	declared := x.program.behaviour.Headers
	if len(declared) == 0 {
		return nil
	}
	env := x.plain()
	env["result"], env["page"] = nil, x.result.Page
	if x.result.Body != nil {
		env["result"] = template.NewRaw(x.result.Body)
	}
	for _, h := range declared {
		value, err := h.Value.Render(env)
		if err != nil {
			return err
		}
		x.result.Headers = append(x.result.Headers, Header{Name: h.Name, Value: value})
	}
	return nil
}

// names is what all steps see, without functions.
func (x *execution) names() template.Env {
	if x.env == nil {
		x.env = template.Env{}
	}
	if !x.scoped {
		x.env["now"] = x.call.Now
		if b := x.program.behaviour; b != nil && b.Invents {
			x.env["invent"] = specs.InventFunc(x.invent)
		}
		x.scoped = true
	}
	return x.env
}

// scope is what expressions of the operation see, with the functions of one kind of thing.
func (x *execution) scope(kind string) template.Env {
	env := x.names()
	if x.kind != kind {
		maps.Copy(env, x.functions(kind))
		maps.Copy(env, x.call.hiding)
		x.kind = kind
	}
	return env
}

func (x *execution) functions(kind string) map[string]any {
	return x.call.Entropy.Kind(kind).Functions()
}

// outer is what expressions outside of operations see: no function is hidden there.
func (x *execution) outer(kind string) template.Env {
	env := x.scope(kind)
	if len(x.call.hiding) == 0 {
		return env
	}
	env = maps.Clone(env)
	maps.Copy(env, x.functions(kind))
	return env
}

// reveal gives back the functions that names hid, to those who render the outcome.
func (x *execution) reveal() {
	if len(x.call.hiding) > 0 {
		maps.Copy(x.env, x.functions(x.program.kind))
	}
}

// plain is what expressions see where no kind of thing is being made.
func (x *execution) plain() template.Env { return x.scope(x.program.kind) }

// show makes body the result of the operation, unless a later step has one.
func (x *execution) show(body []byte) {
	x.result.Body, x.result.Verb, x.result.Page, x.result.Stream = body, x.verb, nil, nil
}

// bind gives the outcome of a step a name; "" is no name.
func (x *execution) bind(name string, value any) {
	if name == "" {
		return
	}
	x.names()[name] = value
	if _, hides := x.functions(x.program.kind)[name]; hides {
		if x.call.hiding == nil {
			x.call.hiding = map[string]any{}
		}
		x.call.hiding[name] = value
	}
}

// outcome shows a thing as answers may show it, and gives it a name.
func (x *execution) outcome(e *state.Entity, as string) {
	x.show(e.Public)
	if as != "" {
		x.bind(as, public(e))
	}
}

// whole is an entity as conditions see it, decoded at most once in its life.
func whole(e *state.Entity) *template.Raw {
	return e.Memo(func(e *state.Entity) any { return template.NewRaw(e.Raw) }).(*template.Raw)
}

// public is an entity as answers may show it.
func public(e *state.Entity) *template.Raw {
	if len(e.Public) == len(e.Raw) {
		return whole(e)
	}
	return template.NewRaw(e.Public)
}

// fault is an error that the caller has not caused.
func fault(verb specs.Verb, err error) *Refusal {
	return &Refusal{Problem: specs.Internal, Detail: specs.Internal.Detail(), Verb: verb, Err: err}
}

func asRefusal(verb specs.Verb, err error) *Refusal {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		refusal.Verb = verb
		return refusal
	}
	return fault(verb, err)
}
