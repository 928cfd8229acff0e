package phone

import (
	"itlsim/itl"
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
	Reset struct{}

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
	// FactoryReset empties the flash altogether. It is done while the phone
	// starts, so it needs no settings access.
	FactoryReset struct{}
)

func (PowerOn) isEvent()      {}
func (PowerOff) isEvent()     {}
func (Reset) isEvent()        {}
func (UseServers) isEvent()   {}
func (FileReceived) isEvent() {}
func (FileNotFound) isEvent() {}
func (FileTooLarge) isEvent() {}
func (NoAnswer) isEvent()     {}
func (TVSAnswered) isEvent()  {}
func (TVSStrange) isEvent()   {}
func (TVSSilent) isEvent()    {}
func (EraseLists) isEvent()   {}
func (FactoryReset) isEvent() {}

// An Action is something that a phone wants done. Actions are to be carried
// out in their order.
type Action interface{ isAction() }

type (
	// Fetch asks a TFTP server for a file.
	Fetch struct {
		Seq    uint32
		Server string // host:port
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
	}
	// RaiseAlarm hands an alarm to the cluster.
	RaiseAlarm struct{ Alarm DeviceTLInfo }
	// Register asks the call managers of the configuration in force, in order, to
	// register the phone. A phone registers whatever its trust state.
	Register struct{ Config *Config }
	// Verdict tells what became of a file that was offered. There is nothing to
	// carry out: it is for reports and stories.
	Verdict struct {
		File    string
		SHA1    [20]byte // zero, like Signer, where the file is plain or could not be read
		Signer  itl.Identity
		By      TrustPoint // what authenticated it; zero where it was refused
		Server  string     // the TVS, where By is ByTVS or ByCache
		Refusal *Refusal   // nil where it was accepted
	}
	// Booted ends a boot.
	Booted struct{ State State }
)

func (Fetch) isAction()      {}
func (AskTVS) isAction()     {}
func (RaiseAlarm) isAction() {}
func (Register) isAction()   {}
func (Verdict) isAction()    {}
func (Booted) isAction()     {}

// Authenticate is the check of the TVS's TLS certificate, to be made inside
// the handshake.
func (a AskTVS) Authenticate(der []byte) error { return a.Lists.AuthenticateTVS(der) }

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
