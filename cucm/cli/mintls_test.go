package cli_test

import (
	"crypto/tls"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
)

// The minima of TLS are each node's own, as a server and as a client, and are kept.
func TestMinTLS(t *testing.T) {
	dir := t.TempDir()
	l := cucmtest.Open(t, dir, func(c *cucm.Config) { c.Release = cucm.Release115 })
	require.Equal(t, "Minimum TLS version: server 1.0, client 1.0\n", l.Must(l.Pub, "show tls min-version"))
	_, err := l.Types(l.Pub, "set tls min-version 1.2", "no")
	require.ErrorContains(t, err, "no")
	require.Equal(t, cucm.MinTLS{Server: tls.VersionTLS10, Client: tls.VersionTLS10}, l.Pub.MinTLS())

	l.Must(l.Pub, "utils service stop Cisco Tftp")
	l.Must(l.Pub, "set tls min-version 1.2", "yes")
	require.True(t, l.Pub.Running(cucm.TFTPService), "the node has restarted")
	l.Must(l.Sub, "set tls client min-version 1.2", "yes")
	l.Must(l.Sub, "set tls server min-version 1.1", "yes")
	require.NoError(t, l.Close())
	l = cucmtest.Open(t, dir)
	require.Equal(t, "Minimum TLS version: server 1.2, client 1.2\n", l.Must(l.Pub, "show tls min-version"))
	require.Equal(t, "Minimum TLS version: server 1.1, client 1.2\n", l.Must(l.Sub, "show tls min-version"))

	for typed, words := range map[string]string{
		"1.3": "The minimum TLS version cannot be 1.3 in this release; there is 1.0, 1.1, 1.2",
		"2":   `"2" is not a version of TLS, such as 1.2`,
	} {
		before := l.Snapshot()
		_, err := l.Types(l.Pub, "set tls min-version "+typed, "yes")
		require.EqualError(t, err, words)
		require.Equal(t, before, l.Snapshot())
	}
}

// Releases before 11.5 know no such command, and the keys Tab and ? offer none.
func TestMinTLSIsNotKnown(t *testing.T) {
	l := cucmtest.New(t, func(c *cucm.Config) { c.Release = "11.0" })
	for begun, want := range map[string]string{
		"set t": "set t", "show t": "show t", "utils ct": "utils ctl ", "utils it": "utils itl ",
	} {
		longer, words := cli.CompleteLine(l.Pub, begun)
		require.Equal(t, want, longer)
		require.Empty(t, words)
	}
	require.NotContains(t, cli.Hints(l.Pub, "set "), "tls")
	require.Contains(t, cli.Hints(l.Pub, "set "), "password")
	require.Empty(t, cli.Hints(l.Pub, "set tls min-version"))
	old := cucmtest.New(t, func(c *cucm.Config) { c.Release = cucm.Release91 })
	longer, words := cli.CompleteLine(old.Pub, "utils itl res")
	require.Equal(t, "utils itl res", longer)
	require.Empty(t, words)
	require.NotContains(t, cli.Hints(old.Pub, "utils "), "ctl")
	for _, line := range []string{"set tls min-version 1.2", "set tls server min-version 1.2", "show tls min-version"} {
		_, err := l.Types(l.Pub, line, "yes")
		require.ErrorContains(t, err, "No valid command entered", line)
	}
}
