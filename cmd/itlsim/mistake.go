package main

import "regexp"

// mistakes are what the parser says of values, and what is meant.
var mistakes = []struct {
	said  *regexp.Regexp
	meant string
}{
	{regexp.MustCompile(`expected a valid \d+ bit u?int but got`), `want a whole number, not`},
	{regexp.MustCompile(`expected \w+ value but got "EOL" \(<EOL>\)`), `the value is missing`},
	{regexp.MustCompile(`expected \w+ value but got ("[^"]*") \([a-z ]+\)`), `the value is missing in front of $1`},
}

// mistake says what is wrong with a command line that the parser refuses.
func mistake(err error) string {
	text := err.Error()
	for _, m := range mistakes {
		text = m.said.ReplaceAllString(text, m.meant)
	}
	return text
}
