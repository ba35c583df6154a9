package mock

// Gone reports whether a world is no longer among those of its server, without looking for idle ones.
func Gone(w *World) bool {
	w.server.mu.RLock()
	defer w.server.mu.RUnlock()
	return w.server.worlds[w.name] != w
}
