package webapi

import (
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm"
)

// groupOf is the group that the Control Center page shows a service in (remembered);
// others are Platform Services.
var groupOf = map[cucm.Service]string{
	cucm.CallManagerService:                      "CM Services",
	cucm.TFTPService:                             "CM Services",
	"Cisco Intercluster Lookup Service":          "CM Services",
	"Cisco CTIManager":                           "CTI Services",
	cucm.TVSService:                              "Security Services",
	"Cisco CTL Provider":                         "Security Services",
	"Cisco Certificate Authority Proxy Function": "Security Services",
	"Cisco DirSync":                              "Directory Services",
	"Cisco Database Layer Monitor":               "DB Services",
	"A Cisco DB":                                 "DB Services",
	"A Cisco DB Replicator":                      "DB Services",
	"Cisco DRF Local":                            "Backup and Restore Services",
	"Cisco DRF Master":                           "Backup and Restore Services",
	"Cisco AMC Service":                          "Performance and Monitoring Services",
	"Cisco Audit Event Service":                  "Performance and Monitoring Services",
	"Cisco Log Partition Monitoring Tool":        "Performance and Monitoring Services",
	"Cisco RIS Data Collector":                   "Performance and Monitoring Services",
	"Cisco RTMT Reporter Servlet":                "Performance and Monitoring Services",
	"Cisco CAR DB":                               "CDR Services",
	"Cisco CAR Scheduler":                        "CDR Services",
	"Cisco CDR Repository Manager":               "CDR Services",
	"Cisco SOAP - CallRecord Service":            "SOAP Services",
	"SOAP -Log Collection APIs":                  "SOAP Services",
	"SOAP -Performance Monitoring APIs":          "SOAP Services",
	"SOAP -Real-Time Service APIs":               "SOAP Services",
}

// deployable are the services that administrators activate; all others run by themselves
// (remembered).
var deployable = []cucm.Service{
	cucm.CallManagerService, cucm.TFTPService, "Cisco CTIManager", "Cisco CTL Provider",
	"Cisco Certificate Authority Proxy Function", "Cisco DirSync",
}

// writeSpecification writes what a service is; product is "" where that is not told.
func writeSpecification(w *writer, s cucm.Service, product string) {
	w.in("item", func() {
		w.part("ServiceName", string(s))
		kind, group := "Service", groupOf[s]
		if strings.Contains(string(s), "Servlet") || strings.Contains(string(s), "SOAP") {
			kind = "Servlet"
		}
		if group == "" {
			group = "Platform Services"
		}
		w.part("ServiceType", kind)
		w.part("Deployable", strconv.FormatBool(slices.Contains(deployable, s)))
		w.part("GroupName", group)
		if product != "" {
			w.part("ProductID", product)
		}
		w.part("DependentServices", "")
	})
}

// staticServices tells which services there are, whatever is asked.
func (c *call) staticServices() (content, error) { return c.specifications(nil, ""), nil }

// productID is what answers call a CUCM.
const productID = "CallManager"

// products tells what is installed, and which services there are.
func (c *call) products() (content, error) {
	active, _ := c.node.Versions()
	return c.specifications(func(w *writer) {
		w.part("ActiveServerVersion", active)
		w.part("PrimaryNode", c.cluster.Publisher().Name())
		w.part("SecondaryNode", "")
		w.in("Products", func() {
			w.in("item", func() {
				w.part("ProductName", "Cisco Unified Communications Manager")
				w.part("ProductVersion", active)
				w.part("ProductDescription", "simulated by itlsim")
				w.part("ProductID", productID)
				w.part("ShortName", "CCM")
			})
		})
	}, productID), nil
}

// specifications answers with all services, after what before writes.
func (c *call) specifications(before content, product string) content {
	services := c.node.ServiceStatuses()
	return func(w *writer) {
		w.answers(c.asked.name, func() {
			if before != nil {
				before(w)
			}
			w.in("Services", func() {
				for _, s := range services {
					writeSpecification(w, s.Service, product)
				}
			})
		})
	}
}
