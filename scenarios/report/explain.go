package report

import (
	"io"
	"slices"
	"strings"

	"itlsim/scenarios/language"
)

// Explain tells one phone's story. It reports false where the report has none.
func (r *Report) Explain(w io.Writer, device string) (bool, error) {
	i := slices.IndexFunc(r.Stories, func(s Story) bool { return slices.Contains(s.Phones, device) })
	if i < 0 {
		return false, nil
	}
	s := r.Stories[i]
	var b strings.Builder
	p := printer(&b)
	p("%s, a %s, in %s", device, s.Model, r.Scenario)
	switch n := s.Number() - 1; n {
	case 0:
	case 1:
		p("the same happened to one other phone")
	default:
		p("the same happened to %s other phones", language.Number(n))
	}
	for _, c := range s.Chapters {
		p("")
		c.print(p, device)
	}
	if s.Cure != "" {
		p("\ncure: %s", s.Cure)
	} else {
		p("\nnothing needs to be cured")
	}
	_, err := io.WriteString(w, b.String())
	return true, err
}

// print tells a chapter of a phone.
func (c Chapter) print(p func(format string, args ...any), device string) {
	p("step %d  %s", c.Step, c.Name)
	c.lines(func(name, is string) { p("  %-9s %s", name, is) }, device)
}

// stands is the state, and off.
func (c Chapter) stands() string {
	if !c.On {
		return c.State + ", and off"
	}
	return c.State
}

// lines gives each line of a chapter to a function; one without a name goes on with what
// the line before says.
func (c Chapter) lines(line func(name, is string), device string) {
	line("state", c.stands())
	line("holds", c.Held)
	if c.Signer != "" {
		line("", "signed by "+c.Signer)
	}
	if !c.On {
		return
	}
	if c.Offered != "" && !strings.HasPrefix(c.Offered, c.Held) {
		line("offered", c.Offered)
	}
	if c.ListBy != "" {
		line("list", "taken: "+c.ListBy)
	}
	if c.ConfBy != "" {
		line("settings", "taken: "+c.ConfBy)
	}
	for _, r := range []Refusal{c.CTLRefused, c.ListRefused, c.Refusal} {
		r.print(line, device)
	}
	if c.Ignored != "" {
		line("ignored", c.Ignored)
	}
}

// print tells a refusal of a phone, if there was one.
func (r Refusal) print(line func(name, is string), device string) {
	if r.Refused == "" {
		return
	}
	name := strings.NewReplacer(anyPhone, device)
	line("refused", name.Replace(r.Refused))
	if r.By != "" {
		line("", "signed by "+r.By)
	}
	for _, t := range strings.Split(r.Tried, "; ") {
		if t != "" {
			line("tried", t)
		}
	}
	line("why", name.Replace(r.Why))
}
