package phone

import (
	"cmp"
	"net/netip"
	"time"
)

// A Phone is one phone: its flash, its state and whatever boot is under way.
// Only one goroutine at a time may use it. It is kept small: there may be a
// million of them in one process.
type Phone struct {
	name   string // SEP<MAC>
	number string
	ip     netip.Addr
	*common

	flash     Flash
	status    *statusLog // nil while it is empty
	boot      *boot      // nil while none is under way
	calls     *calls     // nil where nothing is left to do, and nothing went wrong
	directory *directory // nil while the screen is idle
	last      *LastBoot  // shared with phones of which the same is known; nil: nothing

	alarmAt uint32  // when the last was raised, unix seconds
	boots   uint32  // begun so far
	seq     uint32  // of the last action that wants an answer
	session uint32  // of the next TVS question
	home    int32   // place of the call manager that it is registered with, from 1; 0: none
	awaits  awaited // the answer to that action
	state   State
	on      bool
	cause   Cause // of the last boot

	*reaction // nil but in Step
}

// reaction is what came so far of the event that a phone is handling.
type reaction struct {
	now time.Time
	out []Action
}

// firstSession is where phones start their TVS session numbers (8861 log).
const firstSession = 1001

// Setup is what a phone is given at its installation.
type Setup struct {
	Name    string // SEP<MAC>
	IP      netip.Addr
	Number  string // directory number of the first line; "" : the device's name stands for it
	Profile *Profile
	Servers []string // TFTP servers, host:port; the second is asked when the first does not answer
	Library *Library
	Flash   Flash // what it holds already; zero: factory-fresh
}

// New makes a phone that is off. What it holds already counts as trusted.
func New(s Setup) *Phone {
	if s.Library == nil {
		s.Library = &Library{}
	}
	p := &Phone{name: s.Name, number: cmp.Or(s.Number, s.Name), ip: s.IP, common: s.Library.common(s.Profile, s.Servers, nil), flash: s.Flash, session: firstSession}
	p.state = p.flash.Lists.best()
	return p
}

// Boots counts the boots that the phone began.
func (p *Phone) Boots() uint32 { return p.boots }

// Name is SEP<MAC>.
func (p *Phone) Name() string { return p.name }

// Number is the directory number by which the phone registers.
func (p *Phone) Number() string { return p.number }

// IP is the address that the phone reports.
func (p *Phone) IP() netip.Addr { return p.ip }

// Profile is the phone's model and firmware.
func (p *Phone) Profile() *Profile { return &p.profile }

// State is the trust state that the last boot ended in.
func (p *Phone) State() State { return p.state }

// On reports whether the phone has power.
func (p *Phone) On() bool { return p.on }

// Flash is what the phone holds; what it points to must not be changed.
func (p *Phone) Flash() Flash { return p.flash }

// SettingsAccess reports whether the phone's settings menu is open, by the
// configuration in force.
func (p *Phone) SettingsAccess() bool {
	return p.flash.Config == nil || p.flash.Config.Settings.SettingsAccess
}

// Step handles an event at the time now and returns what the phone wants done.
// At most one action, the last, wants an answer.
func (p *Phone) Step(now time.Time, ev Event) []Action {
	t, ok := p.library.reactions.Get().(*reaction)
	if !ok {
		t = &reaction{}
	}
	t.now, p.reaction = now, t
	switch ev := ev.(type) {
	case PowerOn:
		if !p.on {
			p.on = true
			p.restart(Initialized)
		}
	case Reset:
		cause := ResetReset
		if ev.Restart {
			cause = ResetRestart
		}
		p.restart(cause)
	case PowerOff:
		p.on = false
		p.drop()
	case UseServers:
		p.common = p.library.common(&p.profile, ev.Servers, p.alternate)
	case AlternateTFTP:
		if p.menu() {
			p.common = p.library.common(&p.profile, p.servers, ev.Servers)
			p.restart(PhoneKeypad)
		}
	case EraseLists:
		if p.menu() {
			p.flash.Lists, p.flash.Vouches, p.state = Lists{}, nil, None
			p.show(MsgErasing)
			p.restart(PhoneKeypad)
		}
	case FactoryReset:
		if !ev.Menu || p.menu() {
			p.flash, p.state, p.status, p.calls = Flash{}, None, nil, nil
			p.common = p.library.common(&p.profile, p.servers, nil)
			p.restart(Initialized)
		}
	case FileReceived:
		if p.waited(ev.Seq, aFile) {
			p.received(ev.Data)
		}
	case FileNotFound:
		if p.waited(ev.Seq, aFile) {
			p.notFound()
		}
	case FileTooLarge:
		if p.waited(ev.Seq, aFile) {
			p.refuse(nil, &MalformedError{ev.Err})
		}
	case NoAnswer:
		if p.waited(ev.Seq, aFile) {
			p.noAnswer()
		}
	case TVSAnswered:
		if p.waited(ev.Seq, aTVS) {
			p.tvsAnswered(ev.Answer)
		}
	case TVSStrange:
		if p.waited(ev.Seq, aTVS) {
			p.tvsFailed(&StrangeTVSError{p.tvsServer()}, false)
		}
	case TVSSilent:
		if p.waited(ev.Seq, aTVS) {
			p.tvsFailed(ev.Err, true)
		}
	case Registered:
		if p.waited(ev.Seq, aRegistrar) {
			p.registered(ev)
		}
	case NotRegistered:
		if p.waited(ev.Seq, aRegistrar) {
			p.notRegistered(ev)
		}
	case KeepAlive:
		p.keepAlive()
	case OpenDirectory:
		p.openDirectory()
	case ServiceShown:
		if p.waited(ev.Seq, aService) {
			p.serviceShown(ev.Certificate)
		}
	case ServiceRead:
		if p.waited(ev.Seq, aService) {
			p.display(DirectoryTitle, nil)
		}
	case ServiceFailed:
		if p.waited(ev.Seq, aService) {
			p.display(HostNotFound, ev.Err)
		}
	}
	out := t.out
	*t, p.reaction = reaction{}, nil
	p.library.reactions.Put(t)
	return out
}

// restart boots a phone that is on; what it was doing is dropped.
func (p *Phone) restart(why Cause) {
	if p.on {
		p.cause = why
		p.boots++
		p.startBoot()
	}
}

// drop ends what the phone was doing.
func (p *Phone) drop() {
	p.boot, p.directory, p.awaits, p.home = nil, nil, nothing, 0
	if p.calls != nil {
		p.calls.tried = nil
	}
}

// menu reports whether a person at the phone gets into its settings menu; where
// the configuration in force disables it, the phone says so (M20).
func (p *Phone) menu() bool {
	if p.on && !p.SettingsAccess() {
		p.do(MenuLocked{})
	}
	return p.on && p.SettingsAccess()
}

func (p *Phone) do(a Action) { p.out = append(p.out, a) }

// next numbers an action that wants an answer.
func (p *Phone) next(what awaited) uint32 {
	p.seq++
	p.awaits = what
	return p.seq
}

// awaited is who an answer is to come from.
type awaited uint8

const (
	nothing awaited = iota
	aFile
	aTVS
	aRegistrar
	aService
)

// waited reports whether an answer is the one that the phone waits for.
func (p *Phone) waited(seq uint32, what awaited) bool {
	if p.seq != seq || p.awaits != what {
		return false
	}
	p.awaits = nothing
	return true
}
