package report

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
)

// cast is a part's, whose phones have tales and losses by these letters: "aB" is one with the
// tale a and another with the tale b, lost and off.
func cast(first int, phones string) *Cast {
	c := &Cast{First: first}
	tales, ends := make(map[rune]int), make(map[End]int)
	for _, letter := range phones {
		end := End{Place: int(phone.Trusted)}
		if letter < 'a' {
			end.Place, letter = fleet.Off, letter+'a'-'A'
			c.Losses = append(c.Losses, Stranded{Step: int(letter - 'a'), Reason: string(letter)})
			end.Loss = len(c.Losses)
		}
		end.Tale = numbered(tales, letter, func() {
			c.Tales = append(c.Tales, Story{Model: string(letter), Chapters: []Chapter{{Step: 1, Name: "boot"}}})
		})
		c.Ended.Add(numbered(ends, end, func() { c.Ends = append(c.Ends, end) }))
	}
	return c
}

// inBrief are stories and strandings in brief.
func (r *Report) inBrief() (all []string) {
	for _, s := range r.Stories {
		all = append(all, fmt.Sprint(s.Model, s.Count, s.Phones))
	}
	for _, s := range r.Stranded {
		all = append(all, fmt.Sprint(s.Reason, s.Step, " off ", s.Off, s.Count, s.Phones))
	}
	return append(all, fmt.Sprint(r.StoriesLeftOut, r.StrandedLeftOut))
}

// Phones with the same story are told of together whatever part they are of, in their order,
// and the stories of most phones first; for others there is no place.
func TestPartsTellTogether(t *testing.T) {
	name := func(i int) string { return lab.PhoneName(i) }
	r := Report{Phones: 9}
	r.tell([]*Cast{cast(0, "abBb"), cast(4, "dBBcC")}, 2)
	require.Equal(t, []string{
		fmt.Sprint("b0 ", []string{name(1), name(2), name(3), name(5), name(6)}),
		fmt.Sprint("c0 ", []string{name(7), name(8)}),
		fmt.Sprint("b1 off 3 0 ", []string{name(2), name(5), name(6)}),
		fmt.Sprint("c2 off 1 0 ", []string{name(8)}),
		"2 0",
	}, r.inBrief())
}

// Of more than a million phones the first hundred are named, and it is said how many there are.
func TestManyPhonesAreCounted(t *testing.T) {
	r := Report{Phones: maxNamed + 1}
	var phones []rune
	for range 70 {
		phones = append(phones, 'a', 'B')
	}
	r.tell([]*Cast{cast(0, string(phones)), cast(140, string(phones))}, 10)
	require.Len(t, r.Stories, 2)
	for i, s := range r.Stories {
		require.Equal(t, 140, s.Count)
		require.Equal(t, 140, s.Number())
		require.Len(t, s.Phones, fewNamed)
		require.Equal(t, lab.PhoneName(i), s.Phones[0])
	}
	require.Equal(t, 140, r.Stranded[0].Number())
	require.Equal(t, 140, r.Stranded[0].Off)
	require.Len(t, r.Stranded[0].Phones, fewNamed)
}
