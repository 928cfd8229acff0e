package cli

import (
	"errors"
	"fmt"
	"strings"

	"itlsim/cucm"
	"itlsim/internal/cause"
)

// A CommandError is a command that a node refuses or fails, in the words that it
// prints. Err is what the cluster said, nil where the command line itself
// refused.
type CommandError struct {
	Words string
	Err   error
}

func (e *CommandError) Error() string { return e.Words }
func (e *CommandError) Unwrap() error { return e.Err }

func refuse(format string, args ...any) error {
	return &CommandError{Words: fmt.Sprintf(format, args...)}
}

// listed are the names that there are, one after the other.
func listed[S ~string](all []S) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

// Refusals of the command line that callers tell apart. No transcript shows
// their exact words.
var (
	ErrUnknownCommand = refuse("No valid command entered")
	ErrNodeDown       = refuse("The node is down")
	ErrPassword       = refuse("The CCM Administrator password is wrong")
	// ErrExit ends a session. It is no failure.
	ErrExit = refuse("exit")
	// ErrDeclined is a command that did nothing, since its question was answered with
	// no. A node prints nothing about that.
	ErrDeclined = refuse("its question was answered with no")
)

// inWords is what a node prints of an error. The guard's words are CUCM's, and
// the stem of ErrNotPublisher's; the others are this project's own.
func inWords(err error) string {
	var guard *cucm.GuardError
	var version *cucm.TLSError
	var stale *cucm.StaleListError
	var size *cucm.KeySizeError
	var lost *cucm.NodeLostError
	switch {
	case errors.As(err, &version):
		return tlsWords(version)
	case errors.As(err, &guard):
		return fmt.Sprintf("%s certificate was modified in the last 5 minutes. "+
			"Please re-try regenerating %s certificate at a later time", guard.Modified, guard.Wanted)
	case errors.Is(err, cucm.ErrNotPublisher):
		return "This is not a Publisher Node"
	case errors.Is(err, cucm.ErrSharedRecovery):
		return "From release 12.5 on one ITLRecovery certificate serves all nodes. Please regenerate it on the publisher"
	case errors.Is(err, cucm.ErrNoAddress):
		return "There is no address to notify: set cert monitor on ADDRESS"
	case errors.As(err, &stale) && stale.CTL:
		return capital(stale.Error()) + ". Please run the CLI - utils ctl update CTLFile first"
	case errors.As(err, &stale) && stale.Recovery:
		return fmt.Sprintf("The ITL does not hold the present ITLRecovery certificate. "+
			"Please restart Cisco Tftp on %s first", stale.Node)
	case errors.As(err, &stale):
		return capital(stale.Error()) + ". Please restart Cisco Tftp on it first"
	case errors.As(err, &size):
		return capital(size.Error()) + ". Please regenerate ITLRecovery"
	case errors.As(err, &lost):
		return fmt.Sprintf("Transfer of the reset ITL to node %s failed: "+
			"the node cannot be reached. No node has been changed", lost.Node)
	case errors.Is(err, cucm.ErrRefused):
		return capital(cause.Of(err))
	}
	return cause.Of(err)
}

// capital begins a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
