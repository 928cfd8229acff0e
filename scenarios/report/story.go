package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxStories bounds a report; which phones are left out is said in it.
const maxStories = 10_000

// A Story is what happened to some phones, step by step.
type Story struct {
	Phones   []string  `json:"phones"`
	Model    string    `json:"model"` // with its firmware
	Chapters []Chapter `json:"chapters"`
	Cure     string    `json:"cure,omitempty"` // what would help them at the end
}

// A Chapter is a step in which something happened to the phones: they booted
// with another result than before, or their list or settings changed.
type Chapter struct {
	Step   int    `json:"step"`
	Name   string `json:"name"`
	State  string `json:"state"`
	On     bool   `json:"on"`
	Held   string `json:"held"`             // the list at the step's end, by its checksum
	Signer string `json:"signer,omitempty"` // of the held list
	ListBy string `json:"list_by,omitempty"`
	ConfBy string `json:"config_by,omitempty"`

	Offered string `json:"offered,omitempty"` // the list that its TFTP server serves
	Refusal
	// ListRefused tells of the list where both it and the configuration were refused.
	ListRefused Refusal `json:"list_refused,omitzero"`
}

// A Refusal is a file that a phone did not take.
type Refusal struct {
	Refused string `json:"refused,omitempty"` // the file
	By      string `json:"refused_signer,omitempty"`
	Tried   string `json:"tried,omitempty"` // what was asked
	Why     string `json:"why,omitempty"`
}

// Explain tells one phone's story. It reports false where the report has none.
func (r *Report) Explain(w io.Writer, device string) (bool, error) {
	for _, s := range r.Stories {
		if !slices.Contains(s.Phones, device) {
			continue
		}
		var b strings.Builder
		p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
		p("%s, a %s, in %s", device, s.Model, r.Scenario)
		switch n := len(s.Phones) - 1; n {
		case 0:
		case 1:
			p("the same happened to one other phone")
		default:
			p("the same happened to %s other phones", number(n))
		}
		name := strings.NewReplacer(anyPhone, device)
		for _, c := range s.Chapters {
			p("")
			p("step %d  %s", c.Step, c.Name)
			state := c.State
			if !c.On {
				state += ", and off"
			}
			p("  %-9s %s", "state", state)
			p("  %-9s %s", "holds", c.Held)
			if c.Signer != "" {
				p("  %-9s signed by %s", "", c.Signer)
			}
			if !c.On {
				continue
			}
			if c.Offered != "" && !strings.HasPrefix(c.Offered, c.Held) {
				p("  %-9s %s", "offered", c.Offered)
			}
			if c.ListBy != "" {
				p("  %-9s %s", "list", by(c.ListBy))
			}
			if c.ConfBy != "" {
				p("  %-9s %s", "settings", by(c.ConfBy))
			}
			for _, r := range []Refusal{c.ListRefused, c.Refusal} {
				if r.Refused == "" {
					continue
				}
				p("  %-9s %s", "refused", name.Replace(r.Refused))
				if r.By != "" {
					p("  %-9s signed by %s", "", r.By)
				}
				for _, t := range strings.Split(r.Tried, "; ") {
					if t != "" {
						p("  %-9s %s", "tried", t)
					}
				}
				p("  %-9s %s", "why", name.Replace(r.Why))
			}
		}
		if s.Cure != "" {
			p("\ncure: %s", s.Cure)
		} else {
			p("\nnothing needs to be cured")
		}
		_, err := io.WriteString(w, b.String())
		return true, err
	}
	return false, nil
}

// by says what authenticated a file.
func by(point string) string { return "taken: " + point }
