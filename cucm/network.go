package cucm

import (
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// A Network makes the services of nodes reachable, and lets nodes reach their
// phones.
type Network interface {
	// Start makes a service answer at its [Node.Address].
	Start(*Node, Service) error
	// Stop ends that; transfers under way may finish.
	Stop(*Node, Service) error
	// Reset tells registered phones to boot again, by [sip.Reset] or [sip.Restart], and returns when all have been
	// told. For each it calls told with the phone's index as soon as it knows what
	// came of it: nil where the phone was told, a [*sip.NoAnswerError] where it
	// was not reached, another error where it refused. told is safe for concurrent
	// use.
	Reset(phones []RegisteredPhone, action sip.Action, told func(i int, err error))
}

// Traffic is what the servers of a cluster saw. The zero value is none.
type Traffic struct {
	TFTP tftp.ServerStats
	TVS  tvs.ServerStats
	HTTP HTTPStats
}

// HTTPStats counts what the TFTP services did by HTTP: Files sent, their Bytes, and answers
// that a file was NotFound.
type HTTPStats struct{ Files, Bytes, NotFound uint64 }

// Plus is the sum of two.
func (t Traffic) Plus(u Traffic) Traffic {
	t.HTTP.Files += u.HTTP.Files
	t.HTTP.Bytes += u.HTTP.Bytes
	t.HTTP.NotFound += u.HTTP.NotFound
	t.TFTP.Files += u.TFTP.Files
	t.TFTP.Bytes += u.TFTP.Bytes
	t.TFTP.NotFound += u.TFTP.NotFound
	t.TFTP.Failed += u.TFTP.Failed
	t.TFTP.Refused += u.TFTP.Refused
	t.TFTP.Datagrams += u.TFTP.Datagrams
	t.TFTP.Retransmits += u.TFTP.Retransmits
	t.TVS.Handshakes += u.TVS.Handshakes
	t.TVS.Failed += u.TVS.Failed
	t.TVS.Verifies += u.TVS.Verifies
	t.TVS.Queries += u.TVS.Queries
	t.TVS.Malformed += u.TVS.Malformed
	t.TVS.Broken += u.TVS.Broken
	return t
}
