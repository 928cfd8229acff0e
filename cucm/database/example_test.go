package database_test

import (
	"fmt"
	"strings"

	"itlsim/cucm"
	"itlsim/cucm/database"
	"itlsim/cucm/testkeys"
)

// What `run sql` and AXL answer.
func ExampleAsk() {
	cfg := cucm.Cisco117598()
	cfg.Keys = testkeys.NewPool(1)
	cluster, err := cucm.New(cfg)
	if err != nil {
		panic(err)
	}
	defer cluster.Close()
	cluster.AddDevice(cucm.Device{Name: "SEP001122334455", Model: "8861", Group: cluster.Nodes()})

	for _, question := range []string{"select name, tkmodel from device", "select count(*) from devicepool"} {
		answer, err := database.Ask(cluster, question)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(strings.Join(answer.Columns, ", "))
		for cells := range answer.All {
			fmt.Println(strings.Join(cells, ", "))
		}
	}
	// Output:
	// name, tkmodel
	// SEP001122334455, 685
	// (count(*))
	// 1
}
