package cucm

import (
	"fmt"
	"strings"
	"time"

	"itlsim/itl"
)

// showITL prints the node's list (M11).
func showITL(n *Node, t Terminal, _ []string) error {
	list := n.ITL()
	if list == nil {
		return refusal("ITL File not found.") // no document shows a node without one
	}
	fmt.Fprint(t, itl.Show(list, time.UTC))
	return nil
}

// setCertRegen is `set cert regen NAME` (M13, M14).
func setCertRegen(n *Node, t Terminal, args []string) error {
	unit, ok := UnitNamed(strings.Join(args, " "))
	if !ok {
		return refusal("%q is no certificate of this node; it has %v", strings.Join(args, " "), Units)
	}
	if err := n.guarded(unit); err != nil {
		fmt.Fprintln(t)
		return err
	}
	if unit == ITLRecovery {
		fmt.Fprintln(t, "WARNING: If you are using a tokenless CTL and if the CallManager certificate is recently generated, please ensure that the CTL File already has the new CallManager certificate and is updated to the endpoints, before generating the ITL Recovery certificate. Are you sure want to proceed?")
	} else {
		fmt.Fprintf(t, "\nWARNING: This operation will overwrite any CA signed certificate\npreviously imported for %s\n", unit)
	}
	answer, err := t.Ask("Proceed with regeneration (yes|no)? ")
	if err != nil {
		return err
	}
	if !strings.EqualFold(strings.TrimSpace(answer), "yes") {
		return nil
	}
	if err := n.Regenerate(unit); err != nil {
		fmt.Fprintln(t)
		return err
	}
	if unit == ITLRecovery {
		fmt.Fprintf(t, "Successfully Regenerated Certificate for %s.\nYou must restart the services related to %s for the regenerated certificates to become active.\n", unit, unit)
		return nil
	}
	fmt.Fprintf(t, "\nSuccessfully Regenerated Certificate for %s.\n\nPlease do a backup of the server as soon as possible. Failure to do so can stale the cluster in case of a crash.\n\nYou must restart services related to %s for the regenerated certificates to become active.\n", unit, unit)
	return nil
}

// utilsITLResetLocalkey is `utils itl reset localkey` (M7).
func utilsITLResetLocalkey(n *Node, t Terminal, _ []string) error {
	if !n.Publisher() {
		return ErrNotPublisher
	}
	password, err := t.AskSecret("Enter CCM Administrator password :")
	if err != nil {
		return err
	}
	if password != n.cluster.Password() {
		return refusal("The CCM Administrator password is wrong")
	}
	reset, err := n.BeginReset()
	if err != nil {
		return err
	}
	defer reset.End()
	names := make([]string, len(reset.Active))
	for i, node := range reset.Active {
		names[i] = "'" + node.name + "'"
	}
	fmt.Fprintf(t, "\nLocating active Tftp servers in the cluster.....\n\nFollowing is the list of Active tftp servers in the cluster\n\n[%s]\n", strings.Join(names, ", "))
	if err := reset.Generate(); err != nil {
		return err
	}
	fmt.Fprint(t, "The reset ITL file was generated successfully\n\nTransferring new reset ITL file to the TFTP server nodes in the cluster.....\n")
	for _, node := range reset.Active {
		if !node.Publisher() { // the publisher gets no such line
			fmt.Fprintf(t, "Successfully transferred reset ITL to node %s\n", node.name)
		}
		fmt.Fprintf(t, "\nRestarting Cisco Tftp service on host %s\n", node.name)
		if err := reset.Transfer(node); err != nil {
			return err
		}
		fmt.Fprintf(t, "Cisco Tftp service restarted on host %s\n", node.name)
	}
	return nil
}

// utilsServiceRestart is `utils service restart NAME`.
func utilsServiceRestart(n *Node, t Terminal, args []string) error {
	service := Service(strings.Join(args, " "))
	if !n.activated[service] {
		return refusal("Service %q is not activated on %s", service, n.name)
	}
	if err := n.Restart(service); err != nil {
		return err
	}
	fmt.Fprintf(t, "Service Manager is running\n%s[STOPPING]\n%s[STARTING]\n%s[STARTED]\n", service, service, service)
	return nil
}
