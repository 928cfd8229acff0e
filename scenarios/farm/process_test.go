package farm_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// The test program is also the processes that tests kill: a worker, and a run's command.
const (
	roleVariable  = "ITLSIM_TEST_FARM" // worker, or run
	placeVariable = "ITLSIM_TEST_PLACE"
	credsVariable = "ITLSIM_TEST_CREDS"
	storeVariable = "ITLSIM_TEST_STORE" // of a run's command that has a server of its own: ADDR DIR
)

func TestMain(m *testing.M) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	says := func(text string) { fmt.Println(text) }
	var err error
	switch os.Getenv(roleVariable) {
	case "worker":
		err = beWorker(ctx, says)
	case "run":
		err = beCommand(ctx, says)
	default:
		stop()
		_ = flag.Set("test.parallel", "8") // they wait more than they work
		goleak.VerifyTestMain(m)
	}
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func beWorker(ctx context.Context, says func(string)) error {
	place, err := farm.Find(os.Getenv(placeVariable), os.Getenv(credsVariable))
	if err != nil {
		return err
	}
	f, err := farm.Dial(place, "worker", says)
	if err != nil {
		return err
	}
	defer f.Close()
	w := &farm.Worker{Build: "tests", Name: fmt.Sprint("process ", os.Getpid()), Said: says, Play: slowly}
	return w.Work(ctx, f)
}

func beCommand(ctx context.Context, says func(string)) error {
	place, err := farm.Find(os.Getenv(placeVariable), os.Getenv(credsVariable))
	if at, dir, own := strings.Cut(os.Getenv(storeVariable), " "); own {
		s, err := host.Start(host.Config{Listen: at, Store: dir})
		if err != nil {
			return err
		}
		defer s.Close()
		place = s.Place()
	} else if err != nil {
		return err
	}
	f, err := farm.Dial(place, "run", says)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := bundle("trust-loss", killed)
	if err != nil {
		return err
	}
	report, err := f.Run(ctx, b, farm.Options{AckWait: soon, Said: says})
	if err == nil {
		says("report " + hashOf(timeless(report)))
	}
	return err
}

// hashOf is a report in a line.
func hashOf(report string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(report))) }

// A process is a worker or a run's command that can be killed. What it says is read line by
// line.
type process struct {
	*exec.Cmd
	t     *testing.T
	lines chan string
	ended chan struct{}
	said  *lines
}

type lines struct {
	sync.Mutex
	all []string
}

// begin begins a process of a role.
func begin(t *testing.T, role string, variables ...string) *process {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	return spawn(t, append(variables, roleVariable+"="+role), program)
}

// spawn begins any process.
func spawn(t *testing.T, variables []string, program string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(program, args...), t: t, lines: make(chan string, 10_000), ended: make(chan struct{}),
		said: new(lines)}
	p.Env = append(os.Environ(), variables...)
	out, err := p.StdoutPipe()
	require.NoError(t, err)
	p.Stderr = p.Stdout
	require.NoError(t, p.Start())
	go p.read(out)
	t.Cleanup(func() {
		p.signal(syscall.SIGKILL)
		<-p.ended
		if t.Failed() {
			t.Logf("%s %s said:\n%s", program, strings.Join(variables, " "), strings.Join(p.said.all, "\n"))
		}
	})
	return p
}

func (p *process) read(out io.Reader) {
	defer close(p.ended)
	defer close(p.lines)
	for in := bufio.NewScanner(out); in.Scan(); {
		p.said.Lock()
		p.said.all = append(p.said.all, in.Text())
		p.said.Unlock()
		p.lines <- in.Text()
	}
	_ = p.Wait()
}

func (p *process) signal(s syscall.Signal) { _ = p.Process.Signal(s) }

// kill kills it at once and waits until it is gone.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// says waits for a line that has these words in it.
func (p *process) says(words string) string {
	p.t.Helper()
	for late := time.After(20 * time.Second); ; {
		select {
		case line, open := <-p.lines:
			require.True(p.t, open, "it ended, and did not say %q", words)
			if strings.Contains(line, words) {
				return line
			}
		case <-late:
			require.FailNow(p.t, "it does not say "+words)
		}
	}
}
