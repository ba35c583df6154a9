package control

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The bounds of what one request lists of a resource.
const (
	fewThings  = 100
	manyThings = 1000
)

// A Resource is what a world holds of one resource of an API.
type Resource struct {
	API      string `json:"api"`
	Resource string `json:"resource"`
	Count    int    `json:"count"`
	// Items are some of the things, in order of creation; nil if they were not asked for.
	Items []json.RawMessage `json:"items,omitzero"`
}

// A StateQuery selects resources, "" any, and how many things of them are shown.
type StateQuery struct {
	API, Resource string
	Offset, Limit int
}

func readState(c *call) (int, any, error) {
	query := c.r.URL.Query()
	if err := known(query, "api", "resource", "limit", "offset"); err != nil {
		return 0, nil, err
	}
	q := StateQuery{API: query.Get("api"), Resource: query.Get("resource")}
	if q.Resource != "" {
		q.Limit = fewThings
	}
	for name, field := range map[string]*int{"limit": &q.Limit, "offset": &q.Offset} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || name == "limit" && n > manyThings {
			return 0, nil, Invalid("%s must be a whole number from 0, and a limit at most %d, got %q", name, manyThings, text)
		}
		if q.Resource == "" {
			return 0, nil, Invalid("%s wants resource: the one whose things are to be listed", name)
		}
		*field = n
	}
	resources, err := c.world.State(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, struct {
		Resources []Resource `json:"resources"`
	}{resources}, nil
}

// known refuses parameters that the operation does not have: to leave out a misspelt one would answer another question.
func known(query url.Values, names ...string) error {
	for name := range query {
		if !slices.Contains(names, name) {
			return Invalid("unknown query parameter %q: want %s", name, strings.Join(names, ", "))
		}
	}
	return nil
}
