package cli

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// Every refusal of a cluster is of one family, and is printed as a sentence.
func TestWordsOfRefusals(t *testing.T) {
	for err, want := range map[error]string{
		cucm.ErrNotPublisher: "This is not a Publisher Node",
		cucm.ErrNoSubscriber: "There is no subscriber to restore the database from",
		cucm.ErrOldPassword:  "The old password is wrong",
		cucm.ErrNoAddress:    "There is no address to notify: set cert monitor on ADDRESS",
		cucm.ErrSharedRecovery: "From release 12.5 on one ITLRecovery certificate serves all nodes. " +
			"Please regenerate it on the publisher",
		&cucm.NameError{Name: "x y", What: "host name"}: `"x y" is not a host name`,
		&cucm.NameTakenError{Name: "pub"}:               "Another node is or was named pub",
		&cucm.NoBackupError{Name: "monday"}:             "There is no backup named monday",
		&cucm.GuardError{Modified: cucm.CallManager, Wanted: cucm.TVSUnit}: "CallManager certificate was modified " +
			"in the last 5 minutes. Please re-try regenerating TVS certificate at a later time",
		&cucm.KeySizeError{Recovery: 1024, CallManager: 2048}: "The ITLRecovery key has 1024 bits, " +
			"the CallManager certificate 2048. Please regenerate ITLRecovery",
		&cucm.NodeLostError{Node: "sub"}: "Transfer of the reset ITL to node sub failed: " +
			"the node cannot be reached. No node has been changed",
		&cucm.StaleListError{Node: "pub", Recovery: true}: "The ITL does not hold the present ITLRecovery certificate. " +
			"Please restart Cisco Tftp on pub first",
		&cucm.StaleListError{Node: "sub"}: "The ITL of sub does not hold the signer's certificate. " +
			"Please restart Cisco Tftp on it first",
		&cucm.P12Error{Reason: "the file is not an ITLRecovery.p12"}: "The file is not an ITLRecovery.p12",
	} {
		require.ErrorIs(t, err, cucm.ErrRefused)
		require.Equal(t, want, inWords(err))
	}
	other := errors.New("the change could not be kept")
	require.NotErrorIs(t, other, cucm.ErrRefused)
	require.Equal(t, other.Error(), inWords(other))
}
