package cli_test

import (
	"fmt"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
)

// A command is typed on the publisher, with the answer to its question.
func Example() {
	cfg := cucm.Cisco117598()
	cfg.Keys, cfg.Password = testkeys.NewPool(1), "secret"
	cluster, err := cucm.New(cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()

	script := &cli.Script{Answers: []string{"secret"}}
	err = cli.Run(cluster.Publisher(), script, "utils itl reset localkey")
	fmt.Println(script.Output.String(), err)
	// Output:
	// Enter CCM Administrator password :
	//
	// Locating active Tftp servers in the cluster.....
	//
	// Following is the list of Active tftp servers in the cluster
	//
	// ['test10pub', 'test10sub']
	// The reset ITL file was generated successfully
	//
	// Transferring new reset ITL file to the TFTP server nodes in the cluster.....
	//
	// Restarting Cisco Tftp service on host test10pub
	// Cisco Tftp service restarted on host test10pub
	// Successfully transferred reset ITL to node test10sub
	//
	// Restarting Cisco Tftp service on host test10sub
	// Cisco Tftp service restarted on host test10sub
	//  <nil>
}
