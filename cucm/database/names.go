package database

import (
	"crypto/sha1"
	"encoding/hex"
	"slices"
	"strings"

	"itlsim/cucm"
)

// Kinds of objects, by which their keys differ.
const (
	PhoneKind       = "Phone"
	ProcessNodeKind = "ProcessNode"
	CallManagerKind = "CallManager"
	GroupKind       = "CallManagerGroup"
	PoolKind        = "DevicePool"
	ProfileKind     = "CommonPhoneConfig"
)

// Key is an object's UUID as columns have it: in lower case, without braces. It is made of
// the object's kind and name (RFC 9562, version 5), so that it is the same after a restart.
func Key(kind, name string) string {
	u := sha1.Sum([]byte(kind + "\x00" + strings.ToLower(name)))
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	key := make([]byte, 0, 36)
	for at := range 16 {
		if at == 4 || at == 6 || at == 8 || at == 10 {
			key = append(key, '-')
		}
		key = hex.AppendEncode(key, u[at:at+1])
	}
	return string(key)
}

// What all phones of a simulated cluster have.
const (
	Protocol      = "SIP"
	CommonProfile = "Standard Common Phone Profile" // the only one
)

// EnterpriseWide is the first row of the servers, which stands for the cluster (remembered).
const EnterpriseWide = "EnterpriseWideData"

// CallManagerName is what an installation calls a node's call manager.
func CallManagerName(n *cucm.Node) string { return "CM_" + n.Name() }

// A Group is a CallManager Group: nodes in their order. Device pools are one for each, of
// the same name.
type Group []*cucm.Node

// DefaultGroup is the name of the group of all nodes.
const DefaultGroup = "Default"

// Name is [DefaultGroup] for the group of all nodes, as far as a group has room, and the
// names of the nodes for others (this project's own choice: a simulated cluster's groups
// have none).
func (g Group) Name() string {
	if len(g) > 0 && slices.Equal(g, usualGroup(g[0].Cluster())) {
		return DefaultGroup
	}
	names := make([]string, len(g))
	for i, n := range g {
		names[i] = n.Name()
	}
	return strings.Join(names, "-")
}

func usualGroup(c *cucm.Cluster) Group { return c.Nodes()[:min(len(c.Nodes()), cucm.MaxGroup)] }

// Groups are the default one and those of phones, in their order.
func Groups(c *cucm.Cluster) []Group {
	all := []Group{usualGroup(c)}
	key := func(g Group) (k [cucm.MaxGroup]*cucm.Node) { copy(k[:], g); return k }
	seen := map[[cucm.MaxGroup]*cucm.Node]bool{key(all[0]): true}
	devices, _ := c.Devices()
	for i := range devices {
		if g := Group(devices[i].Group); !seen[key(g)] {
			seen[key(g)] = true
			all = append(all, g)
		}
	}
	return all
}
