package cucm

import (
	"crypto/ed25519"
	"iter"
	"sync/atomic"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/contain"
	"itlsim/itl"
)

// A Node is one server of a cluster. It is safe for concurrent use; the zero
// value is not ready for it.
type Node struct {
	cluster *Cluster // whose lock guards the data
	index   int      // 0 is the publisher
	nodeState

	down      bool               // without power
	before    *draft             // how all was before the node was cut off; nil: it is not
	addresses map[Service]string // host:port, once reachable
	configs   map[deviceKind]currentConfigs
	faults    atomic.Pointer[Faults]

	requestsDropped fullness

	log *ciscolog.Log
}

// Cluster is the node's.
func (n *Node) Cluster() *Cluster { return n.cluster }

// Publisher reports whether the node is the publisher.
func (n *Node) Publisher() bool { return n.index == 0 }

// Role is publisher or subscriber.
func (n *Node) Role() string {
	if n.Publisher() {
		return "publisher"
	}
	return "subscriber"
}

// Name is the host name.
func (n *Node) Name() string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.name
}

// FQDN is the host name with the node's domain.
func (n *Node) FQDN() string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.fqdn()
}

// Running reports whether a service is up.
func (n *Node) Running(s Service) bool {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.runs(s)
}

// Services are those activated on the node, in the order of [Services].
func (n *Node) Services() []Service {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	var on []Service
	for _, s := range Services {
		if n.activated[s] {
			on = append(on, s)
		}
	}
	return on
}

// Down reports whether the node is without power.
func (n *Node) Down() bool {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.down
}

// Address is where a service is reached, host:port; "" before it listens.
func (n *Node) Address(s Service) string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.addresses[s]
}

// SetAddress records where a service listens, host:port: a [Network] that chose
// the port does so.
func (n *Node) SetAddress(s Service, address string) {
	n.cluster.mu.Lock()
	defer n.cluster.mu.Unlock()
	n.addresses[s] = address
	n.cluster.changes++
}

// Certificate is the node's present certificate of a unit; nil where it has none.
func (n *Node) Certificate(u Unit) *Certificate {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.certs[u]
}

// Units are the certificates that the node has, in the order in which the CLI lists
// them.
func (n *Node) Units() []Unit { return n.Facts().Units() }

// Certificates are the node's present certificates by their units, in the order in which the
// CLI lists them: those of one moment, whatever becomes of the node meanwhile.
func (n *Node) Certificates() iter.Seq2[Unit, *Certificate] {
	return func(yield func(Unit, *Certificate) bool) {
		var units []Unit
		var certs map[Unit]*Certificate // which no draft changes in place
		contain.Holding(n.cluster.mu.RLocker(), func() { units, certs = n.facts().Units(), n.certs })
		for _, u := range units {
			if c := certs[u]; c != nil && !yield(u, c) {
				return
			}
		}
	}
}

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
func (n *Node) SetFaults(f *Faults) {
	n.cluster.mu.Lock()
	defer n.cluster.mu.Unlock()
	n.faults.Store(f)
	n.cluster.changes++
}

// Shown is the certificate that a service of the node shows in a handshake.
func (n *Node) Shown(unit Unit) *Certificate {
	if f := n.faults.Load(); unit == TVSUnit && f != nil && f.TVS != nil {
		return f.TVS
	}
	return n.Certificate(unit)
}

// ITL is the trust list that the node serves, nil where it has none.
func (n *Node) ITL() *itl.List {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.list
}

// HostKey is the private key of the node's SSH server.
func (n *Node) HostKey() ed25519.PrivateKey {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return ed25519.NewKeyFromSeed(n.hostKey)
}

// KnownHost is the key that the node remembers of an SSH server, host:port.
func (n *Node) KnownHost(server string) (key string, ok bool) {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	key, ok = n.known[server]
	return key, ok
}

// Log is the node's application log, CiscoSyslog: its last ten thousand entries
// or some more, the oldest first.
func (n *Node) Log() []string { return n.log.Lines() }

// CountLog counts the lines of the application log that have a text ([ciscolog.Log.Count]).
func (n *Node) CountLog(text string) ciscolog.Count { return n.log.Count(text) }

// WatchLog has lines that have a text counted from now on ([ciscolog.Log.Watch]).
func (n *Node) WatchLog(text string) { n.log.Watch(text) }

// Logged are the newest entries of the application log, so many at most, the oldest first:
// of one alarm, where that is not zero ([ciscolog.Log.Last]).
func (n *Node) Logged(most int, of ciscolog.Alarm) []ciscolog.Logged { return n.log.Last(most, of) }

// LoggedAfter are the entries of the application log that came after the one with a number
// ([ciscolog.Log.After]).
func (n *Node) LoggedAfter(number uint64, most int, of ciscolog.Alarm) ([]ciscolog.Logged, bool) {
	return n.log.After(number, most, of)
}

// LogFiles are the names of the files that the log is in, as `file … activelog` has them,
// the present one first.
func (n *Node) LogFiles() []string { return n.log.Files() }

// LogFile is what one of these files shows, line by line.
func (n *Node) LogFile(name string) ([]string, error) { return n.log.View(name) }

// OpenLogFile opens one of these files as it is now; [io/fs.ErrNotExist] for any other name. The
// log of a node in which nothing was entered yet is as old as the node's start.
func (n *Node) OpenLogFile(name string) (*ciscolog.Extract, error) {
	e, err := n.log.Open(name)
	if err == nil && e.Modified.IsZero() {
		n.cluster.mu.RLock()
		defer n.cluster.mu.RUnlock()
		e.Modified = n.booted
	}
	return e, err
}

// LoginFailed enters a refused login at the command line into the log.
func (n *Node) LoginFailed(user, from string) { n.loginFailed(CommandLine, user, from) }

func (n *Node) loginFailed(by Interface, user, from string) {
	n.cluster.raise(occurrence{n.index, ciscolog.AuthenticationFailed, n.cluster.Now(), ciscolog.Tags{
		{Name: "LoginFrom", Value: from}, {Name: "Interface", Value: string(by)}, {Name: "UserID", Value: user},
	}})
}
