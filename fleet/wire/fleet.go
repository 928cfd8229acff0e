package wire

import (
	"cmp"
	"context"
	"crypto/tls"
	"net/netip"
	"slices"
	"sync"
	"time"

	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/internal/accept"
	"itlsim/internal/contain"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tftp"
)

// DefaultBoots is how many phones boot at a time: throughput on loopback is flat
// from 64 to 256 and falls beyond, and answers come well within phones' time-outs.
const DefaultBoots = 128

// PhoneMemory is what a phone takes at least, in bytes, as measured of 20,000: of its state
// and what it has open, and where its cluster is in the same process of that and the report.
const PhoneMemory = 4 << 10

// A Clock gives the phones the time.
type Clock interface {
	// Now never goes back. It is called by many goroutines at once.
	Now() time.Time
}

// Config is what a fleet needs.
type Config struct {
	Clock  Clock
	Limits fleet.Limits
	// SIPPort and WebPort are the ports at which all phones, each at its own
	// address, take NOTIFYs and show their web pages. The system chooses those that
	// are 0.
	SIPPort, WebPort int
	// At, where valid, is the machine's one address, which all phones have in place of
	// addresses of their own: they ask from it, and their contacts lead to it. What comes
	// there, from where the network leads, finds its phone by the user of the request; the
	// web pages of each are below its name, /SEP….
	At netip.Addr
	// Anywhere says that servers are not on this machine, so that phones cannot ask
	// from loopback addresses. They ask from whatever address the system chooses,
	// and no reset reaches them.
	Anywhere bool
	// OwnClusters says that the call managers are clusters of this process, which take
	// a phone as gone that they had boot again. Phones spare them the REGISTER that
	// says so, which other call managers get: it would be a connection more for each
	// phone of a bulk reset.
	OwnClusters bool
	// Observer, if not nil, is told what happens to phones.
	Observer fleet.Observer
	// Network is between the phones and everybody else: a sound one if nil.
	Network *network.Network
	// First is the number of the first phone among those of all fleets on the network, by which it
	// has its own chances there.
	First int
	// Site tells where the i-th phone is, for [network.Condition]; nil: all are at "".
	Site func(i int) string
}

var _ fleet.Fleet = (*Fleet)(nil)

// A Fleet is phones on real sockets. It is safe for concurrent use. Make it with
// [New].
type Fleet struct {
	config   Config
	patience time.Duration   // how long this machine may be short of descriptors or ports
	ctx      context.Context // ends with the fleet
	cancel   context.CancelFunc
	done     sync.WaitGroup

	mu      sync.Mutex
	slots   []*slot // only ever appended to
	byName  map[string]*slot
	byIP    map[netip.Addr]*slot
	byUser  map[string][]*slot // by what requests may call it; only where all are at one address
	queue   []*slot            // waiting for a worker
	waiting sync.Cond
	busy    int // slots queued or driven
	settled sync.Cond
	err     error // why the run cannot go on

	sip      *sip.Server
	web      *accept.HTTPServer
	files    *tftp.Sockets // of all phones
	failures failures

	// see place
	places        chan struct{} // one for each phone that has a connection
	placePatience time.Duration

	tally fleet.Tally
}

// slot holds one phone.
type slot struct {
	// mu guards the fields up to conn. It is held while the phone thinks, never
	// while it waits for the network.
	mu    sync.Mutex
	index int // in the order of adding
	phone *phone.Phone
	path  *network.Path
	begun time.Time // of the boot under way, by the wall clock
	due   time.Time // the next keep-alive, by the wall clock
	// awaits: the observer has been told of an event that it boots by, and that is on its way.
	awaits bool

	conn *tls.Conn // to the HTTPS service that it opens; only its worker uses it

	// The fleet's mu guards these.
	pending []phone.Event // that came from outside meanwhile
	answer  phone.Event   // to its last action
	queued  bool          // in the queue, or driven by a worker
}

// New makes a fleet without phones, and listens for them. Close ends it.
func New(cfg Config) (*Fleet, error) {
	cfg.Limits = cfg.Limits.OrDefaults(DefaultBoots)
	cfg.Network = cmp.Or(cfg.Network, &network.Network{})
	f := &Fleet{
		config: cfg, patience: 5 * time.Second,
		byName: make(map[string]*slot), byIP: make(map[netip.Addr]*slot),
		byUser: make(map[string][]*slot), files: tftp.NewSockets(),
		places: make(chan struct{}, maxConnections), placePatience: patienceForPlace,
	}
	f.waiting.L, f.settled.L = &f.mu, &f.mu
	f.ctx, f.cancel = context.WithCancel(context.Background())
	if err := f.listen(); err != nil {
		return nil, err
	}
	f.done.Go(f.keepAlive)
	for range cfg.Limits.Boots {
		f.done.Go(f.work)
	}
	return f, nil
}

// Add takes a phone into the fleet. Nobody else may use it from then on.
func (f *Fleet) Add(p *phone.Phone) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, site := len(f.slots), ""
	if f.config.Site != nil {
		site = f.config.Site(i)
	}
	s := &slot{index: i, phone: p, path: f.config.Network.Path(f.config.First+i, site)}
	f.slots = append(f.slots, s)
	f.byName[p.Name()] = s
	if f.config.At.IsValid() {
		f.answersTo(s)
	} else {
		f.byIP[p.IP()] = s
	}
}

// all are the slots of all phones so far.
func (f *Fleet) all() []*slot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clip(f.slots)
}

// Send gives an event to all phones that choose picks (all if it is nil). It does
// not wait for what follows.
func (f *Fleet) Send(ev phone.Event, choose func(*phone.Phone) bool) {
	for _, s := range f.all() {
		if choose != nil {
			chosen := false
			contain.Holding(&s.mu, func() { chosen = choose(s.phone) })
			if !chosen {
				continue
			}
		}
		f.send(s, ev)
	}
}

func (f *Fleet) send(s *slot, ev phone.Event) {
	f.announce(s, ev)
	f.mu.Lock()
	defer f.mu.Unlock()
	s.pending = append(s.pending, ev)
	if !s.queued {
		s.queued = true
		f.busy++
		f.queue = append(f.queue, s)
		f.waiting.Signal()
	}
}

// Settle waits until no phone has anything left to do. Its error is the
// context's, fleet.ErrClosed, or the reason why the run cannot go on.
func (f *Fleet) Settle(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.settled.Broadcast()
	})()
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.busy > 0 && ctx.Err() == nil && f.ctx.Err() == nil {
		f.settled.Wait()
	}
	switch {
	case f.err != nil:
		return f.err
	case f.ctx.Err() != nil:
		return fleet.ErrClosed
	}
	return ctx.Err()
}

// Close ends the fleet: boots under way are dropped.
func (f *Fleet) Close() {
	f.end(nil)
	f.done.Wait()
	f.files.Close()
	for _, s := range f.all() {
		s.hangUp()
	}
	f.sip.Close()
	f.web.Close()
}

// end stops all phones, because of an error or because the fleet is closed.
func (f *Fleet) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ctx.Err() == nil {
		f.err = err
	}
	f.failures.end()
	f.cancel()
	f.waiting.Broadcast()
	f.settled.Broadcast()
}
