package trust_test

import (
	"context"
	"fmt"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/lab/trust"
	"itlsim/phone"
)

// Whom phones would believe when the CallManager certificate of their node is new: the list that
// they hold does not know its key, and a TVS vouches for it.
func ExampleCensus_Picture() {
	l, err := lab.Open(lab.Setup{
		Cluster: cucm.Cisco117598(),
		Groups:  []lab.Group{{Name: "floor-1", Count: 4, TFTP: []string{"test10pub"}}},
	}, lab.Options{Mode: lab.Virtual, Seed: 1})
	if err != nil {
		panic(err)
	}
	defer l.Close()
	l.Send(phone.PowerOn{}, nil)
	if err := l.Fleet.Settle(context.Background()); err != nil {
		panic(err)
	}
	census := trust.New(l)
	i := 0
	for v := range l.Fleet.All(fleet.Basics) {
		census.Look(i, v)
		i++
	}
	tell := func() {
		for _, line := range census.Picture().Groups[0].Lines {
			if line.Node == "test10pub" && line.What == "signer" {
				fmt.Printf("%d phones: %s %q\n", line.Phones, line.Kind, line.By)
			}
		}
	}
	tell()
	fmt.Println("its CallManager certificate is renewed while they are off")
	l.Send(phone.PowerOff{}, nil)
	if _, err := l.Type(l.Cluster.Publisher(), "set cert regen CallManager", "yes"); err != nil {
		panic(err)
	}
	tell()
	// Output:
	// 4 phones: holds ""
	// its CallManager certificate is renewed while they are off
	// 4 phones: broken ""
	// 4 phones: round "test10pub"
}
