package language_test

import (
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/language"
)

var names = language.Vocabulary{Nodes: []string{"pub", "sub"}, Groups: []string{"floor-1"}, Models: []string{"8861"}}

func rule(sentence string, means int) language.Rule[int] {
	return language.Rule[int]{Sentence: sentence, Means: means}
}

// What was said is told by the names that the rule gives its slots and choices.
func TestSaid(t *testing.T) {
	l := language.New(
		rule("the list of {node} (change=has changed|has not changed)", 1),
		rule("{node} trusts {other=node}[ for {number} {timeunit}]", 2),
		rule("say (what={text}|no word)", 3),
	)
	means, said, err := l.Parse("the list of  pub has not changed", names)
	require.NoError(t, err)
	require.Equal(t, 1, means)
	require.Equal(t, map[string]string{"node": "pub", "change": "has not changed"}, said.Words)

	_, said, err = l.Parse("pub trusts sub", names)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"node": "pub", "other": "sub"}, said.Words)
	_, said, err = l.Parse("pub trusts sub for 12 hours", names)
	require.NoError(t, err)
	require.Equal(t, 12, said.Number("number"))
	require.Equal(t, len("pub trusts sub for "), said.At("number"))

	_, said, err = l.Parse(`say "two  words"`, names)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"what": "two  words", "text": "two  words"}, said.Words)

	require.Equal(t, []string{
		"the list of test10pub has changed", "test10pub trusts test10pub", `say "Trust List update failed"`,
	}, l.Examples())
	pattern := regexp.MustCompile(l.Pattern())
	require.True(t, pattern.MatchString("the list of pub has changed"))
	require.False(t, pattern.MatchString("the list of pub has"))
}

// Which phones are meant, and how many of them.
func TestPhones(t *testing.T) {
	l := language.New(rule("<phones> (is=are {state})", 1))
	for text, want := range map[string]struct {
		language.Quantity
		language.Which
	}{
		"all phones are trusted": {},
		"no phones are trusted":  {Quantity: language.Quantity{Bound: language.Exactly}},
		"12 offline phones are trusted": {
			language.Quantity{Bound: language.Exactly, Number: 12}, language.Which{Reach: language.Offline},
		},
		"at least 25% of the phones of floor-1 are trusted": {
			language.Quantity{Bound: language.AtLeast, Number: 0.25, Share: true}, language.Which{Group: "floor-1"},
		},
		"at most 3 phones with firmware older than 9.4(1) are trusted": {
			language.Quantity{Bound: language.AtMost, Number: 3}, language.Which{Older: "9.4(1)"},
		},
		"half of the online phones with firmware 9.4 or later are trusted": {
			language.Quantity{Bound: language.Exactly, Number: 0.5, Share: true},
			language.Which{Reach: language.Online, Since: "9.4"},
		},
		"more than half of the phones of model 8861 are trusted": {
			language.Quantity{Bound: language.MoreThan, Number: 0.5, Share: true}, language.Which{Model: "8861"},
		},
		"fewer than 3 phones of floor-1 of model 8861 picked last are trusted": {
			language.Quantity{Bound: language.FewerThan, Number: 3},
			language.Which{Group: "floor-1", Model: "8861", Picked: true},
		},
		"20% to 30% of the phones named sep001bd4000004 are trusted": {
			language.Quantity{Bound: language.Between, Number: 0.2, Upto: 0.3, Share: true},
			language.Which{Name: "SEP001BD4000004"},
		},
		"2 to 4 phones are trusted": {Quantity: language.Quantity{Bound: language.Between, Number: 2, Upto: 4}},
	} {
		_, said, err := l.Parse(text, names)
		require.NoError(t, err, text)
		require.Equal(t, want.Quantity, said.Quantity(), text)
		require.Equal(t, want.Which, said.Which(), text)
		require.Equal(t, "are trusted", said.Words["is"])
	}
}

// Which part of the phones an act is for.
func TestPart(t *testing.T) {
	l := language.New(rule("<part> phones<which>", 1))
	for text, want := range map[string]language.Part{
		"10% of the phones":                             {Number: 0.1, Share: true},
		"12 phones of floor-1":                          {Number: 12},
		"the next 12 phones":                            {Turn: language.TheNext, Number: 12},
		"the next half of the phones":                   {Turn: language.TheNext, Number: 0.5, Share: true},
		"the rest of the phones of floor-1":             {Turn: language.TheRest},
		"2.5% of the phones with firmware 9.4 or later": {Number: 0.025, Share: true},
	} {
		_, said, err := l.Parse(text, names)
		require.NoError(t, err, text)
		require.Equal(t, want, said.Part(), text)
	}
}

