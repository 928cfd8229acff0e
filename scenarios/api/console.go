package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"itlsim/scenarios/live"
)

// maxLine bounds a line that is typed on a console, in bytes.
const maxLine = 1000

// maxAdvance is how far the clock is moved at once.
const maxAdvance = 366 * 24 * time.Hour

// onConsole has a line of a request do something on the console that it names.
func onConsole(do func(c *live.Console, line string) (any, error)) request {
	return func(l *live.Lab, r *http.Request) (any, error) {
		at, err := find(l, r.PathValue("node"))
		if err != nil {
			return nil, err
		}
		body, err := read[struct {
			Line string `json:"line"`
		}](r)
		switch {
		case err != nil:
			return nil, err
		case len(body.Line) > maxLine || strings.ContainsAny(body.Line, "\r\n"):
			return nil, &unread{fmt.Errorf("a line has at most %d characters", maxLine)}
		}
		return do(l.ConsoleAt(at), body.Line)
	}
}

// typeLine types a line, and does not wait for what it does.
func typeLine(c *live.Console, line string) (any, error) {
	if err := c.Enter(line); err != nil {
		return nil, err
	}
	return struct{}{}, nil
}

// interrupt is Ctrl-C.
func interrupt(c *live.Console, _ string) (any, error) {
	c.Interrupt()
	return struct{}{}, nil
}

// complete is the key Tab.
func complete(c *live.Console, line string) (any, error) {
	longer, words := c.Complete(line)
	return map[string]any{"line": longer, "words": append([]string{}, words...)}, nil
}

// clock sets the clock's rate, or moves the clock forward, whoever has a turn.
func clock(l *live.Lab, r *http.Request) (any, error) {
	body, err := read[struct {
		Rate     float64 `json:"rate"`
		AdvanceS float64 `json:"advance_s"`
	}](r)
	switch {
	case err != nil:
		return nil, err
	case body.Rate != 0 && (body.Rate < 1 || body.Rate > live.MaxRate):
		return nil, &unread{fmt.Errorf("rate: the clock runs 1 to %d times as fast as the wall's", live.MaxRate)}
	case body.AdvanceS < 0 || body.AdvanceS > maxAdvance.Seconds():
		return nil, &unread{fmt.Errorf("advance_s: the clock moves forward, by at most %.0f", maxAdvance.Seconds())}
	case body.Rate != 0:
		l.SetRate(body.Rate)
	}
	if err := l.Advance(r.Context(), time.Duration(body.AdvanceS*float64(time.Second))); err != nil {
		return nil, err
	}
	return l.Clock(), nil
}
