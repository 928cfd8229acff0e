package sshd

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"golang.org/x/crypto/ssh"

	"itlsim/cucm/cli"
	"itlsim/internal/cause"
)

// welcome is shown at a login with a terminal. Its words are remembered, no
// document here has them.
const welcome = "Command Line Interface is starting up, please wait ...\n\n" +
	"   Welcome to the Platform Command Line Interface\n\n"

// session serves one channel: a shell or a single command.
func (s *Server) session(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	var working sync.WaitGroup
	defer working.Wait()
	var pty *ptyTerminal
	began := false
	for req := range requests {
		ok := false
		var command func(terminal) uint32 // begins after the reply
		switch req.Type {
		case "pty-req":
			var r struct {
				Term                         string
				Columns, Rows, Width, Height uint32
				Modes                        string
			}
			if ok = !began && ssh.Unmarshal(req.Payload, &r) == nil; ok {
				pty = newPTY(s.node, channel)
				pty.resize(r.Columns, r.Rows)
			}
		case "window-change":
			var r struct{ Columns, Rows, Width, Height uint32 }
			if ok = pty != nil && ssh.Unmarshal(req.Payload, &r) == nil; ok {
				pty.resize(r.Columns, r.Rows)
			}
		case "env":
			ok = true // and has no effect
		case "shell":
			ok = !began
			command = func(t terminal) uint32 { return s.shell(t, pty != nil) }
		case "exec":
			var r struct{ Command string }
			ok = !began && ssh.Unmarshal(req.Payload, &r) == nil
			command = func(t terminal) uint32 { return s.command(t, r.Command) }
		}
		if req.WantReply {
			_ = req.Reply(ok, nil)
		}
		if !ok || command == nil {
			continue
		}
		began = true
		var t terminal = newPlain(channel)
		if pty != nil {
			t = pty
		}
		working.Go(func() {
			status := uint32(1)
			_ = s.node.Contain("SSH session", func() { status = command(t) })
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
			channel.Close() // which ends the requests
		})
	}
}

// command runs a single one and gives its exit status.
func (s *Server) command(t terminal, line string) uint32 {
	if err := cli.Run(s.node, t, line); err != nil && err != cli.ErrExit {
		return 1
	}
	return 0
}

// terminal is what a session prints to and reads from.
type terminal interface {
	cli.Terminal
	// readCommand shows the prompt and reads a command line.
	readCommand() (string, error)
}

// errInterrupted is Ctrl-C: a command is given up, a line dropped.
var errInterrupted = errors.New("interrupted")

// shell reads commands until `exit` or the end of input, and gives the exit
// status.
func (s *Server) shell(t terminal, welcomed bool) uint32 {
	if welcomed {
		fmt.Fprint(t, welcome)
	}
	for {
		line, err := t.readCommand()
		switch {
		case errors.Is(err, errInterrupted):
			continue
		case err == io.EOF:
			return 0
		case err != nil:
			fmt.Fprintln(t, cause.OfPeer(err))
			return 1
		}
		// The next prompt follows at once, as in transcripts of restarts.
		if cli.Run(s.node, t, line) == cli.ErrExit {
			return 0
		}
	}
}
