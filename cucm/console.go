package cucm

import (
	"fmt"
	"io"
	"strings"
)

// A Terminal is where an administrator sits: commands print to it and ask it.
type Terminal interface {
	io.Writer
	// Ask prints a question and reads the answer.
	Ask(question string) (string, error)
	// AskSecret does so without showing the answer.
	AskSecret(question string) (string, error)
}

// A command of the command line. Its words are what is typed; what follows them
// is passed to run.
type command struct {
	words string
	usage string // of the arguments
	run   func(n *Node, t Terminal, args []string) error
}

// commands is the administrator's language: the one way in which scenarios, the
// command line and a page change a cluster.
var commands = []command{
	{"show itl", "", showITL},
	{"set cert regen", "NAME", setCertRegen},
	{"utils itl reset localkey", "", utilsITLResetLocalkey},
	{"utils service restart", "NAME", utilsServiceRestart},
}

// A CommandError is a command that a node refuses or fails, in the words that
// it prints.
type CommandError struct{ Words string }

func (e *CommandError) Error() string { return e.Words }

func refusal(format string, args ...any) error {
	return &CommandError{fmt.Sprintf(format, args...)}
}

// Refusals that callers tell apart. No transcript has their exact words but the
// first's.
var (
	ErrUnknownCommand = refusal("No valid command entered")
	ErrNotPublisher   = refusal("This is not a Publisher Node") // M9
)

// Run executes one command line on the node as an administrator would type it
// after the prompt, and prints what a node prints. The error is the failure
// whose words were printed too.
func (n *Node) Run(t Terminal, line string) error {
	err := n.run(t, line)
	if err != nil {
		fmt.Fprintf(t, "%v\n", err)
	}
	return err
}

func (n *Node) run(t Terminal, line string) error {
	typed := strings.Fields(line)
	if len(typed) == 0 {
		return nil
	}
	for _, cmd := range commands {
		words := strings.Fields(cmd.words)
		if len(typed) >= len(words) && strings.Join(typed[:len(words)], " ") == cmd.words {
			return cmd.run(n, t, typed[len(words):])
		}
	}
	return ErrUnknownCommand
}

// A Script is a terminal without a person: it gives the answers in their order
// and shows what a person would have seen.
type Script struct {
	Output  strings.Builder
	Answers []string
}

// Write shows output.
func (s *Script) Write(p []byte) (int, error) { return s.Output.Write(p) }

// Ask shows the question and the answer given.
func (s *Script) Ask(question string) (string, error) {
	answer, err := s.next(question)
	fmt.Fprintf(s, "%s%s\n", question, answer)
	return answer, err
}

// AskSecret shows the question alone.
func (s *Script) AskSecret(question string) (string, error) {
	answer, err := s.next(question)
	fmt.Fprintf(s, "%s\n", question)
	return answer, err
}

func (s *Script) next(question string) (string, error) {
	if len(s.Answers) == 0 {
		return "", fmt.Errorf("no answer is given to %q", strings.TrimSpace(question))
	}
	answer := s.Answers[0]
	s.Answers = s.Answers[1:]
	return answer, nil
}
