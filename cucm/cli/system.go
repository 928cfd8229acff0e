package cli

import (
	"fmt"
	"net"
	"strings"
	"time"

	"itlsim/cucm"
)

// What the commands in this file print is this project's own wording.

func showNetworkCluster(n *cucm.Node, t Terminal, _ []string) error {
	for _, node := range n.Cluster().Nodes() {
		role, state := "Subscriber", "authenticated"
		if node.Publisher() {
			role = "Publisher"
		}
		if !n.Reaches(node) {
			state = "unreachable"
		}
		host, _, err := net.SplitHostPort(node.Address(cucm.TFTPService))
		if err != nil {
			host = "-"
		}
		fmt.Fprintf(t, "%s %s %s %s callmanager %s\n", host, node.FQDN(), node.Name(), role, state)
	}
	return nil
}

// setNetworkHostname and setNetworkDomain change names and with them the
// certificates (M3).
func setNetworkHostname(n *cucm.Node, t Terminal, args []string) error {
	return renamed(n, t, "host name", func() error { return n.Rename(args[0], "") })
}

func setNetworkDomain(n *cucm.Node, t Terminal, args []string) error {
	return renamed(n, t, "domain", func() error { return n.Rename("", args[0]) })
}

func renamed(n *cucm.Node, t Terminal, what string, change func() error) error {
	err := confirm(t, fmt.Sprintf(
		"WARNING: Changing the %s regenerates the CallManager, TVS, tomcat and ipsec certificates of this node.\n", what),
		"Continue (yes/no)? ")
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	fmt.Fprintf(t, "The node is now %s.\n", n.FQDN())
	return nil
}

// setDate sets the cluster's clock, after which what is due is done.
func setDate(n *cucm.Node, t Terminal, args []string) error {
	at, err := time.Parse("15:04:05 01/02/06", strings.Join(args, " "))
	if err != nil {
		return refuse("Usage: set date HH:MM:SS MM/DD/YY")
	}
	if err := n.Cluster().SetDate(at); err != nil {
		return err
	}
	fmt.Fprintln(t, n.Cluster().Now().UTC().Format(time.UnixDate))
	return n.Cluster().Tick()
}

func setSMTP(n *cucm.Node, t Terminal, args []string) error {
	host := args[0]
	if _, _, err := net.SplitHostPort(host); err != nil {
		host = net.JoinHostPort(host, "25")
	}
	if err := n.Cluster().SetMailServer(host); err != nil {
		return err
	}
	fmt.Fprintf(t, "The mail server is %s.\n", host)
	return nil
}

// askPasswords asks for the old password and twice for a new one.
func askPasswords(t Terminal) (old, password string, err error) {
	var again string
	for _, ask := range []struct {
		question string
		answer   *string
	}{
		{"Please enter the old password: ", &old},
		{"Please enter the new password: ", &password},
		{"Reenter new password to confirm: ", &again},
	} {
		*ask.answer, err = t.AskSecret(ask.question)
		fmt.Fprintln(t)
		if err != nil {
			return "", "", err
		}
	}
	switch {
	case password != again:
		return "", "", refuse("The two new passwords differ")
	case len(password) < 6:
		return "", "", refuse("The new password must have six characters or more")
	}
	return old, password, nil
}

func setPasswordAdmin(n *cucm.Node, t Terminal, _ []string) error {
	old, password, err := askPasswords(t)
	if err != nil {
		return err
	}
	if !n.Cluster().CheckPassword(old) {
		return cucm.ErrOldPassword
	}
	if err := n.Cluster().SetPassword(password); err != nil {
		return err
	}
	fmt.Fprintln(t, "Password updated successfully.")
	return nil
}

// setPasswordSecurity changes the cluster security password (M17), here of all
// nodes at once.
func setPasswordSecurity(n *cucm.Node, t Terminal, _ []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	old, password, err := askPasswords(t)
	if err != nil {
		return err
	}
	if err := n.Cluster().SetSecurityPassword(old, password); err != nil {
		return err
	}
	fmt.Fprintln(t, "Password updated successfully.")
	fmt.Fprintf(t, "Please save %[1]s anew with: file get tftp %[1]s\n", cucm.RecoveryFile)
	return nil
}

func utilsSystemRestart(n *cucm.Node, t Terminal, _ []string) error {
	err := confirm(t, "Do you really want to restart ?\n\n", "Enter (yes/no)? ")
	if err != nil {
		return err
	}
	if err := n.RestartSystem(); err != nil {
		return err
	}
	fmt.Fprintln(t, "The services of the node have been restarted.")
	return nil
}

func drsBackup(n *cucm.Node, t Terminal, args []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	if err := n.Cluster().Backup(args[0]); err != nil {
		return err
	}
	fmt.Fprintf(t, "Backup %s completed.\n", args[0])
	return nil
}

func drsHistory(n *cucm.Node, t Terminal, _ []string) error {
	for _, name := range n.Cluster().Backups() {
		fmt.Fprintln(t, name)
	}
	return nil
}

func drsRestore(n *cucm.Node, t Terminal, args []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	err := confirm(t,
		"WARNING: The keys, certificates and settings of all nodes are replaced, and their services restarted.\n",
		"Continue (yes/no)? ")
	if err != nil {
		return err
	}
	if err := n.Cluster().Restore(args[0]); err != nil {
		return err
	}
	fmt.Fprintf(t, "Restore of %s completed.\n", args[0])
	return nil
}

// drsPubFromSub stands for the installation of a new publisher, after which its
// database is restored from a subscriber (M18).
func drsPubFromSub(n *cucm.Node, t Terminal, _ []string) error {
	if !n.Publisher() {
		return cucm.ErrNotPublisher
	}
	err := confirm(t,
		"WARNING: The publisher is installed anew. Its keys, the recovery key among them, are lost.\n",
		"Continue (yes/no)? ")
	if err != nil {
		return err
	}
	security, err := t.AskSecret("Cluster security password of the installation: ")
	fmt.Fprintln(t)
	if err != nil {
		return err
	}
	if err := n.Cluster().RebuildPublisher(security); err != nil {
		return err
	}
	fmt.Fprintln(t, "The publisher is installed, and its database restored.")
	return nil
}
