package sip

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/stretchr/testify/require"
)

// Somebody else's parser, github.com/emiago/sipgo, finds the same in messages.
func TestMessagesReadAsSipgoReadsThem(t *testing.T) {
	manager := CallManager{"127.0.0.2:5060", "Cisco-CUCM12.5"}
	const odd = "options sip:a:b@h:5061;transport=tcp?x=y SIP/2.0\r\n" +
		"v: SIP/2.0/TCP first:1;branch=z9hG4bK1 , SIP/2.0/UDP second\r\n" +
		"Via:SIP/2.0/TLS third\r\n" +
		"f: \"A, \\\"B\\\" <x>\" <sip:user;p=1@10.0.0.1:5062;u>;tag=7;lr\r\n" +
		"TO: Name\r\n\t<sips:number@[2001:db8::1]:5063>\r\n" +
		"i: call\r\n" +
		"CSeq: 17 OPTIONS\r\n" +
		"m: <sip:1@h1:5060;transport=tcp>;+sip.instance=\"<urn:uuid:1>\";expires=60,sip:2@h2;expires=0\r\n" +
		"Contact: *\r\n" +
		"Expires: 90\r\nk: one\r\nSupported: two\r\nl: 0\r\n\r\n"
	for _, text := range []string{
		string(golden7821.Refer("192.168.7.200", 0, time.Unix(0, 0), goldenAlarm()).Bytes),
		string(golden7821.Register("192.168.7.200", 1, time.Unix(0, 0), initialized).Bytes),
		string(golden7821.Unregister("192.168.7.200", 1, time.Unix(0, 0), initialized).Bytes),
		string(manager.Notify(Notice{Reset, "sip:x@127.0.0.1:5060", "1", 1}, time.Unix(0, 0)).Bytes),
		odd,
	} {
		theirs, err := sip.ParseMessage([]byte(text))
		require.NoError(t, err)
		r, ours := theirs.(*sip.Request), parse(t, text)
		same := func(uri sip.Uri, params sip.HeaderParams, a Address) {
			require.Equal(t, []any{uri.User, uri.Host, uri.Port, uri.Wildcard}, []any{a.User, a.Host, a.Port, a.Wildcard})
			for _, p := range params {
				value, found := a.Param(p.K)
				require.True(t, found, "%s of %s", p.K, a)
				require.Equal(t, p.V, value)
			}
		}
		require.Equal(t, r.Method.String(), ours.Method)
		require.Equal(t, string(r.Body()), ours.Body)
		same(r.Recipient, nil, ours.Target)
		same(r.To().Address, r.To().Params, ours.To())
		same(r.From().Address, r.From().Params, ours.From())
		require.Equal(t, r.CallID().Value(), ours.CallID())
		_, method := ours.cseq()
		require.Equal(t, string(r.CSeq().MethodName), method)
		contacts := slices.Collect(ours.contacts())
		require.Len(t, contacts, len(r.GetHeaders("Contact")))
		for i, h := range r.GetHeaders("Contact") {
			contact := h.(*sip.ContactHeader)
			same(contact.Address, contact.Params, contacts[i])
		}
		require.Equal(t, r.Via().Host, sender(ours.Header("Via")))
		require.False(t, ours.incomplete())
	}
}

// What an answer repeats comes back as it came, but for what is added.
func TestAnswersRepeat(t *testing.T) {
	const repeated = "Via: SIP/2.0/TCP phone:5060;branch=z9hG4bK1*, SIP/2.0/UDP other\r\n" +
		"Via: SIP/2.0/TCP third\r\nFrom: \"a;<b>\" <sip:1@h>;tag=2\r\nTo: sip:2@h;x=y"
	m := parse(t, "OPTIONS sip:h SIP/2.0\r\n"+strings.Replace(repeated, "*", "", 1)+
		"\r\nCall-ID: 1\r\nCSeq: 3 OPTIONS\r\nContent-Length: 0\r\n\r\n")
	reply := Reply{Code: 200}
	require.Regexp(t, "^SIP/2.0 200 OK\r\n"+strings.NewReplacer(".", `\.`, "*", ";received=127.1.0.7").Replace(repeated)+
		";tag=[0-9]+\r\nCall-ID: 1\r\nCSeq: 3 OPTIONS\r\n", string(reply.To(m, netip.MustParseAddr("127.1.0.7"))))
}

// Requests that cannot be answered, and bytes that are no message.
func TestUnreadableMessages(t *testing.T) {
	const whole = "REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/TCP h\r\nFrom: <sip:1@h>\r\nTo: <sip:1@h>\r\n" +
		"Call-ID: 1\r\nCSeq: 1 REGISTER\r\nContact: <sip:1@h>\r\n"
	require.False(t, parse(t, whole+"\r\n").incomplete())
	for old, with := range map[string]string{
		"Via: SIP/2.0/TCP h\r\n": "", "TCP h": "TCP", "From: <sip:1@h>\r\n": "", "To: <sip:1@h>": "To: <sip:1@h",
		"To: <": "To: \"x <", "Call-ID: 1\r\n": "", "CSeq: 1": "CSeq: x", "CSeq: 1 R": "CSeq: 4294967295 R",
		"CSeq: 1 REGISTER": "CSeq: 1", "Contact: <sip:1@h>": "Contact: <sip:1@h:port>", "From: <sip:": "From: <",
	} {
		require.Contains(t, whole, old)
		require.True(t, parse(t, strings.Replace(whole, old, with, 1)+"\r\n").incomplete(), "%q for %q", with, old)
	}
	for _, text := range []string{
		"REGISTER sip:h HTTP/1.1\r\n\r\n", "REGISTER sip:h  SIP/2.0\r\n\r\n", "REGISTER * SIP/2.0\r\n\r\n", "\r\n\r\n",
		"SIP/2.0 soon OK\r\n\r\n", "SIP/2.0 200\r\n\r\n", whole + "no colon\r\n\r\n", whole + "X: a\rb\r\n\r\n",
		whole + "X: a\nb\r\n\r\n", whole + "X: a\x00b\r\n\r\n", "SIPHON sip:h SIPS\r\n\r\n",
	} {
		_, err := parseHead(text)
		require.Error(t, err, "%q", text)
	}
}

// White space is a tab, too; an answer's reason may be a word that looks like a version.
func TestRareForms(t *testing.T) {
	number, method := parse(t, "OPTIONS sip:h SIP/2.0\r\nCSeq: 7\t REGISTER\r\n\r\n").cseq()
	require.Equal(t, []string{"7", "REGISTER"}, []string{number, method})
	answer := parse(t, "SIP/2.0 500 SIP/Failure\r\n\r\n")
	require.Equal(t, 500, answer.StatusCode)
	require.Equal(t, "SIP/Failure", answer.Reason)
	require.Empty(t, answer.Method)
}

// One body has one length.
func TestLengthsOfABody(t *testing.T) {
	for lengths, want := range map[string]int{"l: 4": 4, "Content-Length: 4\r\nl:  4": 4} {
		n, err := parse(t, "OPTIONS sip:h SIP/2.0\r\n"+lengths+"\r\n\r\n").contentLength()
		require.NoError(t, err, lengths)
		require.Equal(t, want, n)
	}
	for _, lengths := range []string{"X: 1", "l: 4\r\nContent-Length: 0", "l: +4", "l: -1", "l: 4,4", "l: 99999999999",
		"l:"} {
		_, err := parse(t, "OPTIONS sip:h SIP/2.0\r\n"+lengths+"\r\n\r\n").contentLength()
		require.Error(t, err, lengths)
	}
}
