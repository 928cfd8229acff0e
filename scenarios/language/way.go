package language

import (
	"slices"
	"strings"
)

// A way is one of the ways to say a rule's sentence, word by word.
type way struct {
	rule  int // its number in the language
	words []wanted
	names []named
	open  bool // while it is made: the last word goes on
}

// wanted is a word of a sentence: this one, or one that fits a slot.
type wanted struct{ word, slot string }

// named are words of a way that have a name: those from one number up to another.
type named struct {
	name     string
	from, to int
}

// waysOf lists all ways to say a rule.
func waysOf(rule int, parts []part) []*way {
	var all []*way
	for _, pieces := range flatten(parts) {
		w := &way{rule: rule, words: make([]wanted, 0, len(pieces)+1)}
		for _, p := range pieces {
			w.add(p)
		}
		all = append(all, w)
	}
	return all
}

// A piece is a part of which nothing is left to choose: a text, a slot, or the
// beginning or the end of a choice that has a name.
type piece struct {
	text, slot string
	begins     string
	ends       string
}

// flatten lists the ways to choose. What comes first in a sentence varies
// fastest.
func flatten(parts []part) [][]*piece {
	all := [][]*piece{nil}
	for _, p := range parts {
		var longer [][]*piece
		for _, chosen := range p.choices() {
			for _, before := range all {
				longer = append(longer, slices.Concat(before, chosen))
			}
		}
		all = longer
	}
	return all
}

// choices are what may stand for a part.
func (p part) choices() (all [][]*piece) {
	switch {
	case p.slot != "":
		return [][]*piece{{{begins: p.name}, {slot: p.slot}, {ends: p.name}}}
	case p.of == nil:
		return [][]*piece{{{text: p.text}}}
	}
	for _, sequence := range p.of {
		for _, chosen := range flatten(sequence) {
			if p.name != "" {
				chosen = slices.Concat([]*piece{{begins: p.name}}, chosen, []*piece{{ends: p.name}})
			}
			all = append(all, chosen)
		}
	}
	if p.optional {
		all = append(all, nil)
	}
	return all
}

// add goes on with a piece. A word goes on until a space, or until something
// else than text comes.
func (w *way) add(p *piece) {
	switch {
	case p.begins != "":
		w.endWord()
		w.names = append(w.names, named{p.begins, len(w.words), -1})
	case p.ends != "":
		w.endWord()
		for i := range w.names {
			if n := &w.names[i]; n.name == p.ends && n.to < 0 {
				n.to = len(w.words)
			}
		}
	case p.slot != "":
		w.words = append(w.words, wanted{slot: p.slot})
	}
	for i, word := range strings.Split(p.text, " ") {
		if i > 0 {
			w.endWord()
		}
		if word == "" {
			continue
		}
		if !w.open {
			w.words, w.open = append(w.words, wanted{}), true
		}
		w.words[len(w.words)-1].word += word
	}
}

// endWord has the next text begin a word of its own.
func (w *way) endWord() { w.open = false }
