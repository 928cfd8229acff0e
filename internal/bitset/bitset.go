// Package bitset has sets of numbers, a bit for each up to the largest: of phones, of which
// there may be millions.
package bitset

import "math/bits"

// A Set is a set of numbers. The zero value is empty.
type Set struct {
	words []uint64
	n     int // numbers in it
}

// Len is how many numbers are in it.
func (s *Set) Len() int { return s.n }

// Has reports whether a number is in it.
func (s *Set) Has(i uint32) bool {
	return int(i/64) < len(s.words) && s.words[i/64]&(1<<(i%64)) != 0
}

// Add adds a number.
func (s *Set) Add(i uint32) {
	for len(s.words) <= int(i/64) {
		s.words = append(s.words, 0)
	}
	if bit := uint64(1) << (i % 64); s.words[i/64]&bit == 0 {
		s.words[i/64] |= bit
		s.n++
	}
}

// Fill makes it the first n numbers.
func (s *Set) Fill(n int) {
	s.words, s.n = make([]uint64, (n+63)/64), n
	for i := range s.words {
		s.words[i] = ^uint64(0)
	}
	if rest := n % 64; rest > 0 {
		s.words[n/64] = 1<<rest - 1
	}
}

// Remove takes out a number.
func (s *Set) Remove(i uint32) {
	if s.Has(i) {
		s.words[i/64] &^= 1 << (i % 64)
		s.n--
	}
}

// Take empties the set and yields what was in it, in order.
func (s *Set) Take(yield func(i uint32) bool) {
	words := s.words
	*s = Set{}
	for w, word := range words {
		for ; word != 0; word &= word - 1 {
			if !yield(uint32(w*64 + bits.TrailingZeros64(word))) {
				return
			}
		}
	}
}

// From is the first number of the set from i on, or else the first of all; the set must not be
// empty.
func (s *Set) From(i uint32) uint32 {
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

// Clone is another set of the same numbers.
func (s *Set) Clone() Set { return Set{append([]uint64(nil), s.words...), s.n} }
