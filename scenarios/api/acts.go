package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"itlsim/scenarios"
	"itlsim/scenarios/language"
	"itlsim/scenarios/live"
	"itlsim/scenarios/report"
)

// A problem is a sentence that is not understood.
type problem struct {
	In      string `json:"in"` // such as do[0]
	Text    string `json:"text"`
	Line    int    `json:"line,omitempty"` // of a file, from 1
	Column  int    `json:"column"`         // from 1, in characters
	Message string `json:"message"`
}

// A notUnderstood is the error of sentences that are not understood; nothing was done.
type notUnderstood struct{ problems []problem }

func (e *notUnderstood) Error() string {
	var lines []string
	for _, p := range e.problems {
		at := p.In
		if p.Line > 0 {
			at += fmt.Sprintf(":%d", p.Line)
		}
		lines = append(lines, fmt.Sprintf("%s:%d: %s", at, p.Column, p.Message))
	}
	return strings.Join(lines, "\n")
}

// add notes that a sentence is not understood.
func (e *notUnderstood) add(list string, i int, text string, err error) {
	p := problem{In: fmt.Sprintf("%s[%d]", list, i), Text: text, Column: 1, Message: err.Error()}
	if in, ok := errors.AsType[*language.Error](err); ok {
		p.Column, p.Message = in.At+1, in.Says
	}
	e.problems = append(e.problems, p)
}

// err is nil where all is understood.
func (e *notUnderstood) err() error {
	if len(e.problems) == 0 {
		return nil
	}
	return e
}

// done is what a step's report says, and whether all of it came true.
type done struct {
	Passed bool `json:"passed"`
	report.Step
}

func doneOf(step report.Step) done {
	d := done{Passed: step.Error == "", Step: step}
	for _, e := range step.Expectations {
		d.Passed = d.Passed && e.Passed
	}
	return d
}

// answers are those to the questions of commands, by the act as it stands in `do`. A list
// alone is for the one act that there is.
type answers map[string][]string

// UnmarshalJSON takes either form.
func (a *answers) UnmarshalJSON(data []byte) error {
	var one []string
	if err := json.Unmarshal(data, &one); err == nil {
		*a = answers{"": one}
		return nil
	}
	return json.Unmarshal(data, (*map[string][]string)(a))
}

// of are the answers to an act, one of so many.
func (a answers) of(text string, acts int) []string {
	if all, ok := a[""]; ok && acts == 1 {
		return all
	}
	return a[text]
}

// check finds answers that are for nothing, or for an act that has its own.
func (a answers) check(do []act) error {
	for text := range a {
		if text == "" && len(do) != 1 {
			return &unread{errors.New("a list of answers is for one act: give an object, with a list for each act")}
		}
		at := slices.IndexFunc(do, func(one act) bool { return text == "" || one.text == text })
		if at < 0 {
			return &unread{fmt.Errorf("answers to %.100q: do has no such act", text)}
		}
		if do[at].Answers != nil {
			return &unread{fmt.Errorf("answers to %.100q: there are two lists of them", do[at].text)}
		}
	}
	return nil
}

// An act is one as a file has it: its sentence alone, {"KEY": "VALUE"}, or with what else
// belongs to its command.
type act struct {
	text string // KEY: VALUE
	scenarios.Typed
}

// UnmarshalJSON takes a text or an object.
func (a *act) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &a.text) == nil {
		return nil
	}
	var said map[string]json.RawMessage
	if json.Unmarshal(data, &said) != nil {
		return errors.New("an act is a text, or an object with a command and what belongs to it")
	}
	for _, key := range slices.Sorted(maps.Keys(said)) {
		var into any
		var value string
		switch key {
		case "answers":
			into = &a.Answers
		case "refused":
			into = &a.Refused
		case "prints":
			into = &a.Prints
		default:
			into = &value
		}
		if err := json.Unmarshal(said[key], into); err != nil {
			return fmt.Errorf("%.100q of an act: %w", key, err)
		}
		if into == &value && a.text != "" {
			return fmt.Errorf("an act is one thing: %.100q and %.100q are two", a.text, key)
		} else if into == &value {
			a.text = key + ": " + value
		}
	}
	return nil
}

