package webapi

import (
	"slices"
	"strconv"

	"itlsim/cucm"
	"itlsim/cucm/database"
)

// A processNode is a row of the servers; nil is the first, which stands for the cluster.
type processNode = *cucm.Node

const nodeRole = "CUCM Voice/Video"

func nodeName(_ *call, n processNode) string {
	if n == nil {
		return database.EnterpriseWide
	}
	return n.Name()
}

func nodeUsage(_ *call, n processNode) string {
	if n == nil || n.Publisher() {
		return "Publisher"
	}
	return "Subscriber"
}

var processNodes = class[processNode]{
	element: "processNode", kind: database.ProcessNodeKind, name: nodeName,
	tags: []tag[processNode]{
		text("name", nodeName), fixed[processNode]("description", ""), fixed[processNode]("mac", ""),
		fixed[processNode]("ipv6Name", ""), text("nodeUsage", nodeUsage), none[processNode]("lbmHubGroup"),
		fixed[processNode]("processNodeRole", nodeRole),
	},
	criteria: map[string]func(*call, processNode) string{
		"name": nodeName, "processNodeRole": func(*call, processNode) string { return nodeRole },
	},
}

func (c *call) listNodes() (answer, error) {
	return processNodes.list(c, slices.Insert(slices.Clone(c.cluster.Nodes()), 0, nil))
}

func callManagerName(_ *call, n *cucm.Node) string { return database.CallManagerName(n) }

var callManagers = class[*cucm.Node]{
	element: "callManager", kind: database.CallManagerKind, name: callManagerName,
	attributes: func(c *call, n *cucm.Node) []string {
		return []string{"ctiid", strconv.Itoa(slices.Index(c.cluster.Nodes(), n) + 1)}
	},
	tags: []tag[*cucm.Node]{
		text("name", callManagerName), text("description", nodeName),
		{"autoRegistration", func(c *call, w *writer, _ *cucm.Node) { // of its parts this alone means something here
			w.open("autoRegistration")
			w.leaf("autoRegistrationEnabled", strconv.FormatBool(c.cluster.AutoRegisters()))
			w.close("autoRegistration")
		}},
		reference("processNodeName", processNodes.kind, nodeName),
	},
	criteria: map[string]func(*call, *cucm.Node) string{"name": callManagerName, "description": nodeName},
}

func (c *call) listCallManagers() (answer, error) { return callManagers.list(c, c.cluster.Nodes()) }

type group = database.Group

func groupName(_ *call, g group) string { return g.Name() }

var callManagerGroups = class[group]{
	element: "callManagerGroup", kind: database.GroupKind, name: groupName,
	tags: []tag[group]{
		text("name", groupName),
		text("tftpDefault", func(c *call, g group) string {
			return strconv.FormatBool(groupName(c, g) == database.DefaultGroup)
		}),
		{"members", func(c *call, w *writer, g group) {
			w.open("members")
			for i, n := range g {
				w.open("member")
				name := callManagerName(c, n)
				w.leaf("callManagerName", name, "uuid", uuid(callManagers.kind, name))
				w.leaf("priority", strconv.Itoa(i+1))
				w.close("member")
			}
			w.close("members")
		}},
	},
	criteria: map[string]func(*call, group) string{"name": groupName},
}

func (c *call) listGroups() (answer, error) {
	return callManagerGroups.list(c, database.Groups(c.cluster))
}

func (c *call) getGroup() (answer, error) {
	g, err := c.group(callManagerGroups.kind)
	if err != nil {
		return answer{}, err
	}
	return callManagerGroups.get(c, g), nil
}

// group is the one that a request names, as an object of some kind.
func (c *call) group(kind string) (group, error) {
	for _, g := range database.Groups(c.cluster) {
		if c.isNamed(kind, groupName(c, g)) {
			return g, nil
		}
	}
	return nil, notFound(kind)
}

var devicePools = class[group]{
	element: "devicePool", kind: database.PoolKind, name: groupName,
	tags: []tag[group]{
		text("name", groupName), reference("callManagerGroupName", callManagerGroups.kind, groupName),
	},
	criteria: map[string]func(*call, group) string{"name": groupName},
}

func (c *call) listPools() (answer, error) { return devicePools.list(c, database.Groups(c.cluster)) }
