package control

import (
	"net/http"
	"strconv"
	"time"

	"understudy.dev/mock/internal/journal"
)

func health(*call) (int, any, error) {
	return http.StatusOK, map[string]string{"status": "ok"}, nil
}

func version(c *call) (int, any, error) {
	return http.StatusOK, struct {
		Version string `json:"version"`
		APIs    []API  `json:"apis"`
	}{c.plane.server.Version(), c.plane.server.APIs()}, nil
}

func document(*call) (int, any, error) {
	raw, err := Document()
	return http.StatusOK, raw, err
}

type clockAnswer struct {
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
}

func readClock(c *call) (int, any, error) {
	return http.StatusOK, clockAnswer{c.world.Now(), c.world.Frozen()}, nil
}

func moveClock(c *call) (int, any, error) {
	var move struct {
		Advance *string    `json:"advance"`
		Set     *time.Time `json:"set"`
	}
	if err := c.body(&move); err != nil {
		return 0, nil, err
	}
	if (move.Advance == nil) == (move.Set == nil) {
		return 0, nil, Invalid(`want {"advance": DURATION} or {"set": INSTANT}`)
	}
	var err error
	if move.Set != nil {
		err = c.world.Set(*move.Set)
	} else {
		err = c.advance(*move.Advance)
	}
	if err != nil {
		return 0, nil, err
	}
	return readClock(c)
}

func (c *call) advance(text string) error {
	d, err := parseDuration(text)
	if err != nil {
		return Invalid("cannot read the duration %q: want a number with a unit, such as 61m, 1h30m or 2d", text)
	}
	return c.world.Advance(d)
}

// parseDuration reads what time.ParseDuration reads, and whole days.
func parseDuration(text string) (time.Duration, error) {
	if n := len(text); n > 1 && text[n-1] == 'd' {
		days, err := strconv.Atoi(text[:n-1])
		if err != nil || days > 100*366 || days < -100*366 {
			return 0, strconv.ErrRange
		}
		return time.Duration(days) * 24 * time.Hour, nil
	}
	return time.ParseDuration(text)
}

func readJournal(c *call) (int, any, error) {
	query := c.r.URL.Query()
	filter := journal.Filter{API: query.Get("api"), Operation: query.Get("operation"), Limit: 100}
	for name, field := range map[string]*int{"status": &filter.Status, "limit": &filter.Limit} {
		if text := query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return 0, nil, Invalid("%s must be a whole number above 0, got %q", name, text)
			}
			*field = n
		}
	}
	for name := range query {
		switch name {
		case "api", "operation", "status", "limit":
		default:
			return 0, nil, Invalid("unknown query parameter %q: want api, operation, status or limit", name)
		}
	}
	j := c.world.Journal()
	return http.StatusOK, struct {
		Entries []journal.Entry `json:"entries"`
		Dropped uint64          `json:"dropped"`
	}{j.Entries(filter), j.Dropped()}, nil
}

func readEntry(c *call) (int, any, error) {
	entry, ok := c.world.Journal().Entry(c.params["id"])
	if !ok {
		return 0, nil, NotFound("the journal of the world %q has no exchange %q (any more)", c.world.Name(), c.params["id"])
	}
	return http.StatusOK, entry, nil
}

func clearJournal(c *call) (int, any, error) {
	c.world.Journal().Clear()
	return http.StatusNoContent, nil, nil
}
