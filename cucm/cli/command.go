package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"itlsim/cucm"
)

// A command of the command line. Its words are what is typed; what follows them is
// passed to run.
type command struct {
	words string
	usage string // of the arguments; what stands in brackets may be left out
	help  string
	run   runner
}

// A runner does what a command says, with its arguments.
type runner func(n *cucm.Node, t Terminal, args []string) error

// commands is the administrator's language: the one way in which scenarios, the
// command line and a page change a cluster.
func commands() []command {
	return []command{
		{"exit", "", "Leave the command line.", exit},
		{"file delete activelog", "FILE", "Delete a file.", fileDeleteActivelog},
		{"file delete tftp", "FILE", "Delete a file of the TFTP directory.", fileDeleteTFTP},
		{"file get activelog", "FILE", "Send a log file to an SFTP server.", fileGetActivelog},
		{"file get tftp", "FILE", "Send a file of the TFTP directory to an SFTP server.", fileGetTFTP},
		{"file list activelog", "PATTERN", "List log files.", fileListActivelog},
		{"file list tftp", "PATTERN", "List files of the TFTP directory.", fileListTFTP},
		{"file tail activelog", "FILE [LINES]", "Show the last lines of a log file.", fileTailActivelog},
		{"file view activelog", "FILE", "Show a log file.", fileViewActivelog},
		{"help", "[COMMAND]", "Explain a command, or list all.", help},
		{"run sql", "QUERY...", "Ask the database for phones, servers, certificates or a parameter.", runSQL},
		{"set cert bulk consolidate", "TYPE", "Make one file of what clusters exported.", setCertBulkConsolidate},
		{"set cert bulk export", "TYPE", "Export the nodes' certificates to the SFTP server.", setCertBulkExport},
		{"set cert bulk import", "TYPE", "Import the other cluster's certificates from there.", setCertBulkImport},
		{"set cert bulk server", "HOST[:PORT] USER DIRECTORY", "Set the SFTP server of Bulk Certificate Management.",
			setCertBulkServer},
		{"set cert delete", "STORE FILE", "Take a certificate out of a trust store.", setCertDelete},
		{"set cert import own", "NAME", "Put a certificate that a CA signed into use.", setCertImportOwn},
		{"set cert import trust", "STORE", "Put a certificate into a trust store.", setCertImportTrust},
		{"set cert monitor", "on|off [ADDRESS...]", "Certificate Monitor's notification by e-mail.", setCertMonitor},
		{"set cert multi-server", "NAME", "Generate one certificate for all nodes.", setCertMultiServer},
		{"set cert regen", "NAME", "Regenerate a certificate.", setCertRegen},
		{"set cert reuse", "", "Use tomcat's multi-server certificate for CallManager.", setCertReuse},
		{"set csr gen", "NAME", "Generate a CSR; with multi-server behind the name, one for all nodes.", setCSRGen},
		{"set date", "HH:MM:SS MM/DD/YY", "Set the cluster's time, in UTC.", setDate},
		{"set network domain", "DOMAIN", "Change the node's domain.", setNetworkDomain},
		{"set network hostname", "NAME", "Change the node's host name.", setNetworkHostname},
		{"set password user admin", "", "Change the administrator's password.", setPasswordAdmin},
		{"set password user security", "", "Change the cluster security password.", setPasswordSecurity},
		{"set smtp", "HOST", "Set the mail server.", setSMTP},
		{"set tls client min-version", "VERSION", "Set the oldest TLS that the node speaks as a client.",
			setMinTLS(clientSide)},
		{"set tls min-version", "VERSION", "Set the oldest TLS that the node speaks.", setMinTLS(bothSides)},
		{"set tls server min-version", "VERSION", "Set the oldest TLS that the node speaks as a server.",
			setMinTLS(serverSide)},
		{"show cert list own", "", "List the node's certificates.", showCertListOwn},
		{"show cert list trust", "", "List the certificates of the trust stores.", showCertListTrust},
		{"show cert own", "NAME", "Show a certificate.", showCertOwn},
		{"show cert trust", "STORE/FILE", "Show a certificate of a trust store.", showCertTrust},
		{"show csr own", "NAME", "Show a CSR.", showCSROwn},
		{"show ctl", "", "Show the CTL.", showCTL},
		{"show itl", "", "Show the ITL.", showITL},
		{"show network cluster", "", "Show the cluster's nodes.", showNetworkCluster},
		{"show tls min-version", "", "Show the oldest TLS that the node speaks.", showMinTLS},
		{"show version active", "", "Show the active version.", showVersionActive},
		{"show version inactive", "", "Show the version on the inactive partition.", showVersionInactive},
		{"utils ctl reset localkey", "", "Sign the CTL with the other one of its keys.", utilsCTLResetLocalkey},
		{"utils ctl set-cluster mixed-mode", "", "Set the cluster to mixed mode.", setClusterMode(cucm.Mixed)},
		{"utils ctl set-cluster non-secure-mode", "", "Set the cluster to non-secure mode.",
			setClusterMode(cucm.NonSecure)},
		{"utils ctl update CTLFile", "", "Make the CTL anew of the present certificates.", utilsCTLUpdate},
		{"utils disaster_recovery backup", "NAME", "Back up the cluster.", drsBackup},
		{"utils disaster_recovery history backup", "", "List the backups.", drsHistory},
		{"utils disaster_recovery prepare restore pub_from_sub", "",
			"Install the publisher anew, its database from a subscriber.", drsPubFromSub},
		{"utils disaster_recovery restore", "NAME", "Restore a backup.", drsRestore},
		{"utils fips disable", "", "Take the node out of FIPS mode.", setFIPS(false)},
		{"utils fips enable", "", "Put the node into FIPS mode.", setFIPS(true)},
		{"utils fips status", "", "Show whether the node is in FIPS mode.", fipsStatus},
		{"utils itl reset localkey", "", "Sign the publisher's ITL with another key, for all TFTP nodes.",
			utilsITLResetLocalkey},
		{"utils itl reset remotekey", "HOST[:PORT] USER PATH",
			"The same with the key of a saved ITLRecovery.p12.", utilsITLResetRemotekey},
		{"utils service list", "", "List the services.", utilsServiceList},
		{"utils service restart", "NAME", "Restart a service.", utilsServiceRestart},
		{"utils service start", "NAME", "Start a service.", utilsServiceStart},
		{"utils service stop", "NAME", "Stop a service.", utilsServiceStop},
		{"utils system restart", "", "Restart the node.", utilsSystemRestart},
		{"utils system switch-version", "", "Switch to the version on the inactive partition, and restart.",
			utilsSystemSwitchVersion},
		{"utils system upgrade initiate", "", "Install a later version on the inactive partition.",
			utilsSystemUpgradeInitiate},
	}
}

