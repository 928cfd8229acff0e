package main

import (
	"regexp"
	"strings"
)

// mistakes are what the parser says of values, and what is meant.
var mistakes = []struct {
	said  *regexp.Regexp
	meant string
}{
	{regexp.MustCompile(`expected a valid \d+ bit u?int but got`), `want a whole number, not`},
	{regexp.MustCompile(`expected \w+ value but got "EOL" \(<EOL>\)`), `the value is missing`},
	{regexp.MustCompile(`expected \w+ value but got ("[^"]*") \([a-z ]+\)`), `the value is missing in front of $1`},
}

// operands is what the parser says where a command lacks what it is about.
var operands = regexp.MustCompile(`^expected "((?:<[a-z-]+>[ .]*)+)"$`)

// mistake says what is wrong with a command line that the parser refuses.
func mistake(err error) string {
	text := err.Error()
	if m := operands.FindStringSubmatch(text); m != nil {
		return "missing: " + strings.ToUpper(strings.NewReplacer("<", "", ">", "").Replace(m[1]))
	}
	for _, m := range mistakes {
		text = m.said.ReplaceAllString(text, m.meant)
	}
	return text
}
