package webapi

import (
	"fmt"
	"strconv"
	"strings"

	"itlsim/cucm"
	"itlsim/cucm/database"
)

const (
	risPath   = "/realtimeservice2/services/RISService70"
	risDevice = 1000 // devices in an answer, at most
)

// risOperations tell where devices are (RisPort70).
var risOperations = map[string]func(*call) (content, error){
	"selectCmDevice":    selectsDevices((*cucm.Cluster).RegistrationsByNode),
	"selectCmDeviceExt": selectsDevices((*cucm.Cluster).Registrations),
}

// selectsDevices is an operation that picks among what there is.
func selectsDevices(all func(*cucm.Cluster, ...string) []found) func(*call) (content, error) {
	return func(c *call) (content, error) {
		if !c.rate.allow() {
			return nil, &fault{server, noCode, fmt.Sprintf("AxisFault: Exceeded allowed rate for Reatime information. "+
				"Current allowed rate for realtime information is %d requests per minute.", c.rate.perMinute)}
		}
		s, err := newSelection(c.asked.child("CmSelectionCriteria"))
		if err != nil {
			return nil, err
		}
		byNode := s.pick(all(c.cluster, s.named()...))
		return func(w *writer) { c.writeDevices(w, s, byNode) }, nil
	}
}

// A selection is which devices are asked for.
type selection struct {
	most          int
	model, status string // "": any
	node          string
	by            string
	all           bool
	names         map[string]bool // in upper case
	spelled       []string        // the same in upper case and as they came, in their order
	patterns      []string        // as for like
	nothing       bool            // of a class or protocol that there is not
}

func newSelection(c *element) (*selection, error) {
	s := &selection{most: risDevice, by: "Name", names: make(map[string]bool)}
	if n, err := strconv.Atoi(c.child("MaxReturnedDevices").text); err == nil && n > 0 {
		s.most = min(n, risDevice)
	}
	other := func(name string, same ...string) (text string) {
		text = c.child(name).text
		for _, one := range append(same, "", "Any") {
			if strings.EqualFold(text, one) {
				return ""
			}
		}
		return text
	}
	s.nothing = other("DeviceClass", "Phone")+other("Protocol", protocol)+other("DownloadStatus", "Unknown") != ""
	s.model, s.status, s.node = other("Model", "255"), other("Status"), other("NodeName")
	if by := c.child("SelectBy").text; by != "" {
		s.by = by
	}
	items := c.child("SelectItems").children
	s.all = len(items) == 0
	for _, item := range items {
		for one := range strings.SplitSeq(item.child("Item").text, ",") {
			given := strings.TrimSpace(one)
			one = strings.ToUpper(given)
			switch {
			case one == "" || one == "*":
				s.all = true
			case len(one) > maxPattern || len(s.patterns) == maxCriteria:
				return nil, &fault{client, noCode, "SelectItems are too long, or have too many wildcards"}
			case strings.Contains(one, "*"):
				s.patterns = append(s.patterns, strings.ReplaceAll(one, "*", "%"))
			case !s.names[one]:
				s.names[one] = true
				s.spelled = append(s.spelled, one)
				if given != one {
					s.spelled = append(s.spelled, given)
				}
			}
		}
	}
	return s, nil
}

// takes reports whether a device is asked for.
func (s *selection) takes(w *found) bool {
	d := &w.Device
	other := func(asked, is string) bool { return asked != "" && !strings.EqualFold(asked, is) }
	if s.nothing || other(s.model, d.Type()) || other(s.status, string(w.Status)) || other(s.node, w.Node.Name()) {
		return false
	}
	if s.all {
		return true
	}
	var value string
	switch s.by {
	case "Name":
		value = d.Name
	case "Description":
		value = d.Description()
	case "IPV4Address":
		value = w.At.Addr().String()
	}
	if s.names[strings.ToUpper(value)] {
		return true
	}
	for _, p := range s.patterns {
		if database.LikeFold(p, value) {
			return true
		}
	}
	return false
}

// found is a device, and where it is.
type found = cucm.Whereabouts

// named are the names of the phones that are asked for, whatever the case in which the
// database has them; none where others may be meant, too.
func (s *selection) named() []string {
	if s.all || s.by != "Name" || len(s.patterns) > 0 {
		return nil
	}
	return s.spelled
}

