package scenarios

import (
	"errors"
	"testing"
	"unicode/utf8"

	"itlsim/cucm"
	"itlsim/scenarios/language"
)

// No file, however broken, does anything but come back with a problem.
func FuzzLoad(f *testing.F) {
	for _, s := range Builtin() {
		source, _ := Source(s.Name)
		f.Add(source)
	}
	f.Add([]byte("name: [\n"))
	f.Add([]byte("- *a\n- &a <<: {}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load("fuzz.yaml", data, nil)
		if err == nil {
			if s.Name == "" || s.Phones() == 0 || len(s.Steps) == 0 {
				t.Fatal("a scenario without anything in it")
			}
			return
		}
		problems, ok := err.(Problems)
		if !ok || len(problems) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("no position: %v", p)
			}
		}
	})
}

// No sentence, however broken, does anything but come back with an error at one of its
// characters, or behind them.
func FuzzSentences(f *testing.F) {
	for _, a := range acts() {
		f.Add(a[0], a[1])
	}
	for _, e := range expectations.Examples() {
		f.Add("expect", e)
	}
	v := vocabulary{
		Vocabulary: language.Vocabulary{Nodes: []string{"test10pub"}, Groups: []string{"floor-1"}, Models: []string{"8861"}},
		hasPhone:   func(string) bool { return true }, has: func(string, cucm.Service) bool { return true },
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		_, inKey := v.actKey(key)
		act, err := v.act(key, value)
		_, expected := v.expectation(value)
		_, repeated := parseRepeat(value)
		for _, err := range []error{inKey, err, expected, repeated} {
			var wrong *language.Error
			if err != nil && (!errors.As(err, &wrong) || wrong.At < 0 || wrong.At > utf8.RuneCountInString(key+value)) {
				t.Fatalf("%q: %q: %v", key, value, err)
			}
		}
		if err == nil && act.Verb == "" {
			t.Fatalf("%q: %q: an act that does nothing", key, value)
		}
	})
}
