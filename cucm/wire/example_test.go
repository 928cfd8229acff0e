package wire_test

import (
	"context"
	"fmt"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/cucm/wire"
	"itlsim/itl"
	"itlsim/tftp"
)

// A publisher on sockets serves its trust list to any TFTP client, and another after
// Cisco CallManager's certificate was renewed.
func Example() {
	cfg := cucm.Cisco117598()
	cfg.Nodes = cfg.Nodes[:1]
	cfg.Keys = testkeys.NewPool(1) // public ones: real ones take seconds to make
	cluster, err := cucm.New(cfg)
	if err != nil {
		panic(err)
	}
	defer cluster.Close()
	sockets, err := wire.Listen(cluster, []string{"127.0.0.2"})
	if err != nil {
		panic(err)
	}
	defer sockets.Close()

	publisher := cluster.Publisher()
	var client tftp.Client
	var first *itl.List
	for range 2 {
		data, err := client.Get(context.Background(), publisher.Address(cucm.TFTPService), itl.ITLFilename)
		if err != nil {
			panic(err)
		}
		list, err := itl.ParseList(data)
		if err != nil {
			panic(err)
		}
		if first == nil {
			first = list
		}
		_, known := first.Find(list.Signer, itl.SAST)
		fmt.Println(list.Kind(), "signed by", itl.CommonName(list.Signer.Subject), "- known to the first list:", known)
		if err := publisher.Regenerate(cucm.CallManager); err != nil {
			panic(err)
		}
	}
	// Output:
	// ITL signed by test10pub.joemar2.lab - known to the first list: true
	// ITL signed by test10pub.joemar2.lab - known to the first list: false
}
