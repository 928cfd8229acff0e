package cucm

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Terminal is where an administrator sits: commands print to it and ask it.
type Terminal interface {
	io.Writer
	// Ask prints a question and reads the answer, which is seen.
	Ask(question string) (string, error)
	// AskSecret does so without showing the answer, nor the end of its line.
	AskSecret(question string) (string, error)
}

// askMasked asks for a secret that is shown as asterisks, where the terminal
// can do that.
func askMasked(t Terminal, question string) (string, error) {
	if m, ok := t.(interface {
		AskMasked(string) (string, error)
	}); ok {
		return m.AskMasked(question)
	}
	return t.AskSecret(question)
}

// A command of the command line. Its words are what is typed; what follows them
// is passed to run.
type command struct {
	words string
	usage string // of the arguments; what stands in brackets may be left out
	help  string
	run   func(n *Node, t Terminal, args []string) error
}

// commands is the administrator's language: the one way in which scenarios, the
// command line and a page change a cluster.
func commands() []command {
	return []command{
		{"exit", "", "Leave the command line.", exit},
		{"file get tftp", "FILE", "Send a file of the TFTP directory to an SFTP server.", fileGetTFTP},
		{"file list activelog", "PATTERN", "List log files.", fileListActivelog},
		{"file list tftp", "PATTERN", "List files of the TFTP directory.", fileListTFTP},
		{"file view activelog", "FILE", "Show a log file.", fileViewActivelog},
		{"help", "[COMMAND]", "Explain a command, or list all.", help},
		{"set cert monitor", "on|off [ADDRESS...]", "Certificate Monitor's notification by e-mail.", setCertMonitor},
		{"set cert regen", "NAME", "Regenerate a certificate.", setCertRegen},
		{"set date", "HH:MM:SS MM/DD/YY", "Set the cluster's time, in UTC.", setDate},
		{"set network domain", "DOMAIN", "Change the node's domain.", setNetworkDomain},
		{"set network hostname", "NAME", "Change the node's host name.", setNetworkHostname},
		{"set password user admin", "", "Change the administrator's password.", setPasswordAdmin},
		{"set password user security", "", "Change the cluster security password.", setPasswordSecurity},
		{"set smtp", "HOST", "Set the mail server.", setSMTP},
		{"show cert list own", "", "List the node's certificates.", showCertListOwn},
		{"show cert own", "NAME", "Show a certificate.", showCertOwn},
		{"show ctl", "", "Show the CTL.", showCTL},
		{"show itl", "", "Show the ITL.", showITL},
		{"show network cluster", "", "Show the cluster's nodes.", showNetworkCluster},
		{"show version active", "", "Show the active version.", showVersionActive},
		{"utils disaster_recovery backup", "NAME", "Back up the cluster.", drsBackup},
		{"utils disaster_recovery history backup", "", "List the backups.", drsHistory},
		{"utils disaster_recovery prepare restore pub_from_sub", "", "Install the publisher anew, its database from a subscriber.", drsPubFromSub},
		{"utils disaster_recovery restore", "NAME", "Restore a backup.", drsRestore},
		{"utils itl reset localkey", "", "Sign the ITL with the recovery key.", utilsITLResetLocalkey},
		{"utils itl reset remotekey", "HOST[:PORT] USER PATH", "The same with the key of a saved ITLRecovery.p12.", utilsITLResetRemotekey},
		{"utils service list", "", "List the services.", utilsServiceList},
		{"utils service restart", "NAME", "Restart a service.", utilsServiceRestart},
		{"utils service start", "NAME", "Start a service.", utilsServiceStart},
		{"utils service stop", "NAME", "Stop a service.", utilsServiceStop},
		{"utils system restart", "", "Restart the node.", utilsSystemRestart},
	}
}

// A CommandError is a command that a node refuses or fails, in the words that
// it prints.
type CommandError struct{ Words string }

func (e *CommandError) Error() string { return e.Words }

func refusal(format string, args ...any) error {
	return &CommandError{fmt.Sprintf(format, args...)}
}

// Refusals that callers tell apart. No transcript has their exact words, but
// the stem of ErrNotPublisher's is documented.
var (
	ErrUnknownCommand = refusal("No valid command entered")
	ErrNotPublisher   = refusal("This is not a Publisher Node") // M9
	ErrNodeDown       = refusal("The node is down")
	ErrPassword       = refusal("The CCM Administrator password is wrong")
	// ErrExit ends a session. It is no failure.
	ErrExit = refusal("exit")
)

