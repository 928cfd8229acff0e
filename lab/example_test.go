package lab_test

import (
	"context"
	"fmt"
	"time"

	"itlsim/cucm"
	"itlsim/lab"
	"itlsim/phone"
)

// Forty phones lose every trust point of their lists by two certificates that are renewed while
// they are off, and get their trust back by the recovery key.
func Example() {
	ctx := context.Background()
	l, err := lab.Open(lab.Setup{
		Cluster: cucm.Cisco117598(),
		Groups:  []lab.Group{{Name: "floor-1", Count: 40, TFTP: []string{"test10pub"}}},
	}, lab.Options{Mode: lab.Virtual, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	publisher := l.Cluster.Publisher()
	types := func(command string, answers ...string) {
		if _, err := l.Type(publisher, command, answers...); err != nil {
			fmt.Println(err)
		}
	}
	after := func(what string, event phone.Event) {
		l.Send(event, nil)
		if err := l.Fleet.Settle(ctx); err != nil {
			fmt.Println(err)
		}
		states := l.Fleet.States()
		fmt.Printf("%s: %d trusted, %d untrusted\n", what, states[phone.Trusted], states[phone.Untrusted])
	}

	after("the first boot", phone.PowerOn{})
	after("at night", phone.PowerOff{})
	types("set cert regen CallManager", "yes")
	_ = l.Advance(ctx, 6*time.Minute) // the guard refuses a second one for five
	types("set cert regen TVS", "yes")
	after("in the morning", phone.PowerOn{})
	types("utils itl reset localkey", "ciscocisco")
	after("with a list that the recovery key signed", phone.Reset{})
	// Output:
	// the first boot: 40 trusted, 0 untrusted
	// at night: 0 trusted, 0 untrusted
	// in the morning: 0 trusted, 40 untrusted
	// with a list that the recovery key signed: 40 trusted, 0 untrusted
}
