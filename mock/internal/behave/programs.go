package behave

import (
	"fmt"

	"understudy.dev/mock/internal/credential"
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
	// declared are the steps as the profile has them.
	declared  []*specs.Step
	operation *validate.Operation
	steps     []step
	// settle runs when the answer has ended; nil without any.
	settle *program
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
		specs.VerbLet:        {buildLet, false},
		specs.VerbAnswer:     {buildAnswer, false},
		specs.VerbSample:     {buildSample, false},
		specs.VerbStream:     {buildStream, false},
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
	for id, b := range api.Profile.Operations {
		made, err := p.program(id, b, b.Steps)
		if err != nil {
			return nil, err
		}
		if len(b.Settle) > 0 {
			if made.settle, err = p.program(id, b, b.Settle); err != nil {
				return nil, err
			}
		}
		p.operations[id] = made
	}
	return p, nil
}

func (p *Programs) program(id string, b *specs.Behaviour, declared []*specs.Step) (*program, error) {
	made := &program{behaviour: b, declared: declared, operation: p.api.Document.Operation(id), kind: "operation " + id}
	c := &compiler{Programs: p, operation: made.operation}
	all := builders()
	for _, s := range declared {
		builder, ok := all[s.Verb]
		if !ok {
			return nil, s.Pos.Errorf("cannot compile %s: there is no verb %q", id, s.Verb)
		}
		step, err := builder.build(c, s)
		if err != nil {
			return nil, s.Pos.Errorf("cannot compile %s: %w", id, err)
		}
		made.steps = append(made.steps, step)
		made.writes = made.writes || builder.writes
	}
	return made, nil
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
	x.result.Status, x.result.Bare = program.behaviour.Status, program.behaviour.Bare
	defer x.reveal()
	if err := x.transact(x.perform); err != nil {
		return nil, asRefusal(x.verb, err)
	}
	c.produced = x.result.Body
	return &x.result, nil
}

// Settles reports whether an operation wants to be settled.
func (p *Programs) Settles(operation string) bool {
	program := p.operations[operation]
	return program != nil && program.settle != nil
}

// Settle runs, once, what an operation does when its answer has ended. c is the
// call that Run has performed; its Now may have moved on. A refusal means that
// nothing has changed; nobody is left to be told but those who read journals.
func (p *Programs) Settle(c *Call, sent specs.SentInfo) *Refusal {
	if !p.Settles(c.Operation) {
		return nil
	}
	x := &execution{programs: p, program: p.operations[c.Operation].settle, call: c, env: c.Env}
	defer x.reveal()
	x.result.Body = c.produced
	x.bind("sent", &sent)
	if err := x.transact(x.run); err != nil {
		return asRefusal(x.verb, err)
	}
	return nil
}

func (c *compiler) resource(name string) (*resource, error) {
	r := c.resources[name]
	if r == nil {
		return nil, fmt.Errorf("there is no resource %q", name)
	}
	return r, nil
}
