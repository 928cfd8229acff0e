package scenarios

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"itlsim/fleet"
	"itlsim/phone"
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
	Refused string `json:"refused,omitempty"` // the file that it did not take
	By      string `json:"refused_signer,omitempty"`
	Tried   string `json:"tried,omitempty"` // what was asked
	Why     string `json:"why,omitempty"`
}

// stories grow like a tree: phones to which the same happened sit on the same
// leaf, so that a fleet's stories cost little more than one phone's.
type stories struct {
	leaves []leaf
	next   map[branch]int32
	at     []int32 // by phone
	step   int
}

type leaf struct {
	parent  int32
	chapter Chapter
}

type branch struct {
	from    int32
	chapter Chapter
}

func newStories(st *Stage) *stories {
	s := &stories{leaves: make([]leaf, 1), next: make(map[branch]int32), at: make([]int32, len(st.members))}
	profiles := make(map[*phone.Profile]int32)
	for i := range st.members { // models have stories of their own
		p := st.members[i].Profile
		if _, ok := profiles[p]; !ok {
			s.leaves = append(s.leaves, leaf{0, Chapter{Name: p.String()}})
			profiles[p] = int32(len(s.leaves) - 1)
		}
		s.at[i] = profiles[p]
	}
	return s
}

// tell goes on with each phone's story after a step.
func (s *stories) tell(st *Stage, name string) {
	s.step++
	views := st.Views()
	for i := range views {
		c := st.chapter(&views[i], &st.members[i])
		last := s.leaves[s.at[i]].chapter
		last.Step, last.Name = 0, ""
		if c == last || !c.On && !last.On && c.State == last.State && c.Held == last.Held {
			continue // nothing happened
		}
		c.Step, c.Name = s.step, name
		b := branch{s.at[i], c}
		at, ok := s.next[b]
		if !ok {
			s.leaves = append(s.leaves, leaf{s.at[i], c})
			at = int32(len(s.leaves) - 1)
			s.next[b] = at
		}
		s.at[i] = at
	}
}

func (st *Stage) chapter(v *fleet.View, m *member) Chapter {
	c := Chapter{State: v.State.String(), On: v.On, Held: "none"}
	if l := v.Flash.Lists.ITL; l != nil {
		c.Held, c.Signer = fmt.Sprintf("%x", l.SHA1()), l.Signer.Subject
	}
	if l := m.node.ITL(); l != nil {
		c.Offered = fmt.Sprintf("%x, signed by %s", l.SHA1(), l.Signer.Subject)
	}
	if v.ListBy != phone.ByNothing {
		c.ListBy = v.ListBy.String()
	}
	if v.ConfigBy != phone.ByNothing {
		c.ConfBy = v.ConfigBy.String()
	}
	if r := v.Refusal; r != nil {
		c.Refused, c.By = strings.ReplaceAll(r.File, v.Name, "SEP<MAC>"), r.Signer.Subject
		c.Why = st.plain(r.Reason.Error(), v.Name)
		var tried []string
		for _, err := range attempts(r.Reason) {
			tried = append(tried, st.plain(err.Error(), v.Name))
		}
		c.Tried = strings.Join(tried, "; ")
	}
	return c
}

// attempts are what came of each TVS that was asked.
func attempts(r phone.Reason) []error {
	var lost *phone.LostError
	var silent *phone.NoTVSAnswerError
	switch {
	case errors.As(r, &lost):
		return lost.Tried
	case errors.As(r, &silent):
		return silent.Tried
	}
	return nil
}

// cure says what would help a phone (trust-states and M10, M20).
func (st *Stage) cure(v *fleet.View) string {
	erase := "erase the trust list at the phone (Settings > Security Configuration)"
	if v.Flash.Config != nil && !v.Flash.Config.Settings.SettingsAccess {
		erase = "factory reset at the phone: its settings access is disabled, and it takes no configuration that would enable it"
	}
	reset := fmt.Sprintf("`utils itl reset localkey` on %s and a reset of the phones: their list holds the ITLRECOVERY record", st.Cluster.Publisher().Name())
	if !st.holdsRecovery(v) {
		reset = "no `utils itl reset` helps: their list does not hold the present ITLRECOVERY record; " + erase + ", or restore the backup under whose keys the list was signed"
	}
	switch {
	case v.State != phone.Locked && v.State != phone.Untrusted:
		return ""
	case v.Refusal == nil:
		return "a reset of the phones, to try again"
	case is[*phone.NoTVSAnswerError](v.Refusal):
		return "a TVS of their configuration that answers (Cisco Trust Verification Service), then a reset; or " + reset
	case is[*phone.DeniedError](v.Refusal):
		return "the signer's certificate in the TVS store, or another TFTP server that serves what they trust; or " + reset
	case is[*phone.ForgedError](v.Refusal), is[*phone.MalformedError](v.Refusal):
		return "a good file at their TFTP server, then a reset"
	case is[*phone.DigestError](v.Refusal):
		return "TFTP File Signature Algorithm back to SHA-1, or newer firmware"
	}
	return reset
}

// report writes the stories into the report, those that most phones share first.
func (s *stories) report(r *Report, st *Stage) {
	type ending struct {
		leaf int32
		cure string
	}
	groups := make(map[ending]*Story)
	var all []*Story
	views := st.Views()
	for i := range views {
		end := ending{s.at[i], st.cure(&views[i])}
		story := groups[end]
		if story == nil {
			story = &Story{Cure: end.cure}
			for at := end.leaf; ; at = s.leaves[at].parent {
				if c := s.leaves[at].chapter; c.Step == 0 {
					story.Model = c.Name
					break
				} else {
					story.Chapters = append(story.Chapters, c)
				}
			}
			slices.Reverse(story.Chapters)
			groups[end] = story
			all = append(all, story)
		}
		story.Phones = append(story.Phones, views[i].Name)
	}
	slices.SortStableFunc(all, func(a, b *Story) int { return len(b.Phones) - len(a.Phones) })
	r.Stories = []Story{}
	for i, story := range all {
		if i >= maxStories {
			r.StoriesLeftOut += len(story.Phones)
			continue
		}
		r.Stories = append(r.Stories, *story)
	}
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
		if n := len(s.Phones) - 1; n > 0 {
			p("the same happened to %s other phones", number(n))
		}
		name := strings.NewReplacer("SEP<MAC>", device)
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
			if c.Refused != "" {
				p("  %-9s %s", "refused", name.Replace(c.Refused))
				if c.By != "" {
					p("  %-9s signed by %s", "", c.By)
				}
				for _, t := range strings.Split(c.Tried, "; ") {
					if t != "" {
						p("  %-9s %s", "tried", t)
					}
				}
				p("  %-9s %s", "why", name.Replace(c.Why))
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
