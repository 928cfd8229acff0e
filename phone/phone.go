package phone

import (
	"cmp"
	"fmt"
	"net/netip"
	"time"

	"itlsim/sip"
)

// A Phone is one phone: its flash, its state and whatever boot is under way.
// Only one goroutine at a time may use it. It is kept small: there may be a
// million of them in one process.
type Phone struct {
	name   string // SEP<MAC>
	number string
	ip     [16]byte // see IP
	*common

	flash     Flash
	status    *statusLog // nil while it is empty
	boot      *boot      // nil while none is under way
	calls     *calls     // nil where nothing is left to do, and nothing went wrong
	directory *directory // nil while the screen is idle
	last      *LastBoot  // shared with phones of which the same is known; nil: nothing is

	alarmAt uint32  // when the last was raised, unix seconds
	boots   uint32  // begun so far
	seq     uint32  // of the last action that wants an answer
	session uint32  // of the next TVS question
	home    uint8   // index plus one of the call manager where it is registered; 0: none
	known   bool    // a call manager has registered it since it booted
	awaits  awaited // the answer to that action
	state   State
	lists   State // what the last boot made of the trust lists alone
	on      bool
	cause   Cause      // of the last boot
	alarm   sip.TLCode // of the last alarm

	*reaction // nil but in Step
}

// reaction is what came so far of the event that a phone is handling.
type reaction struct {
	now time.Time
	out []Action
}

// firstSession is where phones start their TVS session numbers (8861 log).
const firstSession = 1001

// MaxServers is how many TFTP servers a phone has: TFTP Server 1 and 2 of its
// network settings (8832 guide).
const MaxServers = 2

// Setup is what a phone is given when it is installed.
type Setup struct {
	Name    string // SEP<MAC>
	IP      netip.Addr
	Number  string   // directory number of the first line; "": the device's name is used
	Profile *Profile // needed
	Servers []string // TFTP servers, host:port, [MaxServers] at most; the second is asked when the first does not answer
	Library *Library // nil: one of its own
	Flash   Flash    // what it holds already, but for an ITL where it knows none; zero: a phone from the factory
}

// New makes a phone that is off. What it holds already counts as trusted.
func New(s Setup) *Phone {
	if s.Library == nil {
		s.Library = &Library{}
	}
	if s.Profile.NoITL {
		s.Flash.Lists.ITL = nil
	}
	return &Phone{
		name: s.Name, number: cmp.Or(s.Number, s.Name), ip: s.IP.As16(),
		common: s.Library.common(s.Profile, s.Servers, nil),
		flash:  s.Flash, state: s.Flash.Lists.best(), lists: s.Flash.Lists.best(), session: firstSession,
	}
}

// Name is SEP<MAC>.
func (p *Phone) Name() string { return p.name }

// Number is the directory number under which the phone registers.
func (p *Phone) Number() string { return p.number }

// IP is the address that the phone reports. It is kept without what else a
// [netip.Addr] has: there may be a million phones.
func (p *Phone) IP() netip.Addr {
	if p.ip == [16]byte{} {
		return netip.Addr{}
	}
	return netip.AddrFrom16(p.ip).Unmap()
}

// Profile is the phone's model and firmware. It must not be changed: phones share
// it.
func (p *Phone) Profile() *Profile { return &p.profile }

// Servers are the TFTP servers that the phone asks, host:port.
func (p *Phone) Servers() []string {
	if len(p.alternate) > 0 {
		return p.alternate
	}
	return p.servers
}

// AlternateTFTP reports whether they were set at the phone (AlternateTFTP the
// event) rather than by DHCP.
func (p *Phone) AlternateTFTP() bool { return len(p.alternate) > 0 }

// On reports whether the phone has power.
func (p *Phone) On() bool { return p.on }

// State is the trust state that the last boot ended in.
func (p *Phone) State() State { return p.state }

// Flash is what the phone holds. What it points to must not be changed.
func (p *Phone) Flash() Flash { return p.flash }

// Boots is how many boots the phone has begun.
func (p *Phone) Boots() uint32 { return p.boots }

// Cause is why the phone last booted.
func (p *Phone) Cause() Cause { return p.cause }

// SettingsAccess reports whether the phone's settings menu is open, by the
// configuration in force.
func (p *Phone) SettingsAccess() bool { return p.flash.SettingsAccess() }

// SettingsAccess reports whether the settings menu of a phone that is on is open, by the
// configuration in force (M20).
func (f *Flash) SettingsAccess() bool { return f.Config == nil || f.Config.Settings.SettingsAccess }

// Step handles an event at the time now and returns what the phone wants done.
// At most one action, the last, wants an answer. An answer that the phone does
// not wait for, or no longer, is ignored.
func (p *Phone) Step(now time.Time, ev Event) []Action { return p.StepInto(nil, now, ev) }

// StepInto is Step, which appends the actions to out: a driver of many phones has room
// for those of many steps.
func (p *Phone) StepInto(out []Action, now time.Time, ev Event) []Action {
	if a, ok := ev.(answer); ok && !p.waited(a.answers()) {
		return out
	}
	r, ok := p.library.reactions.Get().(*reaction)
	if !ok {
		r = &reaction{}
	}
	r.now, r.out, p.reaction = now, out, r
	ev.happen(p)
	out = r.out
	*r, p.reaction = reaction{}, nil
	p.library.reactions.Put(r)
	return out
}

func (p *Phone) do(a Action) { p.out = append(p.out, a) }

// restart boots a phone that is on; what it was doing is dropped.
func (p *Phone) restart(why Cause) {
	if p.on {
		p.leave(why, false)
		p.cause = why
		p.boots++
		p.startBoot(why == ResetRestart && p.boot == nil)
	}
}

// drop ends what the phone was doing.
func (p *Phone) drop() {
	p.endBoot()
	p.directory, p.awaits, p.home, p.known = nil, awaitsNothing, 0, false
	if p.calls != nil {
		p.calls.tried, p.calls.thenOpen = nil, false
	}
}

// menu reports whether a person at the phone gets into its settings menu. Where
// the configuration in force disables it, the phone says so (M20).
func (p *Phone) menu() bool {
	if p.on && !p.SettingsAccess() {
		p.do(MenuLocked{})
	}
	return p.on && p.SettingsAccess()
}

// awaited is what a phone waits for.
type awaited uint8

const (
	awaitsNothing awaited = iota
	awaitsFile
	awaitsTVS
	awaitsCallManager
	awaitsService
)

// Awaits is what a phone waits for that has asked for something, and where; "" where it has
// not.
func (p *Phone) Awaits() string {
	switch p.awaits {
	case awaitsFile:
		f := p.boot.fetch()
		return fmt.Sprintf("%v by %v of %s", f.Name, f.By, f.Address())
	case awaitsTVS:
		return "TVS " + p.tvsServer()
	case awaitsCallManager:
		return "registration with " + p.flash.Config.CallManagers[p.calls.asking]
	case awaitsService:
		return p.directory.opening.url
	}
	return ""
}

// await numbers an action that wants an answer.
func (p *Phone) await(what awaited) (seq uint32) {
	p.seq++
	p.awaits = what
	return p.seq
}

// waited reports whether an answer is the one that the phone waits for.
func (p *Phone) waited(seq uint32, what awaited) bool {
	if p.seq != seq || p.awaits != what {
		return false
	}
	p.awaits = awaitsNothing
	return true
}
