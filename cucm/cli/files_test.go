package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
)

// The log is a file of the directory activelog, and reads as on a node; a slash may
// stand before its name.
func TestLogFile(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, "utils service restart Cisco Tftp")
	l.Pub.LoginFailed("eve", "127.0.0.1:1")
	for _, name := range []string{"syslog/CiscoSyslog", "/syslog/CiscoSyslog"} {
		shown := l.Must(l.Pub, "file view activelog "+name)
		require.Equal(t, strings.Join(l.Pub.Log(), "\n")+"\n", shown)
		lines := strings.Split(shown, "\n")
		require.Equal(t, "Feb 26 18:24:27 test10pub local7 6 : 0: test10pub.joemar2.lab: Feb 26 2014 18:24:27.0 UTC :  "+
			"%UC_GENERIC-6-ServiceStarted: %[ServiceName=Cisco Tftp][AppID=Cisco Service Manager][ClusterID=StandAloneCluster]"+
			"[NodeID=test10pub]: Service started.", lines[1])
		require.Contains(t, lines[2], " test10pub local7 4 : 0: ")
	}
	for _, pattern := range []string{"syslog/CiscoSyslog", "/syslog/*"} {
		require.Equal(t, "CiscoSyslog\ndir count = 0, file count = 1\n", l.Must(l.Pub, "file list activelog "+pattern))
	}
	require.Equal(t, "dir count = 0, file count = 0\n", l.Must(l.Pub, "file list activelog cm/*"))
	_, err := l.Types(l.Pub, "file view activelog syslog/messages")
	require.ErrorContains(t, err, "There is no file syslog/messages")
}

// Files of the log that were turned over are listed and shown, each by itself.
func TestFilesOfTheLog(t *testing.T) {
	dir := t.TempDir()
	l := cucmtest.Open(t, dir)
	l.Pub.LoginFailed("eve", "127.0.0.1:1")
	path := filepath.Join(dir, "log/test10pub", ciscolog.File)
	require.NoError(t, os.WriteFile(path+".1", []byte("earlier\n"), 0o600))
	require.Equal(t, "CiscoSyslog\nCiscoSyslog.1\ndir count = 0, file count = 2\n",
		l.Must(l.Pub, "file list activelog /syslog/*"))
	require.Equal(t, "earlier\n", l.Must(l.Pub, "file view activelog syslog/CiscoSyslog.1"))
	require.Contains(t, l.Must(l.Pub, "file view activelog syslog/CiscoSyslog"), "[UserID=eve]")
	_, err := l.Types(l.Pub, "file view activelog syslog/CiscoSyslog.2")
	require.EqualError(t, err,
		"There is no file syslog/CiscoSyslog.2; there is syslog/CiscoSyslog, syslog/CiscoSyslog.1")
}

// The end of a file of the log, as many lines as are asked for.
func TestTailOfTheLog(t *testing.T) {
	l := newLab(t)
	for i := range 15 {
		l.Pub.LoginFailed(fmt.Sprint(i), "127.0.0.1:1")
	}
	for typed, want := range map[string]int{"syslog/CiscoSyslog": 10, "/syslog/CiscoSyslog 3": 3,
		"syslog/CiscoSyslog 99": 15} {
		shown := strings.Split(strings.TrimSuffix(l.Must(l.Pub, "file tail activelog "+typed), "\n"), "\n")
		require.Equal(t, l.Pub.Log()[15-want:], shown)
	}
	for typed, says := range map[string]string{
		"syslog/CiscoSyslog few": `"few" is not a number of lines`, "syslog/CiscoSyslog 0": `"0" is not a number of lines`,
		"syslog/messages": "There is no file syslog/messages; there is syslog/CiscoSyslog",
	} {
		_, err := l.Types(l.Pub, "file tail activelog "+typed)
		require.EqualError(t, err, says)
	}
}

// A file of the log goes to a server by the dialogue of those of the TFTP directory.
func TestLogToAServer(t *testing.T) {
	l := newLab(t)
	l.Pub.LoginFailed("eve", "127.0.0.1:1")
	log := strings.Join(l.Pub.Log(), "\n") + "\n"
	server := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	out := l.Must(l.Pub, "file get activelog /syslog/CiscoSyslog", "y", server.Host, server.Port, server.User,
		server.Password, server.Dir, "yes")
	require.Contains(t, out, fmt.Sprintf("Total size in Bytes: %d\n", len(log)))
	require.True(t, strings.HasSuffix(out,
		"\nTransfer completed.\n\nDownloading file: /var/log/active/syslog/CiscoSyslog\n"), out)
	sent, err := os.ReadFile(filepath.Join(server.Dir, "CiscoSyslog"))
	require.NoError(t, err)
	require.Equal(t, log, string(sent))
	_, err = l.Types(l.Pub, "file get activelog syslog/../../secret")
	require.EqualError(t, err, "File syslog/../../secret was not found")
}
