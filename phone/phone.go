package phone

import (
	"net/netip"
	"time"

	"itlsim/tvs"
)

// A Phone is one phone: its flash, its state and whatever boot is under way.
// Only one goroutine at a time may use it.
type Phone struct {
	name    string // SEP<MAC>
	ip      netip.Addr
	profile *Profile
	servers []string // TFTP servers, host:port, in order
	library *Library

	flash   Flash
	status  []statusEntry
	boot    *boot // nil while none is under way
	state   State
	on      bool
	seq     uint32 // of the last action that wants an answer
	session uint32 // of the next TVS question

	now time.Time // of the event being handled
	out []Action  // of the event being handled
}

// firstSession is where phones start their TVS session numbers (8861 log).
const firstSession = 1001

// Setup is what a phone is given at its installation.
type Setup struct {
	Name    string // SEP<MAC>
	IP      netip.Addr
	Profile *Profile
	Servers []string // TFTP servers, host:port; the second is asked when the first does not answer
	Library *Library
	Flash   Flash // what it holds already; zero: factory-fresh
}

// New makes a phone that is off. What it holds already counts as trusted.
func New(s Setup) *Phone {
	p := &Phone{name: s.Name, ip: s.IP, profile: s.Profile, servers: s.Servers, library: s.Library, flash: s.Flash, session: firstSession}
	if p.library == nil {
		p.library = &Library{}
	}
	p.state = p.flash.Lists.best()
	return p
}

// Name is SEP<MAC>.
func (p *Phone) Name() string { return p.name }

// IP is the address that the phone reports.
func (p *Phone) IP() netip.Addr { return p.ip }

// Profile is the phone's model and firmware.
func (p *Phone) Profile() *Profile { return p.profile }

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
	p.now, p.out = now, nil
	switch ev := ev.(type) {
	case PowerOn:
		if !p.on {
			p.on = true
			p.startBoot()
		}
	case Reset:
		p.restart()
	case PowerOff:
		p.on, p.boot = false, nil
	case UseServers:
		p.servers = ev.Servers
	case EraseLists:
		if p.on && p.SettingsAccess() {
			p.flash.Lists, p.flash.Vouches, p.state = Lists{}, nil, None
			p.show(MsgErasing)
			p.restart()
		}
	case FactoryReset:
		p.flash, p.state, p.status = Flash{}, None, nil
		p.restart()
	case FileReceived:
		if p.waited(ev.Seq, false) {
			p.received(ev.Data)
		}
	case FileNotFound:
		if p.waited(ev.Seq, false) {
			p.notFound()
		}
	case FileTooLarge:
		if p.waited(ev.Seq, false) {
			p.refuse(nil, &MalformedError{ev.Err})
		}
	case NoAnswer:
		if p.waited(ev.Seq, false) {
			p.noAnswer()
		}
	case TVSAnswered:
		if p.waited(ev.Seq, true) {
			p.tvsAnswered(ev.Answer)
		}
	case TVSStrange:
		if p.waited(ev.Seq, true) {
			p.tvsFailed(&StrangeTVSError{p.boot.tvsServer}, false)
		}
	case TVSSilent:
		if p.waited(ev.Seq, true) {
			p.tvsFailed(ev.Err, true)
		}
	}
	out := p.out
	p.out = nil
	return out
}

// restart boots a phone that is on; what it was doing is dropped.
func (p *Phone) restart() {
	if p.on {
		p.startBoot()
	}
}

func (p *Phone) do(a Action) { p.out = append(p.out, a) }

// next numbers an action that wants an answer.
func (p *Phone) next() uint32 {
	p.seq++
	p.boot.wait = p.seq
	return p.seq
}

// waited reports whether an answer is the one that the boot waits for: of a
// TVS while a file is under judgement, else of a TFTP server.
func (p *Phone) waited(seq uint32, tvs bool) bool {
	if p.boot == nil || p.boot.wait != seq || tvs != (p.boot.offer.signed != nil) {
		return false
	}
	p.boot.wait = 0
	return true
}

func (p *Phone) tvsDevice() string { return "CP-" + p.profile.Model + "-" + p.name }

func (p *Phone) askTVS(server string, req tvs.Request) {
	req.Device, req.Session = p.tvsDevice(), p.session
	p.session++
	p.boot.tvsServer = server
	p.do(AskTVS{Seq: p.next(), Server: server, Request: req, Lists: p.flash.Lists})
}
