//go:build !linux

package tftp

// Sockets are nothing here: pin/tftp has a socket for each transfer. Make them with
// [NewSockets].
type Sockets struct{}

// NewSockets makes them.
func NewSockets() *Sockets { return &Sockets{} }

// Close has nothing to close.
func (*Sockets) Close() {}

var (
	listenEngine = listenPin
	fetchEngine  = fetchPin
)
