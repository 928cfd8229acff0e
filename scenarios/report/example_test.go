package report_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// A report is kept as JSON, read again, and asked what became of a phone.
func Example() {
	s, _ := scenarios.Find("follow-by-tvs")
	ran, err := scenarios.Run(context.Background(), s, scenarios.Options{
		Lab: lab.Options{Mode: lab.Virtual, Phones: 2, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024},
	})
	if err != nil {
		panic(err)
	}
	var kept bytes.Buffer
	if err := ran.WriteJSON(&kept); err != nil {
		panic(err)
	}
	read, err := report.Read(&kept)
	if err != nil {
		panic(err)
	}
	fmt.Println(read.Scenario, "passed:", read.Passed)
	fmt.Println("as it was:", report.Compare(ran, read).Same())
	if _, err := read.Explain(os.Stdout, lab.PhoneName(0)); err != nil {
		panic(err)
	}
	// Output:
	// follow-by-tvs passed: true
	// as it was: true
	// SEP001BD4000000, a 8861 10.3(1), in follow-by-tvs
	//
	// step 1  phones: power on
	//   state     trusted
	//   holds     6ef9998f7e6cab4de9bd7b6359774a3fe1a07362
	//             signed by CN=test10pub.joemar2.lab;OU=tac;O=cisco;L=rtp;ST=nc;C=US
	//   list      taken: faith (first use)
	//   settings  taken: the stored ITL
	//
	// step 2  CallManager is regenerated on the publisher, which resets the phones
	//   state     trusted
	//   holds     ef4e1667e9fd311027e4392f52e6a9185acd65ab
	//             signed by CN=test10pub.joemar2.lab;OU=tac;O=cisco;L=rtp;ST=nc;C=US
	//   list      taken: TVS
	//   settings  taken: the stored ITL
	//
	// nothing needs to be cured
}
