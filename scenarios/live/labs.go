package live

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/internal/contain"
	"itlsim/lab"
	"itlsim/scenarios"
)

// Limits on labs that are open beside each other.
const (
	MaxLabs      = 16               // at a time: two for each of the tests that eight processors run at once
	MaxLabPhones = cucm.MaxDevices  // of all labs together: those of the largest cluster
	LabIdle      = 15 * time.Minute // after which a lab ends that nobody has used: longer than a person ponders
	labBoots     = 64               // phones that boot at a time in a lab on sockets: fewer take longer, more do not help
)

// Labs are labs that are open beside each other, by id. They share nothing: what one does holds
// up no other. The zero value has none, and is ready for use by many goroutines; Close ends all.
type Labs struct {
	mu     sync.Mutex
	open   []*Hosted // in the order in which they were opened
	closed bool
}

// A Hosted is one of them. It ends when it is told to, and when nobody uses it for [LabIdle].
type Hosted struct {
	ID       string
	Scenario scenarios.Scenario // what it was opened with
	Options  lab.Options
	Phones   int
	labs     *Labs
	ctx      context.Context // ends with it
	cancel   context.CancelFunc

	users int         // at present, by the lock of labs
	last  *time.Timer // ends it, when there are none

	mu  sync.Mutex // held while the lab is opened or replaced
	lab *Lab
}

// ErrFull is the error of [Labs.Open] when there is no room for another lab.
var ErrFull = errors.New("there is no room for another lab")

// Open opens a lab as [Open] does, in which time passes by waits alone in virtual mode. Errors
// are those, and [ErrFull].
func (ls *Labs) Open(s scenarios.Scenario, opt lab.Options) (*Hosted, error) {
	opt.Live = &lab.Live{Still: opt.Mode == lab.Virtual}
	if opt.Mode != lab.Virtual {
		opt.Boots = labBoots
	}
	h := &Hosted{
		ID: strings.ToLower(rand.Text()[:8]), Scenario: s, Options: opt,
		Phones: cmp.Or(opt.Phones, s.Phones()), labs: ls,
	}
	h.ctx, h.cancel = context.WithCancel(context.Background())
	if err := ls.add(h); err != nil {
		return nil, err
	}
	if err := h.StartAnew(nil); err != nil {
		return nil, err
	}
	ls.leave(h)
	return h, nil
}

// add takes a lab in, used by who opens it, if there is room.
func (ls *Labs) add(h *Hosted) error {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	phones := h.Phones
	for _, other := range ls.open {
		phones += other.Phones
	}
	switch {
	case ls.closed:
		return errors.New("all labs are ending")
	case len(ls.open) == MaxLabs:
		return fmt.Errorf("%w: %d are open", ErrFull, MaxLabs)
	case phones > MaxLabPhones:
		return fmt.Errorf("%w: all have %d phones then, and may have %d", ErrFull, phones, MaxLabPhones)
	}
	h.users = 1
	h.last = time.AfterFunc(LabIdle, h.endIfIdle)
	h.last.Stop()
	ls.open = append(ls.open, h)
	return nil
}

// All are those that are open, the first first.
func (ls *Labs) All() []*Hosted {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return slices.Clone(ls.open)
}

// Use finds a lab, nil where there is none, and keeps it from ending of idleness until done
// is called.
func (ls *Labs) Use(id string) (h *Hosted, done func()) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	at := slices.IndexFunc(ls.open, func(h *Hosted) bool { return h.ID == id })
	if at < 0 {
		return nil, nil
	}
	h = ls.open[at]
	h.users++
	h.last.Stop()
	return h, func() { ls.leave(h) }
}

// leave has a lab end in a while, where nobody else uses it.
func (ls *Labs) leave(h *Hosted) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if h.users--; h.users == 0 && slices.Contains(ls.open, h) { // else it has ended, and nothing is to hold it
		h.last.Reset(LabIdle)
	}
}

// Close ends all labs; no other is opened any more.
func (ls *Labs) Close() error {
	var all []*Hosted
	contain.Holding(&ls.mu, func() { all, ls.closed = slices.Clone(ls.open), true })
	errs := make([]error, len(all))
	var ending sync.WaitGroup
	for i, h := range all {
		ending.Go(func() { errs[i] = h.End() })
	}
	ending.Wait()
	return errors.Join(errs...)
}

// Lab is the lab as of now. One that is about to be replaced takes no requests.
func (h *Hosted) Lab() *Lab {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lab
}

// Ended is done when the lab has ended, or is ending.
func (h *Hosted) Ended() context.Context { return h.ctx }

// StartAnew replaces the lab by one as it was when it was opened, to which begin, where it is
// not nil, does something before anybody else sees it. Where that fails the lab ends.
func (h *Hosted) StartAnew(begin func(*Lab)) error {
	err := h.renew(begin)
	if err != nil {
		h.End()
	}
	return err
}

func (h *Hosted) renew(begin func(*Lab)) (err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.lab != nil { // which goes first, since the new one may want its memory
		err = h.lab.Close()
	}
	if err = cmp.Or(err, h.ctx.Err()); err != nil {
		return err
	}
	l, err := Open(h.Scenario, h.Options)
	if err != nil {
		return err
	}
	if h.lab = l; begin != nil {
		begin(l)
	}
	return nil
}

// End ends the lab, after what is under way, which ends soon then.
func (h *Hosted) End() error {
	h.labs.forget(h, false)
	return h.end()
}

func (h *Hosted) endIfIdle() {
	if h.labs.forget(h, true) {
		_ = h.end() // nobody is there to be told
	}
}

// forget has nobody find a lab any more, unless it is to be idle for that and is not.
func (ls *Labs) forget(h *Hosted, idle bool) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if idle && h.users > 0 {
		return false
	}
	ls.open = slices.DeleteFunc(ls.open, func(other *Hosted) bool { return other == h })
	h.last.Stop()
	return true
}

func (h *Hosted) end() error {
	h.cancel()
	l := h.Lab()
	if l == nil {
		return nil // it was not opened
	}
	return l.Close()
}
