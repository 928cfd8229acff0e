package cucm

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// ErrRefused is the family of refusals: changes that a cluster does not make
// because something about them is wrong. Nothing has changed then. Errors that
// are not of the family come from keys, the disk or the network.
var ErrRefused = errors.New("refused")

// refused makes a type one of the family.
type refused struct{}

// Is reports whether target is the family.
func (refused) Is(target error) bool { return target == ErrRefused }

// A plainRefusal is one that says all with its text.
type plainRefusal struct {
	refused
	text string
}

func (e *plainRefusal) Error() string { return e.text }

func refusal(text string) error { return &plainRefusal{text: text} }

// Refusals without details.
var (
	ErrNotPublisher   = refusal("this node is not the publisher") // M9
	ErrNoSubscriber   = refusal("there is no subscriber to restore the database from")
	ErrNoInactive     = refusal("nothing is installed on the inactive partition")
	ErrOldPassword    = refusal("the old password is wrong")
	ErrNoRequest      = refusal("there is no CSR for it")
	ErrOtherKey       = refusal("the certificate is not of the key of the CSR")
	ErrOneCluster     = refusal("the certificates of one cluster alone are there")
	ErrNoDevice       = refusal("there is no such phone in the database")
	ErrTooManyOwn     = refusal("there are more phones with settings of their own than a cluster has phones")
	ErrNoAddress      = refusal("there is no address to notify")
	ErrNoRecovery     = refusal("this release has no ITLRecovery certificate")
	ErrSameFIPS       = refusal("the node is in this mode already: utils fips status")
	ErrSameMode       = refusal("the cluster is in this security mode already")
	ErrNonSecure      = refusal("the cluster is in non-secure mode")
	ErrMixed          = refusal("the cluster is in mixed mode")
	ErrNoCTL          = refusal("there is no CTL file")
	ErrNoCAPF         = refusal("Cisco Certificate Authority Proxy Function is not running")
	ErrWantsTLS       = refusal("the phone's security profile wants TLS")
	ErrWantsTCP       = refusal("the phone's security profile is non secure")
	ErrOtherPhone     = refusal("the certificate is another phone's")
	ErrStrangeLSC     = refusal("the certificate is of no CAPF that the cluster knows")
	ErrTokens         = refusal("this release makes a CTL by the CTL client and eTokens only")
	ErrSharedRecovery = refusal("from release 12.5 on the publisher's ITLRecovery certificate serves all nodes")
)

// A NameError refuses a name that is not what it should be.
type NameError struct {
	refused
	Name string
	What string // "host name", "domain" or "name for a backup"
}

func (e *NameError) Error() string { return fmt.Sprintf("%q is not a %s", e.Name, e.What) }

// A NameTakenError refuses the host name of another node.
type NameTakenError struct {
	refused
	Name string
}

func (e *NameTakenError) Error() string { return "another node is or was named " + e.Name }

// A NoBackupError refuses to restore a backup that is not there.
type NoBackupError struct {
	refused
	Name string
}

func (e *NoBackupError) Error() string { return "there is no backup named " + e.Name }

// A ParameterError refuses an enterprise parameter that the release does not have.
type ParameterError struct {
	refused
	Parameter Parameter
	Release   Release
}

func (e *ParameterError) Error() string {
	return fmt.Sprintf("release %s has no enterprise parameter %q", e.Release, string(e.Parameter))
}

// A VersionError refuses to install a version, or to switch to it.
type VersionError struct {
	refused
	Version string
	Why     string
}

func (e *VersionError) Error() string { return "not version " + e.Version + ": " + e.Why }

// A TLSError refuses a version as the oldest that a node is to speak: one that the
// release cannot be set to.
type TLSError struct {
	refused
	Version uint16   // as crypto/tls numbers it
	Known   []uint16 // those that it can be
}

func (e *TLSError) Error() string {
	return fmt.Sprintf("the minimum of TLS cannot be %s in this release", tls.VersionName(e.Version))
}

// A GuardError refuses a regeneration within five minutes of another
// certificate's on the same node (M13).
type GuardError struct {
	refused
	Modified, Wanted Unit
}

func (e *GuardError) Error() string {
	return fmt.Sprintf("the %s certificate was modified in the last five minutes, %s has to wait", e.Modified, e.Wanted)
}

// A KeySizeError refuses a recovery key that is shorter than the publisher's
// CallManager key: a reset with a 1024-bit ITLRecovery beside certificates of
// 2048 bits fails (CUCM's certificate regeneration guide).
type KeySizeError struct {
	refused
	Recovery, CallManager int // bits
}

func (e *KeySizeError) Error() string {
	return fmt.Sprintf("the ITLRecovery key has %d bits, the CallManager certificate %d", e.Recovery, e.CallManager)
}

// A NodeLostError is a TFTP node that was active when the nodes were listed, and
// cannot be reached for the transfer.
type NodeLostError struct {
	refused
	Node string
}

func (e *NodeLostError) Error() string {
	return fmt.Sprintf("node %s cannot be reached for the transfer of the reset ITL", e.Node)
}

// A StaleListError refuses a reset list that would not hold its own signer.
type StaleListError struct {
	refused
	Node string
	CTL  bool // it is the CTL
	// Recovery is set where the publisher's list lacks the present ITLRecovery
	// certificate, which waits for a start of TFTP.
	Recovery bool
}

func (e *StaleListError) Error() string {
	lacks := "the signer's certificate"
	if e.Recovery {
		lacks = "the present ITLRecovery certificate"
	}
	list := "ITL"
	if e.CTL {
		list = "CTL"
	}
	return fmt.Sprintf("the %s of %s does not hold %s", list, e.Node, lacks)
}

// A P12Error says why an ITLRecovery.p12 cannot be used.
type P12Error struct {
	refused
	Reason string
	Err    error
}

func (e *P12Error) Error() string { return e.Reason }
func (e *P12Error) Unwrap() error { return e.Err }

// ErrP12Password is under the [*P12Error] for a file of another cluster security
// password.
var ErrP12Password = errors.New("wrong password")
