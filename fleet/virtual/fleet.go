package virtual

import (
	"cmp"
	"runtime"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// DefaultBoots is how many phones are on their way at a time. Ten thousand at
// once keep two nodes' TFTP busy for some two seconds, so that requests wait and
// are sent again; forty thousand make phones give up. Resetting phones in batches
// is what Cisco advises (Default Security chapter).
const DefaultBoots = 10_000

// Config is what a fleet needs.
type Config struct {
	Clock   *Clock // every cluster's too
	Seed    uint64
	Network Network // LAN() has the defaults
	Workers int     // goroutines; the cores if 0. The result does not depend on it.
	Boots   int     // phones on their way at a time; DefaultBoots if 0
	// Middle, where not nil, stands between TFTP and the phone of an index, and
	// hands it another file: nobody protects TFTP.
	Middle func(phone int, name string, data []byte, err error) ([]byte, error)
	// Watch, where not nil, sees every step of every phone, in order.
	Watch func(*Step)
	// Observer, where not nil, is told of what happens to phones, with the whole
	// fleet locked.
	Observer fleet.Observer
}

var _ fleet.Fleet = (*Fleet)(nil)

// A Fleet is phones on a simulated network. It is safe for concurrent use, but
// what is done to it concurrently is not repeatable.
type Fleet struct {
	config Config
	nodes  []*node
	ahead  time.Duration // the shortest time in which a phone thinks

	mu         sync.Mutex // held for a window at a time
	slots      []slot
	sorted     []uint32 // phones by name, once somebody asks
	queue      queue
	starts     []start // waiting for a place
	busy       int     // places taken
	now        int64
	window     uint32
	end        int64 // of the window
	batch      []turn
	cuts       []cut
	refused    map[string]*phone.Refusal
	refusals   map[refusals]*refusals
	handshakes map[handshake]error
	renewal    renewal

	states  [4]int
	tally   fleet.Tally
	traffic cucm.Traffic
}

// New makes a fleet without phones, on a network without clusters: Connect comes next.
func New(cfg Config) *Fleet {
	cfg.Workers = cmp.Or(cfg.Workers, runtime.GOMAXPROCS(0))
	cfg.Boots = cmp.Or(cfg.Boots, DefaultBoots)
	f := &Fleet{config: cfg, refused: make(map[string]*phone.Refusal), refusals: make(map[refusals]*refusals), handshakes: make(map[handshake]error)}
	n := &cfg.Network
	f.ahead = max(1, min(n.Think, n.Attach, n.Update, n.Join))
	return f
}

// Close is there for what drives either kind of fleet: nothing is left running.
func (f *Fleet) Close() {}
