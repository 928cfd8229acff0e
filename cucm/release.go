package cucm

import "fmt"

// Release is the generation of CUCM that a cluster is of.
type Release string

// The releases. From 12.0 on the roles of the two keys are inverted: ITLRecovery
// signs the lists, and `utils itl reset localkey` signs with the publisher's
// CallManager key until TFTP restarts. From 12.5 on one ITLRecovery, made on the
// publisher, is every node's.
const (
	Release10  Release = "10.0" // the default
	Release125 Release = "12.5"
)

// recoverySigns reports whether ITLRecovery signs a list that TFTP builds, rather
// than CallManager.
func (r Release) recoverySigns() bool { return r == Release125 }

// resetUnit is the publisher's certificate whose key `utils itl reset localkey`
// signs with.
func (r Release) resetUnit() Unit {
	if r.recoverySigns() {
		return CallManager
	}
	return ITLRecovery
}

// sharesRecovery reports whether all nodes have one ITLRecovery.
func (r Release) sharesRecovery() bool { return r == Release125 }

// UserAgent is how call managers of the release name themselves in SIP.
func (r Release) UserAgent() string { return "Cisco-CUCM" + string(r) }

// SIS is the version of Cisco's SIP line interface that call managers of the
// release answer with. 9.1.0 was seen of 12.5; 6.0.0 in a trace of 2015 whose
// release it does not tell (technote 200410): that it is 10.0's is this project's
// choice.
func (r Release) SIS() string {
	if r == Release10 {
		return "6.0.0"
	}
	return "9.1.0"
}

// Version is what `show version active` prints. The build numbers are this
// project's own.
func (r Release) Version() string {
	if r == Release125 {
		return "12.5.1.10000-22"
	}
	return "10.0.1.10000-24"
}

func (r Release) check() error {
	if r != Release10 && r != Release125 {
		return fmt.Errorf("release %q is not simulated; there are %s and %s", r, Release10, Release125)
	}
	return nil
}
