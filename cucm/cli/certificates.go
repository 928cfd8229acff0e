package cli

import (
	"fmt"
	"net/mail"
	"strings"

	"itlsim/cucm"
)

// unitNamed finds the certificate that arguments name: "tomcat", or the file in which
// it is listed.
func unitNamed(n *cucm.Node, args []string) (cucm.Unit, error) {
	typed := strings.Join(args, " ")
	name := typed
	if unit, file, listed := strings.Cut(typed, "/"); listed && strings.EqualFold(file, unit+".pem") {
		name = unit
	}
	unit, ok := n.UnitNamed(name)
	if !ok {
		return "", refuse("%q is not a certificate of this node; it has %s", typed, listed(n.Units()))
	}
	return unit, nil
}

// setCertRegen is `set cert regen NAME` (M13, M14).
func setCertRegen(n *cucm.Node, t Terminal, args []string) error {
	unit, err := unitNamed(n, args)
	if err != nil {
		return err
	}
	if err := n.Guarded(unit); err != nil {
		fmt.Fprintln(t)
		return err
	}
	if unit == cucm.ITLRecovery {
		fmt.Fprintln(t, "WARNING: If you are using a tokenless CTL and if the CallManager certificate "+
			"is recently generated, please ensure that the CTL File already has the new "+
			"CallManager certificate and is updated to the endpoints, "+
			"before generating the ITL Recovery certificate. Are you sure want to proceed?")
	} else {
		fmt.Fprint(t, "\nWARNING: This operation will overwrite any CA signed certificate\n")
		fmt.Fprintf(t, "previously imported for %s\n", unit)
	}
	if err := confirm(t, "", "Proceed with regeneration (yes|no)? "); err != nil {
		return err
	}
	if err := n.Regenerate(unit); err != nil {
		fmt.Fprintln(t)
		return err
	}
	if unit == cucm.ITLRecovery {
		fmt.Fprintf(t, "Successfully Regenerated Certificate for %s.\n"+
			"You must restart the services related to %s for the regenerated certificates to become active.\n", unit, unit)
		return nil
	}
	fmt.Fprintf(t, "\nSuccessfully Regenerated Certificate for %s.\n\n"+
		"Please do a backup of the server as soon as possible. "+
		"Failure to do so can stale the cluster in case of a crash.\n\n"+
		"You must restart services related to %s for the regenerated certificates to become active.\n\n", unit, unit)
	return nil
}

// setCertMonitor is `set cert monitor on|off [ADDRESS...]`, this project's own
// command for the page OS Administration > Security > Certificate Monitor.
func setCertMonitor(n *cucm.Node, t Terminal, args []string) error {
	on := args[0] == "on"
	if !on && args[0] != "off" {
		return refuse("Usage: set cert monitor on|off [ADDRESS...]")
	}
	for _, addr := range args[1:] {
		if a, err := mail.ParseAddress(addr); err != nil || a.Address != addr {
			return refuse("%q is not an e-mail address", addr)
		}
	}
	if err := n.Cluster().SetNotification(on, args[1:]); err != nil {
		return err
	}
	fmt.Fprintf(t, "E-mail notification of the Certificate Monitor is %s.\n", args[0])
	return nil
}