// Run executes one command line on the node as an administrator would type it
// after the prompt, and prints what a node prints. The error is the failure
// whose words were printed too, or [ErrExit].
func (n *Node) Run(t Terminal, line string) error {
	err := n.run(t, line)
	if err != nil && err != ErrExit {
		fmt.Fprintf(t, "%v\n", err)
	}
	return err
}

func (n *Node) run(t Terminal, line string) error {
	if n.isDown() {
		return ErrNodeDown
	}
	typed := strings.Fields(line)
	if len(typed) == 0 {
		return nil
	}
	var found *command
	for _, cmd := range commands() {
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
		return refusal("Usage: %s", found.synopsis())
	}
	return found.run(n, t, args)
}

// takes tells how many arguments the command takes. A NAME may have blanks in
// it.
func (c *command) takes() (least, most int) {
	for _, arg := range strings.Fields(c.usage) {
		if !strings.HasPrefix(arg, "[") {
			least++
		}
		most++
		if arg == "NAME" || strings.Contains(arg, "...") || arg == "[COMMAND]" {
			most += 16
		}
	}
	return least, most
}

func (c *command) synopsis() string { return strings.TrimSpace(c.words + " " + c.usage) }

// Complete tells by which words a line that has been typed so far may go on,
// each in full. The last word of the line is completed where no blank follows
// it.
func Complete(line string) []string {
	typed := strings.Fields(line)
	begun := ""
	if len(typed) > 0 && !strings.HasSuffix(line, " ") {
		begun, typed = typed[len(typed)-1], typed[:len(typed)-1]
	}
	var next []string
	for _, cmd := range commands() {
		words := strings.Fields(cmd.words)
		if len(words) <= len(typed) || !slices.Equal(words[:len(typed)], typed) {
			continue
		}
		if w := words[len(typed)]; strings.HasPrefix(w, begun) && !slices.Contains(next, w) {
			next = append(next, w)
		}
	}
	return next
}

// CompleteLine is what the key Tab does: the line as far as there is but one way
// on, and where nothing is to be added the words among which it may go on.
func CompleteLine(line string) (longer string, words []string) {
	if words = Complete(line); len(words) == 0 {
		return line, nil
	}
	more := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, more) {
			more = more[:len(more)-1]
		}
	}
	typed := line[strings.LastIndexByte(line, ' ')+1:]
	switch {
	case len(words) == 1:
		return strings.TrimSuffix(line, typed) + more + " ", nil
	case more == typed:
		return line, words
	}
	return strings.TrimSuffix(line, typed) + more, nil
}

// Hints is what the key `?` shows: the words that may follow, or the usage of
// the command that is complete.
func Hints(line string) string {
	var b strings.Builder
	for _, w := range Complete(line) {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	typed := strings.Join(strings.Fields(line), " ")
	for _, cmd := range commands() {
		if typed == cmd.words || strings.HasPrefix(typed, cmd.words+" ") {
			fmt.Fprintf(&b, "  %s\n      %s\n", cmd.synopsis(), cmd.help)
		}
	}
	return b.String()
}

// help is `help [COMMAND]`.
func help(_ *Node, t Terminal, args []string) error {
	prefix := strings.Join(args, " ")
	found := false
	for _, cmd := range commands() {
		if prefix == "" || cmd.words == prefix || strings.HasPrefix(cmd.words, prefix+" ") {
			found = true
			fmt.Fprintf(t, "%s\n    %s\n", cmd.synopsis(), cmd.help)
		}
	}
	if !found {
		return refusal("There is no command %q", prefix)
	}
	return nil
}

func exit(*Node, Terminal, []string) error { return ErrExit }

// yes reads the answer to a yes-or-no question.
func yes(answer string) bool {
	answer = strings.TrimSpace(answer)
	return strings.EqualFold(answer, "yes") || strings.EqualFold(answer, "y")
}

// Knows reports whether the command line has such a command, whatever its
// arguments.
func Knows(line string) bool {
	typed := strings.Join(strings.Fields(line), " ") + " "
	return slices.ContainsFunc(commands(), func(c command) bool { return strings.HasPrefix(typed, c.words+" ") })
}

// CommandWords are the words of all commands.
func CommandWords() []string {
	var all []string
	for _, c := range commands() {
		all = append(all, c.words)
	}
	return all
}
