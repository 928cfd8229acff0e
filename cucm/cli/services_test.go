package cli_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// listHead is how the list of every node begins: the platform's services, with a
// blank before the bracket.
const listHead = `Requesting service status, please wait...
System SSH [STARTED]
Cluster Manager [STARTED]
Name Service Cache [STOPPED] Service Not Activated
Entropy Monitoring Daemon [STARTED]
Cisco SCSI Watchdog [STARTED]
Service Manager [STARTED]
Service Manager is running
Getting list of all services
>> Return code = 0
`

// The list of a node: applications' services without a blank, by name in the order of
// bytes, those that are not activated last.
func TestServiceList(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Nodes[1].TVS = false })
	out := l.Must(l.Pub, "utils service list")
	list, ok := strings.CutPrefix(out, listHead)
	require.True(t, ok, out)
	lines := strings.Split(list, "\n")
	require.Equal(t, []string{"Primary Node =true", ""}, lines[len(lines)-2:])
	lines = lines[:len(lines)-2]
	require.Equal(t, []string{"A Cisco DB[STARTED]", "A Cisco DB Replicator[STARTED]"}, lines[:2])
	for _, s := range cucm.Services {
		require.Contains(t, lines, string(s)+"[STARTED]")
	}
	require.Contains(t, lines, "Cisco DRF Master[STARTED]")
	require.Equal(t, []string{
		"Cisco CTL Provider[STOPPED]  Service Not Activated", "Cisco DirSync[STOPPED]  Service Not Activated",
	}, lines[len(lines)-2:])
	var names []string
	for _, line := range lines[:len(lines)-2] {
		name, state, ok := strings.Cut(line, "[")
		require.True(t, ok && state == "STARTED]", line)
		names = append(names, name)
	}
	require.True(t, slices.IsSorted(names))

	// A subscriber: services of the publisher are stopped, or not activated.
	out = l.Must(l.Sub, "utils service list")
	require.True(t, strings.HasPrefix(out, listHead))
	require.Contains(t, out, "\nCisco DRF Master[STOPPED]  Commanded Out of Service\n")
	require.True(t, strings.HasSuffix(out, `
Cisco CTL Provider[STOPPED]  Service Not Activated
Cisco Certificate Authority Proxy Function[STOPPED]  Service Not Activated
Cisco DirSync[STOPPED]  Service Not Activated
Cisco Trust Verification Service[STOPPED]  Service Not Activated
Primary Node =false
`), out)
}

// A restart as nodes of the same platform print it, to the blank; what the list says
// agrees with it.
func TestServiceRestart(t *testing.T) {
	l := newLab(t)
	listed := func(line string) {
		t.Helper()
		require.Contains(t, l.Must(l.Pub, "utils service list"), "\n"+line+"\n")
	}
	const restarted = " Don't press Ctrl-c while the service is getting RESTARTED." +
		"If Service has not Restarted Properly, execute the same Command Again\n" +
		"Service Manager is running\n" +
		"Cisco Tftp[STOPPING]  \nCisco Tftp[STARTING]  \nCisco Tftp[STARTED]  \nCisco Tftp[STARTED]  \n"
	require.Equal(t, restarted, l.Must(l.Pub, "utils service restart Cisco Tftp"))
	require.Equal(t, restarted, l.Must(l.Pub, "utils service restart cisco tftp"))
	require.Equal(t,
		"Service Manager is running\nCisco Tftp[STOPPING]  \nCisco Tftp[STOPPED]  Commanded Out of Service\n",
		l.Must(l.Pub, "utils service stop Cisco Tftp"))
	listed("Cisco Tftp[STOPPED]  Commanded Out of Service")
	require.Equal(t, "Service Manager is running\nCisco Tftp[STARTING]  \nCisco Tftp[STARTED]  \n",
		l.Must(l.Pub, "utils service start Cisco Tftp"))
	listed("Cisco Tftp[STARTED]")

	out, err := l.Types(l.Pub, "utils service restart Cisco DirSync")
	require.ErrorContains(t, err, "not activated")
	require.Equal(t, "Service \"Cisco DirSync\" is not activated on test10pub\n", out)
	_, err = l.Types(l.Pub, "utils service stop Cisco Nonsense")
	require.ErrorContains(t, err, "not activated")
}

// A service that takes no part in the simulation is stopped and started like the
// others: procedures can be typed as they are written. Nothing else changes.
func TestServicesThatTakeNoPart(t *testing.T) {
	l := newLab(t)
	l.Register("SEP001122334455")
	lists := l.Pub.ITL().SHA1()
	list := l.Must(l.Pub, "utils service list")
	out := l.Must(l.Pub, "utils service restart Cisco Certificate Authority Proxy Function")
	require.Contains(t, out, "\nCisco Certificate Authority Proxy Function[STARTED]  \n")
	l.Must(l.Pub, "utils service stop Cisco DRF Local")
	require.Empty(t, cmp.Diff(strings.Replace(list,
		"Cisco DRF Local[STARTED]", "Cisco DRF Local[STOPPED]  Commanded Out of Service", 1),
		l.Must(l.Pub, "utils service list")))
	l.Must(l.Sub, "utils service start Cisco DRF Master")
	require.Contains(t, l.Must(l.Sub, "utils service list"), "\nCisco DRF Master[STARTED]\n")
	require.Equal(t, lists, l.Pub.ITL().SHA1())
	require.Empty(t, l.Resets)
	require.Len(t, l.Alarms("ServiceStarted"), 1, "but a line in the log")
	l.Must(l.Pub, "utils system restart", "yes")
	require.Equal(t, list, l.Must(l.Pub, "utils service list"), "a restart of the node starts what was stopped")
}
