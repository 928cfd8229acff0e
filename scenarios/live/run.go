package live

import (
	"sync/atomic"

	"itlsim/cucm/cli"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// A Run is the stage of a run that people watch ([scenarios.Options]): its lab, and as its
// tour the steps that the run plays, at its own pace. The zero value is ready for a run.
type Run struct{ lab atomic.Pointer[Lab] }

// Open puts the lab up.
func (r *Run) Open(s scenarios.Scenario, opt lab.Options) (*scenarios.Player, error) {
	l, err := open(s, opt, (*Lab).echo)
	if err != nil {
		return nil, err
	}
	l.tour = l.newTour()
	r.lab.Store(l)
	return l.Player, nil
}

// echo types as a run does that nobody watches, and shows what was seen.
func (l *Lab) echo(c *Console, line string, answers []string) (string, error) {
	printed, err := lab.Typed(c.node, line, answers)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(cli.Prompt + line + "\n" + l.Masked(printed, answers) + "\n")
	return printed, err
}

// Lab is the lab, nil before it is put up. It can still be looked at when it is closed.
func (r *Run) Lab() *Lab { return r.lab.Load() }

// Step shows that a step is played, and what came of it.
func (r *Run) Step(i int, play func() report.Step) {
	l := r.Lab()
	t, name := l.tour, l.Scenario.Steps[i].Name
	t.change(func() { t.at, t.shown, t.running = i, i, true })
	l.setBusy(name) // nobody else plays here, and takes turns
	did := play()
	moment := l.ends(name)
	l.setBusy("")
	t.change(func() {
		t.running, t.failed = false, did.Error
		t.judged, t.moments = append(t.judged, did), append(t.moments, moment)
	})
}

// Ended shows how the run ended, in words.
func (r *Run) Ended(verdict string) {
	t := r.Lab().tour
	t.change(func() { t.verdict = verdict })
}

// Close ends the lab.
func (r *Run) Close() error { return r.Lab().Close() }
