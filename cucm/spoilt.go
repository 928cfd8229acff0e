package cucm

// Spoilt is what a node's services give in place of what they should, for
// scenarios of failure. Nothing that the cluster itself knows changes.
type Spoilt struct {
	// File changes a file that TFTP serves; nil leaves all as they are. The
	// bytes it is given must not be changed in place.
	File func(name string, data []byte) []byte
	// TVS is shown by the TVS in place of the node's own certificate.
	TVS *Certificate
}

// Spoil lets a node's services give something else; nil ends that.
func (n *Node) Spoil(s *Spoilt) { n.spoilt.Store(s) }

// Shown is the certificate that a service of the node shows in a handshake.
func (n *Node) Shown(unit Unit) *Certificate {
	if spoil := n.spoilt.Load(); unit == TVSUnit && spoil != nil && spoil.TVS != nil {
		return spoil.TVS
	}
	return n.Certificate(unit)
}
