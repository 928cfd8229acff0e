package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
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
