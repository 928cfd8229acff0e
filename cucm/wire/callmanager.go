package wire

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unique"

	"itlsim/cucm"
	"itlsim/phone"
	"itlsim/sip"
	"itlsim/tftp"
)

// callManager is a node's CallManager service: it takes registrations of the
// phones in the cluster's database, and alarms.
type callManager struct{ *cucm.Node }

// answer answers a request. CUCM says when in each answer, and who it is in those
// to REGISTER.
func (m callManager) answer(x *sip.Exchange) {
	now := m.Cluster().Now()
	switch r := x.Request; r.Method {
	case sip.REGISTER:
		reply := m.register(x)
		reply.Date, reply.Server = now, m.Facts().Release.UserAgent()
		x.Answer(sip.Reply{Code: 100, Date: now}, reply)
	case sip.REFER:
		if !strings.EqualFold(r.Header("Content-Type"), sip.AlarmType) {
			x.Answer(sip.Reply{Code: 403, Date: now})
			return
		}
		// What cannot be read is accepted all the same, so that the phone lets go
		// of it: a real one's alarms are not always well-formed.
		if a, ok := sip.ParseDeviceTLInfo(r.Body); ok {
			m.Cluster().Alarm(a)
		}
		x.Answer(sip.Reply{Code: 202, Date: now, Contact: fmt.Sprintf("<sip:%s;transport=tcp>", x.Local)})
	case sip.OPTIONS:
		x.Answer(sip.Reply{Code: 200, Date: now})
	case sip.ACK:
	default:
		x.Answer(sip.Reply{Code: 501, Date: now})
	}
}

// maxIdentity is how long the Call-ID, number and host of a REGISTER may be, in bytes: a
// registration keeps them, in whoever's name. Phones' have some sixty (this project's own
// choice).
const maxIdentity = 255

// register answers a REGISTER: 404 where the node does not admit the phone, 403 where
// its security profile wants another transport or certificate (own choice).
func (m callManager) register(x *sip.Exchange) sip.Reply {
	r := x.Request
	contact, ok := r.Contact()
	number := cmp.Or(r.To().User, contact.User)
	if !ok || max(len(r.CallID()), len(number), len(contact.Host)) > maxIdentity {
		m.Unregister(r.To().User, cucm.MalformedRegisterMsg)
		return sip.Reply{Code: 400}
	}
	expires := granted(r)
	if contact.Wildcard && expires != 0 {
		return sip.Reply{Code: 400} // RFC 3261, 10.3
	}
	device := m.device(r, expires != 0, x.Remote.Addr().Unmap())
	if device == "" {
		if expires != 0 {
			m.rejects(x)
		}
		return sip.Reply{Code: 404}
	}
	session := strings.Clone(r.CallID())
	// whoever leaves, or stays, may have come otherwise: a profile counts from the next boot on
	if expires != 0 && !m.Renews(device, session) && m.Secures(device, x.Peer) != nil {
		return sip.Reply{Code: 403}
	}
	// With all its parameters, but for how long it asked: what is granted stands in Expires.
	reply := sip.Reply{Code: 200, Expires: &expires, Contact: contact.Without("expires"), Supported: m.supported(r)}
	if expires == 0 {
		x.LetGo(device)
		m.Unregister(device, leaves(r))
		return reply
	}
	// Resets go where the phone connected from: a REGISTER cannot send them to
	// anybody else. They go to the number that it registers, though its contact has a
	// user of its own, as in a trace of CUCM 12.5 (technote 217294, CSF REGISTERs).
	port := uint16(contact.Port)
	if port == 0 {
		port = x.Remote.Port()
	}
	if m.RegisterOver(device, cucm.Registration{
		Session: session,
		Contact: fmt.Sprintf("sip:%s@%s:%d", number, contact.Host, port),
		At:      netip.AddrPortFrom(x.Remote.Addr().Unmap(), port),
		Loads:   loads(r),
	}, expires) {
		reply.Contact += ";x-cisco-newreg"
	}
	x.Keep(device)
	if reply.Body = sip.AnswerOptions(r.Body); reply.Body != "" {
		reply.ContentType = sip.OptionsType
	}
	return reply
}

// loads are those that a REGISTER names, as far as they are no longer than names of
// files are.
func loads(r *sip.Message) unique.Handle[sip.Loads] {
	l := r.Loads()
	if max(len(l.Active), len(l.Inactive)) > maxIdentity {
		l = sip.Loads{}
	}
	return unique.Make(l)
}

