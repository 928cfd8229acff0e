package sshd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"itlsim/cucm/cli"
)

// maxLine is how long a line that is typed may be, in bytes.
const maxLine = 4096

// plain is a session without a terminal: a line of input is a command or an
// answer.
type plain struct {
	io.Writer
	in *bufio.Reader
}

func newPlain(rw io.ReadWriter) *plain { return &plain{rw, bufio.NewReaderSize(rw, maxLine)} }

func (p *plain) read() (string, error) {
	line, err := p.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", fmt.Errorf("a line of input has more than %d bytes", maxLine)
	}
	if len(line) == 0 && err != nil {
		return "", err
	}
	return strings.TrimRight(string(line), "\r\n"), nil
}

// answer reads one to a question that has been printed.
func (p *plain) answer() (string, error) {
	line, err := p.read()
	return line, unlessEnded(err)
}

// unlessEnded says of the end of the input, behind a question, what it is.
func unlessEnded(err error) error {
	if err == io.EOF {
		return errors.New("the input ends before the answer")
	}
	return err
}

func (p *plain) Ask(question string) (string, error) {
	fmt.Fprint(p, question)
	line, err := p.answer()
	fmt.Fprintln(p, line)
	return line, err
}

func (p *plain) AskSecret(question string) (string, error) {
	fmt.Fprint(p, question)
	return p.answer()
}

func (p *plain) AskMasked(question string) (string, error) {
	fmt.Fprint(p, question)
	line, err := p.answer()
	fmt.Fprintln(p, strings.Repeat("*", len(line)))
	return line, err
}

func (p *plain) readCommand() (string, error) {
	line, err := p.read()
	if err == nil {
		fmt.Fprintf(p, "%s%s\n", cli.Prompt, line)
	}
	return line, err
}
