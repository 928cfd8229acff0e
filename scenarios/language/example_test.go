package language_test

import (
	"fmt"

	"itlsim/scenarios/language"
)

// Two sentences, one of which is said, and one almost.
func ExampleLanguage_Parse() {
	sentences := language.New(
		language.Rule[string]{Sentence: "power (off|on)", Means: "power"},
		language.Rule[string]{Sentence: "reset[ everything]", Means: "reset"},
	)
	for _, text := range []string{"power on", "powr on"} {
		means, _, err := sentences.Parse(text, language.Vocabulary{})
		fmt.Printf("%q %v\n", means, err)
	}
	// Output:
	// "power" <nil>
	// "" "powr" is not understood here (did you mean "power"?)
}
