package virtual

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

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

// A Step is what one event did to one phone. It is valid during the call.
type Step struct {
	Index   int // of the phone, from 0
	Phone   *phone.Phone
	At      time.Time
	Event   phone.Event
	Before  phone.Flash
	Was     phone.State
	Actions []phone.Action
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
	handshakes map[handshake]bool
	renewal    renewal

	states  [4]int
	tally   fleet.Tally
	traffic cucm.Traffic
	times   *hdrhistogram.Histogram // microseconds; nil before the first boot has ended
}

// slot holds one phone.
type slot struct {
	phone    *phone.Phone
	refused  *refusals // shared with phones that refused alike; nil: nothing
	chance   chance
	begun    int64  // of the boot under way, plus one; 0: none
	last     int64  // when the last event from outside reaches it
	served   uint32 // Seq of the last request that a TFTP took up
	window   uint32 // in which it last had an event
	queued   uint16 // events in starts
	pending  uint16 // events from outside under way to it
	admitted bool
	home     uint8 // place from 1 of the node whose CallManager has the phone; 0: none
	listBy   phone.TrustPoint
	configBy phone.TrustPoint
}

// start is an event that may begin a boot.
type start struct {
	phone uint32
	event phone.Event
}

// turn is one phone's step in a window.
type turn struct {
	at      int64
	phone   uint32
	was     phone.State
	boots   uint32 // begun before
	before  phone.Flash
	event   phone.Event
	actions []phone.Action
}

// New makes a fleet without phones, on a network without clusters: Connect comes next.
func New(cfg Config) *Fleet {
	cfg.Workers = cmp.Or(cfg.Workers, runtime.GOMAXPROCS(0))
	cfg.Boots = cmp.Or(cfg.Boots, DefaultBoots)
	f := &Fleet{config: cfg, refused: make(map[string]*phone.Refusal), refusals: make(map[refusals]*refusals), handshakes: make(map[handshake]bool)}
	n := &cfg.Network
	f.ahead = max(1, min(n.Think, n.Attach, n.Update, n.Join))
	return f
}

// services are those that a simulated network carries, at their standard ports.
var services = map[cucm.Service]string{cucm.TFTPService: "69", cucm.TVSService: "2445", cucm.CallManagerService: "5060", cucm.TomcatService: "8443"}

// Connect puts a cluster's services on the simulated network, each node at an
// address of its own, from 127.0.0.2 on. Its resets reach the fleet's phones.
func (f *Fleet) Connect(c *cucm.Cluster) {
	for _, cn := range c.Nodes() {
		n := &node{Node: cn, cluster: c, host: net.IPv4(127, 0, 0, byte(len(f.nodes)+2)).String(), up: make(map[cucm.Service]bool)}
		for s := range services {
			n.up[s] = cn.Running(s)
		}
		f.nodes = append(f.nodes, n)
	}
	c.Connect(f, func(cn *cucm.Node, s cucm.Service) string { return net.JoinHostPort(f.node(cn).host, services[s]) })
	c.Attach(f)
}

// Close is there for what drives either kind of fleet: nothing is left running.
func (f *Fleet) Close() {}

// Add takes a phone into the fleet, which alone may use it from then on. Its
// library should remember.
func (f *Fleet) Add(p *phone.Phone) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := slot{phone: p, chance: newChance(f.config.Seed, len(f.slots))}
	server, _ := p.RegisteredWith()
	if place, n := f.at(server); n != nil {
		s.home = place + 1
	}
	f.slots = append(f.slots, s)
	f.states[p.State()]++
}

// Reserve makes room for so many phones more.
func (f *Fleet) Reserve(phones int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slots = slices.Grow(f.slots, phones)
}

// find finds a phone by its name. A million names in a map would take a tenth
// of all memory, and few acts are about single phones.
func (f *Fleet) find(name string) (uint32, bool) {
	nameOf := func(i uint32) string { return f.slots[i].phone.Name() }
	if len(f.sorted) != len(f.slots) {
		f.sorted = make([]uint32, len(f.slots))
		for i := range f.sorted {
			f.sorted[i] = uint32(i)
		}
		slices.SortFunc(f.sorted, func(a, b uint32) int { return strings.Compare(nameOf(a), nameOf(b)) })
	}
	at, ok := slices.BinarySearchFunc(f.sorted, name, func(i uint32, name string) int { return strings.Compare(nameOf(i), name) })
	if !ok {
		return 0, false
	}
	return f.sorted[at], true
}

