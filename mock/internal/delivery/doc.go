// Package delivery sends events to those who have subscribed to them: over real HTTP, signed, in order, again after a
// failure, and with a record of every attempt.
//
// It decides neither what happens nor who wants to hear of it, and renders nothing: an [Order] says where what goes. What
// it knows is how to send: where it may connect to ([Targets]), when to try again, when to give up.
//
//	targets, err := delivery.NewTargets(&delivery.TargetOptions{Loopback: true})    // once for a server
//	desk := delivery.New(targets, &delivery.Options{Clock: clock})                  // once for the run of a world
//	defer desk.Close()
//	desk.Send(order)
//
// The deliveries of one subscription form a lane: one at a time, in the order of Send. A later one waits until the earlier
// one was delivered or given up; lanes do not wait for one another. No lock is held while something is sent, so a receiver
// may call whatever it likes, the desk and the clock included.
//
// Everything is bounded: what a desk remembers, what waits, how much is sent at once, what is read of an answer.
package delivery
