package scenarios

import (
	"errors"
	"fmt"
	"slices"

	"itlsim/internal/cause"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// A Looked is a sentence that was looked at in a lab, and what was found there. What was
// found in several labs adds up ([Looked.Plus]) and is then judged by the sentence alone
// ([Looked.Judge]).
type Looked struct {
	Text  string  `json:"text"`
	Of    about   `json:"of,omitzero"`
	Act   int     `json:"act,omitzero"` // that found it, of those that the report has of the step, from 1
	Found Finding `json:"found,omitzero"`
	// Before is what was found at the moments before, where it is enough that it is so at one
	// of them.
	Before []Finding `json:"before,omitempty"`

	// judge is how it is judged in the process that looked; nil elsewhere.
	judge func(f Finding, phones int) error
}

// about is what a sentence is about.
type about string

const (
	anExpectation about = ""
	anAct         about = "act"   // what an act is expected to come to
	aReset        about = "reset" // that a reset reaches phones: told only where it does not
	anOrder       about = "order" // that phones do what they are to: told only where some do not
)

// errNobodyRegistered is the case where a reset reaches nobody.
var errNobodyRegistered = errors.New("none is registered with the cluster then " +
	"(after a restart of Cisco CallManager all are again after a wait of two minutes)")

// lookedAt is an expectation, and what was found.
func lookedAt(e *Expectation, f Finding) Looked {
	return Looked{Text: e.Text, Found: f, judge: e.judge}
}

// Plus adds what was found of the phones that come next. The error is that of
// [Finding.Plus], or that the other is another sentence.
func (l *Looked) Plus(next Looked) error {
	if l.Text != next.Text || l.Of != next.Of || l.Act != next.Act {
		return fmt.Errorf("one is looked at for %q, the other for %q", l.Text, next.Text)
	}
	if len(l.Before) != len(next.Before) {
		return fmt.Errorf("%q was looked at %d times, and %d", l.Text, len(l.Before)+1, len(next.Before)+1)
	}
	l.Before = slices.Clone(l.Before) // a copy of l may have them
	for i := range l.Before {
		if err := l.Before[i].Plus(next.Before[i]); err != nil {
			return fmt.Errorf("%q: %w", l.Text, err)
		}
	}
	if err := l.Found.Plus(next.Found); err != nil {
		return fmt.Errorf("%q: %w", l.Text, err)
	}
	return nil
}

// Judge judges what was found of so many phones, which are all. Words are the names of
// nodes, groups and models that sentences may have. tell is whether a report has it. The
// error is of [language.ErrInvalid].
func (l *Looked) Judge(words language.Vocabulary, phones int) (e report.Expectation, tell bool, err error) {
	if l.Of == anExpectation && l.judge == nil {
		is, said, err := expectations.Parse(l.Text, words)
		if err != nil {
			return e, false, fmt.Errorf("%q: %w", l.Text, err)
		}
		l.judge = is.judging(said)
	}
	e, tell = l.judged(phones)
	return e, tell, nil
}

func (l *Looked) judged(phones int) (e report.Expectation, tell bool) {
	switch {
	case l.Of == anAct:
		return judged(l.Text, l.Found.said()), true
	case l.Of == anExpectation:
		for _, f := range l.Before {
			if l.judge(f, phones) == nil {
				return judged(l.Text, nil), true
			}
		}
		return judged(l.Text, l.judge(l.Found, phones)), true
	case l.Of == anOrder && len(l.Found.Others) > 0:
		return judged(l.Text, errors.New(l.Found.describe())), true
	case l.Of == aReset && l.Found.Count == 0:
		return judged(l.Text, errNobodyRegistered), true
	}
	return judged(l.Text, nil), false
}

// judged is an expectation that held, or failed with an error.
func judged(text string, err error) report.Expectation {
	e := report.Expectation{Text: text, Passed: err == nil}
	if err != nil {
		e.Why = cause.Of(err)
	}
	return e
}