// How many of ten phones a quantity lets be so: a share may be rounded either way, but
// what is more or less than it has its own meaning.
func TestRange(t *testing.T) {
	l := language.New(rule("<phones> are trusted", 1), rule("<many> times", 2))
	const any = math.MaxInt
	for text, want := range map[string][2]int{
		"all phones are trusted":                   {10, 10},
		"no phones are trusted":                    {0, 0},
		"3 phones are trusted":                     {3, 3},
		"25% of the phones are trusted":            {2, 3},
		"at least 25% of the phones are trusted":   {2, any},
		"at most 25% of the phones are trusted":    {0, 3},
		"more than 25% of the phones are trusted":  {3, any},
		"fewer than 25% of the phones are trusted": {0, 2},
		"more than 20% of the phones are trusted":  {3, any},
		"less than 20% of the phones are trusted":  {0, 1},
		"more than half of the phones are trusted": {6, any},
		"20% to 35% of the phones are trusted":     {2, 4},
		"3 to 5 phones are trusted":                {3, 5},
		"fewer than 0 phones are trusted":          {0, -1}, // never
		"3 times":                                  {3, 3},
		"at least 3 times":                         {3, any},
		"more than 3 times":                        {4, any},
		"2 to 4 times":                             {2, 4},
	} {
		means, said, err := l.Parse(text, names)
		require.NoError(t, err, text)
		q := said.Quantity()
		if means == 2 {
			q = said.Many()
		}
		least, most := q.Range(10)
		require.Equal(t, want, [2]int{least, most}, text)
	}
}

// Documentation shows a sentence with capital letters for what is filled in.
func TestShapes(t *testing.T) {
	l := language.New(
		rule("<phones> (is=are {state})<when>", 1).Explained("as they are"),
		rule("the list of {node} (change=has changed|has not changed)[ {number} times]", 2),
	)
	require.Equal(t, []language.Shape{
		{Sentence: "PHONES are (trusted|locked|untrusted) [WHEN]", Says: "as they are"},
		{Sentence: "the list of NODE (has changed|has not changed)[ N times]"},
	}, l.Shapes())
	for _, p := range language.Pieces() {
		require.Equal(t, strings.ToUpper(p.Sentence), p.Sentence)
		require.NotEmpty(t, p.Says)
	}
}

// An error tells where a sentence stops making sense, and what would make some.
func TestErrors(t *testing.T) {
	l := language.New(rule("{node} is (down|up again)", 1), rule("wait {number} ms", 2))
	for text, want := range map[string]language.Error{
		"pup is down":    {At: 0, Says: `"pup" is not understood here (did you mean "pub"?)`},
		"pub is dwon":    {At: 7, Says: `"dwon" is not understood here (did you mean "down"?)`},
		"wait long":      {At: 5, Says: `"long" is not understood here; it can be a number such as 12`},
		"wait":           {At: 4, Says: "the sentence is not complete: it goes on with a number such as 12"},
		"wait 1 ms more": {At: 10, Says: `"more" is too much: the sentence ends before it`},
		"":               {At: 0, Says: `the sentence is not complete: it goes on with "pub", "sub", "wait"`},
	} {
		_, _, err := l.Parse(text, names)
		require.ErrorIs(t, err, language.ErrInvalid)
		var wrong *language.Error
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, want, *wrong, text)
	}
	var problems language.Problems
	problems.Add("a.yaml", 3, 4, "%d is too many", 7)
	require.ErrorIs(t, problems, language.ErrInvalid)
	require.ErrorIs(t, problems[0], language.ErrInvalid)
	require.EqualError(t, problems, "a.yaml:3:4: 7 is too many")
	require.NotErrorIs(t, problems, errors.ErrUnsupported)
}

// A rule that makes no sense is a mistake in the program.
func TestWrongRules(t *testing.T) {
	require.Panics(t, func() { language.New(rule("{nothing} is down", 1)) })
	require.Panics(t, func() { language.New(rule("(one|two", 1)) })
}

// A suggestion is what was meant, or there is none: it never repeats what was typed, and
// of several that may be meant it names all.
func TestDidYouMean(t *testing.T) {
	states := []string{"locked", "trusted", "untrusted"}
	units := []string{"ms", "s", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days"}
	for _, c := range []struct {
		typed string
		names []string
		want  string
	}{
		{"trustd", states, `"trusted"`},
		{"Locked", states, `"locked"`},
		{"lost", states, ""},
		{"locked", states, ""}, // valid already: something else is wrong
		{"dwon", []string{"down"}, `"down"`},
		{"is", []string{"of", "with", "are"}, ""}, // not "of"
		{"min", units, `"minute"`},                // not "ms"
		{"sec", units, `"second"`},                // not "s"
		{"h", units, `"hour"`},
		{"m", units, ""}, // milliseconds, minutes
		{"x", units, ""}, // not "s"
		{"test10xub", []string{"test10sub", "test10pub"}, `"test10pub" or "test10sub"`},
		{"7960", []string{"7961", "7962", "7965", "7970"}, ""}, // too many to be of use
		{"", units, ""},
		{"été", []string{"ete", "", "no"}, ""},
	} {
		want := c.want
		if want != "" {
			want = " (did you mean " + want + "?)"
		}
		require.Equal(t, want, language.DidYouMean(c.typed, c.names), c.typed)
	}
}
