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
	require.Len(t, catalogue, int(ServiceStartFailed)+1)
	for a := Alarm(1); int(a) < len(catalogue); a++ {
		row := catalogue[a]
		require.NotContains(t, []string{row.facility, row.name, row.appID, row.text}, "", "alarm %d", a)
		require.True(t, row.severity >= 0 && row.severity <= 7, row.name)
		require.Equal(t, row.appID, sender(row.name))
	}
}

// Lines of real nodes: but for their zone, cluster and process numbers they are
// written as here.
func TestLinesOfRealNodes(t *testing.T) {
	for line, e := range map[string]Entry{
		"Jun 19 10:00:00 n1 local99 0 : 42: n1.ex.net: Jun 19 2019 10:00:00.19 UTC :  %UC_CERT-0-CertExpired: " +
			"%[Message=Certificate expiration Notification.][AppID=Cisco Certificate Monitor][ClusterID=StandAloneCluster]" +
			"[NodeID=n1]: Certificate has Expired and needs to be changed at the earliest": {
			Alarm: CertExpired, At: time.Date(2019, 6, 19, 10, 0, 0, 19e6, time.UTC), Sequence: 42,
			Details: Tags{{"Message", "Certificate expiration Notification."}},
		},
		"Jun 17 14:14:22 n1 local7 6 : 12: n1.ex.net: Jun 17 2019 14:14:22.800 UTC :  %UC_GENERIC-6-ServiceStarted: " +
			"%[ServiceName=Cisco CDP][AppID=Cisco Service Manager][ClusterID=StandAloneCluster][NodeID=n1]: Service started.": {
			Alarm: ServiceStarted, At: time.Date(2019, 6, 17, 14, 14, 22, 8e8, time.UTC), Sequence: 12,
			Details: Tags{{"ServiceName", "Cisco CDP"}},
		},
		"Jun 17 14:14:20 n1 local7 2 : 8: n1.ex.net: Jun 17 2019 14:14:20.791 UTC : " +
			"%UC_SERVICEMANAGER-2-ServiceStartFailed : %[ServiceName=Cisco Trace Collection Servlet]" +
			"[Reason=HTTP 404 Error][AppID=Cisco Service Manager]" +
			"[ClusterID=StandAloneCluster][NodeID=n1]: Failed to start service.": {
			Alarm: ServiceStartFailed, At: time.Date(2019, 6, 17, 14, 14, 20, 791e6, time.UTC), Sequence: 8,
			Details: Tags{{"ServiceName", "Cisco Trace Collection Servlet"}, {"Reason", "HTTP 404 Error"}},
		},
	} {
		e.Host, e.FQDN = "n1", "n1.ex.net"
		require.Equal(t, line, e.String())
	}
}

// The form is CUCM's: a blank in place of the day's first digit, milliseconds
// without leading zeros. Nobody's words forge an entry.
func TestEntry(t *testing.T) {
	e := Entry{
		Alarm: AuthenticationFailed, At: at, Sequence: 7, Host: "test10pub", FQDN: "test10pub.joemar2.lab",
		Details: Tags{{"UserID", "eve]\n8: forged"}},
	}
	const file = "Feb  6 08:04:27 test10pub local7 4 : "
	const head = "7: test10pub.joemar2.lab: Feb  6 2014 08:04:27.8 UTC :  %UC_LOGIN-4-AuthenticationFailed: %"
	const body = "[UserID=eve__8: forged][AppID=Cisco CLI][ClusterID=StandAloneCluster][NodeID=test10pub]: " +
		"Login Authentication failed"
	require.Equal(t, body, e.Body())
	require.Equal(t, head+body, e.Message())
	require.Equal(t, file+head+body, e.String())

	e.Details = Tags{{"UserID", strings.Repeat("é", MaxEntry)}}
	require.LessOrEqual(t, len(e.Message()), MaxEntry)
	require.GreaterOrEqual(t, len(e.Message()), MaxEntry-1, "a character is not cut in two")
	require.Equal(t, file+e.Message(), e.String())
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
	require.Contains(t, lines[len(lines)-1], fmt.Sprintf(" : %d: ", 3*Kept-1))
}

// numbers are the sequence numbers of a log's lines.
func numbers(t *testing.T, l *Log) (all []uint32) {
	t.Helper()
	for _, line := range l.Lines() {
		_, n, ok := numbered(line)
		require.True(t, ok, line)
		all = append(all, n)
	}
	return all
}

// Who has read up to an entry gets those after it, and of what is not kept any more the rest.
func TestEntriesAfterAnother(t *testing.T) {
	l := New(nil)
	numbers := func(after uint64, most int, of Alarm) (numbers []uint64) {
		entries, ok := l.After(after, most, of)
		require.True(t, ok)
		for _, e := range entries {
			numbers = append(numbers, e.Number)
		}
		return numbers
	}
	require.Empty(t, numbers(0, 10, 0))
	for range 3 * Kept {
		l.Raise(ITLFileRegenerated, time.Time{}, nil)
	}
	l.Raise(EndPointRegistered, time.Time{}, nil)
	last := uint64(3*Kept + 1)
	require.Equal(t, []uint64{last - 2, last - 1}, numbers(last-3, 2, 0))
	require.Equal(t, []uint64{last}, numbers(0, 2, EndPointRegistered))
	require.Equal(t, l.Last(1, 0)[0].Number, last)
	require.Equal(t, []uint64{2*Kept + 1}, numbers(0, 1, 0), "those before are not kept")
	require.Empty(t, numbers(last, 1, 0))
	_, ok := l.After(last+1, 1, 0)
	require.False(t, ok, "there is no such entry")
}

