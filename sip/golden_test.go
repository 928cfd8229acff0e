package sip

import (
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// Identifiers that are drawn: branches, tags, Call-IDs after the MAC address,
// content ids, the contact's UUID, the first half of Session-IDs.
var identifiers = regexp.MustCompile(`z9hG4bK[0-9a-f]{8,13}|` +
	`(?:;tag=[0-9a-f]{12})[0-9a-f]{12}-[0-9a-f]{8}|;tag=[0-9]{1,10}\b|` +
	`(?:: |\{)[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}@|` +
	`(?:: )[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{1,5}-[0-9a-f]{1,8}@|` +
	`(?:cid:|<)[0-9a-f]{8}@|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@|` +
	`Session-ID: [0-9a-f]{8}`)

// requireGolden compares a message with one that was seen, which the files have
// with LF where the message has CRLF, but for identifiers. least is how many of
// these there are.
func requireGolden(t *testing.T, want, got string, least int) {
	t.Helper()
	mask := func(text string) string { return identifiers.ReplaceAllString(text, "*") }
	require.Empty(t, cmp.Diff(mask(strings.ReplaceAll(want, "\n", "\r\n")), mask(got)))
	require.GreaterOrEqual(t, strings.Count(mask(want), "*"), least, "the mask meets the identifiers")
}

// golden reads a file of messages that were seen.
func golden(t *testing.T, path string) string {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

// head is a message without its body.
func head(r Request) string {
	head, _, _ := strings.Cut(string(r.Bytes), "\r\n\r\n")
	return head + "\r\n"
}

func parse(t testing.TB, message string) *Message {
	head, body, _ := strings.Cut(message, "\r\n\r\n")
	m, err := parseHead(head + "\r\n\r\n")
	require.NoError(t, err)
	m.Body = body
	return m
}

// A REFER of a 7821. Its body's lines end in LF.
func TestReferIsTheGoldenMessage(t *testing.T) {
	want := golden(t, "../testdata/golden/devicetlinfo-refer.txt")
	r := golden7821.Refer("192.168.7.200", 0, time.Date(2019, 3, 9, 18, 32, 45, 0, time.UTC), goldenAlarm())
	require.Contains(t, string(r.Bytes), "\r\nContent-Length: 569\r\n")
	requireGolden(t, strings.TrimSuffix(want, "\n"), strings.ReplaceAll(
		strings.ReplaceAll(string(r.Bytes), "\r\n", "\n"), "\n", "\r\n"), 6)
}

// A 7821's REGISTER after a restart: 2,516 bytes, by its log. Its inactive load was
// another, of the same length.
func TestRegisterIsTheGoldenMessage(t *testing.T) {
	at := time.Date(2019, 3, 9, 18, 32, 45, 0, time.UTC)
	r := golden7821.Register("192.168.7.200", 113, at, &Reason{23, "reset-restart"})
	want := strings.Replace(golden(t, "testdata/register.txt"), "sip78xx.10-3-1-12", "sip78xx.12-1-1-12", 1)
	requireGolden(t, want, head(r), 5)
	require.Len(t, r.Bytes, 2516)
}

// REGISTERs that renew a registration: no Reason, no body.
func TestKeepAlivesAreTheGoldenMessages(t *testing.T) {
	cp8851 := Phone{
		Device: "SEP9C57AD12A4E0", Number: "1003", Address: netip.MustParseAddrPort("192.168.110.240:50057"),
		UserAgent: "Cisco-CP8851/12.1.1", DeviceType: 684, SIS: "7.0.0", SessionID: true,
	}
	at := time.Date(2019, 3, 29, 0, 31, 26, 0, time.UTC)
	requireGolden(t, golden(t, "testdata/keepalive-8851.txt"), head(cp8851.Register("192.168.20.172", 155, at, nil)), 5)
	cp7975 := Phone{
		Device: "SEP0024142DDF24", Number: "5678", Address: netip.MustParseAddrPort("10.106.114.185:53006"),
		UserAgent: "Cisco-CP7975G/9.3.1", DeviceType: 437, SIS: "6.0.0", OneLoad: true,
	}
	at = time.Date(2015, 7, 15, 12, 42, 56, 0, time.UTC)
	requireGolden(t, golden(t, "testdata/keepalive-7975.txt"), head(cp7975.Register("10.106.114.161", 11435, at, nil)), 4)
}

// What a phone says of its last boot, by family.
func TestReasons(t *testing.T) {
	reason := func(p Phone, why *Reason) string {
		m := parse(t, string(p.Register("x", 1, time.Unix(0, 0), why).Bytes))
		return m.Header("Reason")
	}
	require.Equal(t, `SIP;cause=200;text="cisco-alarm:25 Name=SEPC80084AA8743 `+
		`ActiveLoad=sip78xx.12-1-1-12.loads InactiveLoad=sip78xx.12-1-1-12.loads Last=initialized"`,
		reason(golden7821, initialized))
	cp7970 := Phone{Device: "SEP001B2A893698", Load: "SIP70.8-4-2-30S", OneLoad: true}
	require.Equal(t, `SIP;cause=200;text="cisco-alarm:23 Name=SEP001B2A893698 Load=SIP70.8-4-2-30S Last=reset-restart"`,
		reason(cp7970, &Reason{23, "reset-restart"}), "of a 7970 at a CME, in its documentation")
}

// A phone that goes asks for no time, and says why; one that stands by asks for
// none either, in a session of its own.
func TestExpiresZero(t *testing.T) {
	bye := parse(t, string(golden7821.Unregister("x", 7, time.Unix(0, 0), &Reason{22, "reset-reset"}).Bytes))
	stands := parse(t, string(golden7821.StandBy("x", 7, time.Unix(0, 0)).Bytes))
	for _, r := range []*Message{bye, stands} {
		require.Equal(t, "0", r.Header("Expires"))
		require.Empty(t, r.Body)
	}
	require.Equal(t, golden7821.RegisterCallID(), bye.CallID())
	require.Contains(t, bye.Header("Reason"), "cisco-alarm:22")
	require.NotEqual(t, golden7821.RegisterCallID(), stands.CallID())
	require.Empty(t, stands.Header("Reason"))
}

func TestRegistrationsOfOneBootShareTheirCallID(t *testing.T) {
	next := golden7821
	next.Session++
	call := func(p Phone, seq uint32) string { return p.Register("127.0.0.2", seq, time.Unix(0, 0), nil).CallID }
	require.Equal(t, call(golden7821, 1), call(golden7821, 2))
	require.Equal(t, golden7821.RegisterCallID(), call(golden7821, 2))
	require.NotEqual(t, call(golden7821, 1), call(next, 1))
}

// The NOTIFY of a CUCM 12.5, byte for byte but for what it draws.
func TestNotifyIsTheGoldenMessage(t *testing.T) {
	manager := CallManager{"10.106.120.2:5060", "Cisco-CUCM12.5"}
	r := manager.Notify(Notice{
		"prt-report", "sip:0008@10.106.120.5:51038", "005056bd-e9d90009-00000f98-000014d7@10.106.120.5", 0x12732,
	}, time.Date(2021, 7, 30, 5, 42, 22, 0, time.UTC))
	requireGolden(t, golden(t, "testdata/notify.txt"), string(r.Bytes), 4)
	require.Contains(t, r.CallID, "-12732-2786a0a@10.106.120.2")
	require.True(t, strings.HasSuffix(string(manager.Notify(Notice{Reset, "sip:a@b:1", "c", 1}, time.Unix(0, 0)).Bytes),
		"\r\nContent-Length: 34\r\n\r\naction=reset\r\nRegisterCallId={c}\r\n"))
}

// The answers of a CUCM 11.5 to a 7821's REFER and REGISTER.
func TestAnswersAreTheGoldenMessages(t *testing.T) {
	at := time.Date(2019, 3, 9, 18, 32, 46, 0, time.UTC)
	phone := netip.MustParseAddr("192.168.7.104")
	answers := strings.SplitAfter(golden(t, "testdata/answers.txt"), "\n\n")
	refer, _, _ := strings.Cut(golden(t, "../testdata/golden/devicetlinfo-refer.txt"), "\n\n")
	for i, tc := range []struct {
		request string
		Reply
	}{
		{strings.Replace(refer, "569", "0", 1), Reply{Code: 202, Date: at,
			Contact: "<sip:192.168.7.200:5060;transport=tcp>"}},
		{golden(t, "testdata/register.txt"), Reply{Code: 100, Date: at}},
		{golden(t, "testdata/register.txt"), Reply{
			Code: 200, Date: at, Server: "Cisco-CUCM11.5", Expires: new(Granted),
			Supported:   "X-cisco-srtp-fallback,X-cisco-sis-8.0.0",
			ContentType: OptionsType, Body: AnswerOptions(options),
		}},
	} {
		message := strings.ReplaceAll(strings.TrimSuffix(tc.request, "\n"), "\n", "\r\n") + "\r\n\r\n"
		if tc.Code != 202 {
			message += options
		}
		r := parse(t, message)
		if tc.Code == 200 {
			contact, _ := r.Contact()
			tc.Contact = contact.String() + ";x-cisco-newreg"
		}
		got, _, _ := strings.Cut(string(tc.Reply.To(r, phone)), "\r\n\r\n")
		requireGolden(t, answers[i], got+"\r\n\r\n", 2)
	}
}

// An answer says where a request came from whose Via names another host, as CUCM
// 12.0 and SIPCC do; rport stays unfilled, as with CUCM 14.
func TestViaOfAnswers(t *testing.T) {
	message := strings.ReplaceAll(golden(t, "testdata/keepalive-7975.txt"), "\n", "\r\n") + "\r\n"
	message = strings.Replace(message, ";branch=", ";rport;branch=", 1)
	r := parse(t, message)
	reply := Reply{Code: 200}
	via := "Via: SIP/2.0/TCP 10.106.114.185:53006;rport;branch=z9hG4bKd451a4fa"
	require.Contains(t, string(reply.To(r, netip.MustParseAddr("10.106.114.185"))), "\r\n"+via+"\r\n")
	require.Contains(t, string(reply.To(r, netip.MustParseAddr("10.65.40.61"))), "\r\n"+via+";received=10.65.40.61\r\n")
}
