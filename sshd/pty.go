package sshd

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"

	"itlsim/cucm"
	"itlsim/cucm/cli"
)

// ptyTerminal is a session with a terminal: lines are edited, commands have a
// history and are completed.
type ptyTerminal struct {
	*term.Terminal
	node    *cucm.Node
	screen  *screen
	history term.History // of commands
}

func newPTY(n *cucm.Node, rw io.ReadWriter) *ptyTerminal {
	p := &ptyTerminal{node: n, screen: &screen{rw: rw}}
	p.Terminal = term.NewTerminal(p.screen, "")
	p.history = p.Terminal.History
	return p
}

// resize sets the size of the client's terminal.
func (p *ptyTerminal) resize(columns, rows uint32) {
	bounded := func(v, otherwise uint32) int {
		if v == 0 || v > 10_000 {
			v = otherwise
		}
		return int(v)
	}
	_ = p.SetSize(bounded(columns, 80), bounded(rows, 24)) // its error is that of writing to the peer
}

// readLine reads a line behind a prompt, after what of it stands in lines
// above.
func (p *ptyTerminal) readLine(prompt string) (string, error) {
	above, prompt := cutLastLine(prompt)
	if above != "" {
		fmt.Fprint(p, above)
	}
	p.SetPrompt(prompt)
	line, err := p.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	if p.screen.interrupted {
		p.screen.interrupted = false
		return "", errInterrupted
	}
	return line, err
}

func cutLastLine(s string) (above, last string) {
	i := strings.LastIndexByte(s, '\n') + 1
	return s[:i], s[i:]
}

func (p *ptyTerminal) readCommand() (string, error) {
	p.History = p.history
	p.AutoCompleteCallback = p.complete
	return p.readLine(cli.Prompt)
}

// Ask, AskSecret and AskMasked read answers, which are neither kept nor
// completed.
func (p *ptyTerminal) Ask(question string) (string, error) {
	p.History, p.AutoCompleteCallback = forgetful{}, nil
	line, err := p.readLine(question)
	return line, unlessEnded(err)
}

func (p *ptyTerminal) AskSecret(question string) (string, error) {
	return p.askHidden(question, hidden)
}

func (p *ptyTerminal) AskMasked(question string) (string, error) {
	return p.askHidden(question, masked)
}

func (p *ptyTerminal) askHidden(question string, echo echo) (string, error) {
	fmt.Fprint(p, question)
	p.screen.show(echo)
	defer p.screen.show(shown)
	return p.Ask("")
}

// forgetful is the history of answers.
type forgetful struct{}

func (forgetful) Add(string)    {}
func (forgetful) Len() int      { return 0 }
func (forgetful) At(int) string { panic("sshd: empty history") }

// complete does what Tab and ? do at the prompt.
func (p *ptyTerminal) complete(line string, pos int, key rune) (string, int, bool) {
	switch key {
	case '?':
		fmt.Fprintf(p, "%s%s?\n%s", cli.Prompt, line, cli.Hints(p.node, line[:pos]))
		return line, pos, true
	case '\t':
		longer, words := cli.CompleteLine(p.node, line[:pos])
		if len(words) > 0 {
			fmt.Fprintf(p, "%s%s\n%s\n", cli.Prompt, line, strings.Join(words, "  "))
		}
		return longer + line[pos:], len(longer), true
	}
	return "", 0, false
}

// echo is how what is typed is shown.
type echo int

const (
	shown echo = iota
	masked
	hidden
)

// screen stands between the line editor and the client's terminal.
type screen struct {
	rw          io.ReadWriter
	part        []byte // of a letter that has not come whole
	typed       []byte // to be read before anything else
	halfKey     bool   // within an escape sequence, which a letter or ~ ends
	interrupted bool   // by Ctrl-C

	mu     sync.Mutex // a change of the window's size writes, too
	echo   echo
	escape bool // within a cursor movement that is on its way out
}

func (s *screen) show(e echo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.echo = e
}

// errNoKey ends a session whose keys the editor makes nothing of, and has no room to wait
// for more of them.
var errNoKey = errors.New("what is typed is not a key")

// Read passes on what is typed.
func (s *screen) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, errNoKey // the editor would ask again at once, for ever
	}
	if len(s.typed) == 0 {
		buf := make([]byte, 256)
		n, err := s.rw.Read(buf)
		if n == 0 {
			return 0, err
		}
		s.part = append(s.part, buf[:n]...)
		for utf8.FullRune(s.part) {
			r, size := utf8.DecodeRune(s.part)
			s.press(r, s.part[:size])
			s.part = s.part[size:]
		}
	}
	n := copy(p, s.typed)
	s.typed = s.typed[n:]
	return n, nil
}

// press passes on a key. What is no letter of UTF-8 becomes a question mark, since the
// editor would wait for the rest of it. Ctrl-C becomes the end of an empty line, since the
// editor would keep what was typed so far, a key that is half typed, too.
func (s *screen) press(r rune, raw []byte) {
	const ctrlC, escape, lineEnd, eraseLine = 3, 0x1b, 5, 21
	switch {
	case r == utf8.RuneError:
		s.typed = append(s.typed, '?')
	case r == ctrlC:
		s.interrupted = true
		if s.halfKey {
			s.typed = append(s.typed, '~')
		}
		s.typed = append(s.typed, lineEnd, eraseLine, '\r')
	default:
		s.typed = append(s.typed, raw...)
	}
	s.halfKey = r == escape || s.halfKey && r != '~' && (r|0x20 < 'a' || r|0x20 > 'z') && r != ctrlC
}

// Write shows what the editor does.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch s.echo {
	case hidden:
		return len(p), nil
	case shown:
		return s.rw.Write(p)
	}
	out := make([]byte, len(p))
	for i, b := range p {
		out[i] = b
		switch {
		case b == 0x1b:
			s.escape = true
		case s.escape:
			s.escape = b == '[' || b < '@' || b > '~'
		case b > ' ':
			out[i] = '*'
		}
	}
	if _, err := s.rw.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
