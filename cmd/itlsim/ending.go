package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// An ending is how a command is ended from outside: by a signal, or because nobody
// reads what it prints.
//
// A command that only reads, computes or makes keys is ended where it stands: what it
// had written so far has no name yet and is removed (transient). One that has called
// begin ends by itself, in order, when its context does.
type ending struct {
	cancel context.CancelFunc
	atOnce chan struct{} // closed where nobody is waited for

	mu        sync.Mutex
	inOrder   bool
	asked     bool // to end
	unread    bool // what it prints
	hurrying  bool
	unwritten error // the first, of standard output
	signalled chan os.Signal
}

// newEnding watches for signals until stop is called. The context ends when the command
// is to end.
func newEnding() (e *ending, ctx context.Context, stop func()) {
	e = &ending{atOnce: make(chan struct{}), signalled: make(chan os.Signal, 2)}
	ctx, e.cancel = context.WithCancel(context.Background())
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signals = append(signals, syscall.SIGHUP)
	}
	signal.Notify(e.signalled, signals...)
	// Writes fail with EPIPE instead of ending the process with its files left behind.
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-e.signalled:
				e.ask(false)
			case <-done:
				return
			}
		}
	}()
	return e, ctx, func() {
		signal.Stop(e.signalled)
		signal.Stop(pipes)
		close(done)
		e.cancel()
	}
}

// begin says that from now on the command ends by itself soon after its context does.
func (e *ending) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.inOrder = true
}

// ask has the command end. Asked a second time by a signal, it is not waited for.
func (e *ending) ask(unread bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	again := e.asked && !unread
	e.asked, e.unread = true, e.unread || unread
	e.cancel()
	if (again || !e.inOrder) && !e.hurrying {
		e.hurrying = true
		close(e.atOnce)
	}
}

// code is the exit code of a command that had one of its own, or was ended at once.
func (e *ending) code(own int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.unread {
		return exitUnread
	}
	return own
}

// quiet reports whether nothing more is to be said.
func (e *ending) quiet() bool { return e.code(exitPassed) == exitUnread }

// watch ends the command where nobody reads what it writes to a file.
func (e *ending) watch(w io.Writer) io.Writer {
	if f, ok := w.(*os.File); ok {
		return watched{f, e}
	}
	return w
}

// watched is standard output, or standard error.
type watched struct {
	file *os.File
	end  *ending
}

func (w watched) Write(p []byte) (int, error) {
	n, err := w.file.Write(p)
	switch {
	case errors.Is(err, syscall.EPIPE):
		w.end.ask(true)
	case err != nil && w.file == os.Stdout:
		w.end.fail(err)
	}
	return n, err
}

// fail notes that standard output could not be written: the command's answer is lost,
// whatever it was.
func (e *ending) fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unwritten = cmp.Or(e.unwritten, err)
}

// answered is the error of a command whose own is this one.
func (e *ending) answered(own error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if own == nil || errors.Is(own, errFailed) {
		return cmp.Or(e.unwritten, own)
	}
	return own
}

// Stat tells what kind of file it is.
func (w watched) Stat() (os.FileInfo, error) { return w.file.Stat() }
