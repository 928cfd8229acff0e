package cli

import (
	"strings"
	"testing"
)

// Whatever is typed gets an answer, or a completion of what there is.
func FuzzCompletion(f *testing.F) {
	for _, cmd := range commands() {
		f.Add(cmd.synopsis())
		f.Add(cmd.words[:len(cmd.words)/2])
	}
	f.Fuzz(func(t *testing.T, line string) {
		hints(commands(), line)
		words := Complete(line)
		last := line[strings.LastIndexAny(line, " \t\n\v\f\r")+1:]
		for _, w := range words {
			if strings.ContainsAny(w, " \n") {
				t.Fatalf("%q goes on with %q", line, w)
			}
			if last != "" && !strings.HasPrefix(w, last) && strings.Fields(line)[len(strings.Fields(line))-1] == last {
				t.Fatalf("%q is completed by %q", line, w)
			}
		}
	})
}
