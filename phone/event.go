package phone

import (
	"itlsim/tvs"
)

// An Event is something that happens to a phone: it answers an action, or comes
// from outside. An answer carries the Seq of its action. Answers that the phone
// no longer waits for are ignored, so that a driver need not take back what a
// reset overtook.
type Event interface {
	// happen has the event happen to a phone, in Step.
	happen(*Phone)
}

// answer is an event that a phone asked for.
type answer interface {
	Event
	answers() (seq uint32, what awaited)
}

// IsAnswer reports whether an event answers an action. All others come from
// outside.
func IsAnswer(ev Event) bool {
	_, ok := ev.(answer)
	return ok
}

// Power, and what the cluster and the network do.
type (
	// PowerOn starts a boot. A phone that is on already ignores it.
	PowerOn struct{}
	// PowerOff ends whatever the phone was doing; the flash stays.
	PowerOff struct{}
	// Reset boots the phone again, as the cluster or somebody at the phone asks. A
	// phone that is off misses it.
	Reset struct {
		// Restart: "restart" rather than "reset" was asked for. The phone loads its
		// configuration anew, and no trust list.
		Restart bool
		// Asked: the call manager where the phone is registered asked for it, and
		// takes it as gone.
		Asked bool
	}
	// CheckVersion tells the phone which version of its configuration there is, by
	// its stamp ("" says nothing). A phone with another restarts. One that does
	// anything else ignores it, though real ones may not.
	CheckVersion struct{ Stamp string }
	// UseServers gives the phone other TFTP servers (DHCP option 150), host:port,
	// from its next boot on.
	UseServers struct{ Servers []string }
	// KeepAlive makes a phone register again: a registered one to stay so and to
	// fall back to a call manager of higher priority, another to try once more. A
	// phone that opens its directory does so afterwards, one that boots registers
	// anyway. The driver decides when it comes; a simulation sends those that would
	// change something.
	KeepAlive struct{}
)

func (PowerOn) happen(p *Phone) {
	if !p.on {
		p.on = true
		p.restart(Initialized)
	}
}

func (PowerOff) happen(p *Phone) {
	p.on = false
	p.drop()
}

func (ev Reset) happen(p *Phone) {
	why := PhoneKeypad
	switch {
	case ev.Restart:
		why = ResetRestart
	case ev.Asked:
		why = ResetReset
	}
	p.leave(why, ev.Asked)
	p.restart(why)
}

func (ev CheckVersion) happen(p *Phone) {
	if p.on && p.boot == nil && ev.Stamp != "" && stampOf(ev.Stamp) != p.flash.ConfigStamp {
		p.restart(ResetRestart)
	}
}

func (ev UseServers) happen(p *Phone) {
	p.common = p.library.common(&p.profile, ev.Servers, p.alternate)
}

func (KeepAlive) happen(p *Phone) { p.keepAlive() }

// What a person at the phone does.
type (
	// EraseLists is "Erasing CTL and ITL files" at the phone's security menu.
	// Nothing happens where that menu is out of reach: the phone is off, or its
	// settings access disabled (M20).
	EraseLists struct{}
	// FactoryReset empties the flash altogether. Done while the phone starts it
	// needs no settings access; from the settings menu it does (M20).
	FactoryReset struct {
		Menu bool // from the settings menu
	}
	// AlternateTFTP sets TFTP servers, host:port, in place of DHCP's at the phone's
	// network menu, where that is within reach; none: DHCP's again.
	AlternateTFTP struct{ Servers []string }
	// OpenDirectory is the Directories button: it opens the corporate directory,
	// an HTTPS service (M5). A phone that is registering does so afterwards; one that
	// boots, or opens it already, ignores it.
	OpenDirectory struct{}
)

func (EraseLists) happen(p *Phone) {
	if p.menu() {
		p.flash.Lists, p.flash.Vouches, p.state = Lists{}, nil, None
		p.show(MsgErasing)
		p.restart(PhoneKeypad)
	}
}

func (ev FactoryReset) happen(p *Phone) {
	if !ev.Menu || p.menu() {
		p.leave(Initialized, false)
		p.flash, p.state, p.status, p.calls = Flash{}, None, nil, nil
		p.common = p.library.common(&p.profile, p.servers, nil)
		p.restart(Initialized)
	}
}

func (ev AlternateTFTP) happen(p *Phone) {
	if p.menu() {
		p.common = p.library.common(&p.profile, p.servers, ev.Servers)
		p.restart(PhoneKeypad)
	}
}

