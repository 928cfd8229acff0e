package virtual_test

import (
	"context"
	"fmt"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet/virtual"
	"itlsim/phone"
)

// A thousand phones boot on a simulated network, in less time than they take by its clock.
func Example() {
	clock := virtual.NewClock()
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.SharedConfigurations = clock, testkeys.NewPool(1), true
	cluster, err := cucm.New(cfg)
	if err != nil {
		panic(err)
	}
	defer cluster.Close()
	fleet := virtual.New(virtual.Config{Clock: clock, Seed: 1, Network: virtual.LAN()})
	fleet.Connect(cluster)

	publisher := cluster.Publisher()
	library, profile := &phone.Library{Remember: true}, phone.Profiles()[0]
	for i := range 1000 {
		name := fmt.Sprintf("SEP%012X", i)
		cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: cluster.Nodes()})
		fleet.Add(phone.New(phone.Setup{
			Name: name, Profile: profile, Servers: []string{publisher.Address(cucm.TFTPService)}, Library: library,
		}))
	}
	began := clock.Now()
	fleet.Send(phone.PowerOn{}, nil)
	if err := fleet.Settle(context.Background()); err != nil {
		panic(err)
	}
	fmt.Println(fleet.States()[phone.Trusted], "phones are trusted, after", clock.Now().Sub(began).Round(time.Second))
	// Output:
	// 1000 phones are trusted, after 7s
}
