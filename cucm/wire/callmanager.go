package wire

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	sipmsg "github.com/emiago/sipgo/sip"

	"itlsim/cucm"
	"itlsim/sip"
)

// callManager is a node's CallManager service: it takes registrations of the
// phones in the cluster's database, and alarms.
type callManager struct{ *cucm.Node }

// answer answers a request; nil gives no answer.
func (m callManager) answer(local, remote netip.AddrPort, r *sipmsg.Request) *sipmsg.Response {
	respond := func(code int, reason string) *sipmsg.Response {
		return sipmsg.NewResponseFromRequest(r, code, reason, nil)
	}
	switch r.Method {
	case sipmsg.REGISTER:
		return m.register(remote, r)
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
			m.Cluster().Alarm(a)
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

// register answers a REGISTER: 404 where the node does not admit the phone.
func (m callManager) register(remote netip.AddrPort, r *sipmsg.Request) *sipmsg.Response {
	respond := func(code int, reason string) *sipmsg.Response {
		return sipmsg.NewResponseFromRequest(r, code, reason, nil)
	}
	contact := r.Contact()
	if contact == nil {
		m.Cluster().Unregister(r.To().Address.User, cucm.MalformedRegisterMsg)
		return respond(400, "Bad Request")
	}
	device, ok := contact.Params.Get("+u.sip!devicename.ccm.cisco.com")
	if device = strings.Trim(device, `"`); !ok {
		device = r.To().Address.User // another client that registers as the device
	}
	if !m.Admits(device) {
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
		m.Cluster().Unregister(device, cucm.DeviceUnregistered)
		return answer
	}
	// Resets go where the phone connected from: a REGISTER cannot send them to
	// anybody else.
	port := uint16(contact.Address.Port)
	if port == 0 {
		port = remote.Port()
	}
	m.RegisterOver(device, cucm.Registration{
		Session: r.CallID().Value(),
		Contact: fmt.Sprintf("sip:%s@%s:%d", contact.Address.User, contact.Address.Host, port),
		At:      netip.AddrPortFrom(remote.Addr().Unmap(), port),
	})
	answer.AppendHeader(sipmsg.NewHeader("Expires", fmt.Sprint(int(sip.Granted.Seconds()))))
	answer.AppendHeader(sipmsg.NewHeader("Contact", contact.Value()))
	return answer
}

// resetsAtOnce is how many phones are reset at a time. Real administrators are
// advised to reset phones in batches, too.
const resetsAtOnce = 32

// Reset tells phones to boot again ([cucm.Network]). A phone that registered without
// SIP has no connection to be told over, and counts as told.
func (s *Sockets) Reset(phones []cucm.RegisteredPhone, told func(i int, err error)) {
	batch := make(chan struct{}, resetsAtOnce)
	var running sync.WaitGroup
	for i, p := range phones {
		if p.Contact == "" {
			told(i, nil)
			continue
		}
		batch <- struct{}{}
		running.Go(func() {
			told(i, s.notify(p, "reset"))
			<-batch
		})
	}
	running.Wait()
}

// notify resets or restarts a phone, over the connection that it keeps open, or
// where it listens.
func (s *Sockets) notify(p cucm.RegisteredPhone, action string) error {
	n := p.Node
	s.mu.Lock()
	server, ok := s.servers[endpoint{n, cucm.CallManagerService}].(*sip.Server)
	s.mu.Unlock()
	if !ok {
		stopped := fmt.Errorf("%s is stopped on %s", cucm.CallManagerService, n.Name())
		return &sip.NoAnswerError{Server: p.At.String(), During: "connecting", Err: stopped}
	}
	id := fmt.Sprintf("%016x", s.notified.Add(1))
	own := n.Address(cucm.CallManagerService)
	host, _, _ := net.SplitHostPort(own)
	message := sip.Notify(own, p.Contact, action, id, n.Cluster().Now())
	if _, open, err := server.Ask(context.Background(), p.At, id+"@"+host, message); open {
		return err
	}
	from, _ := netip.ParseAddr(host)
	client := sip.Client{Local: from, Timeout: s.options.patience(sip.DefaultTimeout)}
	conn, err := client.Dial(context.Background(), p.At.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Ask(message)
	return err
}
