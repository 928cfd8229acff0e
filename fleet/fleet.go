package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
	"itlsim/tvs"
)

// Cluster is what phones tell the cluster, handed over by the driver.
type Cluster interface {
	Alarm(phone.DeviceTLInfo)
	Register(device string)
	Unregister(device string)
}

// Clock tells the time that phones go by.
type Clock interface{ Now() time.Time }

// DefaultBoots is how many phones boot at a time. Throughput on loopback is
// flat from 64 to 256 and falls beyond.
const DefaultBoots = 128

// Config is what a fleet needs.
type Config struct {
	Cluster Cluster
	Clock   Clock
	Boots   int // at a time; DefaultBoots if 0
}

// A Fleet is phones on real sockets. It is safe for concurrent use.
type Fleet struct {
	config Config
	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex
	slots   []*slot
	byName  map[string]*slot
	queue   []*slot // waiting for a worker
	waiting sync.Cond
	busy    int // slots queued or driven
	settled sync.Cond
	err     error // what the run cannot go on after

	tally Tally
	bootN struct{ begun, ended atomic.Int64 }
	times struct {
		sync.Mutex
		boots *hdrhistogram.Histogram // microseconds
	}
}

// slot holds one phone. mu guards the phone and is held while it thinks, never
// while it waits for the network.
type slot struct {
	mu      sync.Mutex
	phone   *phone.Phone
	begun   time.Time // of the boot under way, by the wall clock
	refusal *phone.Refusal
	// what authenticated list and configuration in the last boot
	listBy, configBy phone.TrustPoint

	pending []phone.Event // guarded by the fleet's mu, as is queued
	queued  bool
}

// Tally counts what the phones did; all by atomic operations.
type Tally struct {
	Fetches, Retransmits, Refused, Alarms, Registrations atomic.Uint64
	TVSAnswers, TVSStrange, TVSSilent                    atomic.Uint64
}

// New makes a fleet without phones. Close ends it.
func New(cfg Config) *Fleet {
	if cfg.Boots == 0 {
		cfg.Boots = DefaultBoots
	}
	f := &Fleet{config: cfg, byName: make(map[string]*slot)}
	f.waiting.L, f.settled.L = &f.mu, &f.mu
	f.times.boots = hdrhistogram.New(1, (10 * time.Minute).Microseconds(), 3)
	f.ctx, f.cancel = context.WithCancel(context.Background())
	for range cfg.Boots {
		f.done.Add(1)
		go f.work()
	}
	return f
}

// Add takes a phone into the fleet, which alone may use it from then on.
func (f *Fleet) Add(p *phone.Phone) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &slot{phone: p}
	f.slots = append(f.slots, s)
	f.byName[p.Name()] = s
}

// Send gives an event to all phones that choose picks (all, where it is nil).
// It does not wait for what follows.
func (f *Fleet) Send(ev phone.Event, choose func(*phone.Phone) bool) {
	f.mu.Lock()
	slots := slices.Clone(f.slots)
	f.mu.Unlock()
	for _, s := range slots {
		if choose != nil {
			s.mu.Lock()
			chosen := choose(s.phone)
			s.mu.Unlock()
			if !chosen {
				continue
			}
		}
		f.send(s, ev)
	}
}

// Reset boots phones anew, as the cluster asks: it is how a cluster reaches its
// phones (cucm.Phones).
func (f *Fleet) Reset(devices []string) {
	for _, name := range devices {
		f.mu.Lock()
		s := f.byName[name]
		f.mu.Unlock()
		if s != nil {
			f.send(s, phone.Reset{})
		}
	}
}

func (f *Fleet) send(s *slot, ev phone.Event) {
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
// context's, or what the run cannot go on after.
func (f *Fleet) Settle(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.settled.Broadcast()
	})()
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.busy > 0 && f.err == nil && ctx.Err() == nil && f.ctx.Err() == nil {
		f.settled.Wait()
	}
	if f.err != nil {
		return f.err
	}
	return ctx.Err()
}

// Close ends the fleet: boots under way are dropped.
func (f *Fleet) Close() {
	f.cancel()
	f.mu.Lock()
	f.waiting.Broadcast()
	f.settled.Broadcast()
	f.mu.Unlock()
	f.done.Wait()
}

// work drives one phone after the other.
func (f *Fleet) work() {
	defer f.done.Done()
	for {
		f.mu.Lock()
		for len(f.queue) == 0 && f.ctx.Err() == nil {
			f.waiting.Wait()
		}
		if f.ctx.Err() != nil {
			f.mu.Unlock()
			return
		}
		s := f.queue[0]
		f.queue = f.queue[1:]
		f.mu.Unlock()
		for ev := f.next(s); ev != nil; ev = f.next(s) {
			f.drive(s, ev)
		}
	}
}

// next takes the phone's next event, or ends its turn.
func (f *Fleet) next(s *slot) phone.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(s.pending) > 0 && f.ctx.Err() == nil {
		ev := s.pending[0]
		s.pending = s.pending[1:]
		return ev
	}
	s.queued = false
	f.busy--
	f.settled.Broadcast()
	return nil
}

// overtaken reports whether something happened to the phone meanwhile, such as
// a reset: what it was doing need not be carried on.
func (f *Fleet) overtaken(s *slot) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(s.pending) > 0 || f.ctx.Err() != nil
}

