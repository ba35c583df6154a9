package wire

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"understudy.dev/conformance/internal/stream"
)

// readBody reads an answer's body. A target may compress it: nobody has asked it not to.
func readBody(method string, answer *http.Response) ([]byte, error) {
	var from io.Reader = answer.Body
	if strings.EqualFold(answer.Header.Get("Content-Encoding"), "gzip") && method != http.MethodHead {
		unzipped, err := gzip.NewReader(answer.Body)
		if err != nil {
			return nil, fmt.Errorf("the answer is not gzip, as it says: %w", err)
		}
		from = unzipped
	}
	body, err := io.ReadAll(io.LimitReader(from, largest+1))
	if len(body) > largest {
		return nil, fmt.Errorf("the answer is larger than %d bytes", largest)
	}
	if media, _, mediaErr := mime.ParseMediaType(answer.Header.Get("Content-Type")); mediaErr == nil && media == stream.MediaType {
		return body, streamEnd(answer, body, err)
	}
	return body, err
}

// streamEnd tells that an event stream did not come to its end.
func streamEnd(answer *http.Response, body []byte, err error) error {
	// Where only the end of the connection ends a body, a line that is cut off shows that it came too early.
	delimited := answer.ProtoMajor == 1 && answer.ContentLength < 0 && len(answer.TransferEncoding) == 0
	last := bytes.LastIndexAny(body, "\r\n")
	cut := last < len(body)-1
	if err == nil && !(delimited && cut) {
		return nil
	}
	if cut {
		body = body[:last+1] // half an event is none
	}
	reason := "broke off"
	if errors.Is(err, context.DeadlineExceeded) {
		reason = "had not ended in time,"
	}
	return &streamError{fmt.Sprintf("the event stream %s after %d events", reason, len(stream.Data(body))), err}
}

// A streamError is why an event stream is not whole.
type streamError struct {
	reason string
	err    error
}

func (e *streamError) Error() string { return e.reason }
func (e *streamError) Unwrap() error { return e.err }

// plainReason words an error of the way to the target without repeating the URL, which may hold secrets.
func plainReason(err error) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var op *net.OpError
	var broken *streamError
	switch {
	case errors.As(err, &broken) && !errors.Is(err, context.Canceled):
		return broken.reason
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.As(err, &dns):
		return "the host " + strconv.Quote(dns.Name) + " is not known"
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return "its certificate is not trusted"
	case errors.As(err, &op):
		return op.Op + ": " + op.Err.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed in the middle of the answer"
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err.Error()
	}
	return err.Error()
}
