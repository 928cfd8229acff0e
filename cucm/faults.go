package cucm

// Faults are what a node's services give in place of what they should, for
// scenarios of failure. Nothing that the cluster itself knows changes.
type Faults struct {
	// File changes a file that TFTP serves; nil leaves all as they are. The
	// bytes it is given must not be changed in place.
	File func(name string, data []byte) []byte
	// TVS is shown by the TVS in place of the node's own certificate; nil is not.
	TVS *Certificate
}

// SetFaults puts faults in force in place of those before; nil ends them.
func (n *Node) SetFaults(f *Faults) { n.faults.Store(f) }

// Shown is the certificate that a service of the node shows in a handshake.
func (n *Node) Shown(unit Unit) *Certificate {
	if f := n.faults.Load(); unit == TVSUnit && f != nil && f.TVS != nil {
		return f.TVS
	}
	return n.Certificate(unit)
}
