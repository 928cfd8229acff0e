package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"itlsim/scenarios/report"
)

// A sample is phones, of many the first names alone.
type sample struct {
	n     int
	first []string
}

func (s *sample) add(name string) {
	if s.n++; len(s.first) <= report.Shown {
		s.first = append(s.first, name)
	}
}

func (s *sample) String() string { return report.Some(s.first) }

// kinds are phones that are otherwise than expected, by what is the case.
type kinds map[string]*sample

func (k kinds) add(is, name string) {
	if k[is] == nil {
		k[is] = &sample{}
	}
	k[is].add(name)
}

// describe sums up which phones are otherwise than expected: the three ways that
// most phones share, and three phones of each.
func (k kinds) describe(of int) error {
	if len(k) == 0 {
		return nil
	}
	ways := slices.SortedFunc(maps.Keys(k), func(a, b string) int {
		return cmp.Or(k[b].n-k[a].n, strings.Compare(a, b))
	})
	var parts []string
	for _, is := range ways[:min(3, len(ways))] {
		parts = append(parts, fmt.Sprintf("%d of %d %s (%s)", k[is].n, of, is, k[is]))
	}
	if more := len(ways) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and in %d other ways", more))
	}
	return errors.New(strings.Join(parts, "; "))
}
