// Package scenariotest lets test suites put up a cluster and phones, play with
// them in the sentences of scenario files, and run whole scenarios:
//
//	lab := scenariotest.Open(t, "both-certificates-at-once", 10)
//	lab.Do("phones: power on")
//	lab.Expect("all phones are trusted")
//	lab.Type("test10pub", "set cert regen CallManager", "yes")
//	lab.Expect("all phones took their list by TVS")
//
// Keys are small and public (package testkeys), ports are free ones, and
// everything ends with the test: nothing leaks, and tests may run in parallel. A
// [Lab] has no useful zero value; [Open] makes one.
//
// A lab is on real sockets unless the option [Virtual] puts it into virtual time. Such
// a lab can live in a bubble of testing/synctest, whose clock it leaves alone: its own
// moves by "wait: 6 minutes". Two things cannot: phones on sockets, since time stands
// still in a bubble while they wait for an answer, and scenarios with an SFTP server, which
// is a real one in either mode.
package scenariotest

import (
	"strings"
	"testing"

	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// A Lab is a cluster and phones of a test. Whatever fails fails the test.
type Lab struct {
	*scenarios.Player
	t testing.TB
}

// An Option changes how a lab is set up.
type Option func(*lab.Options)

// Virtual has cluster and phones on a simulated network and clock: without sockets, at the
// processor's pace, and the same each time.
func Virtual(o *lab.Options) { o.Mode = lab.Virtual }

func labOptions(phones int, options []Option) lab.Options {
	o := lab.Options{Phones: phones, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024}
	for _, change := range options {
		change(&o)
	}
	return o
}

// Scenario finds a built-in scenario, or reads a file where the name ends in
// .yaml.
func Scenario(t testing.TB, name string) scenarios.Scenario {
	t.Helper()
	if strings.HasSuffix(name, ".yaml") {
		s, err := scenarios.LoadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, ok := scenarios.Find(name)
	if !ok {
		t.Fatalf("there is no scenario %q%s", name, language.DidYouMean(name, scenarios.Names()))
	}
	return s
}

// Open puts up the cluster and the phones of a scenario without playing its
// steps: the file's own number of phones where phones is 0.
func Open(t testing.TB, name string, phones int, options ...Option) *Lab {
	t.Helper()
	return OpenScenario(t, Scenario(t, name), phones, options...)
}

// OpenScenario does so for one that was made or changed in Go.
func OpenScenario(t testing.TB, s scenarios.Scenario, phones int, options ...Option) *Lab {
	t.Helper()
	player, err := scenarios.Open(s, labOptions(phones, options))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := player.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Lab{player, t}
}

// Do carries acts out as scenario files have them ("phones: power on", "wait: 6
// minutes"), each when the phones have finished what came before.
func (l *Lab) Do(acts ...string) {
	l.t.Helper()
	for _, text := range acts {
		l.do(text)
	}
}

func (l *Lab) do(text string, answers ...string) {
	l.t.Helper()
	act, err := l.ParseAct(text, answers...)
	if err == nil {
		err = l.Player.Do(l.t.Context(), act)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	for _, failed := range l.Failed() {
		l.t.Errorf("not so: %s: %s", failed.Text, failed.Why)
	}
}

// Type types a command on a node, and the answers to its questions.
func (l *Lab) Type(node, command string, answers ...string) {
	l.t.Helper()
	l.do("on "+node+": "+command, answers...)
}

// Refuses types a command that the node must refuse, in these words among
// others. It returns all that was printed.
func (l *Lab) Refuses(words, node, command string, answers ...string) string {
	l.t.Helper()
	n, err := l.Node(node)
	if err != nil {
		l.t.Fatal(err)
	}
	script := &cli.Script{Answers: answers}
	err = cli.Run(n, script, command)
	if err == nil || !strings.Contains(script.Output.String(), words) {
		l.t.Errorf("on %s: %s: want a refusal with %q, got %v:\n%s", node, command, words, err, script.Output.String())
	}
	return script.Output.String()
}

// Expect judges sentences as scenario files have them.
func (l *Lab) Expect(sentences ...string) {
	l.t.Helper()
	for _, s := range sentences {
		if err := l.Player.Expect(s); err != nil {
			l.t.Error(err)
		}
	}
}

// Run plays a whole scenario and fails the test with its report where an
// expectation does not hold.
func Run(t testing.TB, name string, phones int, options ...Option) *report.Report {
	t.Helper()
	r, err := scenarios.Run(t.Context(), Scenario(t, name), scenarios.Options{Lab: labOptions(phones, options)})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed {
		var text strings.Builder
		if err := r.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		t.Error(text.String())
	}
	return r
}
