package cli

import (
	"fmt"
	"io"
	"strings"
)

// A Script is a terminal without a person: it gives the answers in their order
// and shows what a person would have seen.
type Script struct {
	Output  strings.Builder
	Answers []string  // those that are still to be given
	Screen  io.Writer // shows the output, too, where not nil
}

// Write shows output.
func (s *Script) Write(p []byte) (int, error) {
	if s.Screen != nil {
		if n, err := s.Screen.Write(p); err != nil {
			return n, err
		}
	}
	return s.Output.Write(p)
}

// Ask shows the question and the answer given.
func (s *Script) Ask(question string) (string, error) {
	answer, err := s.next(question)
	fmt.Fprintf(s, "%s%s\n", question, answer)
	return answer, err
}

// AskSecret shows the question alone.
func (s *Script) AskSecret(question string) (string, error) {
	answer, err := s.next(question)
	fmt.Fprint(s, question)
	return answer, err
}

// AskMasked shows the question and asterisks.
func (s *Script) AskMasked(question string) (string, error) {
	answer, err := s.next(question)
	fmt.Fprintf(s, "%s%s\n", question, strings.Repeat("*", len(answer)))
	return answer, err
}

func (s *Script) next(question string) (string, error) {
	if len(s.Answers) == 0 {
		return "", fmt.Errorf("no answer is given to %q", strings.TrimSpace(question))
	}
	answer := s.Answers[0]
	s.Answers = s.Answers[1:]
	return answer, nil
}
