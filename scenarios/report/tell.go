package report

import (
	"cmp"
	"encoding/json"
	"slices"

	"itlsim/fleet"
)

// maxNamed is up to how many phones a run names each of them in stories and strandings; of
// a larger one they name the first few. A name takes 31 bytes, which of ten million are
// half as much memory as a shard of a million phones.
const maxNamed, fewNamed = 1_000_000, 100

// A gathering brings the same stories and strandings of several parts together.
type gathering struct {
	named    int // how many phones each names at most
	tales    map[string]int
	stories  []*Story
	losses   map[loss]int
	stranded []*Stranded
}

// tell writes the stories of all phones into the report, those that most phones share
// first, and who is stranded: so many of each at most.
func (r *Report) tell(casts []*Cast, most int) {
	g := gathering{named: r.Phones, tales: make(map[string]int), losses: make(map[loss]int)}
	if r.Phones > maxNamed {
		g.named = fewNamed
	}
	for _, c := range casts {
		g.add(c)
	}
	slices.SortStableFunc(g.stories, func(a, b *Story) int { return b.Count - a.Count })
	slices.SortStableFunc(g.stranded, func(a, b *Stranded) int { return cmp.Or(b.Count-a.Count, a.Step-b.Step) })
	r.Stories, r.Stranded = []Story{}, []Stranded{}
	for i, s := range g.stories {
		if i >= most {
			r.StoriesLeftOut += s.Count
			continue
		}
		s.Count = whereFew(s.Count, s.Phones)
		r.Stories = append(r.Stories, *s)
	}
	for i, s := range g.stranded {
		if i >= most {
			r.StrandedLeftOut += s.Count
			continue
		}
		s.Count = whereFew(s.Count, s.Phones)
		r.Stranded = append(r.Stranded, *s)
	}
}

// whereFew is a count of phones where fewer are named; else 0.
func whereFew(count int, named []string) int {
	if count == len(named) {
		return 0
	}
	return count
}

// add takes the phones of a part. What they have is met in their order, as in its tables.
func (g *gathering) add(c *Cast) {
	type end struct {
		story    *Story
		stranded *Stranded
		off      int
	}
	ends := make([]end, len(c.Ends))
	for i, e := range c.Ends {
		ends[i].story = g.story(&c.Tales[e.Tale])
		if e.Loss > 0 {
			ends[i].stranded = g.loss(&c.Losses[e.Loss-1])
		}
		if e.Place == fleet.Off {
			ends[i].off = 1
		}
	}
	for i, ended := 0, c.Ended; len(ended) > 0; i++ {
		is := &ends[ended.next()]
		name := ""
		call := func(phones *[]string, count *int) {
			if *count++; len(*phones) < g.named {
				name = cmp.Or(name, c.name(i))
				*phones = append(*phones, name)
			}
		}
		call(&is.story.Phones, &is.story.Count)
		if is.stranded != nil {
			call(&is.stranded.Phones, &is.stranded.Count)
			is.stranded.Off += is.off
		}
	}
}

// story is the one of all that is the same as this.
func (g *gathering) story(s *Story) *Story {
	key, err := json.Marshal(s)
	if err != nil {
		panic("report: " + err.Error()) // it is plain
	}
	return g.stories[numbered(g.tales, string(key), func() {
		g.stories = append(g.stories, &Story{Model: s.Model, Chapters: s.Chapters, Cure: s.Cure})
	})]
}

// loss is the one of all that is the same as this.
func (g *gathering) loss(s *Stranded) *Stranded {
	return g.stranded[numbered(g.losses, s.loss(), func() { g.stranded = append(g.stranded, new(s.loss().stranded())) })]
}