// Send gives an event to all phones that choose picks (all, where it is nil).
// It does not wait for what follows.
func (f *Fleet) Send(ev phone.Event, choose func(*phone.Phone) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.slots {
		if choose == nil || choose(f.slots[i].phone) {
			f.send(uint32(i), ev)
		}
	}
	f.admit(f.now)
}

// Reset boots phones anew, as the cluster asks (cucm.Phones). Phones that no
// node reaches miss it.
func (f *Fleet) Reset(devices []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	phones := make([]uint32, 0, len(devices))
	for _, name := range devices {
		switch i, ok := f.find(name); {
		case !ok:
		case f.reachesAny(i):
			phones = append(phones, i)
		default:
			f.slots[i].home = 0 // the cluster has let go of it
		}
	}
	slices.Sort(phones) // the cluster's order is its own
	for _, i := range phones {
		f.send(i, phone.Reset{})
	}
	f.admit(f.now)
}

// send has an event wait for a place, or reach a phone that has one. Even what
// begins no boot waits: a million events at once would have no room.
func (f *Fleet) send(i uint32, ev phone.Event) {
	s := &f.slots[i]
	if s.queued == 0 && s.admitted {
		f.schedule(i, ev, f.now)
		return
	}
	s.queued++
	f.starts = append(f.starts, start{i, ev})
}

func begins(ev phone.Event) bool {
	switch ev.(type) {
	case phone.PowerOn, phone.Reset, phone.EraseLists, phone.FactoryReset, phone.AlternateTFTP:
		return true
	}
	return false
}

// schedule has an event from outside reach a phone, after those before it.
func (f *Fleet) schedule(i uint32, ev phone.Event, at int64) {
	s := &f.slots[i]
	if begins(ev) {
		at += int64(s.chance.upTo(f.config.Network.Spread))
	}
	at = max(at, s.last+1)
	s.last = at
	s.pending++
	f.queue.push(event{at: at, phone: i, kind: deliver, what: ev})
}

// admit lets starts go ahead while there are places.
func (f *Fleet) admit(at int64) {
	n := 0
	for ; n < len(f.starts) && f.busy < f.config.Boots; n++ {
		st := f.starts[n]
		s := &f.slots[st.phone]
		s.queued--
		if !s.admitted {
			s.admitted = true
			f.busy++
		}
		f.schedule(st.phone, st.event, at)
	}
	if f.starts = f.starts[n:]; len(f.starts) == 0 {
		f.starts = nil
	}
}

// release gives a phone's place to the next when it has nothing more to do.
func (f *Fleet) release(s *slot, at int64) {
	if s.admitted && s.begun == 0 && s.pending == 0 {
		s.admitted = false
		f.busy--
		f.admit(at)
	}
}

// Settle runs until no phone has anything left to do. Its error is the
// context's.
func (f *Fleet) Settle(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f.mu.Lock()
		if len(f.queue.events) == 0 {
			f.mu.Unlock()
			return nil
		}
		f.step(math.MaxInt64)
		f.mu.Unlock()
	}
}

// Advance runs for so much scenario time. Its error is the context's.
func (f *Fleet) Advance(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	until := f.now + int64(d)
	f.mu.Unlock()
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f.mu.Lock()
		if f.next() >= until {
			f.now = max(f.now, until) // others may have gone on further
			f.setClock(f.now)
			f.mu.Unlock()
			return nil
		}
		f.step(until)
		f.mu.Unlock()
	}
}

// next is when the next event or keep-alive comes.
func (f *Fleet) next() int64 {
	next := int64(math.MaxInt64)
	if len(f.queue.events) > 0 {
		next = f.queue.events[0].at
	}
	if f.renewal.left > 0 {
		next = min(next, f.renewal.due)
	}
	return max(next, f.now)
}

