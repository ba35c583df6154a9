package mock

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
)

// errFault is why an answer breaks off that was meant to.
var errFault = errors.New("a fault wanted it to break off")

// sever closes the connection without any answer: with a reset where there is a connection to reset, and otherwise by
// giving up the request.
func sever(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	plain := conn
	if secured, ok := conn.(*tls.Conn); ok {
		plain = secured.NetConn()
	}
	if tcp, ok := plain.(*net.TCPConn); ok {
		// Without lingering, what closes is a reset.
		_ = tcp.SetLinger(0)
	}
	// A connection that is closed already is what was wanted.
	_ = plain.Close()
}

// breakOff sends what was written and closes the connection in the middle of the answer.
func breakOff(w http.ResponseWriter) {
	// What cannot be sent has broken off already.
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
