package lab

import (
	"context"
	"errors"
	"iter"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/virtual"
	fleetwire "itlsim/fleet/wire"
	"itlsim/phone"
)

// A Crew has the phones of a lab in other processes, each in a lab that follows this one
// ([Options.Follows]). Here are the clusters alone.
type Crew interface {
	// Settle waits until no phone has anything left to do; for so long at most by the wall clock,
	// if that is not 0.
	Settle(ctx context.Context, most time.Duration) error
	// KeepAlives has phones send the keep-alives of so much scenario time that may change
	// something, and tells where each phone is registered then, host:port, by its number.
	KeepAlives(ctx context.Context, d time.Duration) (at func(number uint32) string, err error)
}

// apart is the world of clusters on sockets whose phones a crew has.
type apart struct {
	*wire
	crew  Crew
	names iter.Seq[string] // of all phones, in their order
	fleet *absent
}

func (w *apart) Fleet(limits fleet.Limits, _ int, _ func(int) string) (fleet.Fleet, error) {
	limits = limits.OrDefaults(fleetwire.DefaultBoots).Faster(w.network.Pace)
	limits.Boots = 0 // of the phones here
	w.fleet = &absent{crew: w.crew, limits: limits}
	return w.fleet, nil
}

func (w *apart) KeepAlives(ctx context.Context, d time.Duration) error {
	at, err := w.crew.KeepAlives(ctx, d)
	if err != nil {
		return err
	}
	w.fleet.at = make(map[string]string)
	number := uint32(0)
	for name := range w.names {
		w.fleet.at[name] = at(number)
		number++
	}
	return nil
}

func (w *apart) SettleFor(ctx context.Context, d time.Duration) error {
	return w.crew.Settle(ctx, max(1, time.Duration(float64(d)/w.Rate())))
}

func (w *apart) Settled() bool { return true } // as far as is known here

func (w *apart) Fork(func(int) string, func(*virtual.Fleet) ([]*cucm.Cluster, error)) (*virtual.Fleet, error) {
	return nil, errors.New("the phones are in other processes")
}

// absent is the fleet of a lab whose phones a crew has: it has none.
type absent struct {
	crew   Crew
	limits fleet.Limits
	tally  fleet.Tally
	at     map[string]string // where each phone was registered at the last keep-alives
}

func (f *absent) Add(*phone.Phone)                          { panic("lab: a phone, where a crew has all") }
func (f *absent) Send(phone.Event, func(*phone.Phone) bool) {}
func (f *absent) Settle(ctx context.Context) error          { return f.crew.Settle(ctx, 0) }
func (f *absent) All(fleet.Parts) iter.Seq[*fleet.View]     { return func(func(*fleet.View) bool) {} }
func (f *absent) Phone(int) fleet.View                      { panic("lab: a phone is asked for that a crew has") }
func (f *absent) States() fleet.States                      { return fleet.States{} }
func (f *absent) StatesBy(n int, _ func(int) int) []fleet.States {
	return make([]fleet.States, n)
}
func (f *absent) Busy() int                  { return 0 }
func (f *absent) Slowest(int) []fleet.Wait   { return nil }
func (f *absent) Index(string) int           { panic("lab: a phone is asked for that a crew has") }
func (f *absent) Tally() *fleet.Tally        { return &f.tally }
func (f *absent) Limits() fleet.Limits       { return f.limits }
func (f *absent) BootTimes() fleet.BootTimes { return fleet.BootTimes{} }
func (f *absent) Close()                     {}

// CallManager is where one of the crew's phones was registered at the last keep-alives.
func (f *absent) CallManager(device string) (server string, ours bool) {
	server, ours = f.at[device]
	return server, ours
}
