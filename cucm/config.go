package cucm

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// Config describes a cluster to be installed.
type Config struct {
	Nodes    []NodeConfig // the publisher first; there must be one
	Domain   string       // "joemar2.lab"
	Location Location
	KeyBits  int        // of every certificate, 2048 by default; Facts has the sizes of a release
	Digest   itl.Digest // TFTP File Signature Algorithm; SHA-1 by default
	Password string     // of the administrator, both the login's and the CCM Administrator's
	Security string     // the cluster security password, which ITLRecovery.p12's is derived from
	Release  Release    // Release10 by default
	// AutoRegister enters phones into the database that register without being in
	// it, by what XMLDefault.cnf.xml told them: the node is the first of their
	// CallManager Group. They are reset a moment later, so that they load the
	// configuration which they have then. Off, as on a new CUCM, they are rejected
	// (8961 guide).
	AutoRegister bool
	Syslog       []string // collectors of the application log, host:port of UDP
	// Generation, where it is not 0, is which generation of a state directory [Open]
	// brings up, in place of the one in force: one that is there still. What later
	// ones changed is undone; they stay where they are.
	Generation int
	// Logged, where not nil, is shown each entry of the nodes' application logs. It
	// must return at once and not call the cluster, whose locks may be held.
	Logged func(ciscolog.Entry)
	// Dial reaches SFTP servers; by default over the real network.
	Dial func(network, address string) (net.Conn, error)
	// SendMail hands an e-mail to a mail server, host:port, as wire.Mailer does.
	// Where it is nil every notification fails.
	SendMail func(server string, m Mail) error

	Clock  Clock     // the time of day by default
	Keys   KeySource // GeneratedKeys by default
	Random io.Reader // serial numbers; crypto/rand by default

	// SharedConfigurations has a node sign one configuration for all phones of a
	// CallManager Group, written for [FleetDevice], instead of one for each. For a
	// simulation of a million phones, where a million signatures would measure
	// nothing else; real nodes never do it.
	SharedConfigurations bool
}

// MaxNodes is how many servers a cluster has at most (system guide).
const MaxNodes = 21

// NodeConfig describes one node.
type NodeConfig struct {
	Name      string
	TFTP, TVS bool         // services activated
	KeyBits   map[Unit]int // where they differ from the cluster's
	// RecoveryName is the common name of the ITLRecovery certificate, where it is
	// not ITLRECOVERY_ and the node's name: it outlives a change of names (M3).
	RecoveryName string
}

// A Clock gives the time that a cluster's own is based on.
type Clock interface {
	// Now never goes back. It is called by many goroutines at once.
	Now() time.Time
}

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// A Mail is an e-mail of the Certificate Monitor.
type Mail struct {
	From string
	To   []string // the addresses of Certificate Monitor, in their order
	Text string   // with its header; lines end in CR LF
}

// Cisco117598 is the cluster of Cisco document 117598: test10pub and test10sub
// in joemar2.lab, both with TFTP and TVS.
func Cisco117598() Config {
	return Config{
		Nodes:    []NodeConfig{{Name: "test10pub", TFTP: true, TVS: true}, {Name: "test10sub", TFTP: true, TVS: true}},
		Domain:   "joemar2.lab",
		Location: Location{Organization: "cisco", Unit: "tac", Locality: "rtp", State: "nc", Country: "US"},
	}
}

// dialPatience limits the default Dial.
const dialPatience = 10 * time.Second

// Check refuses what the release does not have, as [New] does.
func (cfg Config) Check() error {
	cfg = cfg.withDefaults()
	if err := cfg.Release.check(); err != nil {
		return err
	}
	facts := cfg.Release.Facts()
	for _, n := range cfg.Nodes {
		for _, unit := range facts.Units() {
			switch bits := cmp.Or(n.KeyBits[unit], cfg.KeyBits); {
			case !slices.Contains(facts.KeyBits, bits):
				return fmt.Errorf("release %s has no keys of %d bits, as %s of %s would be; there are %s",
					cfg.Release, bits, unit, n.Name, names(facts.KeyBits))
			case (unit == CallManager || unit == ITLRecovery) && !itl.CanSign(bits):
				return fmt.Errorf("%s of %s cannot have %d bits: the files that it signs have no number for such keys",
					unit, n.Name, bits)
			}
		}
	}
	if cfg.Digest != itl.SHA1 && !facts.Has(SignatureParameter) {
		return &ParameterError{Parameter: SignatureParameter, Release: cfg.Release}
	}
	return nil
}

// withDefaults fills in what is not set.
func (cfg Config) withDefaults() Config {
	cfg.KeyBits = cmp.Or(cfg.KeyBits, 2048)
	cfg.Digest = cmp.Or(cfg.Digest, itl.SHA1)
	cfg.Release = cmp.Or(cfg.Release, Release10)
	if cfg.Clock == nil {
		cfg.Clock = wallClock{}
	}
	if cfg.Keys == nil {
		cfg.Keys = GeneratedKeys{}
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: dialPatience}).Dial
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	return cfg
}
