package cucm_test

import (
	"fmt"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
)

// A cluster is installed, its publisher's list signed by the recovery key, and
// TFTP restarted, which ends that.
func Example() {
	cfg := cucm.Cisco117598()
	cfg.Keys = testkeys.NewPool(1) // public ones: real ones take seconds to make
	cluster, err := cucm.New(cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()

	pub := cluster.Publisher()
	fmt.Println("installed:", itl.CommonName(pub.ITL().Signer.Subject))

	reset, err := pub.BeginReset()
	if err != nil {
		fmt.Println(err)
		return
	}
	if err = reset.Generate(nil); err == nil {
		err = reset.Transfer()
	}
	reset.End()
	fmt.Println("reset:", itl.CommonName(pub.ITL().Signer.Subject), err)

	err = pub.Restart(cucm.TFTPService)
	fmt.Println("restarted:", itl.CommonName(pub.ITL().Signer.Subject), err)
	// Output:
	// installed: test10pub.joemar2.lab
	// reset: ITLRECOVERY_test10pub.joemar2.lab <nil>
	// restarted: test10pub.joemar2.lab <nil>
}
