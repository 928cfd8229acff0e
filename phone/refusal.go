package phone

import (
	"errors"
	"fmt"
	"strings"

	"itlsim/internal/cause"
	"itlsim/itl"
	"itlsim/tftp"
)

// A Refusal says that a phone did not take a file, and why. Unwrap gives the
// [Reason].
type Refusal struct {
	File   tftp.Name // as it was asked for
	Signer itl.Identity
	Reason Reason
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s refused: %v", r.File, r.Reason) }

// Unwrap gives the reason to errors.As.
func (r *Refusal) Unwrap() error { return r.Reason }

// Is reports whether target is the refusal's family: ErrLocked or ErrUntrusted.
func (r *Refusal) Is(target error) bool {
	if r.Reason == nil || target != ErrLocked && target != ErrUntrusted {
		return false
	}
	return (target == ErrUntrusted) == (Explain(r.Reason).State == Untrusted)
}

// A Reason is one way in which a file is refused: one of the types below. See
// [Explain] for what it leads to, and for what is said of it.
type Reason interface {
	error
	row() int // in the table of reasons
}

// MalformedError says that the file is no trust list, signed file or configuration, is
// truncated, or larger than a phone downloads.
type MalformedError struct{ Err error }

func (e *MalformedError) Error() string { return cause.Of(e.Err) }

// Unwrap gives the cause, such as an [*itl.FormatError].
func (e *MalformedError) Unwrap() error { return e.Err }

var (
	errEmpty    = errors.New("malformed: a file of 0 bytes")
	errNotThere = errors.New("is not there")
	errNoServer = errors.New("is not served: no answer")
)

// limit is the size in bytes beyond which a phone does not load a file.
func limit(kind tftp.Kind) int {
	if kind == tftp.ITL {
		return itl.MaxITL
	}
	return itl.MaxFile
}

// tooLarge says that a file is beyond the limit.
func tooLarge(kind tftp.Kind) error {
	return fmt.Errorf("larger than the %d bytes that a phone loads", limit(kind))
}

// EncryptedError says that the configuration is encrypted, and the phone got no file that
// it can read: it has no LSC, or another one than the file is for.
type EncryptedError struct {
	File     string // the encrypted one
	CertHash string // MD5 of the certificate that it is for, as the stub says
	Scheme   string // how it is encrypted; "": it was not got
	Missing  error  // why, or why it could not be read
}

func (e *EncryptedError) Error() string {
	whose := ""
	if e.CertHash != "" {
		whose = " for the certificate with the MD5 " + e.CertHash
	}
	if e.Scheme == "" {
		return fmt.Sprintf("the configuration is encrypted%s, and %s %v", whose, e.File, e.Missing)
	}
	return fmt.Sprintf("the configuration is encrypted%s (%s), and %s", whose, e.Scheme, cause.Of(e.Missing))
}

// DigestError says that the file is signed over a digest that this firmware cannot
// compute (enterprise parameter TFTP File Signature Algorithm, SHA-512).
type DigestError struct{ Digest itl.Digest }

func (e *DigestError) Error() string {
	return fmt.Sprintf("signed with %s, which this firmware does not know", e.Digest)
}

// ForgedError says that a signer that the phone knows, or that TVS vouched for, did not
// sign this content.
type ForgedError struct {
	Known string // where the signer's key came from; "" : the list itself, on first use
	Err   error  // an [*itl.SignatureError], or that the list holds no record of its signer
}

func (e *ForgedError) Error() string {
	if e.Known == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%v (its key: %s)", e.Err, e.Known)
}

// Unwrap gives the signature's own error.
func (e *ForgedError) Unwrap() error { return e.Err }

// DeniedError says that an authenticated TVS did not vouch for the signer in the role
// that it needs. Such an answer is final.
type DeniedError struct {
	Server string
	Signer itl.Identity
	Why    string
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("unknown signer (%s), and TVS %s %s", e.Signer, e.Server, e.Why)
}

// NoTVSAnswerError says that no TVS could be authenticated, and at least one gave no
// answer, so that it may still vouch at another time.
type NoTVSAnswerError struct {
	Signer itl.Identity
	Tried  []error // one for each TVS member, in order
}

func (e *NoTVSAnswerError) Error() string {
	tried := make([]string, len(e.Tried))
	for i, err := range e.Tried {
		tried[i] = fmt.Sprint(err)
	}
	return fmt.Sprintf("unknown signer (%s), and no TVS could be asked: %s", e.Signer, strings.Join(tried, "; "))
}

// Unwrap gives what happened at each TVS.
func (e *NoTVSAnswerError) Unwrap() []error { return e.Tried }

// LostError says that every trust point is lost: the signer is in no list, and every
// TVS showed a certificate that is not in the ITL, or there is none to ask.
type LostError struct {
	Signer itl.Identity
	Why    string
	Tried  []error // one for each TVS member, in order
}

func (e *LostError) Error() string {
	return fmt.Sprintf("unknown signer (%s), and %s", e.Signer, e.Why)
}

// Unwrap gives what happened at each TVS.
func (e *LostError) Unwrap() []error { return e.Tried }

// StrangeTVSError says that a TVS was reached and showed a certificate that is not in
// the stored ITL.
type StrangeTVSError struct{ Server string }

func (e *StrangeTVSError) Error() string {
	if e.Server == "" {
		return "its TLS certificate is not in the stored ITL"
	}
	return "TVS " + e.Server + ": its TLS certificate is not in the stored ITL"
}
