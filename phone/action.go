package phone

import (
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// An Action is something that a phone wants done, or that it tells. Actions are
// to be carried out in their order.
type Action interface{ isAction() }

// Actions that want an answer: the event with the same Seq.
type (
	// Fetch asks a server for a file, at Address.
	Fetch struct {
		Seq    uint32
		By     Transport
		Server string // host:port of its TFTP
		Name   tftp.Name
	}
	// AskTVS asks a Trust Verification Service about a certificate. The driver
	// shows the certificate of the TLS handshake to Authenticate and sends nothing
	// to a server that it refuses.
	AskTVS struct {
		Seq    uint32
		Server string // host:port
		Lists  Lists

		session     uint32
		by          *Profile
		name        string        // the phone's
		about       *itl.Identity // the certificate's
		certificate []byte        // DER, where the phone has it
		rules       rules         // nil: the real ones
	}
	// Register asks a call manager of the configuration in force to register the
	// phone, after sending it the stored alarms in order, for whose answers it does
	// not wait. A phone registers whatever its trust state.
	Register struct {
		Seq    uint32
		Server string // host:port
		Alarms []sip.DeviceTLInfo
		Boot   uint32 // counts boots: a boot's registrations are one session
		// Cause of the last boot, until a call manager has registered the phone since;
		// then NeverBooted.
		Cause Cause
		TLS   *Secured // nil: the phone registers over TCP
	}
	// OpenService connects to an HTTPS service and brings back the certificate that
	// it shows. Nothing is asked before ReadService; the driver closes the
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
)

// Actions that are to be carried out and want no answer.
type (
	// Unregister ends the registration with a call manager, since the phone boots
	// again.
	Unregister struct {
		Seq    uint32
		Server string // host:port
		Boot   uint32 // whose registration it is
		Cause  Cause  // of the boot that comes
		Asked  bool   // the call manager asked for it, and takes the phone as gone
		TLS    *Secured
	}
	// StandBy keeps the next call manager informed that the phone is there.
	StandBy struct {
		Seq    uint32
		Server string // host:port
		Boot   uint32
		TLS    *Secured
	}
)

// Actions that tell something. There is nothing to carry out.
type (
	// RaiseAlarm tells that the phone stored an alarm, which the next Register sends.
	RaiseAlarm struct{ Alarm *sip.DeviceTLInfo }
	// Display tells what the phone's screen shows, and why.
	Display struct {
		Text   string
		Reason error // nil where it shows what was wanted
	}
	// MenuLocked tells that an act at the phone was refused, since the configuration in
	// force disables settings access (M20).
	MenuLocked struct{}
	// Verdict tells what became of a file that was offered.
	Verdict struct {
		File    tftp.Name // as it was asked for
		SHA1    [20]byte  // zero, like Signer, where the file is plain or could not be read
		Signer  itl.Identity
		By      TrustPoint // what authenticated it; ByNothing where it was refused
		Server  string     // the TVS, where By is ByTVS or ByCache
		Refusal *Refusal   // nil where it was accepted
	}
	// Booted ends a boot.
	Booted struct{ State State }
)

func (Fetch) isAction()       {}
func (AskTVS) isAction()      {}
func (Register) isAction()    {}
func (Unregister) isAction()  {}
func (StandBy) isAction()     {}
func (OpenService) isAction() {}
func (ReadService) isAction() {}
func (RaiseAlarm) isAction()  {}
func (Display) isAction()     {}
func (MenuLocked) isAction()  {}
func (Verdict) isAction()     {}
func (Booted) isAction()      {}

// Transport is how a file is asked for.
type Transport uint8

const (
	TFTP Transport = iota // on UDP 69
	HTTP                  // on TCP 6970
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

// Limit is the size in bytes beyond which the phone does not load the file. A
// driver breaks the transfer off there.
func (f Fetch) Limit() int { return limit(f.Name.Kind) }

// Command is what to ask: a VERIFY of a certificate that the phone has, or else a QUERY
// for it by its name.
func (a AskTVS) Command() tvs.Command {
	if a.certificate != nil {
		return tvs.VerifyRequest
	}
	return tvs.QueryRequest
}

// Request is the question.
func (a AskTVS) Request() tvs.Request {
	r := tvs.Request{Command: a.Command(), Device: "CP-" + a.by.Model + "-" + a.name, Session: a.session}
	if r.Command == tvs.VerifyRequest {
		r.Certificate = a.certificate
	} else {
		r.Subject, r.Issuer, r.Serial = a.about.Subject, a.about.Issuer, a.about.Serial
	}
	return r
}

// Authenticate is the check of the TVS's TLS certificate (DER), to be made inside
// the handshake. Its error is a [*StrangeTVSError].
func (a AskTVS) Authenticate(der []byte) error { return orReal(a.rules).authenticateTVS(a.Lists, der) }

// A TrustPoint is what authenticated a file.
type TrustPoint uint8

const (
	ByNothing  TrustPoint = iota // it was not accepted
	ByFaith                      // nothing was stored: trust on first use
	BySameFile                   // the stored list, byte for byte
	ByCTL                        // a record of the stored CTL
	ByITL                        // a record of the stored ITL
	ByTVS                        // an authenticated TVS vouched for the signer
	ByCache                      // ... and had done so before, within its time to live
	Unsigned                     // no stored list has an entry that may sign configurations
)

var trustPointNames = [...]string{
	ByNothing: "nothing", ByFaith: "faith (first use)", BySameFile: "the same list as stored",
	ByCTL: "the stored CTL", ByITL: "the stored ITL", ByTVS: "TVS", ByCache: "an earlier TVS answer",
	Unsigned: "nobody (unsigned, its lists have no TFTP entry)",
}

func (t TrustPoint) String() string { return trustPointNames[t] }
