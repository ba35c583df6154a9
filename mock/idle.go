package mock

import (
	"math"
	"sync/atomic"
	"time"
)

// A use tells when a world was last used, in real time. The zero value is a world that nobody has used.
type use struct {
	// holders are the requests, and other uses, that are under way.
	holders atomic.Int64
	// last is when the latest one ended, in nanoseconds of the wall.
	last atomic.Int64
}

// hold keeps the world from expiring until the function it gives is called.
func (w *World) hold() (release func()) {
	w.use.holders.Add(1)
	return func() {
		w.touch()
		w.use.holders.Add(-1)
	}
}

// touch says that the world is used now.
func (w *World) touch() { w.use.last.Store(w.server.settings.Wall().UnixNano()) }

// idleFor is how long nobody has used the world: nothing while somebody does, and the default world always is in use.
func (w *World) idleFor(now time.Time) time.Duration {
	if w.use.holders.Load() > 0 || w.name == DefaultWorld {
		return 0
	}
	return now.Sub(time.Unix(0, w.use.last.Load()))
}

// expiresAt is when the world is dropped if nobody uses it; zero if it is not.
func (w *World) expiresAt() time.Time {
	idle := w.server.settings.WorldIdle
	if idle < 0 || w.name == DefaultWorld || w.use.holders.Load() > 0 {
		return time.Time{}
	}
	return time.Unix(0, w.use.last.Load()).Add(idle).UTC()
}

// enterWorld finds a world and holds it: until leave is called it does not expire. Nil is no such world.
func (s *Server) enterWorld(name string) (w *World, leave func()) {
	s.mu.RLock()
	w = s.worlds[name]
	if w != nil && name != DefaultWorld {
		if s.expired(w) {
			s.mu.RUnlock()
			s.expire()
			return nil, func() {}
		}
		leave = w.hold()
	}
	s.mu.RUnlock()
	if leave == nil {
		leave = func() {}
	}
	return w, leave
}

func (s *Server) expired(w *World) bool {
	return s.settings.WorldIdle >= 0 && w.idleFor(s.settings.Wall()) >= s.settings.WorldIdle
}

// expire drops the worlds that were idle for too long.
func (s *Server) expire() {
	var idle []*World
	s.mu.Lock()
	for name, w := range s.worlds {
		if name != DefaultWorld && s.expired(w) {
			delete(s.worlds, name)
			idle = append(idle, w)
		}
	}
	s.mu.Unlock()
	for _, w := range idle {
		w.close()
	}
}

// watch lets the worlds expire on their own, in real time: without it what they hold would stay until the next request. The
// caller holds mu.
func (s *Server) watch() {
	if s.watching || s.closed || s.settings.WorldIdle < 0 || len(s.worlds) < 2 {
		return
	}
	s.watching = true
	next := time.Duration(math.MaxInt64)
	for name, w := range s.worlds {
		if name != DefaultWorld {
			next = min(next, s.settings.WorldIdle-w.idleFor(s.settings.Wall()))
		}
	}
	s.alarm = time.AfterFunc(max(next, s.settings.WorldIdle/16, time.Millisecond), func() {
		s.expire()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watching = false
		s.watch()
	})
}
