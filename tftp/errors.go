package tftp

import (
	"errors"
	"fmt"
	"net"

	"itlsim/internal/cause"
)

// ErrNotFound says that the server has no such file. A [FileFunc] returns it
// (or wraps it) and [Client.Get] returns an error that wraps it. Its text goes
// over the wire as it does in a CUCM's answer.
var ErrNotFound = errors.New("File not found") //lint:ignore ST1005 as on the wire

// NameError is a name that is none of those phones ask for, or none that fits
// into a request.
type NameError struct {
	Name   string
	Reason string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("file name %.64q (%d bytes): %s", e.Name, len(e.Name), e.Reason)
}

// ServerError is an ERROR packet other than "file not found" in answer to the
// request, or one in the middle of a file.
type ServerError struct {
	Server, Name string
	Code         uint16 // RFC 1350, appendix
	Message      string
}

func (e *ServerError) Error() string {
	return fmt.Sprintf("%s from %s: ERROR %d %q", e.Name, e.Server, e.Code, e.Message)
}

// TooLargeError is a file of more than Limit bytes: the client broke off.
type TooLargeError struct {
	Server, Name string
	Limit        int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s from %s: larger than %d bytes", e.Name, e.Server, e.Limit)
}

// NoAnswerError is a request or an ACK that got no answer, whatever the
// reason. That nobody listens at the server's address shows as a time-out: the
// client's socket is not connected and so sees no ICMP.
type NoAnswerError struct {
	Server, Name string
	Err          error
}

func (e *NoAnswerError) Error() string {
	return fmt.Sprintf("%s from %s: %s", e.Name, e.Server, cause.OfPeer(e.Err))
}

func (e *NoAnswerError) Unwrap() error { return e.Err }

// Local reports whether this machine is at fault rather than the server: it is
// out of descriptors or ports, or Client.Local is none of its addresses.
func (e *NoAnswerError) Local() bool {
	var op *net.OpError
	return errors.As(e.Err, &op) && op.Op == "listen"
}
