package cucm

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	sipmsg "github.com/emiago/sipgo/sip"

	"itlsim/sip"
)

// answerSIP is the node's CallManager service: it takes registrations of the
// phones in its database, and alarms.
func (n *Node) answerSIP(local, remote netip.AddrPort, r *sipmsg.Request) *sipmsg.Response {
	respond := func(code int, reason string) *sipmsg.Response {
		return sipmsg.NewResponseFromRequest(r, code, reason, nil)
	}
	switch r.Method {
	case sipmsg.REGISTER:
		return n.registrar(remote, r)
	case sipmsg.REFER:
		content := ""
		if h := r.ContentType(); h != nil {
			content = h.Value()
		}
		if !strings.EqualFold(content, sip.AlarmType) {
			return respond(403, "Forbidden")
		}
		// What cannot be read is accepted all the same, so that the phone lets go
		// of it: a real one's alarms are not always well-formed.
		if a, ok := sip.ParseDeviceTLInfo(r.Body()); ok {
			n.cluster.Alarm(a)
		}
		answer := respond(202, "Accepted")
		answer.AppendHeader(sipmsg.NewHeader("Contact", fmt.Sprintf("<sip:%s;transport=tcp>", local)))
		return answer
	case sipmsg.OPTIONS:
		return respond(200, "OK")
	case sipmsg.ACK:
		return nil
	}
	return respond(501, "Not Implemented")
}

// registrar answers a REGISTER: 404 where the phone is not in the database, as
// without auto-registration.
func (n *Node) registrar(remote netip.AddrPort, r *sipmsg.Request) *sipmsg.Response {
	respond := func(code int, reason string) *sipmsg.Response {
		return sipmsg.NewResponseFromRequest(r, code, reason, nil)
	}
	contact := r.Contact()
	if contact == nil {
		n.cluster.unregister(r.To().Address.User, MalformedRegisterMsg)
		return respond(400, "Bad Request")
	}
	device, ok := contact.Params.Get("+u.sip!devicename.ccm.cisco.com")
	if device = strings.Trim(device, `"`); !ok {
		device = r.To().Address.User // another client that registers as the device
	}
	if n.cluster.Device(device) == nil {
		return respond(404, "Not Found")
	}
	expires := ""
	if h := r.GetHeader("Expires"); h != nil {
		expires = strings.TrimSpace(h.Value())
	}
	if own, ok := contact.Params.Get("expires"); ok {
		expires = own
	}
	answer := respond(200, "OK")
	answer.AppendHeader(sipmsg.NewHeader("Date", time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	if expires == "0" {
		n.cluster.Unregister(device)
		return answer
	}
	// Resets go where the phone connected from: a REGISTER cannot send them to
	// anybody else.
	port := uint16(contact.Address.Port)
	if port == 0 {
		port = remote.Port()
	}
	n.cluster.register(device, &registration{
		node: n, session: r.CallID().Value(), at: netip.AddrPortFrom(remote.Addr().Unmap(), port),
		contact: fmt.Sprintf("sip:%s@%s:%d", contact.Address.User, contact.Address.Host, port),
		lapses:  n.cluster.Now().Add(lapseAfter),
	}, true)
	answer.AppendHeader(sipmsg.NewHeader("Expires", fmt.Sprint(int(sip.Granted.Seconds()))))
	answer.AppendHeader(sipmsg.NewHeader("Contact", contact.Value()))
	return answer
}

// Notify resets or restarts a phone, over the connection that it keeps open, or
// where it listens.
func (s *Sockets) Notify(n *Node, contact string, at netip.AddrPort, action string) error {
	s.mu.Lock()
	server, ok := s.servers[endpoint{n, CallManagerService}].(*sip.Server)
	s.mu.Unlock()
	if !ok {
		return &sip.NoAnswerError{Server: at.String(), During: "connecting", Err: fmt.Errorf("%s is stopped on %s", CallManagerService, n.Name())}
	}
	id := fmt.Sprintf("%016x", s.notified.Add(1))
	host, _, _ := net.SplitHostPort(n.Address(CallManagerService))
	message := sip.Notify(n.Address(CallManagerService), contact, action, id, n.cluster.Now())
	if _, open, err := server.Ask(context.Background(), at, id+"@"+host, message); open {
		return err
	}
	from, _ := netip.ParseAddr(host)
	client := sip.Client{Local: from}
	conn, err := client.Dial(context.Background(), at.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Ask(message)
	return err
}
