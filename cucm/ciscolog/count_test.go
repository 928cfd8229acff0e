package ciscolog

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is watched from the beginning is counted whatever the log keeps, the cluster's own
// entries and those of phones each by themselves; what is not, of what is at hand.
func TestEntriesAreCountedThatAreKeptNoMore(t *testing.T) {
	var l Log
	l.Watch("RollBackToPre8.0Enabled")
	l.Watch("Name=SEP1")
	l.Watch("Name=SEP1") // by another sentence
	l.Raise(RollbackEnabled, at, nil)
	for range Kept {
		l.Raise(DeviceTLInfo, at, Tags{{"Name", "SEP1"}})
		l.Raise(EndPointUnregisteredByReset, at, Tags{{"Name", "SEP2"}})
	}
	l.Raise(ITLFileRegenerated, at, nil)
	l.Raise(RequestsDropped, at, nil)
	require.NotContains(t, l.Lines()[0], "RollBack", "it is given up")
	require.Equal(t, Count{Own: Lines{1, 2}, OfPhones: Lines{0, 2*Kept + 1}}, l.Count("RollBackToPre8.0Enabled"))
	require.Equal(t, Count{Own: Lines{0, 2}, OfPhones: Lines{Kept, 2*Kept + 1}}, l.Count("Name=SEP1"))
	require.Equal(t, Count{Own: Lines{0, 1}, OfPhones: Lines{Kept/2 + 1, Kept + 2}}, l.Count("Name=SEP2"))
}

// Entries that an earlier process wrote are told apart as well.
func TestLinesOfAnEarlierProcessAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for range 2 {
		l, err := Open(path, nil)
		require.NoError(t, err)
		l.Raise(ITLFileRegenerated, at, nil)
		l.Raise(EndPointRegistered, at, nil)
		l.Raise(RequestsDropped, at, nil)
		require.NoError(t, l.Close())
	}
	l, err := Open(path, nil)
	require.NoError(t, err)
	defer l.Close()
	require.Equal(t, Count{Own: Lines{2, 2}, OfPhones: Lines{0, 4}}, l.Count("ITLFileRegenerated"))
}
