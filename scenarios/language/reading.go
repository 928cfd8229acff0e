package language

import "slices"

// A reading is an attempt to understand a sentence: it tries the ways to say a rule
// and remembers how far any of them came.
type reading struct {
	words      []word
	vocabulary Vocabulary
	names      []named  // of the way that is tried
	furthest   int      // the first word that no way has understood
	expected   []wanted // with which some way would have gone on there
	complete   int      // the last word before which some sentence ends, -1 for none
}

// wanted is a word of a sentence: this one, or one that fits a slot.
type wanted struct{ word, slot string }

// named are words that have a name: those from one number up to another.
type named struct {
	name     string
	from, to int
}

// group finds the rule of a group that the whole sentence says, -1 for none.
func (r *reading) group(g group) (rule int) {
	ends := func(at int) bool {
		r.reaches(at)
		r.complete = max(r.complete, at)
		return at == len(r.words)
	}
	says := func(at int) bool {
		rule = slices.IndexFunc(g.rests, func(rest []part) bool { return r.sequence(rest, at, ends) })
		return rule >= 0
	}
	if !r.sequence([]part{g.first}, 0, says) {
		return -1
	}
	return rule
}

// sequence reads parts from a word on, and has then read what follows them.
func (r *reading) sequence(parts []part, at int, then func(at int) bool) bool {
	if len(parts) == 0 {
		return then(at)
	}
	p := parts[0]
	goOn := func(at int) bool { return r.sequence(parts[1:], at, then) }
	switch {
	case p.slot != "":
		return r.word(wanted{slot: p.slot}, at) && r.called(named{p.name, at, at + 1}, goOn)
	case p.of == nil:
		for _, w := range p.words {
			if !r.word(wanted{word: w}, at) {
				return false
			}
			at++
		}
		return goOn(at)
	}
	for _, alternative := range p.of {
		if r.sequence(alternative, at, func(end int) bool { return r.called(named{p.name, at, end}, goOn) }) {
			return true
		}
	}
	return p.optional && goOn(at)
}

// word reports whether a word is what is wanted.
func (r *reading) word(w wanted, at int) bool {
	if at < len(r.words) && w.fits(r.words[at].text, r.vocabulary) {
		return true
	}
	if r.reaches(at); at == r.furthest && !slices.Contains(r.expected, w) {
		r.expected = append(r.expected, w)
	}
	return false
}

// reaches notes that some way came up to a word.
func (r *reading) reaches(at int) {
	if at > r.furthest {
		r.furthest, r.expected = at, nil
	}
}

// called goes on behind words that have a name.
func (r *reading) called(n named, goOn func(at int) bool) bool {
	if n.name == "" {
		return goOn(n.to)
	}
	r.names = append(r.names, n)
	if goOn(n.to) {
		return true
	}
	r.names = r.names[:len(r.names)-1]
	return false
}

// wants says what the word should have been that no way has understood; typed is "" where
// there is none.
func (r *reading) wants(typed string) string {
	var known, forms []string
	for _, e := range r.expected {
		switch s := slots[e.slot]; {
		case e.slot == "":
			known = append(known, e.word)
		case s.words != nil && len(s.words(r.vocabulary)) > 0:
			known = append(known, s.words(r.vocabulary)...)
		default:
			forms = append(forms, s.what)
		}
	}
	return instead(typed, known, forms, r.complete == r.furthest)
}

// fits reports whether a word is what is wanted.
func (w wanted) fits(typed string, v Vocabulary) bool {
	if w.slot != "" {
		return slots[w.slot].fits(typed, v)
	}
	return w.word == typed
}
