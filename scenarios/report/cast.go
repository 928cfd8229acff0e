package report

import (
	"errors"
	"fmt"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
)

// A Cast is who a part's phones are and what became of them: a number of each in two tables,
// since few phones differ in them.
type Cast struct {
	First int `json:"first"` // the number of the first among all phones of the run
	// Names are theirs in order; "" where it is that of [lab.PhoneName], nil where all are.
	Names  []string `json:"names,omitempty"`
	Seats  []Seat   `json:"seats"`
	Seated Numbers  `json:"seated"` // by phone, among the seats
	// Tales are the stories, each once, without phones; Losses are the strandings, likewise.
	Tales  []Story    `json:"tales"`
	Losses []Stranded `json:"losses"`
	Ends   []End      `json:"ends"`
	Ended  Numbers    `json:"ended"` // by phone, among the ends
}

// A Seat is what phones have in common that the CSV tells.
type Seat struct {
	Group    string `json:"group"`
	Model    string `json:"model"`
	Firmware string `json:"firmware"`
	Node     string `json:"node"` // the first of its TFTP servers at the end
}

// An End is how it ended for some phones.
type End struct {
	Tale  int `json:"tale"`  // among the tales, from 0
	Loss  int `json:"loss"`  // among the losses, from 1; 0 where they are not stranded
	Place int `json:"place"` // of fleet.States
}

// Cast is who the phones are and what became of them. It is called last, when the lab is
// closed.
func (s *Stories) Cast() Cast {
	first := s.lab.First()
	c := Cast{First: first}
	type seat struct {
		group   string
		profile *phone.Profile
		home    *cucm.Node
	}
	type tale struct {
		leaf int32
		cure string
	}
	seats, tales := make(map[seat]int), make(map[tale]int)
	losses, ends := make(map[loss]int), make(map[End]int)
	var names []string
	s.lab.Each(fleet.Verdicts, func(i int, m *lab.Member, v *fleet.View) {
		c.Seated.Add(numbered(seats, seat{m.Group, m.Profile, m.Home}, func() {
			c.Seats = append(c.Seats, Seat{m.Group, m.Profile.Model, m.Profile.Firmware, m.Home.Name()})
		}))
		told := tale{s.at[i], s.teller.Cure(v, m.Home)}
		end := End{Place: v.Place(), Tale: numbered(tales, told, func() {
			story := Story{Cure: told.cure}
			story.Model, story.Chapters = s.told(told.leaf)
			c.Tales = append(c.Tales, story)
		})}
		if lost(v.State) {
			is := s.lossOf(told.leaf, m.Group, told.cure)
			end.Loss = 1 + numbered(losses, is, func() { c.Losses = append(c.Losses, is.stranded()) })
		}
		c.Ended.Add(numbered(ends, end, func() { c.Ends = append(c.Ends, end) }))
		if v.Name != lab.PhoneName(first+i) {
			for len(names) < i {
				names = append(names, "")
			}
			names = append(names, v.Name)
		}
	})
	c.Names = names
	return c
}

// numbered is where something stands in a table; where it does not, it is added.
func numbered[K comparable](table map[K]int, is K, add func()) int {
	at, ok := table[is]
	if !ok {
		at = len(table)
		table[is] = at
		add()
	}
	return at
}

// name is what the i-th of the phones is called.
func (c *Cast) name(i int) string {
	if i < len(c.Names) && c.Names[i] != "" {
		return c.Names[i]
	}
	return lab.PhoneName(c.First + i)
}

// check checks that it is of so many phones, and of a run of so many steps.
func (c *Cast) check(phones, steps int) error {
	if len(c.Names) > phones {
		return errors.New("there are more names than phones")
	}
	if err := c.Seated.check(phones, len(c.Seats)); err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	if err := c.Ended.check(phones, len(c.Ends)); err != nil {
		return fmt.Errorf("ends: %w", err)
	}
	for _, e := range c.Ends {
		if e.Tale < 0 || e.Tale >= len(c.Tales) || e.Loss < 0 || e.Loss > len(c.Losses) ||
			e.Place < 0 || e.Place > fleet.Off {
			return errors.New("an end is of no tale")
		}
	}
	for _, s := range c.Tales {
		last := 0
		for _, chapter := range s.Chapters {
			if chapter.Step <= last || chapter.Step > steps {
				return errors.New("a chapter is of no step")
			}
			last = chapter.Step
		}
	}
	return nil
}