// device is the name in the database of the phone that registers: as its contact
// says, or, where it says none, that of its MAC address; else it is another client,
// which registers as the device. One that comes and is not there is there from now
// on, if the node admits it. It is "" for any other.
func (m callManager) device(r *sip.Message, comes bool, from netip.Addr) string {
	names := names(r)
	known := func(name string) bool {
		_, ok := m.Cluster().Device(name)
		return ok
	}
	if i := slices.IndexFunc(names, known); i >= 0 {
		return strings.Clone(names[i]) // the message need not be kept
	}
	if !comes {
		return ""
	}
	model := model(r)
	for _, name := range names {
		if name = strings.Clone(name); m.Admits(name, model, from) {
			return name
		}
	}
	return ""
}

// names are what the phone that registers may be called in the database.
func names(r *sip.Message) []string {
	contact, _ := r.Contact()
	name, _ := contact.Param("+u.sip!devicename.ccm.cisco.com")
	instance, _ := contact.Param("+sip.instance")
	instance = strings.Trim(instance, `"<>`)
	mac := instance[max(0, len(instance)-12):]
	return []string{strings.Trim(name, `"`), "SEP" + strings.ToUpper(mac), r.To().User}
}

// model is the one that the phone says it is; "" where it says none.
func model(r *sip.Message) string {
	contact, _ := r.Contact()
	number, _ := contact.Param("+u.sip!model.ccm.cisco.com")
	model, _ := phone.FindModel(strings.Trim(number, `"`)) // none: its name is ""
	return model.Name
}

// rejects notes a phone that is not admitted, by the first name that is one.
func (m callManager) rejects(x *sip.Exchange) {
	names := names(x.Request)
	if i := slices.IndexFunc(names, tftp.IsDevice); i >= 0 {
		at := netip.AddrPortFrom(x.Remote.Addr().Unmap(), x.Remote.Port())
		m.Rejects(strings.Clone(names[i]), model(x.Request), at)
	}
}

// granted is for how long a REGISTER registers: as long as it asks, but not longer
// than CUCM grants.
func granted(r *sip.Message) time.Duration {
	wanted, ok := sip.Wanted(r)
	if !ok {
		wanted = sip.Granted
	}
	return min(wanted, sip.Granted)
}

// leaves is why a phone ends its registration: a Reason tells of the boot that
// comes.
func leaves(r *sip.Message) cucm.Reason {
	if strings.Contains(r.Header("Reason"), "cisco-alarm:") {
		return cucm.DeviceInitiatedReset
	}
	return cucm.DeviceUnregistered
}

// supported is what the answer to a phone says that the call manager supports. A
// phone without SRTP fallback was told of the line interface only (CUCM 14).
func (m callManager) supported(r *sip.Message) string {
	sis := "X-cisco-sis-" + m.Facts().SIS
	for list := range r.Headers("Supported") {
		if strings.Contains(strings.ToLower(list), "x-cisco-srtp-fallback") {
			return "X-cisco-srtp-fallback," + sis
		}
	}
	return sis
}

// Reset tells phones to boot again ([cucm.Network]), one after the other: the cluster gives
// as many as are to be told at a time. A phone that registered without SIP has no
// connection to be told over, and counts as told.
func (s *Sockets) Reset(phones []cucm.RegisteredPhone, action sip.Action, told func(i int, err error)) {
	for i, p := range phones {
		var err error
		if p.Contact != "" {
			err = s.notify(p, action)
		}
		told(i, err)
	}
}

// notify resets or restarts a phone, over the connection that it keeps open, or
// where it listens.
func (s *Sockets) notify(p cucm.RegisteredPhone, action sip.Action) error {
	n := p.Node
	s.mu.Lock()
	server, ok := s.servers[endpoint{n, cucm.CallManagerService}].(*sipService)
	s.mu.Unlock()
	if !ok {
		stopped := fmt.Errorf("%s is stopped on %s", cucm.CallManagerService, n.Name())
		return &sip.NoAnswerError{Server: p.At.String(), During: "connecting", Err: stopped}
	}
	m := sip.CallManager{
		Address: n.Address(cucm.CallManagerService), UserAgent: n.Facts().Release.UserAgent(),
	}
	request := m.Notify(sip.Notice{
		Action: action, Contact: p.Contact, Session: p.Session, Number: s.notified.Add(1),
	}, n.Cluster().Now())
	if answer, open := server.Ask(context.Background(), p.At, request); open {
		return answer.Err
	}
	host, _, _ := net.SplitHostPort(m.Address)
	from, _ := netip.ParseAddr(host)
	client := sip.Client{Local: from, Timeout: s.options.patience(sip.DefaultTimeout)}
	conn, err := client.Dial(context.Background(), p.At.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Ask(request).Err
}
