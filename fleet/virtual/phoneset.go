package virtual

import "math/bits"

// phoneSet is a set of phones, a bit for each of the fleet. The zero value is empty.
type phoneSet struct {
	words []uint64
	n     int // phones in it
}

// add adds a phone.
func (s *phoneSet) add(i uint32) {
	for len(s.words) <= int(i/64) {
		s.words = append(s.words, 0)
	}
	if bit := uint64(1) << (i % 64); s.words[i/64]&bit == 0 {
		s.words[i/64] |= bit
		s.n++
	}
}

// has reports whether a phone is in it.
func (s *phoneSet) has(i uint32) bool {
	return int(i/64) < len(s.words) && s.words[i/64]&(1<<(i%64)) != 0
}

// fill adds the first n phones.
func (s *phoneSet) fill(n int) {
	s.words, s.n = make([]uint64, (n+63)/64), n
	for i := range s.words {
		s.words[i] = ^uint64(0)
	}
	if rest := n % 64; rest > 0 {
		s.words[n/64] = 1<<rest - 1
	}
}

// remove takes out a phone that is in it.
func (s *phoneSet) remove(i uint32) {
	s.words[i/64] &^= 1 << (i % 64)
	s.n--
}

// take empties the set and yields what was in it, in order.
func (s *phoneSet) take(yield func(i uint32) bool) {
	words := s.words
	*s = phoneSet{}
	for w, word := range words {
		for ; word != 0; word &= word - 1 {
			if !yield(uint32(w*64 + bits.TrailingZeros64(word))) {
				return
			}
		}
	}
}

// from is the first phone of the set from i on, or else the first of all; the set must not be
// empty.
func (s *phoneSet) from(i uint32) uint32 {
	at := int(i / 64)
	if at < len(s.words) {
		if word := s.words[at] >> (i % 64); word != 0 {
			return i + uint32(bits.TrailingZeros64(word))
		}
	}
	for w := at + 1; ; w++ {
		if w >= len(s.words) {
			w = 0
		}
		if word := s.words[w]; word != 0 {
			return uint32(w*64 + bits.TrailingZeros64(word))
		}
	}
}
