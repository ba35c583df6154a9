package mock

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"understudy.dev/mock/internal/behave"
	"understudy.dev/mock/internal/journal"
)

// An outlet writes the events of one stream, each as soon as it is there.
type outlet struct {
	to   http.ResponseWriter
	ctrl *http.ResponseController
	ctx  context.Context
	// release ends what waits for the end of the run, and reports whether that has not come.
	release func() bool

	frame []byte
	// events counts what was sent, kept is its beginning, size the length of all of it.
	events int
	kept   []byte
	size   int64
}

// newOutlet begins a stream, which the client and the run can end. The header was written.
func newOutlet(to http.ResponseWriter, client, over context.Context) *outlet {
	o := &outlet{to: to, ctrl: http.NewResponseController(to)}
	ctx, cancel := context.WithCancelCause(client)
	o.ctx = ctx
	hurried := make(chan struct{})
	stop := context.AfterFunc(over, func() {
		defer close(hurried)
		cancel(errWorldOver)
		// A client that reads nothing must not hold up the end of the world. Where the writer cannot be hurried, the
		// next event sees it.
		_ = o.ctrl.SetWriteDeadline(time.Unix(1, 0))
	})
	o.release = func() bool {
		defer cancel(nil)
		if stop() {
			return true
		}
		// The writer is not there any more when the handler has returned.
		<-hurried
		return false
	}
	return o
}

// close ends the stream and reports whether it has the right to end: the run goes on.
func (o *outlet) close() bool { return o.release() }

// flush sends what was written. A writer that cannot do that sends it when it likes.
func (o *outlet) flush() error {
	if err := o.ctrl.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return o.reason()
	}
	return nil
}

// send writes the data of one event.
func (o *outlet) send(data []byte) error {
	if o.ctx.Err() != nil {
		return o.reason()
	}
	o.frame = appendEvent(o.frame[:0], data)
	if _, err := o.to.Write(o.frame); err != nil {
		return o.reason()
	}
	if err := o.flush(); err != nil {
		return err
	}
	o.size += int64(len(o.frame))
	if room := journal.DefaultBody - len(o.kept); room > 0 {
		o.kept = append(o.kept, o.frame[:min(room, len(o.frame))]...)
	}
	return nil
}

// reason is why nothing more can be sent. A write that fails has no other cause than a client that is not there any more.
func (o *outlet) reason() error {
	if errors.Is(context.Cause(o.ctx), errWorldOver) {
		return errWorldOver
	}
	return errClientGone
}

// events sends what a stream consists of, its end marker apart, and says why it broke off; nil if it did not.
func (x *exchange) events(out *outlet, s *behave.Stream) error {
	if err := out.flush(); err != nil {
		return err
	}
	last := len(s.Events)
	if x.fault != nil && x.fault.Truncate {
		last /= 2
	}
	for i, event := range s.Events[:last] {
		if i > 0 && s.Pause > 0 {
			if err := x.wait(s.Pause); err != nil {
				return err
			}
		}
		if err := out.send(event); err != nil {
			return err
		}
		out.events++
	}
	if x.fault != nil && x.fault.Truncate {
		return errFault
	}
	return nil
}

// appendEvent appends one server-sent event. Data of several lines takes several fields.
func appendEvent(dst, data []byte) []byte {
	for {
		end := bytes.IndexAny(data, "\r\n")
		line := data
		if end >= 0 {
			line = data[:end]
		}
		dst = append(dst, "data: "...)
		dst = append(dst, line...)
		dst = append(dst, '\n')
		if end < 0 {
			return append(dst, '\n')
		}
		if bytes.HasPrefix(data[end:], []byte("\r\n")) {
			end++
		}
		data = data[end+1:]
	}
}
