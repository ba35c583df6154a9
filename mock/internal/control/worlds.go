package control

import (
	"net/http"
	"time"
)

type worldAnswer struct {
	Name   string    `json:"name"`
	Seed   uint64    `json:"seed"`
	Now    time.Time `json:"now"`
	Frozen bool      `json:"frozen"`
	// ExpiresAt is nil for a world that stays, and while it is in use.
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
}

func describe(w World) worldAnswer {
	a := worldAnswer{Name: w.Name(), Seed: w.Seed(), Now: w.Now(), Frozen: w.Frozen()}
	if at := w.ExpiresAt(); !at.IsZero() {
		a.ExpiresAt = &at
	}
	return a
}

func reset(c *call) (int, any, error) {
	if err := c.body(&struct{}{}); err != nil {
		return 0, nil, err
	}
	if err := c.world.Reset(); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, describe(c.world), nil
}

func reseed(c *call) (int, any, error) {
	var wanted struct {
		Seed *uint64 `json:"seed"`
	}
	if err := c.body(&wanted); err != nil {
		return 0, nil, err
	}
	if wanted.Seed == nil {
		return 0, nil, Invalid(`want {"seed": NUMBER}`)
	}
	c.world.Reseed(*wanted.Seed)
	return http.StatusOK, describe(c.world), nil
}

func listWorlds(c *call) (int, any, error) {
	answer := struct {
		Worlds []worldAnswer `json:"worlds"`
	}{[]worldAnswer{}}
	for _, w := range c.plane.server.Worlds() {
		answer.Worlds = append(answer.Worlds, describe(w))
	}
	return http.StatusOK, answer, nil
}

func createWorld(c *call) (int, any, error) {
	var spec WorldSpec
	if err := c.body(&spec); err != nil {
		return 0, nil, err
	}
	w, err := c.plane.server.CreateWorld(spec)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, describe(w), nil
}

func dropWorld(c *call) (int, any, error) {
	if err := c.plane.server.DropWorld(c.params["name"]); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}

func listSnapshots(c *call) (int, any, error) {
	return http.StatusOK, struct {
		Snapshots []Snapshot `json:"snapshots"`
	}{c.world.ListSnapshots()}, nil
}

func takeSnapshot(c *call) (int, any, error) {
	var wanted struct {
		Name string `json:"name"`
	}
	if err := c.body(&wanted); err != nil {
		return 0, nil, err
	}
	taken, err := c.world.TakeSnapshot(wanted.Name)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, taken, nil
}

func restoreSnapshot(c *call) (int, any, error) {
	var from struct {
		World string `json:"world"`
	}
	if err := c.body(&from); err != nil {
		return 0, nil, err
	}
	if err := c.world.RestoreSnapshot(from.World, c.params["name"]); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, describe(c.world), nil
}

func dropSnapshot(c *call) (int, any, error) {
	if err := c.world.DropSnapshot(c.params["name"]); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}
