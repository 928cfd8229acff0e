package phone

import (
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// An Event is something that happens to a phone. An answer carries the Seq of
// the action it answers; answers to what the phone no longer waits for are
// ignored, so that a driver need not take back what a reset overtook.
type Event interface{ isEvent() }

type (
	// PowerOn starts a boot. A phone that is on already ignores it.
	PowerOn struct{}
	// PowerOff ends whatever the phone was doing; the flash stays.
	PowerOff struct{}
	// Reset boots the phone again, asked for by the cluster or at the phone. A
	// phone that is off misses it.
	Reset struct {
		Restart bool // "restart" rather than "reset" was asked for
	}

	// UseServers gives the phone other TFTP servers (DHCP option 150), host:port,
	// from its next boot on.
	UseServers struct{ Servers []string }

	// FileReceived answers Fetch with the file's bytes, which must not change
	// afterwards.
	FileReceived struct {
		Seq  uint32
		Data []byte
	}
	// FileNotFound answers Fetch: the server says there is no such file.
	FileNotFound struct{ Seq uint32 }
	// FileTooLarge answers Fetch: the driver broke the transfer off because the
	// file is larger than a phone downloads.
	FileTooLarge struct {
		Seq uint32
		Err error
	}
	// NoAnswer answers Fetch: the server could not be reached, did not answer in
	// time or failed.
	NoAnswer struct {
		Seq uint32
		Err error
	}

	// TVSAnswered answers AskTVS: AskTVS.Authenticate accepted the server's
	// certificate, and this is what the server said, which must not change
	// afterwards.
	TVSAnswered struct {
		Seq    uint32
		Answer tvs.Answer
	}
	// TVSStrange answers AskTVS: the server was reached, and Authenticate
	// refused its certificate.
	TVSStrange struct{ Seq uint32 }
	// TVSSilent answers AskTVS: no connection, no handshake, no answer in time,
	// or nonsense.
	TVSSilent struct {
		Seq uint32
		Err error
	}

	// EraseLists is "Erasing CTL and ITL files" at the phone's security menu.
	// Nothing happens where the menu is not to be had: the phone is off, or its
	// settings access disabled (M20).
	EraseLists struct{}
	// FactoryReset empties the flash altogether. Done while the phone starts it
	// needs no settings access; from the settings menu it does (M20).
	FactoryReset struct{ Menu bool }
	// AlternateTFTP sets TFTP servers, host:port, in place of DHCP's at the
	// phone's network menu, where that is to be had; none: DHCP's again.
	AlternateTFTP struct{ Servers []string }

	// Registered answers Register: the call manager took the registration.
	Registered struct {
		Seq    uint32
		Alarms int // of the action's, the first that were answered 202
	}
	// NotRegistered answers Register: no connection, no answer in time, or a
	// refusal.
	NotRegistered struct {
		Seq    uint32
		Alarms int // of the action's, the first that were answered 202
		Err    error
	}
	// KeepAlive makes a phone register again: a registered one to stay so and to
	// fall back to a call manager of higher priority, another to try once more.
	// While it does anything else it ignores this. When it comes is the driver's
	// affair; a simulation sends those that would change something.
	KeepAlive struct{}

	// OpenDirectory is the Directories button: it opens the corporate directory,
	// an HTTPS service (M5). A phone that does anything else ignores it.
	OpenDirectory struct{}
	// ServiceShown answers OpenService: the connection stands, and the server
	// showed this certificate.
	ServiceShown struct {
		Seq         uint32
		Certificate []byte // DER
	}
	// ServiceRead answers ReadService.
	ServiceRead struct {
		Seq  uint32
		Data []byte
	}
	// ServiceFailed answers OpenService and ReadService.
	ServiceFailed struct {
		Seq uint32
		Err error
	}
)

func (PowerOn) isEvent()       {}
func (PowerOff) isEvent()      {}
func (Reset) isEvent()         {}
func (UseServers) isEvent()    {}
func (FileReceived) isEvent()  {}
func (FileNotFound) isEvent()  {}
func (FileTooLarge) isEvent()  {}
func (NoAnswer) isEvent()      {}
func (TVSAnswered) isEvent()   {}
func (TVSStrange) isEvent()    {}
func (TVSSilent) isEvent()     {}
func (EraseLists) isEvent()    {}
func (FactoryReset) isEvent()  {}
func (AlternateTFTP) isEvent() {}
func (Registered) isEvent()    {}
func (NotRegistered) isEvent() {}
func (KeepAlive) isEvent()     {}
func (OpenDirectory) isEvent() {}
func (ServiceShown) isEvent()  {}
func (ServiceRead) isEvent()   {}
func (ServiceFailed) isEvent() {}

// An Action is something that a phone wants done. Actions are to be carried
// out in their order.
type Action interface{ isAction() }

type (
	// Fetch asks a server for a file, at Address.
	Fetch struct {
		Seq    uint32
		Server string // host:port of its TFTP
		By     Transport
		Name   string
	}
	// AskTVS asks a Trust Verification Service about a signer. The driver shows
	// the certificate of the TLS handshake to Authenticate and sends nothing to a
	// server that it refuses.
	AskTVS struct {
		Seq     uint32
		Server  string // host:port
		Request tvs.Request
		Lists   Lists

		rules rules // nil: the real ones
	}
	// RaiseAlarm tells that the phone stored an alarm. There is nothing to carry
	// out: the next Register sends it.
	RaiseAlarm struct{ Alarm sip.DeviceTLInfo }
	// Register asks a call manager of the configuration in force to register the
	// phone, after sending it the stored alarms in order. A phone registers
	// whatever its trust state.
	Register struct {
		Seq    uint32
		Server string // host:port
		Alarms []sip.DeviceTLInfo
		Boot   uint32 // counts boots: a boot's registrations are one session
		Cause  Cause  // of the last boot
	}
	// OpenService connects to an HTTPS service and tells the certificate that it
	// shows. Nothing is asked before ReadService; the driver closes the
	// connection when the phone wants nothing more.
	OpenService struct {
		Seq uint32
		URL string
	}
	// ReadService asks for the page over the connection that stands.
	ReadService struct {
		Seq uint32
		URL string
	}
	// Display tells what the phone's screen shows, and why. There is nothing to
	// carry out.
	Display struct {
		Text   string
		Reason error // nil where it shows what was wanted
	}
	// MenuLocked tells that an act at the phone was refused: the configuration in
	// force disables settings access (M20).
	MenuLocked struct{}
	// Verdict tells what became of a file that was offered. There is nothing to
	// carry out: it is for reports and stories.
	Verdict struct {
		File    string
		Kind    tftp.Kind
		SHA1    [20]byte // zero, like Signer, where the file is plain or could not be read
		Signer  itl.Identity
		By      TrustPoint // what authenticated it; zero where it was refused
		Server  string     // the TVS, where By is ByTVS or ByCache
		Refusal *Refusal   // nil where it was accepted
	}
	// Booted ends a boot.
	Booted struct{ State State }
)

func (Fetch) isAction()       {}
func (AskTVS) isAction()      {}
func (RaiseAlarm) isAction()  {}
func (Register) isAction()    {}
func (Verdict) isAction()     {}
func (Booted) isAction()      {}
func (OpenService) isAction() {}
func (ReadService) isAction() {}
func (Display) isAction()     {}
func (MenuLocked) isAction()  {}

// Transport is how a file is asked for.
type Transport uint8

const (
	TFTP Transport = iota
	HTTP           // on TCP 6970
)

func (t Transport) String() string {
	if t == HTTP {
		return "HTTP"
	}
	return "TFTP"
}

// Address is where to ask, host:port.
func (f Fetch) Address() string {
	if f.By == TFTP {
		return f.Server
	}
	return tftp.HTTPAddress(f.Server)
}

// Authenticate is the check of the TVS's TLS certificate, to be made inside
// the handshake.
func (a AskTVS) Authenticate(der []byte) error {
	return orReal(a.rules).authenticateTVS(a.Lists, der)
}

// A TrustPoint is what authenticated a file.
type TrustPoint uint8

const (
	ByNothing  TrustPoint = iota
	ByFaith               // nothing was stored: trust on first use
	BySameFile            // the stored list, byte for byte
	ByCTL                 // a record of the stored CTL
	ByITL                 // a record of the stored ITL
	ByTVS                 // an authenticated TVS vouched for the signer
	ByCache               // ... and had done so before, within its time to live
)

var trustPointNames = [...]string{"nothing", "faith (first use)", "the same list as stored", "the stored CTL", "the stored ITL", "TVS", "an earlier TVS answer"}

func (t TrustPoint) String() string { return trustPointNames[t] }
