package language_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/language"
)

var names = language.Vocabulary{Nodes: []string{"pub", "sub"}, Groups: []string{"floor-1"}}

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
	} {
		_, said, err := l.Parse(text, names)
		require.NoError(t, err, text)
		require.Equal(t, want.Quantity, said.Quantity(), text)
		require.Equal(t, want.Which, said.Which(), text)
		require.Equal(t, "are trusted", said.Words["is"])
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

func TestDidYouMean(t *testing.T) {
	require.Equal(t, ` (did you mean "trusted"?)`, language.DidYouMean("trustd", []string{"locked", "trusted"}))
	require.Empty(t, language.DidYouMean("lost", []string{"locked", "trusted"}))
}