func (f *Fleet) setClock(at int64) { f.config.Clock.now.Store(at) }

// step takes the events of one window, up to until: what services do at once,
// what phones do concurrently, and then what phones want.
func (f *Fleet) step(until int64) {
	f.keepAlive(until)
	if len(f.queue.events) == 0 {
		return
	}
	f.window++
	f.batch = f.batch[:0]
	f.end = min(until, f.queue.events[0].at+int64(f.ahead))
	for len(f.queue.events) > 0 && f.queue.events[0].at < f.end {
		top := &f.queue.events[0]
		s := &f.slots[top.phone]
		if top.kind == deliver || top.kind == done {
			if s.window == f.window {
				break // its last event has not been carried out
			}
			s.window = f.window
		}
		e := f.queue.pop()
		f.now = max(f.now, e.at)
		f.setClock(f.now)
		switch e.kind {
		case deliver:
			f.take(e)
		case done:
			f.transferred(e)
			f.take(e)
		case arrive:
			f.arrived(e)
		case ask:
			f.asked(e)
		case registrar:
			f.register(e)
		case directory:
			f.open(e)
		}
	}
	f.think()
	for i := range f.batch {
		t := &f.batch[i]
		f.setClock(t.at)
		f.carryOut(t)
	}
	f.setClock(f.now)
	clear(f.batch)
}

// take notes that an event reaches a phone in this window.
func (f *Fleet) take(e event) {
	ev := e.what.(phone.Event)
	if no, ok := ev.(gaveUp); ok {
		if f.slots[e.phone].served >= no.Seq {
			return // a server took the request up in time
		}
		ev = phone.NoAnswer{Seq: no.Seq, Err: errNoAnswer}
	}
	f.batch = append(f.batch, turn{at: e.at, phone: e.phone, event: ev})
}

// gaveUp is an answer that stands unless the request is served before.
type gaveUp struct{ phone.NoAnswer }

// fewTurns are not worth a goroutine.
const fewTurns = 32

// think has every phone of the batch take its step.
func (f *Fleet) think() {
	if len(f.batch) < fewTurns || f.config.Workers == 1 {
		f.thinkAbout(f.batch)
		return
	}
	var all sync.WaitGroup
	for part := range slices.Chunk(f.batch, (len(f.batch)+f.config.Workers-1)/f.config.Workers) {
		all.Go(func() { f.thinkAbout(part) })
	}
	all.Wait()
}

func (f *Fleet) thinkAbout(turns []turn) {
	for i := range turns {
		t := &turns[i]
		p := f.slots[t.phone].phone
		t.was, t.boots = p.State(), p.Boots()
		if f.config.Watch != nil {
			t.before = p.Flash()
		}
		t.actions = p.Step(epoch.Add(time.Duration(t.at)), t.event)
	}
}

// carryOut does what a phone wants.
func (f *Fleet) carryOut(t *turn) {
	s := &f.slots[t.phone]
	if now := s.phone.State(); now != t.was {
		f.states[t.was]--
		f.states[now]++
	}
	outside := !isAnswer(t.event)
	if outside {
		s.pending--
		f.began(s, t)
	}
	net := &f.config.Network
	// What the phone did before it asks for something takes its time.
	spent := net.Think
	for _, action := range t.actions {
		switch a := action.(type) {
		case phone.Fetch:
			f.fetch(t, action, t.at+int64(spent))
		case phone.AskTVS:
			f.queue.push(event{at: t.at + int64(net.Attach), phone: t.phone, kind: ask, what: action})
		case phone.Register:
			join := net.Join
			if s.begun == 0 { // a keep-alive
				join = net.Think
			}
			f.queue.push(event{at: t.at + int64(join), phone: t.phone, kind: registrar, what: action})
		case phone.OpenService, phone.ReadService:
			f.queue.push(event{at: t.at + int64(net.Think), phone: t.phone, kind: directory, what: action})
		case phone.Verdict:
			if a.Refusal == nil {
				spent = net.Update
			}
			f.verdict(s, a)
			if o := f.config.Observer; o != nil {
				o.Judged(int(t.phone), a)
			}
		case phone.Booted:
			f.booted(s, t)
		}
	}
	if f.config.Watch != nil {
		f.config.Watch(&Step{int(t.phone), s.phone, epoch.Add(time.Duration(t.at)), t.event, t.before, t.was, t.actions})
	}
	if _, no := t.event.(phone.NotRegistered); no {
		f.lapse(s)
	}
	if outside {
		f.release(s, max(t.at, f.end))
	}
}

