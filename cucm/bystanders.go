package cucm

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// A bystander is a service of real nodes that takes no part in a simulation. It is
// listed, stopped and started like the others, and nothing comes of it: procedures
// that restart it can be typed as they are written.
type bystander uint8

const (
	everywhere   bystander = iota // runs on every node
	onPublisher                   // is activated on every node, and runs on the publisher
	ofPublisher                   // is activated on the publisher alone
	notActivated                  // nowhere
	inMixedMode                   // on the publisher of a cluster in mixed mode
)

// bystanders are those of a CUCM as far as documents name them; no full list of a
// release is published. The services of the platform are those of the Finesse guide
// and the HCM-F log. The node checker expects the publisher's to be stopped on
// subscribers; the Cisco License Manager that it names too went with release 9
// (remembered). The last five are from technote 214231, the security guide 14 and the
// HCM-F log; in which releases, and which of them are activated, is this project's own
// choice.
var bystanders = map[Service]bystander{
	"A Cisco DB":                            everywhere,
	"A Cisco DB Replicator":                 everywhere,
	"Cisco AMC Service":                     everywhere,
	"Cisco Audit Event Service":             everywhere,
	"Cisco CDP":                             everywhere,
	"Cisco CDP Agent":                       everywhere,
	"Cisco Certificate Change Notification": everywhere,
	"Cisco Certificate Expiry Monitor":      everywhere,
	"Cisco DRF Local":                       everywhere,
	"Cisco Database Layer Monitor":          everywhere,
	"Cisco Log Partition Monitoring Tool":   everywhere,
	"Cisco RIS Data Collector":              everywhere,
	"Cisco RTMT Reporter Servlet":           everywhere,
	"Cisco Syslog Agent":                    everywhere,
	"Cisco Tomcat Stats Servlet":            everywhere,
	"Cisco Trace Collection Service":        everywhere,
	"Cisco Trace Collection Servlet":        everywhere,
	"Host Resources Agent":                  everywhere,
	"MIB2 Agent":                            everywhere,
	"Platform Administrative Web Service":   everywhere,
	"SNMP Master Agent":                     everywhere,
	"SOAP -Log Collection APIs":             everywhere,
	"SOAP -Performance Monitoring APIs":     everywhere,
	"SOAP -Real-Time Service APIs":          everywhere,
	"System Application Agent":              everywhere,
	"Cisco CAR DB":                          onPublisher,
	"Cisco CAR Scheduler":                   onPublisher,
	"Cisco CDR Repository Manager":          onPublisher,
	"Cisco DRF Master":                      onPublisher,
	"Cisco Intercluster Lookup Service":     onPublisher,
	"Cisco SOAP - CallRecord Service":       onPublisher,
	"Cisco CTIManager":                      everywhere,
	"Cisco HAProxy":                         everywhere,
	capfService:                             ofPublisher,
	"Cisco CTL Provider":                    inMixedMode,
	"Cisco DirSync":                         notActivated,
}

// capfService issues the phones' certificates; without it no CTL is made.
const capfService Service = "Cisco Certificate Authority Proxy Function"

// A ServiceStatus is a service as `utils service list` and Control Center show it:
// activated, if it is to run on the node, and running, if it does.
type ServiceStatus struct {
	Service            Service
	Activated, Running bool
	Since              time.Time // when it last started, by the cluster's clock; zero where it does not run
}

// ServiceStatuses are all services of the node by name, those of [Services] and those
// that take no part in a simulation.
func (n *Node) ServiceStatuses() []ServiceStatus {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	var all []ServiceStatus
	for _, s := range append(slices.Collect(maps.Keys(bystanders)), Services...) {
		all = append(all, ServiceStatus{s, n.activates(s), n.runs(s), n.since(s)})
	}
	slices.SortFunc(all, func(a, b ServiceStatus) int { return cmp.Compare(a.Service, b.Service) })
	return all
}

// ServiceNamed finds a service by its name, in any case.
func (n *Node) ServiceNamed(name string) (s ServiceStatus, ok bool) {
	all := n.ServiceStatuses()
	i := slices.IndexFunc(all, func(s ServiceStatus) bool { return strings.EqualFold(string(s.Service), name) })
	if i < 0 {
		return ServiceStatus{}, false
	}
	return all[i], true
}

// since is when a service last started. A cluster that is kept goes on as it was: the
// start of the program is none of its services. The caller holds the cluster's lock.
func (n *Node) since(s Service) time.Time {
	if !n.runs(s) {
		return time.Time{}
	}
	if at, alone := n.started[s]; alone {
		return at
	}
	return n.booted
}

// isService reports whether nodes have a service of a name.
func isService(s Service) bool {
	_, idle := bystanders[s]
	return idle || slices.Contains(Services, s)
}

// activates reports whether a service is activated on the node. The caller holds the
// cluster's lock.
func (n *Node) activates(s Service) bool {
	switch where, idle := bystanders[s]; {
	case !idle:
		return n.activated[s]
	case where == ofPublisher:
		return n.Publisher()
	case where == inMixedMode:
		return n.Publisher() && n.cluster.mixed
	default:
		return where != notActivated
	}
}

// runs reports whether a service is up. The caller holds the cluster's lock.
func (n *Node) runs(s Service) bool {
	if n.down {
		return false
	}
	if up, known := n.running[s]; known { // of a bystander only where it was stopped or started
		return up
	}
	where, idle := bystanders[s]
	return idle && n.activates(s) && (where != onPublisher || n.Publisher())
}
