package cli

import (
	"fmt"
	"net"
	"strings"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
)

// showITL prints the node's list (M11).
func showITL(n *cucm.Node, t Terminal, _ []string) error {
	list := n.ITL()
	if list == nil {
		return refuse("ITL File not found.") // no document shows a node without one
	}
	fmt.Fprint(t, itl.Show(list, time.UTC))
	return nil
}

// askAdministrator asks for the CCM Administrator's password.
func askAdministrator(n *cucm.Node, t Terminal) error {
	password, err := t.AskSecret("Enter CCM Administrator password :")
	fmt.Fprintln(t)
	if err != nil {
		return err
	}
	if !n.Cluster().CheckPassword(password) {
		return ErrPassword
	}
	return nil
}

// utilsITLResetLocalkey is `utils itl reset localkey` (M7).
func utilsITLResetLocalkey(n *cucm.Node, t Terminal, _ []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	if n.Facts().ResetRestarts { // the newer transcript asks for no password
		if err := askAdministrator(n, t); err != nil {
			return err
		}
	}
	return resetITL(n, t, nil)
}

// utilsITLResetRemotekey is `utils itl reset remotekey HOST USER PATH` (M8).
// A port behind the host, other than 22, is this project's own.
func utilsITLResetRemotekey(n *cucm.Node, t Terminal, args []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	host, port := args[0], sshPort
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	}
	password, err := t.AskSecret("Enter Sftp password :")
	if err != nil {
		return err
	}
	s, err := dialSFTP(n, t, sftpLogin{host, port, args[1], password})
	if err != nil {
		fmt.Fprintln(t)
		return err
	}
	defer s.close()
	file, err := s.get(args[2], maxP12)
	if err != nil {
		fmt.Fprintln(t)
		return err
	}
	unit := n.Cluster().Location().Unit // "tac" in the transcript
	// A release with this noise in it is what the transcript shows.
	fmt.Fprint(t, strings.Repeat(fmt.Sprintf("Processing token in else 0 %s\ncount is 1\n", unit), 2)+"\n")
	if err := askAdministrator(n, t); err != nil {
		return err
	}
	remote, err := n.Cluster().OpenRecoveryKey(file, s.hostKey())
	if err != nil {
		fmt.Fprintln(t)
		return err
	}
	return resetITL(n, t, remote)
}

// resetITL is the reset as the node's release prints it.
func resetITL(n *cucm.Node, t Terminal, remote *cucm.RecoveryKey) error {
	reset, err := n.BeginReset()
	if err != nil {
		return err
	}
	defer reset.End()
	if n.Facts().ResetRestarts {
		return reset10(t, reset, remote)
	}
	return reset12(t, reset, remote)
}

// reset10 is the reset with restarts of TFTP, as document 117598 has it.
func reset10(t Terminal, reset *cucm.ITLReset, remote *cucm.RecoveryKey) error {
	names := make([]string, len(reset.Active))
	for i, node := range reset.Active {
		names[i] = "'" + node.Name() + "'"
	}
	fmt.Fprintf(t, "\nLocating active Tftp servers in the cluster.....\n\n"+
		"Following is the list of Active tftp servers in the cluster\n\n[%s]\n", strings.Join(names, ", "))
	if remote != nil {
		fmt.Fprintln(t) // so it is in the transcript of remotekey, and not in that of localkey
	}
	if err := reset.Generate(remote); err != nil {
		return err
	}
	fmt.Fprint(t, "The reset ITL file was generated successfully\n\n"+
		"Transferring new reset ITL file to the TFTP server nodes in the cluster.....\n\n")
	if err := reset.Transfer(); err != nil {
		return err
	}
	for _, node := range reset.Active {
		name := node.Name()
		if !node.Publisher() { // the publisher gets no such line
			fmt.Fprintf(t, "Successfully transferred reset ITL to node %s\n\n", name)
		}
		fmt.Fprintf(t, "Restarting Cisco Tftp service on host %s\n", name)
		if err := reset.Restart(node); err != nil {
			return err
		}
		fmt.Fprintf(t, "Cisco Tftp service restarted on host %s\n", name)
	}
	return nil
}

// reset12 is the reset as the CLI reference 12.5 has it: no service is restarted, the
// list is served all the same.
func reset12(t Terminal, reset *cucm.ITLReset, remote *cucm.RecoveryKey) error {
	fmt.Fprint(t, "\nName is None \n\nGenerating the reset ITL file.....\n\n")
	if err := reset.Generate(remote); err != nil {
		return err
	}
	fmt.Fprint(t, "The reset ITL file was generated successfully\n\nLocating active Tftp servers in the cluster.....\n\n"+
		"Following is the list of Active tftp servers in the cluster\n\n====================\n\n")
	for _, node := range reset.Active {
		fmt.Fprintln(t, node.Name())
	}
	fmt.Fprintf(t, "\n=====================\n\nNumber of Active TFTP servers in the cluster : %d\n\n"+
		"Transferring new reset ITL file to the TFTP server nodes in the cluster.........\n\n", len(reset.Active))
	if err := reset.Transfer(); err != nil {
		return err
	}
	for _, node := range reset.Active {
		fmt.Fprintf(t, "Successfully transferred reset ITL to node %s\n", node.Name())
	}
	return nil
}
