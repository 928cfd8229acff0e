package wire_test

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet/wire"
	"itlsim/phone"
)

// now is the wall clock.
type now struct{}

func (now) Now() time.Time { return time.Now() }

// Phones on sockets, each with an address of its own, boot from a cluster on sockets.
func Example() {
	cfg := cucm.Cisco117598()
	cfg.Nodes = cfg.Nodes[:1]
	cfg.Clock, cfg.Keys = now{}, testkeys.NewPool(1)
	cluster, err := cucm.New(cfg)
	if err != nil {
		panic(err)
	}
	defer cluster.Close()
	sockets, err := cucmwire.Listen(cluster, []string{"127.0.0.2"})
	if err != nil {
		panic(err)
	}
	defer sockets.Close()
	fleet, err := wire.New(wire.Config{Clock: now{}})
	if err != nil {
		panic(err)
	}
	defer fleet.Close()

	profile, _ := phone.ProfileOf("8861")
	for i := range 3 {
		name := fmt.Sprintf("SEP%012X", i)
		cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: cluster.Nodes()})
		fleet.Add(phone.New(phone.Setup{
			Name: name, IP: netip.AddrFrom4([4]byte{127, 99, 0, byte(i + 1)}), Profile: profile,
			Servers: []string{cluster.Publisher().Address(cucm.TFTPService)},
		}))
	}
	fleet.Send(phone.PowerOn{}, nil)
	if err := fleet.Settle(context.Background()); err != nil {
		panic(err)
	}
	for v := range fleet.Phones() {
		p := fleet.Phone(v)
		fmt.Println(p.Name, "at", p.IP, "is", p.State)
	}
	// Output:
	// SEP000000000000 at 127.99.0.1 is trusted
	// SEP000000000001 at 127.99.0.2 is trusted
	// SEP000000000002 at 127.99.0.3 is trusted
}