// pick is what of all is asked for, by nodes.
func (s *selection) pick(all []found) map[*cucm.Node][]found {
	byNode, left := make(map[*cucm.Node][]found), s.most
	for _, w := range all {
		if left == 0 {
			break
		}
		if !w.Node.Down() && s.takes(&w) {
			byNode[w.Node] = append(byNode[w.Node], w)
			left--
		}
	}
	return byNode
}

// writeDevices writes the answer: one item for each node, also without devices.
func (c *call) writeDevices(w *writer, s *selection, byNode map[*cucm.Node][]found) {
	total := 0
	for _, devices := range byNode {
		total += len(devices)
	}
	w.answers("selectCmDevice", func() { // whichever operation was asked
		w.in("SelectCmDeviceResult", func() {
			w.part("TotalDevicesFound", strconv.Itoa(total))
			w.in("CmNodes", func() { c.writeNodes(w, s.node, byNode) })
		})
		w.part("StateInfo", "")
	})
}

// writeNodes writes all nodes, or the one that is asked for by its name.
func (c *call) writeNodes(w *writer, asked string, byNode map[*cucm.Node][]found) {
	there := asked == ""
	for _, n := range c.cluster.Nodes() {
		if asked != "" && !strings.EqualFold(asked, n.Name()) {
			continue
		}
		there = true
		code := "Ok"
		switch {
		case n.Down():
			code = "NodeNotResponding"
		case len(byNode[n]) == 0:
			code = "NotFound"
		}
		writeNode(w, code, n.Name(), byNode[n])
	}
	if !there {
		writeNode(w, "InvalidNodeName", asked, nil)
	}
}

func writeNode(w *writer, code, name string, devices []found) {
	w.in("item", func() {
		w.part("ReturnCode", code)
		w.part("Name", name)
		w.part("NoChange", "false")
		w.in("CmDevices", func() {
			for i := range devices {
				writeDevice(w, &devices[i])
			}
		})
	})
}

// cmDevice are the parts of a CmDevice that are text, in the order of the WSDL.
var cmDevice = []struct {
	name string
	of   func(*found) string // nil: it has no value
}{
	{"Name", func(f *found) string { return f.Device.Name }},
	{"DirNumber", empty},
	{"DeviceClass", func(*found) string { return "Phone" }},
	{"Model", func(f *found) string { return f.Device.Type() }},
	{"Product", func(f *found) string { return f.Device.Type() }},
	{"BoxProduct", zero},
	{"Httpd", func(f *found) string { return f.Httpd.String() }},
	{"RegistrationAttempts", zero},
	{"IsCtiControllable", func(*found) string { return "true" }},
	{"LoginUserId", empty},
	{"Status", func(f *found) string { return string(f.Status) }},
	{"StatusReason", func(f *found) string { return strconv.Itoa(int(f.Reason)) }},
	{"PerfMonObject", func(*found) string { return "2" }},
	{"DChannel", zero},
	{"Description", func(f *found) string { return f.Device.Description() }},
	{"H323Trunk", nil},
	{"TimeStamp", func(f *found) string { return strconv.FormatInt(max(0, f.Since.Unix()), 10) }},
	{"Protocol", func(*found) string { return protocol }},
	{"NumOfLines", zero},
	{"LinesStatus", nil},
	{"ActiveLoadID", func(f *found) string { return loadID(f.Loads.Active) }},
	{"InactiveLoadID", func(f *found) string { return loadID(f.Loads.Inactive) }},
	{"DownloadStatus", func(*found) string { return "Unknown" }},
	{"DownloadFailureReason", empty},
	{"DownloadServer", empty},
}

// loadID is a load's name without the suffix of its file, as phones' own pages have it and
// RIS in what several clients were tried with.
func loadID(load string) string { return strings.TrimSuffix(load, ".loads") }

func empty(*found) string { return "" }
func zero(*found) string  { return "0" }

func writeDevice(w *writer, of *found) {
	at := ""
	if of.At.IsValid() {
		at = of.At.Addr().String()
	}
	w.in("item", func() {
		for _, part := range cmDevice {
			if part.of == nil {
				w.missing(part.name)
				continue
			}
			w.part(part.name, part.of(of))
		}
		w.in("IPAddress", func() {
			w.in("item", func() {
				w.part("IP", at)
				w.part("IPAddrType", "ipv4")
				w.part("Attribute", "Unknown")
			})
		})
	})
}
