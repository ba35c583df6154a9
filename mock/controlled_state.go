package mock

import (
	"encoding/json"
	"strings"

	"understudy.dev/mock/internal/control"
	"understudy.dev/mock/internal/journal"
	"understudy.dev/mock/internal/state"
	"understudy.dev/specs"
)

// State implements control.World.
func (w controlledWorld) State(q control.StateQuery) ([]control.Resource, error) {
	r := w.current.Load()
	plays := r.plays
	if q.API != "" {
		play, err := r.playing(q.API)
		if err != nil {
			return nil, err
		}
		plays = []*playing{play}
	}
	found := []control.Resource{}
	var names []string
	var hider *journal.Hider
	for _, play := range plays {
		view := play.store.View()
		for _, resource := range play.part.api.Profile.Resources {
			names = append(names, resource.Name)
			if q.Resource != "" && q.Resource != resource.Name {
				continue
			}
			shown := control.Resource{API: play.part.api.Name, Resource: resource.Name, Count: view.Len(resource.Name)}
			if q.Resource != "" {
				if hider == nil {
					hider = r.journal.Hider()
				}
				shown.Items = things(view, resource, q, hider)
			}
			found = append(found, shown)
		}
	}
	if q.Resource != "" && len(found) == 0 {
		return nil, control.Invalid("resource must be one of %s, got %q", strings.Join(names, ", "), q.Resource)
	}
	return found, nil
}

func things(view *state.Snapshot, resource *specs.Resource, q control.StateQuery, hider *journal.Hider) []json.RawMessage {
	all := []json.RawMessage{}
	for entity := range view.From(resource.Name, q.Offset) {
		if len(all) == q.Limit {
			break
		}
		all = append(all, hider.Object(entity.Raw, resource.Hidden))
	}
	return all
}
