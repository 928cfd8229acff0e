package webapi

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/sip"
)

// A call is one request, by what it is answered from.
type call struct {
	*Handler
	node    *cucm.Node
	cluster *cucm.Cluster
	asked   *element
}

// operations are those that there are, by the name of their element.
var operations = map[string]func(*call) (answer, error){
	"getCCMVersion":   (*call).version,
	"listProcessNode": (*call).listNodes,
	"listCallManager": (*call).listCallManagers,

	"listCallManagerGroup": (*call).listGroups,
	"getCallManagerGroup":  (*call).getGroup,
	"listDevicePool":       (*call).listPools,

	"listPhone": (*call).listPhones,
	"getPhone":  (*call).getPhone,

	"updatePhone": (*call).updatePhone,

	"executeSQLQuery": (*call).sql,

	"doDeviceReset": (*call).resetDevice,
	"resetPhone":    resetsPhone(sip.Reset),
	"restartPhone":  resetsPhone(sip.Restart),
	"applyPhone":    resetsPhone(apply),

	"resetDevicePool":          resetsGroup(&devicePools, sip.Reset),
	"restartDevicePool":        resetsGroup(&devicePools, sip.Restart),
	"applyDevicePool":          resetsGroup(&devicePools, apply),
	"resetCallManagerGroup":    resetsGroup(&callManagerGroups, sip.Reset),
	"restartCallManagerGroup":  resetsGroup(&callManagerGroups, sip.Restart),
	"applyCallManagerGroup":    resetsGroup(&callManagerGroups, apply),
	"resetCommonPhoneConfig":   resetsProfile(sip.Reset),
	"restartCommonPhoneConfig": resetsProfile(sip.Restart),
	"applyCommonPhoneConfig":   resetsProfile(apply),

	"resetEnterpriseParameters":       resetsAll(sip.Reset),
	"doEnterpriseParametersReset":     resetsAll(sip.Reset),
	"restartEnterpriseParameters":     resetsAll(sip.Restart),
	"applyConfigEnterpriseParameters": resetsAll(apply),
}

// carryOut does what is asked. One operation that is not there is a fault, which names it.
func (c *call) carryOut() (answer, error) {
	do := operations[c.asked.name]
	if do == nil {
		return answer{}, notThere(c.asked.name, "AXL")
	}
	return do(c)
}

// isNamed reports whether a request names an object, by its name or its UUID.
func (c *call) isNamed(kind, name string) bool {
	if given := c.asked.child("name").text; given != "" {
		return strings.EqualFold(given, name)
	}
	return sameUUID(c.uuid(), uuid(kind, name))
}

// uuid is the one that a request gives.
func (c *call) uuid() string { return cmp.Or(c.asked.child("uuid").text, c.asked.uuid) }

// plain is an answer of text.
func plain(text string) answer { return answer{write: func(w *writer) { w.text(text) }} }

// version is that of the node that is named, or else of the one that is asked, written as
// AXL has it: 12.5.1.11900(146).
func (c *call) version() (answer, error) {
	of := c.node
	if name := c.asked.child("processNodeName").text; name != "" {
		i := slices.IndexFunc(c.cluster.Nodes(), func(n *cucm.Node) bool { return strings.EqualFold(n.Name(), name) })
		if i < 0 {
			return answer{}, notFound("ProcessNode")
		}
		of = c.cluster.Nodes()[i]
	}
	active, _ := of.Versions()
	if number, build, ok := strings.Cut(active, "-"); ok {
		active = number + "(" + build + ")"
	}
	return answer{write: func(w *writer) {
		w.open("componentVersion")
		w.leaf("version", active)
		w.close("componentVersion")
	}}, nil
}

// Operations are the names of those that there are.
func Operations() []string {
	all := slices.Collect(maps.Keys(operations))
	for _, more := range []map[string]func(*call) (content, error){risOperations, controlOperations, logOperations} {
		all = slices.AppendSeq(all, maps.Keys(more))
	}
	return append(all, getOneFile)
}
