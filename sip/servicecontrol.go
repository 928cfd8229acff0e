package sip

import (
	"crypto/sha1"
	"encoding/hex"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// An Action is what a call manager asks a phone to do, by a NOTIFY of the event
// service-control.
type Action string

// The actions that phones know (SIPCC). CUCM also sends prt-report, which newer
// firmware knows.
const (
	Reset            Action = "reset"
	Restart          Action = "restart"
	CheckVersion     Action = "check-version"
	ApplyConfig      Action = "apply-config"
	CallPreservation Action = "call-preservation"
)

// actions are looked for in this order.
var actions = [...]Action{Reset, Restart, CheckVersion, CallPreservation, ApplyConfig}

// NoChange is what apply-config says where the configuration has not changed.
const NoChange = "no_change"

// results are what apply-config may say of the configuration.
var results = [...]string{NoChange, "config_applied", "reregister_needed"}

// A CallManager is a call manager as its messages name it.
type CallManager struct {
	Address   string // host:port
	UserAgent string // Cisco-CUCM12.5
}

// A Notice is what a NOTIFY of the event service-control asks of a phone.
type Notice struct {
	Action  Action
	Contact string // the phone's, sip:user@host:port
	Session string // Call-ID of the REGISTER that the contact comes from
	Number  uint64 // differs in all that a call manager sends
}

// Notify is the NOTIFY that asks something of a phone. CUCM 12.5's for another
// action was captured: its Request-URI names no transport, From no user, To
// neither port nor tag, and each line of the body ends in CRLF, the last too.
// Version stamps are left out: for a reset no phone reads them (SIPCC).
func (m *CallManager) Notify(n Notice, now time.Time) Request {
	body := "action=" + string(n.Action) + "\r\nRegisterCallId={" + n.Session + "}\r\n"
	host, _, _ := net.SplitHostPort(m.Address)
	sum := sha1.Sum([]byte(m.Address + " " + strconv.FormatUint(n.Number, 10)))
	u := hex.EncodeToString(sum[:])
	to, _, _ := cutPort(n.Contact)
	id := callID(host, n.Number, now)
	b := make([]byte, 0, 1024)
	for _, line := range [...]string{
		"NOTIFY " + n.Contact + " SIP/2.0",
		"Via: SIP/2.0/TCP " + m.Address + ";branch=z9hG4bK" + u[:13],
		"From: <sip:" + host + ">;tag=" + decimal(sum[:]),
		"To: <" + to + ">",
		"Call-ID: " + id,
		"CSeq: 101 NOTIFY",
		"Max-Forwards: 70",
		"Date: " + date(now),
		"User-Agent: " + m.UserAgent,
		"Event: " + serviceControl,
		"Subscription-State: active",
		"Contact: <sip:" + m.Address + ";transport=tcp>",
		"Content-Type: text/plain",
		"Content-Length: " + strconv.Itoa(len(body)),
		"",
	} {
		b = append(append(b, line...), "\r\n"...)
	}
	return Request{"NOTIFY", id, append(b, body...)}
}

const serviceControl = "service-control"

// callID is a call manager's, in the form of CUCM's: time, a number, and the
// address in hexadecimal, its last byte first.
func callID(host string, number uint64, now time.Time) string {
	id := hexadecimal(uint64(now.Unix()), 8) + "-" + hexadecimal(number, 8) + "-" + hexadecimal(number&0xFFFFF, 1) + "-"
	if ip, err := netip.ParseAddr(host); err == nil && ip.Is4() {
		b := ip.As4()
		id += hexadecimal(uint64(b[3])<<24|uint64(b[2])<<16|uint64(b[1])<<8|uint64(b[0]), 1)
	} else {
		id += "0"
	}
	return id + "@" + host
}

func hexadecimal(n uint64, digits int) string {
	s := strconv.FormatUint(n, 16)
	return strings.Repeat("0", max(0, digits-len(s))) + s
}

// decimal is a tag as CUCM draws it: a number of at most ten digits.
func decimal(b []byte) string {
	n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	return strconv.FormatUint(n, 10)
}

// cutPort takes the port off an address, sip:user@host:port.
func cutPort(uri string) (before, port string, ok bool) {
	if i := strings.LastIndexByte(uri, ':'); i > strings.LastIndexByte(uri, '@') && i > len("sip") {
		return uri[:i], uri[i+1:], true
	}
	return uri, "", false
}

// A ServiceControl is the body of such a NOTIFY, as a phone reads it. A field in
// braces is nil where the body lacks it: {} is there, and empty.
type ServiceControl struct {
	Action         Action // as spelled in the list above; "" for any other
	RegisterCallID *string
	Config         *string // ConfigVersionStamp
	Dialplan       *string // DialplanVersionStamp
	Softkey        *string // SoftkeyVersionStamp
	Result         string  // CUCMResult; "" where it is missing or none of the known ones
	LoadID         *string
	LoadServer     *string
	LogServer      *string
}

// ParseServiceControl reads the body of a NOTIFY as firmware does (SIPCC): names
// and values are known by how they begin, in any case, and blanks after the first
// = are skipped. Of fields in braces the first that has both braces counts, of
// others the last. Lines that are not known are ignored.
func ParseServiceControl(body string) (s ServiceControl) {
	braced := [...]struct {
		name  string
		field **string
	}{
		{"RegisterCallId", &s.RegisterCallID}, {"ConfigVersionStamp", &s.Config},
		{"DialplanVersionStamp", &s.Dialplan}, {"SoftkeyVersionStamp", &s.Softkey},
		{"LoadId", &s.LoadID}, {"LoadServer", &s.LoadServer}, {"LogServer", &s.LogServer},
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		_, value, _ := strings.Cut(line, "=")
		value = strings.TrimLeft(value, " ")
		switch {
		case begins(line, "action"):
			s.Action = ""
			for _, a := range actions {
				if begins(value, string(a)) {
					s.Action = a
					break
				}
			}
			continue
		case begins(line, "CUCMResult"):
			for _, r := range results {
				if begins(value, r) {
					s.Result = r
				}
			}
			continue
		}
		for _, b := range braced {
			inner, ok := inBraces(value)
			if begins(line, b.name) && ok && *b.field == nil {
				*b.field = &inner
			}
		}
	}
	return s
}

// begins reports whether a text begins with a word, in any case.
func begins(text, word string) bool {
	return len(text) >= len(word) && strings.EqualFold(text[:len(word)], word)
}

func inBraces(value string) (inner string, ok bool) {
	if len(value) < 2 || value[0] != '{' || value[len(value)-1] != '}' {
		return "", false
	}
	return value[1 : len(value)-1], true
}

// complete reports whether the body has what its action needs.
func (s *ServiceControl) complete() bool {
	stamps := s.Config != nil && s.Dialplan != nil && s.Softkey != nil
	switch s.Action {
	case CheckVersion:
		return stamps
	case ApplyConfig:
		return stamps && s.Result != "" && s.LoadID != nil && s.LoadServer != nil && s.LogServer != nil
	}
	return true
}

// Notified checks a NOTIFY that came to a phone, as firmware does, and gives the
// answer. Where that is a success, the phone then does what the body says; its
// Action is "" where there is nothing to do.
//
// The checks and their order are SIPCC's. Three more were seen at a 7975 and an
// 8861: no From with a user, and no Request-URI and no To for another address
// than the phone's.
func (p *Phone) Notified(r *Message) (Reply, ServiceControl) {
	var nothing ServiceControl
	bad := func(warning string) (Reply, ServiceControl) { return Reply{Code: 400, Warning: warning}, nothing }
	event, to, from := r.Header("Event"), r.To(), r.From()
	switch {
	case event == "":
		return bad("")
	case r.Target.User == "":
		return bad("Bad Request - 'Malformed/Missing REQUEST LINE'")
	case !strings.EqualFold(r.Target.User, p.Number) && !strings.EqualFold(r.Target.User, p.User()):
		return Reply{Code: 404}, nothing
	case to.User == "":
		return bad("Bad Request - 'Malformed/Missing TO: field'")
	case from.User != "", !p.at(r.Target, false), !p.at(to, true):
		return bad("")
	case strings.EqualFold(event, "check-sync"):
		return Reply{Code: 200}, nothing
	case !strings.EqualFold(event, serviceControl):
		return bad("")
	}
	media, _, _ := strings.Cut(r.Header("Content-Type"), ";")
	switch s := ParseServiceControl(r.Body); {
	case r.Body == "", !strings.EqualFold(strings.TrimSpace(media), "text/plain"),
		s.RegisterCallID == nil, !s.complete(), *s.RegisterCallID != p.RegisterCallID():
		return bad("")
	default:
		return Reply{Code: 200}, s
	}
}

// at reports whether an address is the phone's. To may lack the port, and in
// CUCM's does.
func (p *Phone) at(uri Address, anyPort bool) bool {
	host, err := netip.ParseAddr(uri.Host)
	if err != nil || host != p.Address.Addr() {
		return false
	}
	return uri.Port == int(p.Address.Port()) || anyPort && uri.Port == 0
}
