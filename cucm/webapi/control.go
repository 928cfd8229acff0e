package webapi

import (
	"cmp"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"itlsim/cucm"
)

// Control Center acts on the services of the node that is asked, by what the command
// `utils service` does.
var controlOperations = map[string]func(*call) (content, error){
	"soapGetServiceStatus":      (*call).serviceStatus,
	"soapDoControlServices":     (*call).controlServices,
	"soapGetStaticServiceList":  (*call).staticServices,
	"getProductInformationList": (*call).products,
}

// maxNames bounds how many services or logs a request may name: a node has some forty
// (this project's own choice).
const maxNames = 100

// A reason is the code of why a service is as it is (a client's table of all codes).
type reason int

const (
	successful   reason = -1
	unsuccessful reason = -1007
	noService    reason = -1010
	notActivated reason = -1068
	commanded    reason = -1069
)

var reasonText = map[reason]string{
	successful: " ", unsuccessful: "Unsuccessful completion", noService: "No such service",
	notActivated: "Service Not Activated", commanded: "Commanded Out of Service",
}

// serviceInfo is a service as answers show it.
type serviceInfo struct {
	name, status string
	since        time.Time // zero: does not run
	reason
	why string // in place of the reason's text
}

// info is a service of the node, by a name in any case.
func (c *call) info(name string) serviceInfo {
	s, ok := c.node.ServiceNamed(name)
	if !ok {
		return serviceInfo{name: name, status: "Unknown", reason: noService}
	}
	return infoOf(s)
}

func infoOf(s cucm.ServiceStatus) serviceInfo {
	info := serviceInfo{name: string(s.Service), status: "Stopped", since: s.Since}
	switch {
	case !s.Activated:
		info.reason = notActivated
	case !s.Running:
		info.reason = commanded
	default:
		info.status, info.reason = "Started", successful
	}
	return info
}

// write writes it. The time is the node's, which is UTC, as C's ctime writes it.
func (i *serviceInfo) write(w *writer, now time.Time) {
	w.in("item", func() {
		w.part("ServiceName", i.name)
		w.part("ServiceStatus", i.status)
		w.part("ReasonCode", strconv.Itoa(int(i.reason)))
		w.part("ReasonCodeString", cmp.Or(i.why, reasonText[i.reason]))
		if i.status != "Started" {
			w.missing("StartTime")
			w.part("UpTime", "-1")
			return
		}
		w.part("StartTime", i.since.UTC().Format(time.ANSIC))
		w.part("UpTime", strconv.FormatInt(int64(max(0, now.Sub(i.since))/time.Second), 10))
	})
}

// statusOf answers with services, and with the first reason why something about them failed.
func (c *call) statusOf(services []serviceInfo, failed reason) content {
	now := c.cluster.Now()
	return func(w *writer) {
		w.answers(c.asked.name, func() {
			returned := "0"
			if failed != successful {
				returned = "1"
			}
			w.part("ReturnCode", returned)
			w.part("ReasonCode", strconv.Itoa(int(failed)))
			w.part("ReasonString", strings.TrimSpace(reasonText[failed]))
			w.in("ServiceInfoList", func() {
				for i := range services {
					services[i].write(w, now)
				}
			})
		})
	}
}

// named are the names that an element has, in whatever elements they stand.
func named(e *element) (names []string, err error) {
	var walk func(*element)
	walk = func(e *element) {
		if len(e.children) == 0 && e.text != "" {
			names = append(names, e.text)
		}
		for _, c := range e.children {
			walk(c)
		}
	}
	walk(e)
	if len(names) > maxNames {
		return nil, &fault{client, noCode, fmt.Sprintf("more than %d names", maxNames)}
	}
	return names, nil
}

// serviceStatus tells of the services that are named, in their order, or of all.
func (c *call) serviceStatus() (content, error) {
	names, err := named(c.asked)
	if err != nil {
		return nil, err
	}
	var services []serviceInfo
	for _, name := range names {
		services = append(services, c.info(name))
	}
	if names == nil {
		for _, s := range c.node.ServiceStatuses() {
			services = append(services, infoOf(s))
		}
	}
	return c.statusOf(services, successful), nil
}

// controls are what ControlType may say.
var controls = map[string]func(*cucm.Node, cucm.Service) error{
	"Start": (*cucm.Node).StartService, "Stop": (*cucm.Node).StopService, "Restart": (*cucm.Node).Restart,
}

// uncontrolled cannot be controlled this way, in lower case: they serve it.
var uncontrolled = map[string]bool{"cisco tomcat": true, "cisco db": true, "a cisco db": true}

// controlServices starts, stops or restarts services one after the other. When it answers
// that is over. What cannot be done to one keeps no other from it.
func (c *call) controlServices() (content, error) {
	asked := c.asked.child("ControlServiceRequest")
	if node := asked.child("NodeName").text; node != "" && !c.isNode(node) {
		return nil, &fault{client, noCode, node + " is not this node: its services are controlled there"}
	}
	kind := asked.child("ControlType").text
	do := controls[kind]
	if do == nil {
		return nil, &fault{client, noCode, fmt.Sprintf("The ControlType %q is none of Start, Stop and Restart", kind)}
	}
	names, err := named(asked.child("ServiceList"))
	if err != nil {
		return nil, err
	}
	if names == nil {
		return nil, &fault{client, noCode, "ServiceList is empty"}
	}
	for _, name := range names {
		if uncontrolled[strings.ToLower(name)] {
			return nil, &fault{client, noCode, name + " cannot be controlled here: use the command line"}
		}
	}
	services, failed := make([]serviceInfo, len(names)), successful
	for i, name := range names {
		services[i] = c.control(name, do)
		if r := services[i].reason; failed == successful && r != commanded {
			failed = r
		}
	}
	return c.statusOf(services, failed), nil
}

// control does something to one service, and gives how it is then.
func (c *call) control(name string, do func(*cucm.Node, cucm.Service) error) serviceInfo {
	s, ok := c.node.ServiceNamed(name)
	if !ok || !s.Activated {
		return c.info(name)
	}
	err := do(c.node, s.Service)
	info := c.info(name)
	if err != nil {
		info.reason, info.why = unsuccessful, err.Error()
	}
	return info
}

// isNode reports whether a name or an address is the node's.
func (c *call) isNode(name string) bool {
	host, _, _ := net.SplitHostPort(c.node.Address(cucm.TomcatService))
	return strings.EqualFold(name, c.node.Name()) || strings.EqualFold(name, c.node.FQDN()) || name == host
}
