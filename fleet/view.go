package fleet

import (
	"iter"
	"net/netip"
	"slices"
	"time"

	"itlsim/phone"
	"itlsim/sip"
)

// A View is one phone as it is just now.
type View struct {
	Name    string
	Number  string
	IP      netip.Addr
	Servers []string // TFTP servers
	On      bool
	State   phone.State
	Profile *phone.Profile
	Flash   phone.Flash
	// Of the last boot: what authenticated its list and configuration, and the
	// last refusal and that of a list, nil where nothing was refused.
	ListBy, ConfigBy     phone.TrustPoint
	Refusal, ListRefusal *phone.Refusal

	Cause         phone.Cause // of the last boot
	CallManager   string      // that it is registered with, host:port; "": none
	NotRegistered []error     // what came of the call managers that it asked in vain
	StoredAlarms  int         // not answered with 202 yet
	Screen        string      // "" where it is idle
	ScreenReason  error       // why an HTTPS service did not open

	status  phone.StatusLog
	alarmAt time.Time
}

// ViewOf is what a phone itself tells; its driver adds what authenticated and
// what was refused. It is made for each phone each time that a fleet is judged,
// so that what few ask for is written when they do.
func ViewOf(p *phone.Phone) View {
	v := View{
		Name: p.Name(), Number: p.Number(), IP: p.IP(), Servers: p.Servers(), On: p.On(), State: p.State(), Profile: p.Profile(), Flash: p.Flash(),
		Cause: p.Cause(), StoredAlarms: len(p.StoredAlarms()), status: p.StatusLog(), alarmAt: p.AlarmAt(),
	}
	screen := p.Screen()
	v.Screen, v.ScreenReason = screen.Text, screen.Reason
	v.CallManager, v.NotRegistered = p.RegisteredWith()
	return v
}

// Status is the phone's status messages, oldest first.
func (v *View) Status() []phone.StatusLine { return v.status.Lines() }

// Alarm is the alarm that was raised last, and when; the time is zero where
// none was.
func (v *View) Alarm() (sip.DeviceTLInfo, time.Time) {
	if v.alarmAt.IsZero() {
		return sip.DeviceTLInfo{}, v.alarmAt
	}
	return phone.Alarm(v.Name, v.IP, v.Flash.Lists), v.alarmAt
}

// All gives a view of every phone, in the order they were added, one at a time.
func (f *Fleet) All() iter.Seq[View] {
	return func(yield func(View) bool) {
		for _, s := range f.all() {
			if !yield(s.view()) {
				return
			}
		}
	}
}

// Phones gives a view of every phone, in the order they were added.
func (f *Fleet) Phones() []View { return slices.Collect(f.All()) }

// PhoneAt gives a view of the phone at an address.
func (f *Fleet) PhoneAt(ip netip.Addr) (View, bool) {
	s := f.at(ip)
	if s == nil {
		return View{}, false
	}
	return s.view(), true
}

func (f *Fleet) at(ip netip.Addr) *slot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byIP[ip.Unmap()]
}

// Index is the place of a phone, which the fleet must have, in the order of
// adding.
func (f *Fleet) Index(device string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byName[device].index
}

// Phone gives a view of one phone, by its place in the order of adding.
func (f *Fleet) Phone(i int) View { return f.all()[i].view() }

func (s *slot) view() View {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := ViewOf(s.phone)
	v.ListBy, v.ConfigBy, v.Refusal, v.ListRefusal = s.listBy, s.configBy, s.refusal, s.listRefusal
	return v
}

// States counts the phones in each state, by phone.State.
func (f *Fleet) States() (states [4]int) {
	for _, s := range f.all() {
		s.mu.Lock()
		states[s.phone.State()]++
		s.mu.Unlock()
	}
	return states
}

// Busy tells how many phones have something left to do.
func (f *Fleet) Busy() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.busy
}

// Tally is what the phones did so far.
func (f *Fleet) Tally() *Tally { return &f.tally }

// Limits are those that the fleet keeps to.
func (f *Fleet) Limits() Limits { return f.config.Limits }

// BootTimes are quantiles of the boots' durations, from the first request to
// the registration, without the wait for a place.
type BootTimes struct{ P50, P90, P99, Max time.Duration }

// BootTimes tells them for all boots that ended.
func (f *Fleet) BootTimes() BootTimes {
	f.times.Lock()
	defer f.times.Unlock()
	at := func(q float64) time.Duration {
		return time.Duration(f.times.boots.ValueAtQuantile(q)) * time.Microsecond
	}
	return BootTimes{at(50), at(90), at(99), time.Duration(f.times.boots.Max()) * time.Microsecond}
}
