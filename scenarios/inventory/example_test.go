package inventory_test

import (
	"fmt"

	"itlsim/scenarios/inventory"
)

// What an administrator exported becomes the files of a scenario.
func ExampleRead() {
	export := `name,model,firmware,device pool
SEP001122334455,Cisco 8861,14.1(1),Floor 1
SEP001122334466,Cisco 7962,9.4(2),Floor 2
`
	site := inventory.Read([]inventory.Source{{File: "export.csv", Data: []byte(export)}}, 100)
	for _, p := range site.Phones {
		fmt.Println(p.Name, p.Model, p.Firmware, p.Pool)
	}
	fmt.Println(site.Took, len(site.Problems), "problems")
	for _, file := range site.Plan("tonight") {
		fmt.Println(file.Name)
	}
	// Output:
	// SEP001122334455 Cisco 8861 14.1(1) Floor 1
	// SEP001122334466 Cisco 7962 9.4(2) Floor 2
	// [export.csv: BAT export, phones, 2] 0 problems
	// tonight.yaml
	// tonight-devices-Floor-1.csv
	// tonight-devices-Floor-2.csv
}