// isAnswer reports whether an event is one that a phone asked for.
func isAnswer(ev phone.Event) bool {
	switch ev.(type) {
	case phone.FileReceived, phone.FileNotFound, phone.FileTooLarge, phone.NoAnswer, phone.TVSAnswered, phone.TVSStrange, phone.TVSSilent,
		phone.Registered, phone.NotRegistered, phone.ServiceShown, phone.ServiceRead, phone.ServiceFailed:
		return true
	}
	return false
}

// began notes what an event from outside did: a boot begins, or ends.
func (f *Fleet) began(s *slot, t *turn) {
	_, off := t.event.(phone.PowerOff)
	boots := s.phone.Boots() != t.boots
	if !off && !boots {
		return
	}
	if s.begun != 0 {
		f.tally.CutShort.Add(1)
	}
	s.begun = 0
	if off {
		f.unregister(s)
	} else {
		s.begun, s.refused, s.listBy, s.configBy = t.at+1, nil, phone.ByNothing, phone.ByNothing
	}
	f.changed(s, t)
}

// changed tells the observer.
func (f *Fleet) changed(s *slot, t *turn) {
	if o := f.config.Observer; o != nil {
		o.Changed(int(t.phone), fleet.Condition{On: s.phone.On(), Booting: s.begun != 0, State: s.phone.State()})
	}
}

// booted ends a boot, which the registration is part of.
func (f *Fleet) booted(s *slot, t *turn) {
	took := time.Duration(t.at - s.begun + 1)
	s.begun = 0
	f.changed(s, t)
	f.tally.Boots.Add(1)
	if f.times == nil {
		f.times = hdrhistogram.New(1, time.Hour.Microseconds(), 3)
	}
	f.times.RecordValue(max(1, took.Microseconds())) // out of range only after an hour
	f.release(s, max(t.at, f.end))
}

func (f *Fleet) verdict(s *slot, v phone.Verdict) {
	list := strings.HasSuffix(v.File, ".tlv")
	switch {
	case v.Refusal != nil:
		f.tally.Refused.Add(1)
		var now refusals
		if s.refused != nil {
			now = *s.refused
		}
		now.last = f.share(s, v.Refusal)
		if list {
			now.list = now.last
		}
		if f.refusals[now] == nil {
			f.refusals[now] = &now
		}
		s.refused = f.refusals[now]
	case list:
		s.listBy = v.By
	default:
		s.configBy = v.By
	}
}

// refusals of a boot: the last, and that of a list.
type refusals struct{ last, list *phone.Refusal }

// share keeps refusals that differ in the phone's name alone in one place: a
// million of them would be the largest thing in memory.
func (f *Fleet) share(s *slot, r *phone.Refusal) *phone.Refusal {
	key := fmt.Sprintf("%s %s %v", strings.Replace(r.File, s.phone.Name(), "", 1), r.Signer, r.Reason)
	if lost, ok := r.Reason.(*phone.LostError); ok { // whose text does not tell
		key += fmt.Sprint(lost.Tried)
	}
	shared := f.refused[key]
	if shared == nil {
		shared = &phone.Refusal{File: strings.Replace(r.File, s.phone.Name(), anyName, 1), Signer: r.Signer, Reason: r.Reason}
		f.refused[key] = shared
	}
	return shared
}

// anyName stands for the phone's in a shared refusal.
const anyName = "SEP<MAC>"

// own is a shared refusal as one phone's.
func own(shared *phone.Refusal, name string) *phone.Refusal {
	if shared == nil {
		return nil
	}
	r := *shared
	r.File = strings.Replace(r.File, anyName, name, 1)
	return &r
}