// Each process counts its own entries, whatever their facility, from 0 and without
// gaps, and begins anew when it is started again.
func TestEachProcessCounts(t *testing.T) {
	var l Log
	for _, a := range []Alarm{
		ServiceStarted, EndPointRegistered, ServiceStartFailed, DeviceTLInfo, ITLFileRegenerated,
		EndPointUnregisteredByReset,
	} {
		l.Raise(a, at, nil)
	}
	require.Equal(t, []uint32{0, 0, 1, 1, 0, 2}, numbers(t, &l))
	l.Ended("Cisco CallManager")
	l.Raise(EndPointRegistered, at, nil)
	l.Raise(ITLFileRegenerated, at, nil)
	l.Ended()
	l.Raise(ServiceStarted, at, nil)
	require.Equal(t, []uint32{0, 1, 0}, numbers(t, &l)[6:])
}

// A log in a file goes on where it ended, each process at its own number. A line that
// a kill cut stays as it is, and the next one begins behind its end.
func TestLogInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	l, err := Open(path, nil)
	require.NoError(t, err)
	l.SetHost("test10pub", "test10pub.joemar2.lab")
	l.Raise(ITLFileRegenerated, at, nil)
	l.Raise(ITLFileRegenerated, at, nil)
	l.Raise(CertExpired, at, Tags{{"Message", strings.Repeat("x", 2*MaxEntry)}})
	before := l.Lines()
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	l.Raise(ITLFileRegenerated, at, nil)

	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	const torn = "Feb  6 08:04:27 test10pub local7 6 : 2: test10pub.joem"
	_, err = f.WriteString(torn)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	l, err = Open(path, nil)
	require.NoError(t, err)
	require.Equal(t, append(before, torn), l.Lines())
	require.EqualValues(t, 2, l.Raise(ITLFileRegenerated, at, nil).Sequence)
	require.EqualValues(t, 1, l.Raise(CertExpired, at, nil).Sequence)
	require.EqualValues(t, 0, l.Raise(RTMTAlert, at, nil).Sequence)
	require.NoError(t, l.Close())
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, 7, strings.Count(string(data), "\n"))
	require.Contains(t, string(data), torn+"\n")
}

// A log that an earlier version kept, which numbered the entries of all processes
// together and had nothing before them, is read and goes on.
func TestLogOfAnEarlierVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	const kept = "40: a.b: Feb  6 2014 08:04:27.8 UTC :  %UC_TVS-6-ITLFileRegenerated: " +
		"%[AppID=Cisco Trust Verification Service][ClusterID=StandAloneCluster][NodeID=a]: " +
		"New ITL File has been generated\n" +
		"41: a.b: Feb  6 2014 08:04:27.8 UTC :  %UC_-6-DeviceTLInfo: %[DeviceName=SEP001122334455]" +
		"[AppID=Cisco CallManager][ClusterID=StandAloneCluster][NodeID=a]: Trust lists of a device\n"
	require.NoError(t, os.WriteFile(path, []byte(kept), 0o600))
	l, err := Open(path, nil)
	require.NoError(t, err)
	defer l.Close()
	require.Equal(t, kept, strings.Join(l.Lines(), "\n")+"\n")
	require.EqualValues(t, 41, l.Raise(TVSCertificateRegenerated, at, nil).Sequence)
	require.EqualValues(t, 42, l.Raise(EndPointRegistered, at, nil).Sequence)
	require.EqualValues(t, 0, l.Raise(CertExpired, at, nil).Sequence)
}

// Whatever a log's file holds, it is read; what was written is found again.
func FuzzNumbered(f *testing.F) {
	e := Entry{Alarm: DeviceTLInfo, At: at, Sequence: 7, Host: "a", FQDN: "a.b"}
	f.Add(e.String(), uint8(0), uint32(0), "a", "")
	f.Add(e.Message(), uint8(ServiceStartFailed), uint32(12), "n1", " : 9: x UTC : %A-1-B: ")
	f.Fuzz(func(t *testing.T, line string, a uint8, sequence uint32, host, value string) {
		numbered(line)
		alarm := Alarm(a)%Alarm(len(catalogue)-1) + 1
		if len(host) > 63 || strings.ContainsAny(host, " :\n") {
			return // no host's name
		}
		e := Entry{Alarm: alarm, At: at, Sequence: sequence, Host: host, FQDN: host, Details: Tags{{"A", value}}}
		for _, line := range []string{e.String(), e.Message()} {
			process, n, ok := numbered(line)
			if !ok || process != catalogue[alarm].appID || n != sequence {
				t.Fatalf("%q is read as %q %d", line, process, n)
			}
		}
	})
}
