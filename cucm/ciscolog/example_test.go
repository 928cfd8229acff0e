package ciscolog_test

import (
	"fmt"
	"time"

	"itlsim/cucm/ciscolog"
)

// A node's log takes an alarm, and shows it as `file view activelog syslog/CiscoSyslog` does.
func Example() {
	log := ciscolog.New(nil)
	defer log.Close()
	log.SetHost("pub", "pub.example.com")
	log.Raise(ciscolog.ITLFileRegenerated, time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC), ciscolog.Tags{
		{Name: "Reason", Value: "tried out"},
	})
	for _, line := range log.Lines() {
		fmt.Println(line)
	}
	fmt.Println(log.Count("ITLFile").Own.With, "line has ITLFile in it")
	// Output:
	// Feb 26 18:24:27 pub local7 6 : 0: pub.example.com: Feb 26 2014 18:24:27.0 UTC :  %UC_TVS-6-ITLFileRegenerated: %[Reason=tried out][AppID=Cisco Trust Verification Service][ClusterID=StandAloneCluster][NodeID=pub]: New ITL File has been generated
	// 1 line has ITLFile in it
}
