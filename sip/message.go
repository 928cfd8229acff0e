package sip

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Port is the standard TCP port of SIP.
const Port = 5060

// Granted is what CUCM grants a registration, and Asked what a phone asks for
// (log of a 7821: Expires: 3600, answered by 120).
const (
	Asked   = 3600 * time.Second
	Granted = 120 * time.Second
)

// AlarmType is the content type of alarms.
const AlarmType = "application/x-cisco-alarm+xml"

// A Phone is a phone as its messages name it.
type Phone struct {
	Device     string         // SEP<MAC>
	Number     string         // directory number of its first line
	Address    netip.AddrPort // where requests reach it
	UserAgent  string         // Cisco-CP7821/12.1.1
	DeviceType int            // CUCM's number of the model; 0: left out
	Load       string         // sip78xx.12-1-1-12
	// Session is the number of the boot: all registrations since then have one
	// Call-ID.
	Session uint32
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
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d %s", p.Device, p.Session, use))
	return hex.EncodeToString(sum[:])
}

func (p *Phone) callID(use string) string {
	mac, u := p.mac(), p.unique(use)
	return fmt.Sprintf("%s-%s%s-%s-%s@%s", mac[:8], mac[8:], u[:4], u[4:12], u[12:20], p.Address.Addr())
}

// contact is the phone's Contact, whose user is a UUID of the device.
func (p *Phone) contact() string {
	sum := sha1.Sum([]byte(p.Device))
	u := hex.EncodeToString(sum[:16])
	uuid := strings.Join([]string{u[:8], u[8:12], u[12:16], u[16:20], u[20:32]}, "-")
	return fmt.Sprintf("<sip:%s@%s;transport=tcp>", uuid, p.Address)
}

// Refer is the REFER by which the phone reports an alarm, as a 7821 with
// firmware 12.1.1 writes it. nth numbers the alarms of
// one session.
func (p *Phone) Refer(host string, nth int, now time.Time, alarm []byte) []byte {
	use := fmt.Sprint("REFER ", nth)
	u, ip := p.unique(use), p.Address.Addr()
	me := fmt.Sprintf("%q <sip:%s@%s>", p.Number, p.Number, ip)
	m := fmt.Appendf(make([]byte, 0, 2048), "REFER sip:%s SIP/2.0\r\n"+
		"Via: SIP/2.0/TCP %s;branch=z9hG4bK%s\r\n"+
		"From: %s;tag=%s%s-%s\r\n"+
		"To: <sip:%s>\r\n"+
		"Call-ID: %s\r\n"+
		"Date: %s\r\n"+
		"CSeq: 1000 REFER\r\n"+
		"User-Agent: %s\r\n"+
		"Expires: 10\r\n"+
		"Max-Forwards: 70\r\n"+
		"Contact: %s;+u.sip!devicename.ccm.cisco.com=%q\r\n"+
		"Require: norefersub\r\n"+
		"Referred-By: %s\r\n"+
		"Refer-To: cid:%s@%s\r\n"+
		"Content-Id: <%s@%s>\r\n"+
		"Allow: ACK,BYE,CANCEL,INVITE,NOTIFY,OPTIONS,REFER,REGISTER,UPDATE,SUBSCRIBE\r\n"+
		"Content-Length: %d\r\n"+
		"Content-Type: "+AlarmType+"\r\n"+
		"Content-Disposition: session;handling=required\r\n\r\n",
		host, p.Address, u[:8], me, p.mac(), u[8:20], u[20:28], host, p.callID(use), date(now), p.UserAgent,
		p.contact(), p.Device, me, u[28:36], ip, u[28:36], ip, len(alarm))
	return append(m, alarm...)
}

// Register is the phone's REGISTER: its contact names device and model, its
// Reason carries the short alarm of older firmware with the cause of the last
// boot (log of a 7821). seq grows with each of a session.
func (p *Phone) Register(host string, seq uint32, now time.Time, cause string) []byte {
	use := fmt.Sprint("REGISTER ", seq)
	u := p.unique(use)
	model := ""
	if p.DeviceType != 0 {
		model = fmt.Sprintf(";+u.sip!model.ccm.cisco.com=\"%d\"", p.DeviceType)
	}
	// 23 and 25 are the numbers of the two causes in real logs.
	alarm, last := 23, strings.ToLower(cause)
	if last == "initialized" {
		alarm = 25
	}
	return fmt.Appendf(make([]byte, 0, 1024), "REGISTER sip:%s SIP/2.0\r\n"+
		"Via: SIP/2.0/TCP %s;branch=z9hG4bK%s\r\n"+
		"From: <sip:%s@%s>;tag=%s%s-%s\r\n"+
		"To: <sip:%s@%s>\r\n"+
		"Call-ID: %s\r\n"+
		"Max-Forwards: 70\r\n"+
		"Date: %s\r\n"+
		"CSeq: %d REGISTER\r\n"+
		"User-Agent: %s\r\n"+
		"Contact: %s;+sip.instance=\"<urn:uuid:00000000-0000-0000-0000-%s>\";+u.sip!devicename.ccm.cisco.com=%q%s\r\n"+
		"Supported: replaces,join,sdp-anat,norefersub,resource-priority,extended-refer,"+
		"X-cisco-callinfo,X-cisco-serviceuri,X-cisco-escapecodes,X-cisco-service-control\r\n"+
		"Reason: SIP;cause=200;text=\"cisco-alarm:%d Name=%s ActiveLoad=%s.loads InactiveLoad=%s.loads Last=%s\"\r\n"+
		"Expires: %d\r\n"+
		"Content-Length: 0\r\n\r\n",
		host, p.Address, u[:8], p.Number, host, p.mac(), u[8:20], u[20:28], p.Number, host,
		p.callID("REGISTER"), date(now), seq, p.UserAgent,
		p.contact(), p.mac(), p.Device, model, alarm, p.Device, p.Load, p.Load, last, int(Asked.Seconds()))
}

// Notify is the NOTIFY by which a call manager at from resets ("reset") or
// restarts ("restart") the phone of a contact, sip:user@host:port. The shape of
// the body is remembered from traces; only its first line is read here.
func Notify(from, contact, action, callID string, now time.Time) []byte {
	body := "action=" + action + "\nRegisterCallId={}\n" +
		"ConfigVersionStamp={}\nDialplanVersionStamp={}\nSoftkeyVersionStamp={}\n"
	host, _, _ := strings.Cut(from, ":")
	sum := sha1.Sum([]byte(callID))
	u := hex.EncodeToString(sum[:])
	return fmt.Appendf(make([]byte, 0, 1024), "NOTIFY %s SIP/2.0\r\n"+
		"Via: SIP/2.0/TCP %s;branch=z9hG4bK%s\r\n"+
		"From: <sip:%s>;tag=%s\r\n"+
		"To: <%s>\r\n"+
		"Call-ID: %s@%s\r\n"+
		"CSeq: 101 NOTIFY\r\n"+
		"Max-Forwards: 70\r\n"+
		"Date: %s\r\n"+
		"User-Agent: Cisco-CUCM10.0\r\n"+
		"Event: service-control\r\n"+
		"Subscription-State: active\r\n"+
		"Contact: <sip:%s;transport=tcp>\r\n"+
		"Content-Type: text/plain\r\n"+
		"Content-Length: %d\r\n\r\n%s",
		contact, from, u[:8], host, u[8:24], contact, callID, host, date(now), from, len(body), body)
}

func date(t time.Time) string { return t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }
