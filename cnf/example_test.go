package cnf_test

import (
	"fmt"

	"itlsim/cnf"
)

// A call manager writes the configuration of a phone, which reads what matters to it.
func Example() {
	file := cnf.File{
		Config: cnf.Config{
			CallManagers: []string{"10.1.1.1:5060"}, TVS: []string{"10.1.1.1:2445"},
			Settings: cnf.Settings{WebAccess: true},
		},
		Device: "SEP001122334455", VersionStamp: "1393439067",
	}
	config, err := cnf.Parse(file.XML())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("registers with", config.CallManagers, "and asks TVS", config.TVS)
	fmt.Printf("%+v\n", config.Settings)
	// Output:
	// registers with [10.1.1.1:5060] and asks TVS [10.1.1.1:2445]
	// {SettingsAccess:false WebAccess:true SSHAccess:false SpanToPCPort:false}
}
