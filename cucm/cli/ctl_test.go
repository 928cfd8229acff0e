package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// The dialogues of technotes 118893 and 118892 (10.5(1)), and of a 12.x transcript.
func TestCTLDialogues(t *testing.T) {
	const (
		restart = "Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster that run these services\n"
		reset   = "You must reset all phones to ensure they received the updated CTL file. \n" +
			"You must restart Cisco CTIManager services on all the nodes in the cluster that have the service activated.\n"
	)
	l := newLab(t)
	require.Equal(t, "This operation will set the cluster to Mixed mode. Do you want to continue? (y/n):y\n"+
		"Moving Cluster to Mixed Mode\nCluster set to Mixed Mode\n"+restart,
		l.Must(l.Pub, "utils ctl set-cluster mixed-mode", "y"))
	require.Equal(t, "This operation updates the CTLFile. Do you want to continue? (y/n):y\n"+
		"Updating CTL file\nCTL file Updated\n"+restart,
		l.Must(l.Pub, "utils ctl update CTLFile", "y"))
	require.Equal(t, "This operation will set the cluster to non secure mode. Do you want to continue? (y/n):y\n"+
		"Moving Cluster to Non Secure Mode\nCluster set to Non Secure Mode\n"+restart,
		l.Must(l.Pub, "utils ctl set-cluster non-secure-mode", "y"))

	l = newLab(t, func(c *cucm.Config) { c.Release, c.AutoRegister = cucm.Release125, true })
	require.Equal(t, "This operation will set the cluster to Mixed mode.  "+
		"Auto-registration is enabled on at least one CM node. Do you want to continue? (y/n): y\n"+
		"Moving Cluster to Mixed Mode\nCluster set to Mixed Mode\n"+reset,
		l.Must(l.Pub, "utils ctl set-cluster mixed-mode", "y"))
	l = newLab(t, func(c *cucm.Config) { c.Release = cucm.Release125 })
	require.Contains(t, l.Must(l.Pub, "utils ctl set-cluster mixed-mode", "y"), "Mixed mode. Do you want")
}

// The database's answer about the security mode (technote 118893).
func TestSecurityModeByQuery(t *testing.T) {
	const query = "run sql select paramname,paramvalue from processconfig where paramname='ClusterSecurityMode'"
	l := newLab(t)
	const head = "paramname           paramvalue\n=================== ==========\n"
	require.Equal(t, head+"ClusterSecurityMode 0\n", l.Must(l.Sub, query))
	l.Must(l.Pub, "utils ctl set-cluster mixed-mode", "y")
	require.Equal(t, head+"ClusterSecurityMode 1\n", l.Must(l.Sub, query))
}
