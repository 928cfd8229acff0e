package scenarios

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
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

// stories grow like a tree: phones to which the same happened sit on the same
// leaf, so that a fleet's stories cost little more than one phone's.
type stories struct {
	leaves   []leaf
	contents []Chapter // what chapters tell, without the step's number and name
	numbers  map[Chapter]int32
	at       []int32 // leaf by phone
	step     int
}

type leaf struct {
	parent  int32
	step    int // 0: the name of its content is the model's
	name    string
	content int32
}

type branch struct{ from, content int32 }

// scene is what a phone's chapter is written from: phones in the same scene have
// the same chapter, which is dear to write.
type scene struct {
	on               bool
	state            phone.State
	listBy, configBy phone.TrustPoint
	held, offered    *itl.List
	refused, list    phone.Reason
}

func newStories(st *Player) *stories {
	s := &stories{numbers: make(map[Chapter]int32), at: make([]int32, st.Phones())}
	profiles := make(map[phone.Profile]int32)
	for i := range s.at { // models have stories of their own
		p := st.Member(i).Profile
		at, ok := profiles[*p]
		if !ok {
			at = s.grow(leaf{content: s.number(Chapter{Name: p.String()})})
			profiles[*p] = at
		}
		s.at[i] = at
	}
	return s
}

func (s *stories) grow(l leaf) int32 {
	s.leaves = append(s.leaves, l)
	return int32(len(s.leaves) - 1)
}

// number is the place of a content, the same for equal ones.
func (s *stories) number(c Chapter) int32 {
	n, ok := s.numbers[c]
	if !ok {
		n = int32(len(s.contents))
		s.contents = append(s.contents, c)
		s.numbers[c] = n
	}
	return n
}

// tell goes on with each phone's story after a step.
func (s *stories) tell(st *Player, name string) {
	s.step++
	written, next := make(map[scene]int32), make(map[branch]int32)
	st.Each(func(i int, m *lab.Member, v *fleet.View) {
		is := scene{v.On, v.State, v.ListBy, v.ConfigBy, v.Flash.Lists.ITL, m.Home.ITL(), nil, nil}
		if v.Refusal != nil {
			is.refused = v.Refusal.Reason
		}
		if v.ListRefusal != nil {
			is.list = v.ListRefusal.Reason
		}
		content, ok := written[is]
		if !ok {
			content = s.number(st.chapter(v, m))
			written[is] = content
		}
		was := s.leaves[s.at[i]].content
		c, last := &s.contents[content], &s.contents[was]
		if content == was || !c.On && !last.On && c.State == last.State && c.Held == last.Held {
			return // nothing happened
		}
		b := branch{s.at[i], content}
		at, ok := next[b]
		if !ok {
			at = s.grow(leaf{s.at[i], s.step, name, content})
			next[b] = at
		}
		s.at[i] = at
	})
}

// told is the way to a leaf: the model, and the chapters in order.
func (s *stories) told(at int32) (model string, chapters []Chapter) {
	for ; ; at = s.leaves[at].parent {
		l := s.leaves[at]
		c := s.contents[l.content]
		if l.step == 0 {
			slices.Reverse(chapters)
			return c.Name, chapters
		}
		c.Step, c.Name = l.step, l.name
		chapters = append(chapters, c)
	}
}

func (st *Player) chapter(v *fleet.View, m *lab.Member) Chapter {
	c := Chapter{State: v.State.String(), On: v.On, Held: "none"}
	if l := v.Flash.Lists.ITL; l != nil {
		c.Held, c.Signer = fmt.Sprintf("%x", l.SHA1()), l.Signer.Subject
	}
	if l := m.Home.ITL(); l != nil {
		c.Offered = fmt.Sprintf("%x, signed by %s", l.SHA1(), l.Signer.Subject)
	}
	if v.ListBy != phone.ByNothing {
		c.ListBy = v.ListBy.String()
	}
	if v.ConfigBy != phone.ByNothing {
		c.ConfBy = v.ConfigBy.String()
	}
	c.Refusal = st.refusal(v.Refusal, v.Name)
	if list := st.refusal(v.ListRefusal, v.Name); list != c.Refusal {
		c.ListRefused = list
	}
	return c
}

// refusal tells of a refusal without the phone's name, which others share; the
// zero value where there is none.
func (st *Player) refusal(r *phone.Refusal, name string) Refusal {
	if r == nil {
		return Refusal{}
	}
	var tried []string
	for _, err := range phone.Attempts(r.Reason) {
		tried = append(tried, st.names.plain(err.Error(), name))
	}
	return Refusal{strings.ReplaceAll(r.File, name, "SEP<MAC>"), r.Signer.Subject, strings.Join(tried, "; "), st.names.plain(r.Reason.Error(), name)}
}

// Cure says what would help a phone that a node serves (trust-states, M10 and
// M20), "" where it needs nothing. Commands stand between grave accents.
func (st *Player) Cure(v *fleet.View, n *cucm.Node) string {
	if v.State != phone.Locked && v.State != phone.Untrusted {
		return ""
	}
	erase := "erase the trust list at the phone (Settings > Security Configuration)"
	if v.Flash.Config != nil && !v.Flash.Config.Settings.SettingsAccess {
		erase = "factory reset at the phone: its settings access is disabled, and it takes no configuration that would enable it"
	}
	record := "ITLRECOVERY"
	if n.ResetSigner() == n.Certificate(cucm.CallManager) {
		record = "CallManager"
	}
	reset := fmt.Sprintf("`utils itl reset localkey` on %s and a reset of the phones: their list holds the %s record", st.ClusterOf(n).Publisher().Name(), record)
	if !st.holdsRecovery(v, n) {
		reset = erase + ", or restore the backup under whose keys the list was signed; no `utils itl reset` helps, since their list does not hold the present " + record + " record"
	}
	if v.Refusal == nil {
		return "a reset of the phones, to try again"
	}
	switch why := phone.Explain(v.Refusal.Reason); {
	case why.Remedy == "":
		return reset
	case why.ByList:
		return why.Remedy + "; or " + reset
	default:
		return why.Remedy
	}
}

// report writes the stories into the report, those that most phones share first.
func (s *stories) report(r *Report, st *Player) {
	type ending struct {
		leaf int32
		cure string
	}
	groups := make(map[ending]*Story)
	var all []*Story
	st.Each(func(i int, m *lab.Member, v *fleet.View) {
		end := ending{s.at[i], st.Cure(v, m.Home)}
		story := groups[end]
		if story == nil {
			story = &Story{Cure: end.cure}
			story.Model, story.Chapters = s.told(end.leaf)
			groups[end] = story
			all = append(all, story)
		}
		story.Phones = append(story.Phones, v.Name)
	})
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
		switch n := len(s.Phones) - 1; n {
		case 0:
		case 1:
			p("the same happened to one other phone")
		default:
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
