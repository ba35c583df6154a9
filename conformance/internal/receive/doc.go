// Package receive takes what a target sends by itself: the deliveries of its webhooks. One receiver serves a run; every
// section has a box of its own behind a path that nobody can guess, so that what comes late or for others never gets
// into it.
//
// Every delivery is answered at once, with what the box says. What is kept is bounded in number and size. It judges
// nothing; it only tells which event a delivery is about.
//
//	r, err := receive.Start(&receive.Config{})
//	defer r.Close()
//	box, err := r.Box()
//	box.Answer(500, 204)
//	// hand out box.URL(), let something happen
//	d := box.Take(ctx, 10*time.Second, func(d *receive.Delivery) bool { return true })
package receive
