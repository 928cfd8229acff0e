package tvs

import (
	"fmt"

	"itlsim/internal/cause"
	"itlsim/internal/localfault"
)

// UnreachableError is a TVS that gave no answer and refused nothing either: no
// connection, a handshake that failed, a time-out, a connection closed before
// the answer was complete. Err wraps context.Canceled when the caller gave up,
// context.DeadlineExceeded when the time ran out.
type UnreachableError struct {
	Peer   string // the address asked
	During string // "connecting", "handshake", "request" or "answer"
	Err    error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("TVS %s unreachable, %s: %s", e.Peer, e.During, cause.OfPeer(e.Err))
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// Local reports whether this machine is at fault rather than the TVS: it ran
// out of descriptors, ports or memory, or Client.Local is none of its addresses.
func (e *UnreachableError) Local() bool { return localfault.Is(e.Err) }

// MismatchError is a TVS that was reached, and showed a certificate that the
// caller refused.
type MismatchError struct {
	Peer        string // the address asked
	Certificate []byte // the one it showed, DER
	Reason      error  // the caller's
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("TVS %s: certificate refused: %s", e.Peer, cause.Of(e.Reason))
}

func (e *MismatchError) Unwrap() error { return e.Reason }

// ProtocolError is a TVS that was authenticated and answered nonsense: Err
// is a *FormatError, or names the wrong session id or command.
type ProtocolError struct {
	Peer string // the address asked
	Err  error
}

func (e *ProtocolError) Error() string {
	return fmt.Sprintf("TVS %s: %s", e.Peer, cause.Of(e.Err))
}

func (e *ProtocolError) Unwrap() error { return e.Err }
