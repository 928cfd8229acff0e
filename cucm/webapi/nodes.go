package webapi

import (
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm"
)

// A processNode is a row of the servers; nil is the first, which stands for the cluster.
type processNode = *cucm.Node

const nodeRole = "CUCM Voice/Video"

func nodeName(_ *call, n processNode) string {
	if n == nil {
		return "EnterpriseWideData"
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
	element: "processNode", kind: "ProcessNode", name: nodeName,
	tags: []tag[processNode]{
		text("name", nodeName), fixed[processNode]("description", ""), fixed[processNode]("mac", ""),
		fixed[processNode]("ipv6Name", ""), text("nodeUsage", nodeUsage), fixed[processNode]("lbmHubGroup", ""),
		fixed[processNode]("processNodeRole", nodeRole),
	},
	criteria: map[string]func(*call, processNode) string{
		"name": nodeName, "processNodeRole": func(*call, processNode) string { return nodeRole },
	},
}

func (c *call) listNodes() (answer, error) {
	return processNodes.list(c, slices.Insert(slices.Clone(c.cluster.Nodes()), 0, nil))
}

// callManagerName is what an installation calls a node's call manager.
func callManagerName(_ *call, n *cucm.Node) string { return "CM_" + n.Name() }

var callManagers = class[*cucm.Node]{
	element: "callManager", kind: "CallManager", name: callManagerName,
	attributes: func(c *call, n *cucm.Node) []string {
		return []string{"ctiid", strconv.Itoa(slices.Index(c.cluster.Nodes(), n) + 1)}
	},
	tags: []tag[*cucm.Node]{
		text("name", callManagerName), text("description", nodeName),
		reference("processNodeName", processNodes.kind, nodeName),
	},
	criteria: map[string]func(*call, *cucm.Node) string{"name": callManagerName, "description": nodeName},
}

func (c *call) listCallManagers() (answer, error) { return callManagers.list(c, c.cluster.Nodes()) }

// A group is a CallManager Group: nodes in their order. Device pools are one for each, of
// the same name.
type group []*cucm.Node

const defaultGroup = "Default"

// usual is the group of all nodes, as far as a group has room.
func (c *call) usual() group {
	nodes := c.cluster.Nodes()
	return nodes[:min(len(nodes), cucm.MaxGroup)]
}

// groupName is Default for the group of all nodes, and the names of the nodes for others
// (this project's own choice: a simulated cluster's groups have none).
func groupName(c *call, g group) string {
	if slices.Equal(g, c.usual()) {
		return defaultGroup
	}
	names := make([]string, len(g))
	for i, n := range g {
		names[i] = n.Name()
	}
	return strings.Join(names, "-")
}

// groups are the default one and those of phones.
func (c *call) groups() []group {
	all := []group{c.usual()}
	key := func(g group) (k [cucm.MaxGroup]*cucm.Node) { copy(k[:], g); return k }
	seen := map[[cucm.MaxGroup]*cucm.Node]bool{key(all[0]): true}
	devices, _ := c.cluster.Devices()
	for i := range devices {
		if g := group(devices[i].Group); !seen[key(g)] {
			seen[key(g)] = true
			all = append(all, g)
		}
	}
	return all
}

var callManagerGroups = class[group]{
	element: "callManagerGroup", kind: "CallManagerGroup", name: groupName,
	tags: []tag[group]{
		text("name", groupName),
		text("tftpDefault", func(c *call, g group) string {
			return strconv.FormatBool(groupName(c, g) == defaultGroup)
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

func (c *call) listGroups() (answer, error) { return callManagerGroups.list(c, c.groups()) }

func (c *call) getGroup() (answer, error) {
	g, err := c.group(callManagerGroups.kind)
	if err != nil {
		return answer{}, err
	}
	return callManagerGroups.get(c, g), nil
}

// group is the one that a request names, as an object of some kind.
func (c *call) group(kind string) (group, error) {
	for _, g := range c.groups() {
		if c.isNamed(kind, groupName(c, g)) {
			return g, nil
		}
	}
	return nil, notFound(kind)
}

var devicePools = class[group]{
	element: "devicePool", kind: "DevicePool", name: groupName,
	tags: []tag[group]{
		text("name", groupName), reference("callManagerGroupName", callManagerGroups.kind, groupName),
	},
	criteria: map[string]func(*call, group) string{"name": groupName},
}

func (c *call) listPools() (answer, error) { return devicePools.list(c, c.groups()) }
