package virtual

import (
	"cmp"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
)

// DefaultBoots is how many phones are under way at a time. Ten thousand at once
// keep the TFTP services of two nodes busy for some two seconds, so that requests
// wait and are sent again; with forty thousand, phones give up. Cisco advises to
// reset phones in batches (Default Security chapter).
const DefaultBoots = 10_000

// DefaultWorkers is one. Phones' steps are a third of a run's work, in portions of some
// microseconds: on two cores a second worker costs a tenth more processor time, and gains
// nothing (docs/virtual-time.md).
const DefaultWorkers = 1

// Config is what a fleet needs.
type Config struct {
	Clock   *Clock // also that of every cluster
	Seed    uint64
	Network Network // LAN() has the defaults
	Workers int     // goroutines; DefaultWorkers if 0. Results do not depend on it.
	Boots   int     // phones under way at a time; DefaultBoots if 0
	// First and Total say which phones of a larger fleet these are: the number of the first,
	// and how many there are in all. Chances and the times of keep-alives go by that. A Total
	// of 0 is the phones that are here.
	First, Total int
	// Middle, if not nil, stands between TFTP and the phone with an index, and
	// may hand it another file: TFTP protects nothing.
	Middle func(phone int, name string, data []byte, err error) ([]byte, error)
	// Site tells where the i-th phone is, for [network.Condition]; nil: all are at "".
	Site func(i int) string
	// Watch, if not nil, sees every step of every phone, in order.
	Watch func(*Step)
	// Observer, if not nil, is told what happens to phones. The whole fleet is
	// locked during its calls.
	Observer fleet.Observer
}

var _ fleet.Fleet = (*Fleet)(nil)

// A Fleet is phones on a simulated network. It is safe for concurrent use, but
// concurrent calls do not give the same result again. Make it with [New].
type Fleet struct {
	config Config
	nodes  []*node
	thinks time.Duration // the shortest time that a phone takes for anything

	mu     sync.Mutex // held for a window at a time
	slots  []slot
	sorted []uint32 // phones by name; as long as slots once it has been made

	queue     queue
	now       int64 // nanoseconds since the beginning, like all times here
	window    uint32
	windowEnd int64
	steps     []step           // of this window
	rooms     [][]phone.Action // what phones want, by workers

	waiting    []waitingEvent // for phones that are not under way, in line
	underWay   int            // phones, at most Config.Boots
	keepAlives keepAlives
	partitions []partition
	condition  network.Condition
	handshakes map[handshake]error // why a phone refuses; nil: it does not

	states  fleet.States
	tally   fleet.Tally
	traffic cucm.Traffic
}

// New makes a fleet without phones, on a network without clusters: Connect comes
// next.
func New(cfg Config) *Fleet {
	cfg.Workers = cmp.Or(cfg.Workers, DefaultWorkers)
	cfg.Boots = cmp.Or(cfg.Boots, DefaultBoots)
	n := &cfg.Network
	return &Fleet{
		config: cfg, thinks: max(1, min(n.Think, n.Attach, n.Update, n.Join)), now: int64(cfg.Clock.Elapsed()),
		handshakes: make(map[handshake]error), rooms: make([][]phone.Action, cfg.Workers),
	}
}

// Close does nothing: a simulation leaves nothing running.
func (f *Fleet) Close() {}
