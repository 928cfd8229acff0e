package cli

import (
	"fmt"
	"slices"
	"strings"

	"itlsim/cucm"
)

// Complete gives the words by which a line that has been typed so far may go on,
// each in full. The last word of the line is completed where no blank follows
// it. The commands are those of all releases.
func Complete(line string) []string { return complete(commands(), line) }

func complete(all []command, line string) []string {
	typed := strings.Fields(line)
	begun := ""
	if len(typed) > 0 && !strings.HasSuffix(line, " ") {
		begun, typed = typed[len(typed)-1], typed[:len(typed)-1]
	}
	var next []string
	for _, cmd := range all {
		words := strings.Fields(cmd.words)
		if len(words) <= len(typed) || !slices.Equal(words[:len(typed)], typed) {
			continue
		}
		if w := words[len(typed)]; strings.HasPrefix(w, begun) && !slices.Contains(next, w) {
			next = append(next, w)
		}
	}
	return next
}

// CompleteLine is what the key Tab does on a node: the line as far as there is but one
// way on, and where nothing is to be added the words among which it may go on. The
// commands are those of the node's release.
func CompleteLine(n *cucm.Node, line string) (longer string, words []string) {
	if words = complete(commandsOf(n), line); len(words) == 0 {
		return line, nil
	}
	more := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, more) {
			more = more[:len(more)-1]
		}
	}
	typed := line[strings.LastIndexByte(line, ' ')+1:]
	switch {
	case len(words) == 1:
		return strings.TrimSuffix(line, typed) + more + " ", nil
	case more == typed:
		return line, words
	}
	return strings.TrimSuffix(line, typed) + more, nil
}

// Hints is what the key `?` shows on a node: the words that may follow, or the usage of
// the command that is complete.
func Hints(n *cucm.Node, line string) string { return hints(commandsOf(n), line) }

func hints(all []command, line string) string {
	var b strings.Builder
	for _, w := range complete(all, line) {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	typed := strings.Join(strings.Fields(line), " ")
	for _, cmd := range all {
		if typed == cmd.words || strings.HasPrefix(typed, cmd.words+" ") {
			fmt.Fprintf(&b, "  %s\n      %s\n", cmd.synopsis(), cmd.help)
		}
	}
	return b.String()
}

// Knows reports whether the command line has such a command, whatever its
// arguments.
func Knows(line string) bool {
	typed := strings.Join(strings.Fields(line), " ") + " "
	return slices.ContainsFunc(commands(), func(c command) bool { return strings.HasPrefix(typed, c.words+" ") })
}

// CommandWords are the words of all commands.
func CommandWords() []string {
	var all []string
	for _, c := range commands() {
		all = append(all, c.words)
	}
	return all
}