func (OpenDirectory) happen(p *Phone) { p.openDirectory() }

// Answers to Fetch.
type (
	// FileReceived carries the file's bytes, which must not change afterwards.
	FileReceived struct {
		Seq  uint32
		Data []byte
	}
	// FileNotFound says that the server has no such file.
	FileNotFound struct{ Seq uint32 }
	// FileTooLarge says that the driver broke the transfer off because the file is
	// larger than a phone downloads.
	FileTooLarge struct{ Seq uint32 }
	// NoAnswer says that the server could not be reached, did not answer in time, or
	// failed.
	NoAnswer struct {
		Seq uint32
		Err error
	}
)

func (ev FileReceived) answers() (uint32, awaited) { return ev.Seq, awaitsFile }
func (ev FileNotFound) answers() (uint32, awaited) { return ev.Seq, awaitsFile }
func (ev FileTooLarge) answers() (uint32, awaited) { return ev.Seq, awaitsFile }
func (ev NoAnswer) answers() (uint32, awaited)     { return ev.Seq, awaitsFile }

func (ev FileReceived) happen(p *Phone) { p.received(ev.Data) }
func (ev FileNotFound) happen(p *Phone) { p.notFound() }
func (ev FileTooLarge) happen(p *Phone) { p.refuse(nil, &MalformedError{tooLarge(p.boot.name.Kind)}) }
func (ev NoAnswer) happen(p *Phone)     { p.noAnswer() }

// Answers to AskTVS.
type (
	// TVSAnswered says that AskTVS.Authenticate accepted the server's certificate, and
	// what the server said, which must not change afterwards.
	TVSAnswered struct {
		Seq    uint32
		Answer tvs.Answer
	}
	// TVSStrange says that the server was reached, and Authenticate refused its
	// certificate.
	TVSStrange struct{ Seq uint32 }
	// TVSSilent says that there was no connection, no handshake, no answer in time, or
	// nonsense.
	TVSSilent struct {
		Seq uint32
		Err error
	}
)

func (ev TVSAnswered) answers() (uint32, awaited) { return ev.Seq, awaitsTVS }
func (ev TVSStrange) answers() (uint32, awaited)  { return ev.Seq, awaitsTVS }
func (ev TVSSilent) answers() (uint32, awaited)   { return ev.Seq, awaitsTVS }

func (ev TVSAnswered) happen(p *Phone) { p.tvsAnswered(ev.Answer) }
func (ev TVSStrange) happen(p *Phone)  { p.tvsFailed(p.library.strange(p.tvsServer()), false) }
func (ev TVSSilent) happen(p *Phone)   { p.tvsFailed(ev.Err, true) }

// Answers to Register. Alarms are those of the action's that were answered with
// 202.
type (
	// Registered says that the call manager took the registration.
	Registered struct {
		Seq    uint32
		Alarms AlarmSet
	}
	// NotRegistered says that there was no connection, no answer in time, or a refusal.
	NotRegistered struct {
		Seq    uint32
		Alarms AlarmSet
		Err    error
	}
)

func (ev Registered) answers() (uint32, awaited)    { return ev.Seq, awaitsCallManager }
func (ev NotRegistered) answers() (uint32, awaited) { return ev.Seq, awaitsCallManager }

func (ev Registered) happen(p *Phone)    { p.registered(ev) }
func (ev NotRegistered) happen(p *Phone) { p.notRegistered(ev) }

// Answers to OpenService and ReadService.
type (
	// ServiceShown answers OpenService: the connection stands, and the server
	// showed this certificate.
	ServiceShown struct {
		Seq         uint32
		Certificate []byte // DER
	}
	// ServiceRead answers ReadService.
	ServiceRead struct {
		Seq  uint32
		Data []byte // XML, as the service sent it
	}
	// ServiceFailed answers either.
	ServiceFailed struct {
		Seq uint32
		Err error
	}
)

func (ev ServiceShown) answers() (uint32, awaited)  { return ev.Seq, awaitsService }
func (ev ServiceRead) answers() (uint32, awaited)   { return ev.Seq, awaitsService }
func (ev ServiceFailed) answers() (uint32, awaited) { return ev.Seq, awaitsService }

func (ev ServiceShown) happen(p *Phone)  { p.serviceShown(ev.Certificate) }
func (ev ServiceRead) happen(p *Phone)   { p.display(DirectoryTitle, nil) }
func (ev ServiceFailed) happen(p *Phone) { p.display(HostNotFound, ev.Err) }