// missing tells which releases lack a command that others have, by the first words.
var missing = map[string]func(*cucm.Facts) bool{
	"utils ctl ": func(f *cucm.Facts) bool { return len(f.CTLSigners) == 0 },
	"utils itl ": func(f *cucm.Facts) bool { return f.ResetSigner == "" },
	"set tls ":   withoutMinTLS,
	"show tls ":  withoutMinTLS,
}

func withoutMinTLS(f *cucm.Facts) bool { return len(f.MinTLS) == 0 }

// commandsOf are those of the node's release.
func commandsOf(n *cucm.Node) []command {
	facts := n.Facts()
	return slices.DeleteFunc(commands(), func(c command) bool {
		for words, lacks := range missing {
			if strings.HasPrefix(c.words+" ", words) && lacks(facts) {
				return true
			}
		}
		return false
	})
}

// Run executes one command line on a node as an administrator would type it after
// the prompt, and prints what a node prints. The error is a [*CommandError] whose
// words were printed too, or, with nothing printed, [ErrExit] or [ErrDeclined].
// A panic ends the command alone, see [cucm.Node.Contain].
func Run(n *cucm.Node, t Terminal, line string) error {
	var err error
	if fault := n.Contain("command line", func() { err = run(n, t, line) }); fault != nil {
		err = fault
	}
	if err == nil || err == ErrExit || err == ErrDeclined {
		return err
	}
	var failed *CommandError
	if !errors.As(err, &failed) {
		failed = &CommandError{inWords(err), err}
	}
	fmt.Fprintln(t, failed.Words)
	return failed
}

func run(n *cucm.Node, t Terminal, line string) error {
	if n.Down() {
		return ErrNodeDown
	}
	typed := strings.Fields(line)
	if len(typed) == 0 {
		return nil
	}
	var found *command
	for _, cmd := range commandsOf(n) {
		words := strings.Fields(cmd.words)
		if len(typed) >= len(words) && slices.Equal(typed[:len(words)], words) &&
			(found == nil || len(words) > len(strings.Fields(found.words))) {
			found = &cmd
		}
	}
	if found == nil {
		fmt.Fprintln(t, "Executed command unsuccessfully")
		return ErrUnknownCommand
	}
	args := typed[len(strings.Fields(found.words)):]
	if least, most := found.takes(); len(args) < least || len(args) > most {
		return refuse("Usage: %s", found.synopsis())
	}
	return found.run(n, t, args)
}

// takes is how many arguments the command takes. A NAME may have blanks in it, and a
// QUERY any number.
func (c *command) takes() (least, most int) {
	for _, arg := range strings.Fields(c.usage) {
		if !strings.HasPrefix(arg, "[") {
			least++
		}
		most++
		if arg == "QUERY..." {
			most = math.MaxInt
			return
		}
		if arg == "NAME" || strings.Contains(arg, "...") || arg == "[COMMAND]" {
			most += 16
		}
	}
	return least, most
}

func (c *command) synopsis() string { return strings.TrimSpace(c.words + " " + c.usage) }

// help is `help [COMMAND]`.
func help(n *cucm.Node, t Terminal, args []string) error {
	prefix := strings.Join(args, " ")
	found := false
	for _, cmd := range commandsOf(n) {
		if prefix == "" || cmd.words == prefix || strings.HasPrefix(cmd.words, prefix+" ") {
			found = true
			fmt.Fprintf(t, "%s\n    %s\n", cmd.synopsis(), cmd.help)
		}
	}
	if !found {
		return refuse("There is no command %q", prefix)
	}
	return nil
}

func exit(*cucm.Node, Terminal, []string) error { return ErrExit }