// drive hands an event to the phone and carries its actions out until it wants
// nothing more.
func (f *Fleet) drive(s *slot, ev phone.Event) {
	for ev != nil && !(isAnswer(ev) && f.overtaken(s)) {
		s.mu.Lock()
		wasBooting := !s.begun.IsZero()
		actions := s.phone.Step(f.config.Clock.Now(), ev)
		if !isAnswer(ev) {
			f.boot(s, wasBooting, len(actions) > 0)
		}
		name, on := s.phone.Name(), s.phone.On()
		s.mu.Unlock()
		if _, off := ev.(phone.PowerOff); off && !on {
			f.config.Cluster.Unregister(name)
		}
		ev = nil
		for _, a := range actions {
			if answer := f.carryOut(s, a); answer != nil {
				ev = answer
			}
		}
	}
}

// boot notes whether a boot begins, and whether one was cut short by it.
func (f *Fleet) boot(s *slot, was, begins bool) {
	if was {
		f.bootN.ended.Add(1)
		s.begun = time.Time{}
	}
	if begins {
		f.bootN.begun.Add(1)
		s.begun, s.refusal, s.listBy, s.configBy = time.Now(), nil, phone.ByNothing, phone.ByNothing
	}
}

func isAnswer(ev phone.Event) bool {
	switch ev.(type) {
	case phone.PowerOn, phone.PowerOff, phone.Reset, phone.EraseLists, phone.FactoryReset:
		return false
	}
	return true
}

// carryOut does one action and returns the answer to it, if it wants one.
func (f *Fleet) carryOut(s *slot, a phone.Action) phone.Event {
	switch a := a.(type) {
	case phone.Fetch:
		return f.fetch(s.phone, a)
	case phone.AskTVS:
		return f.ask(s.phone, a)
	case phone.RaiseAlarm:
		f.tally.Alarms.Add(1)
		f.config.Cluster.Alarm(a.Alarm)
	case phone.Register:
		f.tally.Registrations.Add(1)
		f.config.Cluster.Register(s.phone.Name())
	case phone.Verdict:
		s.mu.Lock()
		switch {
		case a.Refusal != nil:
			f.tally.Refused.Add(1)
			s.refusal = a.Refusal
		case strings.HasSuffix(a.File, ".tlv"):
			s.listBy = a.By
		default:
			s.configBy = a.By
		}
		s.mu.Unlock()
	case phone.Booted:
		s.mu.Lock()
		took := time.Since(s.begun)
		s.begun = time.Time{}
		s.mu.Unlock()
		f.bootN.ended.Add(1)
		f.times.Lock()
		f.times.boots.RecordValue(max(1, took.Microseconds())) // out of range only after ten minutes
		f.times.Unlock()
	}
	return nil
}

// fetch asks a TFTP server from the phone's own address.
func (f *Fleet) fetch(p *phone.Phone, a phone.Fetch) phone.Event {
	f.tally.Fetches.Add(1)
	client := tftp.Client{Local: p.IP(), MaxSize: itl.MaxFile, Retransmits: &f.tally.Retransmits}
	var data []byte
	err := f.patiently(func() (err error) {
		data, err = client.Get(f.ctx, a.Server, a.Name)
		return err
	})
	var large *tftp.TooLargeError
	switch {
	case err == nil:
		return phone.FileReceived{Seq: a.Seq, Data: data}
	case errors.Is(err, tftp.ErrNotFound):
		return phone.FileNotFound{Seq: a.Seq}
	case errors.As(err, &large):
		return phone.FileTooLarge{Seq: a.Seq, Err: err}
	}
	return phone.NoAnswer{Seq: a.Seq, Err: err}
}

// ask asks a TVS from the phone's own address.
func (f *Fleet) ask(p *phone.Phone, a phone.AskTVS) phone.Event {
	client := tvs.Client{Local: p.IP()}
	var answer tvs.Answer
	err := f.patiently(func() (err error) {
		answer, err = client.Ask(f.ctx, a.Server, a.Authenticate, a.Request)
		return err
	})
	var strange *tvs.MismatchError
	switch {
	case err == nil:
		f.tally.TVSAnswers.Add(1)
		return phone.TVSAnswered{Seq: a.Seq, Answer: answer}
	case errors.As(err, &strange):
		f.tally.TVSStrange.Add(1)
		return phone.TVSStrange{Seq: a.Seq}
	}
	f.tally.TVSSilent.Add(1)
	return phone.TVSSilent{Seq: a.Seq, Err: err}
}

// patiently repeats what failed for want of descriptors, ports or buffers on
// this machine: that is no fault of the network that phones are to see. When it
// goes on failing the run cannot go on.
func (f *Fleet) patiently(try func() error) error {
	err := try()
	for range 100 {
		if !exhausted(err) || f.ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
		err = try()
	}
	if exhausted(err) {
		f.mu.Lock()
		f.err = fmt.Errorf("this machine ran out of descriptors or ports (raise `ulimit -n`, or boot fewer phones at a time): %w", err)
		f.settled.Broadcast()
		f.mu.Unlock()
	}
	return err
}

func exhausted(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRNOTAVAIL} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
