package cli

import (
	"fmt"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
)

// showCTL prints the cluster's CTL; what it prints where there is none is from
// technote 118893.
func showCTL(n *cucm.Node, t Terminal, _ []string) error {
	if list := n.CTL(); list != nil {
		fmt.Fprint(t, itl.Show(list, time.UTC))
		return nil
	}
	fmt.Fprint(t, "Length of CTL file: 0\nCTL File not found. Please run CTLClient plugin or run the CLI - utils ctl.. "+
		"to generate the CTL file.\nError parsing the CTL File.\n")
	return nil
}

// setClusterMode is `utils ctl set-cluster mixed-mode | non-secure-mode` (technote
// 118893; 12.x: transcript of a contact center guide, of the first only).
func setClusterMode(mode cucm.SecurityMode) runner {
	asked, named := "Mixed", "Mixed Mode"
	if mode == cucm.NonSecure {
		asked, named = "non secure", "Non Secure Mode"
	}
	return func(n *cucm.Node, t Terminal, _ []string) error {
		question, space := fmt.Sprintf("This operation will set the cluster to %s mode. ", asked), ""
		if !n.Facts().CTLRestarts {
			space = " "
			if mode == cucm.Mixed && n.Cluster().AutoRegisters() {
				question += " Auto-registration is enabled on at least one CM node. "
			}
		}
		return changeCTL(n, t, question+"Do you want to continue? (y/n):"+space, "Moving Cluster to "+named,
			func() error { return n.SetSecurityMode(mode) }, "Cluster set to "+named)
	}
}

// utilsCTLUpdate is `utils ctl update CTLFile` (technote 118893).
func utilsCTLUpdate(n *cucm.Node, t Terminal, _ []string) error {
	return changeCTL(n, t, "This operation updates the CTLFile. Do you want to continue? (y/n):",
		"Updating CTL file", n.UpdateCTL, "CTL file Updated")
}

// utilsCTLResetLocalkey is `utils ctl reset localkey`. No transcript of it is known:
// the words are this project's own, after those of the others.
func utilsCTLResetLocalkey(n *cucm.Node, t Terminal, _ []string) error {
	return changeCTL(n, t, "This operation resets the CTLFile. Do you want to continue? (y/n):",
		"Resetting CTL file", n.ResetCTL, "CTL file Reset")
}

// changeCTL asks, makes a change to the CTL, and says what must be restarted for it.
// What update says in 12.x is not known, and taken to be what set-cluster does.
func changeCTL(n *cucm.Node, t Terminal, question, begins string, change func() error, done string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	if err := confirm(t, "", question); err != nil {
		return err
	}
	fmt.Fprintln(t, begins)
	if err := change(); err != nil {
		return err
	}
	fmt.Fprintln(t, done)
	if n.Facts().CTLRestarts {
		fmt.Fprintln(t, "Please Restart the TFTP and Cisco CallManager services on all nodes in the cluster "+
			"that run these services")
		return nil
	}
	fmt.Fprint(t, "You must reset all phones to ensure they received the updated CTL file. \n"+
		"You must restart Cisco CTIManager services on all the nodes in the cluster that have the service activated.\n")
	return nil
}
