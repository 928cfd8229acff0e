package report

import (
	"slices"

	"itlsim/cnf"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
)

// Stories are what happens to the phones of a lab. They grow like a tree: phones
// to which the same happened sit on the same leaf, so that a fleet's stories cost
// little more than one phone's.
type Stories struct {
	lab      *lab.Lab
	teller   *Teller
	leaves   []leaf
	contents []Chapter // what chapters tell, without the step's number and name
	numbers  map[Chapter]int32
	at       []int32 // leaf by phone
	step     int     // that was told last, from 1
}

// A leaf is a chapter and what came before it.
type leaf struct {
	parent  int32 // among the leaves
	step    int   // 0: this is the root of a model, whose name its content has
	name    string
	content int32 // among the contents
}

// A branch is where a new leaf grows.
type branch struct{ from, content int32 }

// A scene is what a phone's chapter is written from. Writing takes long, and
// phones in the same scene have the same chapter.
type scene struct {
	on               bool
	state            phone.State
	listBy, configBy phone.TrustPoint
	held, offered    *itl.List
	ctl              *itl.List
	config           *cnf.Config
	profile          *phone.Profile
	refused          [3]phone.Reason
}

// sceneOf is the scene that a phone is in.
func sceneOf(v *fleet.View, m *lab.Member) scene {
	is := scene{
		on: v.On, state: v.State, listBy: v.ListBy, configBy: v.ConfigBy, ctl: v.Flash.Lists.CTL,
		config: v.Flash.Config, profile: v.Profile,
	}
	is.held, is.offered = lists(v, m)
	for i, r := range v.Refusals() {
		is.refused[i] = r.Reason
	}
	return is
}

// NewStories begins the stories of a lab's phones.
func NewStories(l *lab.Lab, t *Teller) *Stories {
	s := &Stories{lab: l, teller: t, numbers: make(map[Chapter]int32), at: make([]int32, l.Phones())}
	profiles := make(map[phone.Profile]int32)
	for i := range s.at { // models have stories of their own
		p := l.Member(i).Profile
		at, ok := profiles[*p]
		if !ok {
			at = s.grow(leaf{content: s.number(Chapter{Name: p.String()})})
			profiles[*p] = at
		}
		s.at[i] = at
	}
	return s
}

// grow adds a leaf.
func (s *Stories) grow(l leaf) int32 {
	s.leaves = append(s.leaves, l)
	return int32(len(s.leaves) - 1)
}

// number is the place of a content among all; equal contents have the same.
func (s *Stories) number(c Chapter) int32 {
	n, ok := s.numbers[c]
	if !ok {
		n = int32(len(s.contents))
		s.contents = append(s.contents, c)
		s.numbers[c] = n
	}
	return n
}

// Tell goes on with each phone's story after a step.
func (s *Stories) Tell(step string) {
	s.step++
	written, next := make(map[scene]int32), make(map[branch]int32)
	s.lab.Each(fleet.Verdicts, func(i int, m *lab.Member, v *fleet.View) {
		is := sceneOf(v, m)
		content, ok := written[is]
		if !ok {
			content = s.number(s.teller.chapter(v, m))
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
			at = s.grow(leaf{s.at[i], s.step, step, content})
			next[b] = at
		}
		s.at[i] = at
	})
}

// told is the way to a leaf: the model, and the chapters in order.
func (s *Stories) told(at int32) (model string, chapters []Chapter) {
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

// Of is the story of one phone so far, by its number, without the phones' names and the
// cure.
func (s *Stories) Of(phone int) Story {
	var told Story
	told.Model, told.Chapters = s.told(s.at[phone])
	return told
}

// Len is how many chapters are told, each once for all phones to which the same happened.
func (s *Stories) Len() int { return len(s.leaves) }
