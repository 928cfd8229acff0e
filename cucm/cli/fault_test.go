package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/ciscolog"
	"itlsim/cucm/cli"
	"itlsim/internal/contain"
)

// broken is a terminal that fails at the first question.
type broken struct{ cli.Script }

func (*broken) Ask(string) (string, error)       { panic("no terminal") }
func (*broken) AskSecret(string) (string, error) { panic("no terminal") }
func (*broken) AskMasked(string) (string, error) { panic("no terminal") }

// A panic in a command ends that command, with an entry in the log: the cluster is as
// it was, and the next command is carried out.
func TestPanicInACommand(t *testing.T) {
	for _, line := range []string{"set cert regen TVS", "utils itl reset localkey", "utils ctl set-cluster mixed-mode"} {
		l := newLab(t)
		before := l.Snapshot()
		terminal := new(broken)
		err := cli.Run(l.Pub, terminal, line)
		var fault *contain.Fault
		require.ErrorAs(t, err, &fault, line)
		require.Contains(t, terminal.Output.String(), "fault of the program itself: no terminal, in itlsim/cucm/cli")
		log := l.Pub.Log()
		require.Contains(t, log[len(log)-1], "%UC_ITLSIM-2-"+ciscolog.ProgramFault.String())
		require.Contains(t, log[len(log)-1], "[During=command line]")
		before["log of test10pub"] = "1"
		require.Equal(t, before, l.Snapshot())
		l.Must(l.Pub, "set cert regen TVS", "yes")
	}
}
