package fuzz_test

import (
	"context"
	"fmt"

	"itlsim/fleet/fuzz"
)

// A trial: a cluster, phones, and an administrator's plan with faults, all by a seed.
// An error is a *fuzz.Failure, whose plan Shrink makes shorter.
func ExampleRun() {
	fmt.Println("a cluster of release", fuzz.ReleaseOf(7))
	fmt.Println(fuzz.Run(context.Background(), fuzz.Options{Seed: 7}))
	// Output:
	// a cluster of release 14
	// <nil>
}
