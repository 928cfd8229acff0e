package scenarios_test

import (
	"context"
	"fmt"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
)

// A built-in scenario, with four phones.
func ExampleRun() {
	s, _ := scenarios.Find("follow-by-tvs")
	report, err := scenarios.Run(context.Background(), s, scenarios.Options{
		Lab: lab.Options{Phones: 4, Keys: testkeys.NewPool(1), KeyBits: 1024},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range report.Steps {
		fmt.Println(step.Name, "-", step.States.Trusted, "trusted")
	}
	fmt.Println("passed:", report.Passed)
	// Output:
	// phones: power on - 4 trusted
	// CallManager is regenerated on the publisher, which resets the phones - 4 trusted
	// passed: true
}

// A scenario file, and what is wrong with it.
func ExampleLoad() {
	_, err := scenarios.Load("tonight.yaml", []byte(`
name: tonight
shows: what tonight's maintenance does
phones:
  - {group: floor-1, count: 40}
steps:
  - do:
      - phones: powr on
    expect:
      - all phones are trustd
`), nil)
	fmt.Println(err)
	// Output:
	// tonight.yaml:8:17: "powr" is not understood here (did you mean "power"?)
	// tonight.yaml:10:24: "trustd" is not understood here (did you mean "trusted"?)
}

// A cluster and phones to play on, in the sentences of scenario files.
func ExampleOpen() {
	ctx := context.Background()
	s, _ := scenarios.Find("both-certificates-at-once")
	stage, err := scenarios.Open(s, lab.Options{Phones: 3, Keys: testkeys.NewPool(1), KeyBits: 1024})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stage.Close()
	act, err := stage.ParseAct("phones: power on")
	if err == nil {
		err = stage.Do(ctx, act)
	}
	fmt.Println(err, stage.Expect("all phones took their list on faith"))
	fmt.Println(stage.Expect("2 phones are trusted"))
	// Output:
	// <nil> <nil>
	// 2 phones are trusted: 3 of 3 are trusted (SEP001BD4000000, SEP001BD4000001, SEP001BD4000002)
}
