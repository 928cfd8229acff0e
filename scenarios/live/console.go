package live

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/contain"
)

// consoleKept is how much output of a console is kept, in bytes: several times
// what `show itl` prints.
const consoleKept = 128 << 10

// wrongPause is how long a console takes nothing after a wrong password: it is a way
// to guess that has no login before it. A person types the next one more slowly.
const wrongPause = time.Second

var (
	errBusy        = errors.New("a command is still running here")
	errQuestion    = errors.New("a command here waits for an answer; answer it or press Ctrl-C")
	errInterrupted = errors.New("^C")
)

// A Console is a node's command line, which everyone who watches shares, acts and the tour
// too: what they do is seen as it would be typed.
type Console struct {
	name string // of the node at the start; `set network hostname` changes the node's
	node *cucm.Node
	ctx  context.Context // of the lab
	work *sync.WaitGroup // of the lab: it ends after the commands that run

	mu       sync.Mutex
	text     []byte
	printed  int64  // bytes in all
	count    uint64 // of changes
	running  bool
	ended    bool      // with its lab
	question *question // that a command waits for an answer to
}

// question that a command asks.
type question struct {
	text   string
	secret bool
	answer chan string // closed by an interrupt
}

// A Screen is a console's change as it is sent: text to append, or to begin anew
// with.
type Screen struct {
	Node   string `json:"node"`
	Text   string `json:"text"`
	Anew   bool   `json:"anew,omitempty"` // Text is all that it shows
	Prompt string `json:"prompt"`
	Secret bool   `json:"secret,omitempty"` // the answer is not to be seen
	Busy   bool   `json:"busy,omitempty"`   // a command runs
}

// A consoleCursor is where who watches is in a console's changes.
type consoleCursor struct {
	count   uint64
	printed int64
}

// Complete is the key Tab: a longer line, or the words that may follow.
func (c *Console) Complete(line string) (longer string, words []string) {
	return cli.CompleteLine(c.node, line)
}

func (c *Console) since(seen consoleCursor) (*Screen, consoleCursor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := consoleCursor{c.count, c.printed}
	if c.count == seen.count {
		return nil, now
	}
	s := &Screen{Node: c.name, Prompt: cli.Prompt, Busy: c.running}
	if missed := c.printed - seen.printed; missed <= int64(len(c.text)) {
		s.Text = string(c.text[int64(len(c.text))-missed:])
	} else {
		s.Text, s.Anew = string(c.text), true
	}
	if q := c.question; q != nil {
		s.Prompt, s.Secret, s.Busy = q.text, q.secret, false
	}
	return s, now
}

func (c *Console) print(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(s)
}

func (c *Console) write(s string) {
	c.text = append(c.text, s...)
	if len(c.text) > 2*consoleKept { // cut at a line's end
		cut := len(c.text) - consoleKept
		cut += bytes.IndexByte(c.text[cut:], '\n') + 1
		c.text = append(c.text[:0], c.text[cut:]...)
	}
	c.printed += int64(len(s))
	c.count++
}

// Enter is a line that a person typed: the answer to a question, where one is
// asked, else a command. It does not wait for the command.
func (c *Console) Enter(line string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.question
	if q == nil {
		if err := c.begin(line); err != nil {
			return err
		}
		go c.finish(line, &terminal{c})
		return nil
	}
	c.question = nil
	c.show(q.text, line, q.secret)
	q.answer <- line // has room
	return nil
}

// seize types a command of an act with the answers to its questions, waits for its end and returns
// what it printed. A command that a person began does not stop it: it waits for the end of one
// that runs, and gives up one that asks. Nobody else answers what it asks.
func (c *Console) seize(line string, answers ...string) (string, error) {
	for {
		var err error
		contain.Holding(&c.mu, func() { err = c.begin(line) })
		switch err {
		case nil:
			script := &cli.Script{Answers: answers, Screen: &terminal{c}}
			err = c.finish(line, script)
			return script.Output.String(), err
		case errQuestion:
			c.Interrupt()
		case errBusy:
		default:
			return "", err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-c.ctx.Done():
			return "", c.ctx.Err()
		}
	}
}

// begin takes the console for a command. The caller holds the lock.
func (c *Console) begin(line string) error {
	switch {
	case c.ended:
		return context.Canceled
	case c.question != nil:
		return errQuestion
	case c.running:
		return errBusy
	}
	c.work.Add(1)
	c.running = true
	c.write(cli.Prompt + line + "\n")
	return nil
}

func (c *Console) finish(line string, t cli.Terminal) error {
	defer c.work.Done()
	err := cli.Run(c.node, t, line)
	switch {
	case err == cli.ErrExit:
		err = nil // there is nothing to leave
	case errors.Is(err, cli.ErrPassword), errors.Is(err, cucm.ErrOldPassword):
		c.rest(wrongPause)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.running = false
	c.write("\n")
	return err
}

// rest has the console busy for a while, within its lab.
func (c *Console) rest(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.ctx.Done():
	}
}

// show prints a question and the answer to it; of a secret nothing is seen, not even the end
// of its line (cli.Terminal). The caller holds the lock.
func (c *Console) show(question, answer string, secret bool) {
	if !secret {
		question += answer + "\n"
	}
	c.write(question)
}

// end lets no command begin any more.
func (c *Console) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
}

// Interrupt ends a command that waits for an answer.
func (c *Console) Interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if q := c.question; q != nil {
		c.question = nil
		c.write(q.text + "\n")
		close(q.answer)
	}
}

// terminal is the console as a person's command sees it (cli.Terminal).
type terminal struct{ *Console }

// Write prints.
func (t *terminal) Write(p []byte) (int, error) {
	t.print(string(p))
	return len(p), nil
}

// Ask asks the person at the console.
func (t *terminal) Ask(text string) (string, error) { return t.ask(text, false) }

// AskSecret asks without showing the answer.
func (t *terminal) AskSecret(text string) (string, error) { return t.ask(text, true) }

func (t *terminal) ask(text string, secret bool) (string, error) {
	q := &question{text, secret, make(chan string, 1)}
	t.mu.Lock()
	t.question = q
	t.count++
	t.mu.Unlock()
	select {
	case answer, ok := <-q.answer:
		if !ok {
			return "", errInterrupted
		}
		return answer, nil
	case <-t.ctx.Done():
		return "", t.ctx.Err()
	}
}
