package sip

import (
	"crypto/sha1"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Port is the standard TCP port of SIP.
const Port = 5060

// TLSPort is that of SIP by TLS (`securedSipPort` of a configuration).
const TLSPort = 5061

// Granted is what CUCM grants a registration, and Asked what a phone asks for
// (log of a 7821: Expires: 3600, answered by 120).
const (
	Asked   = 3600 * time.Second
	Granted = 120 * time.Second
)

// AlarmType is the content type of alarms.
const AlarmType = "application/x-cisco-alarm+xml"

// A Request is a request as it goes out. Answers to it are known by its method
// and Call-ID: no two requests that wait for an answer have both in common.
type Request struct {
	Method, CallID string
	Bytes          []byte // the whole message, as it is sent
}

// A Phone is a phone as its messages name it.
type Phone struct {
	Device     string         // SEP<MAC>
	Number     string         // directory number of its first line
	Address    netip.AddrPort // where requests reach it
	UserAgent  string         // Cisco-CP7821/12.1.1
	DeviceType int            // CUCM's number of the model; 0: left out
	Load       string         // sip78xx.12-1-1-12
	SIS        string         // version of Cisco's SIP line interface, 7.0.0; "": left out
	// OneLoad firmware names one load in its Reason, as the 79xx do; other firmware
	// names an active and an inactive one.
	OneLoad bool
	// SessionID firmware sends Session-ID.
	SessionID bool
	// TLS carries the messages. The contact stays one by TCP, where the phone listens.
	TLS bool
	// Session is the number of the boot: all registrations since then have one
	// Call-ID.
	Session uint32
}

// A Reason is why a phone booted last, as its first REGISTER tells it.
type Reason struct {
	Alarm int    // CUCM's number: 22 for reset-reset
	Last  string // reset-reset
}

// mac is the device's MAC address in the twelve digits that its identifiers
// begin with; other names are hashed.
func (p *Phone) mac() string {
	mac := strings.ToLower(strings.TrimPrefix(p.Device, "SEP"))
	if _, err := hex.DecodeString(mac); err != nil || len(mac) != 12 {
		mac = p.unique("mac")[:12]
	}
	return mac
}

// unique gives forty hexadecimal digits that differ by phone, session and use.
func (p *Phone) unique(use string) string {
	b := append(make([]byte, 0, 64), p.Device...)
	b = append(b, ' ')
	b = strconv.AppendUint(b, uint64(p.Session), 10)
	b = append(b, ' ')
	sum := sha1.Sum(append(b, use...))
	return hex.EncodeToString(sum[:])
}

// The uses of Call-IDs. Each alarm has one of its own besides.
const (
	registering = "REGISTER"
	standingBy  = "standby" // keep-alives to the standby call manager
)

func (p *Phone) callID(mac, use string) string {
	u := p.unique(use)
	return mac[:8] + "-" + mac[8:] + u[:4] + "-" + u[4:12] + "-" + u[12:20] + "@" + p.Address.Addr().String()
}

// RegisterCallID is the Call-ID of the session's registrations, by which a call
// manager's resets name it.
func (p *Phone) RegisterCallID() string { return p.callID(p.mac(), registering) }

// User is that of the phone's Contact, a UUID of the device.
func (p *Phone) User() string {
	sum := sha1.Sum([]byte(p.Device))
	u := hex.EncodeToString(sum[:16])
	return u[:8] + "-" + u[8:12] + "-" + u[12:16] + "-" + u[16:20] + "-" + u[20:32]
}

// transport is that of the phone's messages.
func (p *Phone) transport() string {
	if p.TLS {
		return "TLS"
	}
	return "TCP"
}

// contact is the address in the phone's Contact.
func (p *Phone) contact() string {
	return "<sip:" + p.User() + "@" + p.Address.String() + ";transport=tcp>"
}

// Refer is the REFER by which the phone reports an alarm, as a 7821 with
// firmware 12.1.1 writes it. nth numbers the alarms of
// one session.
func (p *Phone) Refer(host string, nth int, now time.Time, alarm []byte) Request {
	use := "REFER " + strconv.Itoa(nth)
	mac, u, ip := p.mac(), p.unique(use), p.Address.Addr().String()
	me := strconv.Quote(p.Number) + " <sip:" + p.Number + "@" + ip + ">"
	id := p.callID(mac, use)
	m := make(draft, 0, 2048)
	m.line("REFER sip:", host, " SIP/2.0")
	m.line("Via: SIP/2.0/", p.transport(), " ", p.Address.String(), ";branch=z9hG4bK", u[:8])
	m.line("From: ", me, ";tag=", mac, u[8:20], "-", u[20:28])
	m.line("To: <sip:", host, ">")
	m.line("Call-ID: ", id)
	m.line("Date: ", date(now))
	m.line("CSeq: 1000 REFER")
	m.line("User-Agent: ", p.UserAgent)
	m.line("Expires: 10")
	m.line("Max-Forwards: 70")
	m.line("Contact: ", p.contact(), ";+u.sip!devicename.ccm.cisco.com=", strconv.Quote(p.Device))
	m.line("Require: norefersub")
	m.line("Referred-By: ", me)
	m.line("Refer-To: cid:", u[28:36], "@", ip)
	m.line("Content-Id: <", u[28:36], "@", ip, ">")
	m.line("Allow: ACK,BYE,CANCEL,INVITE,NOTIFY,OPTIONS,REFER,REGISTER,UPDATE,SUBSCRIBE")
	m.line("Content-Length: ", strconv.Itoa(len(alarm)))
	m.line("Content-Type: " + AlarmType)
	m.line("Content-Disposition: session;handling=required")
	m.line()
	return Request{"REFER", id, append(m, alarm...)}
}

// A draft is a message that is being written.
type draft []byte

// line adds a line.
func (d *draft) line(parts ...string) {
	for _, part := range parts {
		*d = append(*d, part...)
	}
	*d = append(*d, "\r\n"...)
}

// Register is the phone's REGISTER. Its contact names device and model. seq grows
// with each of a session. why is given until a call manager has taken the
// registration; then the REGISTER that renews it has neither Reason nor body
// (logs of a 7821 and an 8851; SIPCC).
func (p *Phone) Register(host string, seq uint32, now time.Time, why *Reason) Request {
	body := ""
	if why != nil {
		body = options
	}
	return p.register(registering, host, seq, now, why, Asked, body)
}

// Unregister is the REGISTER by which the phone ends its registration before it
// boots again, and says why it does (SIPCC).
func (p *Phone) Unregister(host string, seq uint32, now time.Time, why *Reason) Request {
	return p.register(registering, host, seq, now, why, 0, "")
}

// StandBy is the REGISTER by which a phone that is registered elsewhere keeps its
// standby call manager informed. It asks for no time either (technote 200410).
func (p *Phone) StandBy(host string, seq uint32, now time.Time) Request {
	return p.register(standingBy, host, seq, now, nil, 0, "")
}

// register writes a REGISTER, its headers in the order of a 7821's and an 8851's
// with firmware 12.1.1.
func (p *Phone) register(
	use, host string, seq uint32, now time.Time, why *Reason, expires time.Duration, body string,
) Request {
	number := strconv.FormatUint(uint64(seq), 10)
	mac, u := p.mac(), p.unique(use+" "+number)
	id := p.callID(mac, use)
	m := make(draft, 0, 2560)
	m.line("REGISTER sip:", host, " SIP/2.0")
	m.line("Via: SIP/2.0/", p.transport(), " ", p.Address.String(), ";branch=z9hG4bK", u[:8])
	m.line("From: <sip:", p.Number, "@", host, ">;tag=", mac, u[8:20], "-", u[20:28])
	m.line("To: <sip:", p.Number, "@", host, ">")
	m.line("Call-ID: ", id)
	m.line("Max-Forwards: 70")
	if p.SessionID {
		m.line("Session-ID: ", p.unique("Session-ID")[:8], "00105000a000", mac, ";remote=00000000000000000000000000000000")
	}
	m.line("Date: ", date(now))
	m.line("CSeq: ", number, " REGISTER")
	m.line("User-Agent: ", p.UserAgent)
	model := ""
	if p.DeviceType != 0 {
		model = `;+u.sip!model.ccm.cisco.com="` + strconv.Itoa(p.DeviceType) + `"`
	}
	m.line("Contact: ", p.contact(), `;+sip.instance="<urn:uuid:00000000-0000-0000-0000-`, mac, `>"`,
		`;+u.sip!devicename.ccm.cisco.com="`, p.Device, `"`, model)
	m.line("Supported: ", supported, p.sis())
	if why != nil {
		m.line("Reason: ", p.reason(why))
	}
	lifetime := strconv.Itoa(int(expires.Seconds()))
	if body == "" {
		m.line("Content-Length: 0")
		m.line("Expires: ", lifetime)
	} else {
		m.line("Expires: ", lifetime)
		m.line("Content-Type: multipart/mixed; boundary=uniqueBoundary")
		m.line("Mime-Version: 1.0")
		m.line("Content-Length: ", strconv.Itoa(len(body)))
	}
	m.line()
	return Request{"REGISTER", id, append(m, body...)}
}

// supported is what phones support; the version of the line interface goes after
// it.
const supported = "replaces,join,sdp-anat,norefersub,resource-priority,extended-refer," +
	"X-cisco-callinfo,X-cisco-serviceuri,X-cisco-escapecodes,X-cisco-service-control," +
	"X-cisco-srtp-fallback,X-cisco-monrec,X-cisco-config"

func (p *Phone) sis() string {
	if p.SIS == "" {
		return ""
	}
	return ",X-cisco-sis-" + p.SIS + ",X-cisco-xsi-8.5.1"
}

// reason is the short alarm of older firmware, which REGISTER still carries. The
// inactive load is that of the active one: no document tells another.
func (p *Phone) reason(why *Reason) string {
	load := "ActiveLoad=" + p.Load + ".loads InactiveLoad=" + p.Load + ".loads"
	if p.OneLoad {
		load = "Load=" + p.Load
	}
	return `SIP;cause=200;text="cisco-alarm:` + strconv.Itoa(why.Alarm) +
		" Name=" + p.Device + " " + load + " Last=" + why.Last + `"`
}

func date(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }
