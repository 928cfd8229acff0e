package cli

import (
	"fmt"
	"io"
	"strings"
)

// Prompt stands before every command.
const Prompt = "admin:"

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

// yes reads the answer to a yes-or-no question.
func yes(answer string) bool {
	answer = strings.TrimSpace(answer)
	return strings.EqualFold(answer, "yes") || strings.EqualFold(answer, "y")
}

// confirm asks a yes-or-no question after a warning. The error is [ErrDeclined] where
// the answer is no.
func confirm(t Terminal, warning, question string) error {
	fmt.Fprint(t, warning)
	answer, err := t.Ask(question)
	if err == nil && !yes(answer) {
		err = ErrDeclined
	}
	return err
}
