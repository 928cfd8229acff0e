package scenarios

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/build"
	"itlsim/scenarios/language"
)

// hints are what an error suggests.
func hints(says string) (all []string) {
	asks := regexp.MustCompile(`\(did you mean (.*)\?\)`).FindStringSubmatch(says)
	if asks == nil {
		return nil
	}
	for _, quoted := range strings.Split(asks[1], " or ") {
		if hint, err := strconv.Unquote(quoted); err == nil {
			all = append(all, hint)
		}
	}
	return all
}

// mistyped are the ways in which a word goes wrong: letters left out, doubled, mistaken or
// exchanged, another case, half of it, too much behind it.
func mistyped(word string) (all []string) {
	for i := 0; i < len(word); i += max(1, len(word)/3) {
		all = append(all, word[:i]+word[i+1:], word[:i+1]+word[i:], word[:i]+"x"+word[i+1:])
		if i > 0 {
			all = append(all, word[:i-1]+word[i:i+1]+word[i-1:i]+word[i+1:])
		}
	}
	half := word[:(len(word)+1)/2]
	return append(all, strings.ToUpper(word), strings.ToLower(word), half, word+"s", "is", "the", "no", "x")
}

// A hint that is followed gets further: the sentence is understood then, or something
// behind the word is not. None repeats what was typed.
func TestHintsGetFurther(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	v := vocabulary{
		Vocabulary: language.Vocabulary{
			Nodes: []string{"test10pub", "test10sub", "next10pub"}, Groups: []string{"floor-1", "floor-2"},
			Models: []string{"7962", "7965", "8861"},
		},
		other: []string{"next10pub"}, authority: true, hasPhone: func(string) bool { return true },
		has: func(string, cucm.Service) bool { return true },
	}
	parsers := map[string]func(string) error{
		"expect": func(s string) error { _, err := v.expectation(s); return err },
		"key":    func(s string) error { _, err := v.actKey(s); return err },
		"repeat": func(s string) error { _, err := parseRepeat(s); return err },
	}
	sentences := map[string][]string{
		"expect": expectations.Examples(), "key": actKeys.Examples(), "repeat": repeats.Examples(),
		"on test10pub": append(cli.CommandWords(), "set cert regen CallManager"),
	}
	for _, key := range []string{"phones", "page", "wait", "fault", "on test10pub"} {
		parsers[key] = func(s string) error { _, err := v.act(key, s); return err }
	}
	for _, a := range acts() {
		if parsers[a[0]] != nil {
			sentences[a[0]] = append(sentences[a[0]], a[1])
		}
	}
	followed := 0
	for sort, all := range sentences {
		for _, sentence := range all {
			words := strings.Fields(sentence)
			for i, word := range words {
				for _, typed := range mistyped(word) {
					wrong := strings.Join(append(append(append([]string{}, words[:i]...), typed), words[i+1:]...), " ")
					followed += follow(t, sort, wrong, parsers[sort])
				}
			}
		}
	}
	require.Greater(t, followed, 10_000)
}

// follow does what the hints of a sentence's error say, and counts them.
func follow(t *testing.T, sort, sentence string, parse func(string) error) int {
	var wrong *language.Error
	if err := parse(sentence); !errors.As(err, &wrong) {
		require.NoError(t, err, sentence)
		return 0
	}
	require.LessOrEqual(t, wrong.At, len(sentence), sentence)
	all := hints(wrong.Says)
	for _, hint := range all {
		rest := sentence[wrong.At:]
		typed, after, _ := strings.Cut(rest, " ")
		require.NotEqual(t, typed, hint, "%s: %s: %s", sort, sentence, wrong.Says)
		require.Contains(t, wrong.Says, strconv.Quote(typed), "%s: %s: the error is somewhere else", sort, sentence)
		better := strings.TrimSuffix(sentence[:wrong.At]+hint+" "+after, " ")
		var next *language.Error
		if err := parse(better); errors.As(err, &next) && strings.Contains(next.Says, "is not understood here") {
			require.Greater(t, next.At, wrong.At, "%s: %s: %s, and then: %s", sort, sentence, wrong.Says, next.Says)
		}
	}
	return len(all)
}

// So it is with what a file says: a hint is about the word at its line and column, and when
// it is followed that word is understood.
func TestHintsInFilesGetFurther(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	text := strings.Replace(fifteenPhones, "phones:\n", `begins: 2027-02-26 18:00
rows: [M21]
not in: {virtual: it is only read}
cluster: {release: 10.0, domain: a.lab, key size: 2048, digest: SHA-512, password: secret, nodes: [
  {name: test10pub, services: [tftp, tvs], key size: {CallManager: 2048, ITLRecovery: 1024}, recovery name: r}]}
other cluster: {domain: other.lab, nodes: [{name: next10pub}]}
sftp servers: [{name: backup.lab, password: sftpsftp, authentication: keyboard-interactive}]
phones:
  - {group: third, count: 3, models: [8861], tftp: [test10pub], call managers: [test10pub], offline: 25%,
     holds: nothing}
`, 1) + `  - step: another
    says: more
    repeat: 3 times every 5 minutes
    do:
      - on test10pub: set cert regen TVS
        answers: ["yes"]
        refused: modified
        prints: WARNING
      - the next 12 phones of pilot: move to the other cluster
      - page: Common Phone Profile > web access = Disabled
      - wait: until Saturday 02:00
    expect:
      - at least 25% of the online phones of floor-1 with firmware older than 9.4(1) are locked within 5 minutes
`
	load(t, text)
	problems := func(text string) Problems {
		_, err := Load("a.yaml", []byte(text), fstest.MapFS{})
		var all Problems
		if err != nil {
			require.ErrorAs(t, err, &all, text)
		}
		return all
	}
	followed := 0
	for _, at := range regexp.MustCompile(`[A-Za-z0-9.-]+`).FindAllStringIndex(text, -1) {
		for _, typed := range mistyped(text[at[0]:at[1]]) {
			wrong := text[:at[0]] + typed + text[at[1]:]
			for _, p := range problems(wrong) {
				for _, hint := range hints(p.Message) {
					lines := strings.Split(wrong, "\n")
					line := lines[p.Line-1]
					before, rest := line[:p.Column-1], line[p.Column-1:]
					was, err := strconv.Unquote(regexp.MustCompile(`"[^"]*"`).FindString(p.Message))
					require.NoError(t, err, p.Message)
					require.True(t, strings.HasPrefix(rest, was), "%v is not about %q", p, rest)
					require.NotEqual(t, was, hint, p.Message)
					lines[p.Line-1] = before + hint + strings.TrimPrefix(rest, was)
					for _, next := range problems(strings.Join(lines, "\n")) {
						same := next.Line == p.Line && next.Column == p.Column
						require.False(t, same, "%v, and when that is followed: %v", p, next)
					}
					followed++
				}
			}
		}
	}
	require.Greater(t, followed, 500)
}
