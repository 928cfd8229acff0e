package ciscolog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var at = time.Date(2014, 2, 6, 8, 4, 27, 8_000_000, time.UTC)

func TestEveryAlarmHasARow(t *testing.T) {
	require.Len(t, catalogue, int(EndPointUnregisteredByReset)+1)
	for a := Alarm(1); int(a) < len(catalogue); a++ {
		row := catalogue[a]
		require.NotContains(t, []string{row.facility, row.name, row.appID, row.text}, "", "alarm %d", a)
		require.True(t, row.severity >= 0 && row.severity <= 7, row.name)
	}
}

// The form is CUCM's: a blank in place of the day's first digit, milliseconds
// without leading zeros.
func TestEntry(t *testing.T) {
	e := Entry{
		Alarm: AuthenticationFailed, At: at, Sequence: 7, Host: "test10pub", FQDN: "test10pub.joemar2.lab",
		Details: Tags{{"UserID", "eve]\n8: forged"}},
	}
	const head = "7: test10pub.joemar2.lab: Feb  6 2014 08:04:27.8 UTC :  %UC_LOGIN-4-AuthenticationFailed: %"
	const body = "[UserID=eve__8: forged][AppID=Cisco CLI][ClusterID=StandAloneCluster][NodeID=test10pub]: " +
		"Login Authentication failed"
	require.Equal(t, body, e.Body())
	require.Equal(t, head+body, e.String())

	e.Details = Tags{{"UserID", strings.Repeat("é", MaxEntry)}}
	require.LessOrEqual(t, len(e.String()), MaxEntry)
	require.GreaterOrEqual(t, len(e.String()), MaxEntry-1, "a character is not cut in two")
	e.FQDN = strings.Repeat("x", MaxEntry)
	require.Empty(t, e.Body())
}

func TestLogKeepsTheLastEntries(t *testing.T) {
	var l Log
	for range 3 * Kept {
		l.Raise(ITLFileRegenerated, at, nil)
	}
	lines := l.Lines()
	require.GreaterOrEqual(t, len(lines), Kept)
	require.Less(t, len(lines), 2*Kept)
	require.True(t, strings.HasPrefix(lines[len(lines)-1], fmt.Sprintf("%d: ", 3*Kept-1)))
}

// A log in a file goes on where it ended; a line that a kill cut is dropped.
func TestLogInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	l, err := Open(path, nil)
	require.NoError(t, err)
	l.SetHost("test10pub", "test10pub.joemar2.lab")
	l.Raise(ITLFileRegenerated, at, nil)
	l.Raise(CertExpired, at, Tags{{"Message", "x"}})
	before := l.Lines()
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	l.Raise(ITLFileRegenerated, at, nil)

	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("2: test10pub.joem")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	l, err = Open(path, nil)
	require.NoError(t, err)
	require.Equal(t, before, l.Lines())
	require.EqualValues(t, 2, l.Raise(ITLFileRegenerated, at, nil).Sequence)
	require.NoError(t, l.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 3, strings.Count(string(data), "\n"))
}