// acts does what sentences say, and judges what is expected then, as a step of a file.
func acts(l *live.Lab, r *http.Request) (any, error) {
	body, err := read[struct {
		Name    string   `json:"name"` // of the step; the first act if empty
		Do      []act    `json:"do"`
		Answers answers  `json:"answers"`
		Expect  []string `json:"expect"`
		Wait    *bool    `json:"wait"` // for the phones; true if not given
	}](r)
	waits := body.Wait == nil || *body.Wait
	switch {
	case err != nil:
		return nil, err
	case !waits && len(body.Expect) > 0:
		return nil, &unread{errors.New("expect is judged when the phones have finished: leave wait out")}
	case len(body.Do) == 0 || len(body.Do) > maxActs || len(body.Expect) > maxActs:
		return nil, &unread{fmt.Errorf("do has 1 to %d acts, and expect up to %d sentences", maxActs, maxActs)}
	}
	step := scenarios.Step{Name: body.Name}
	var unclear notUnderstood
	if step.Do, err = understood(l, body.Do, body.Answers, &unclear); err != nil {
		return nil, err
	}
	step.Expect = expectations(l, body.Expect, &unclear)
	if err := unclear.err(); err != nil {
		return nil, err
	}
	if step.Name == "" {
		step.Name = step.Do[0].Text
	}
	way := l.Play
	if !waits {
		way = l.Begin
	}
	did, err := way(r.Context(), step)
	return doneOf(did), err
}

// understood are the acts of a request, with the answers beside them. The error is about those.
func understood(l *live.Lab, do []act, beside answers, unclear *notUnderstood) (all []scenarios.Act, err error) {
	if err := beside.check(do); err != nil {
		return nil, err
	}
	for i, a := range do {
		if a.Answers == nil {
			a.Answers = beside.of(a.text, len(do))
		}
		act, err := l.ParseTyped(a.text, a.Typed)
		if err != nil {
			unclear.add("do", i, a.text, err)
		}
		all = append(all, act)
	}
	return all, nil
}

// rehearse tells what acts would do to the phones, which are left alone.
func rehearse(l *live.Lab, r *http.Request) (any, error) {
	body, err := read[struct {
		Do      []act   `json:"do"`
		Answers answers `json:"answers"`
	}](r)
	switch {
	case err != nil:
		return nil, err
	case len(body.Do) == 0 || len(body.Do) > maxActs:
		return nil, &unread{fmt.Errorf("do has 1 to %d acts", maxActs)}
	}
	var unclear notUnderstood
	do, err := understood(l, body.Do, body.Answers, &unclear)
	if err == nil {
		err = unclear.err()
	}
	if err != nil {
		return nil, err
	}
	told, err := l.Rehearse(r.Context(), do)
	if err != nil {
		return nil, err
	}
	return told, nil
}

// expect judges sentences.
func expect(l *live.Lab, r *http.Request) (any, error) {
	body, err := read[struct {
		Expect []string `json:"expect"`
	}](r)
	switch {
	case err != nil:
		return nil, err
	case len(body.Expect) == 0 || len(body.Expect) > maxActs:
		return nil, &unread{fmt.Errorf("expect has 1 to %d sentences", maxActs)}
	}
	var unclear notUnderstood
	all := expectations(l, body.Expect, &unclear)
	if err := unclear.err(); err != nil {
		return nil, err
	}
	judged, err := l.Judge(r.Context(), all)
	return doneOf(judged), err
}

// expectations understands sentences.
func expectations(l *live.Lab, texts []string, unclear *notUnderstood) (all []scenarios.Expectation) {
	for i, text := range texts {
		e, err := l.ParseExpectation(text)
		if err != nil {
			unclear.add("expect", i, text, err)
		}
		all = append(all, e)
	}
	return all
}
