package behave

import (
	"fmt"

	"understudy.dev/mock/internal/credential"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
	"understudy.dev/specs/fake"
	"understudy.dev/specs/validate"
)

// Programs are the behaviours of an API. They are immutable and serve all worlds.
type Programs struct {
	api         *specs.API
	operations  map[string]*program
	resources   map[string]*resource
	credentials *credential.Registry
	fake        *fake.Generator
}

// A program is the behaviour of one operation.
type program struct {
	behaviour *specs.Behaviour
	operation *validate.Operation
	steps     []step
	// kind names the values that the operation itself makes.
	kind string
	// writes is true when a step may change the state.
	writes bool
}

// A step is one verb with its inputs.
type step interface {
	// run does what the verb does. An error that is no *Refusal is a fault.
	run(x *execution) error
}

// builder makes the step of one verb, and says whether it writes.
type builder struct {
	build  func(c *compiler, s *specs.Step) (step, error)
	writes bool
}

func builders() map[specs.Verb]builder {
	return map[specs.Verb]builder{
		specs.VerbList:       {buildList, false},
		specs.VerbCreate:     {buildCreate, true},
		specs.VerbRead:       {buildRead, false},
		specs.VerbUpdate:     {buildUpdate, true},
		specs.VerbDelete:     {buildDelete, true},
		specs.VerbTransition: {buildTransition, true},
		specs.VerbAggregate:  {buildAggregate, false},
		specs.VerbUpload:     {buildUpload, true},
		specs.VerbRequire:    {buildRequire, false},
		specs.VerbVerify:     {buildVerify, false},
		specs.VerbRedeem:     {buildRedeem, true},
		specs.VerbIssue:      {buildIssue, true},
		specs.VerbRevoke:     {buildRevoke, true},
		specs.VerbAnswer:     {buildAnswer, false},
		specs.VerbSample:     {buildSample, false},
		// Events are told in the order of the transactions.
		specs.VerbEmit: {buildEmit, true},
	}
}

// compiler is what the builders of steps know.
type compiler struct {
	*Programs
	operation *validate.Operation
}

// Compile prepares the behaviours of an API. A name that cannot be resolved is
// an error with file:line.
func Compile(api *specs.API) (*Programs, error) {
	p := &Programs{
		api: api, operations: map[string]*program{}, resources: map[string]*resource{},
		credentials: credential.New(api.Profile.Credentials), fake: fake.New(api.Document.Node()),
	}
	shapes := newShapes(api.Document)
	for _, r := range api.Profile.Resources {
		p.resources[r.Name] = newResource(r, shapes, api.Document)
	}
	shapes.finish()
	for _, b := range api.Profile.Operations {
		p.noteAssigned(b)
	}
	all := builders()
	for id, b := range api.Profile.Operations {
		program := &program{behaviour: b, operation: api.Document.Operation(id), kind: "operation " + id}
		c := &compiler{Programs: p, operation: program.operation}
		for _, s := range b.Steps {
			builder, ok := all[s.Verb]
			if !ok {
				return nil, s.Pos.Errorf("cannot compile %s: there is no verb %q", id, s.Verb)
			}
			step, err := builder.build(c, s)
			if err != nil {
				return nil, s.Pos.Errorf("cannot compile %s: %w", id, err)
			}
			program.steps = append(program.steps, step)
			program.writes = program.writes || builder.writes
		}
		p.operations[id] = program
	}
	return p, nil
}

// Credentials is the registry of the API's kinds of credentials.
func (p *Programs) Credentials() *credential.Registry { return p.credentials }

// Run performs an operation. Exactly one of the results is nil.
func (p *Programs) Run(c *Call) (*Result, *Refusal) {
	program := p.operations[c.Operation]
	if program == nil {
		return nil, fault("", fmt.Errorf("there is no behaviour for the operation %q", c.Operation))
	}
	x := &execution{programs: p, program: program, call: c, env: c.Env}
	x.result.Status = program.behaviour.Status
	var err error
	if program.writes {
		err = c.Store.UpdateThen(func(tx *state.Tx) error {
			x.tx, x.view = tx, tx.Snapshot
			return x.run()
		}, x.tell)
	} else {
		x.view = c.Store.View()
		err = x.run()
	}
	if err != nil {
		return nil, asRefusal(x.verb, err)
	}
	return &x.result, nil
}

func (c *compiler) resource(name string) (*resource, error) {
	r := c.resources[name]
	if r == nil {
		return nil, fmt.Errorf("there is no resource %q", name)
	}
	return r, nil
}
