package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// notify is a NOTIFY as a call manager sends it to the golden phone, with one text
// in place of another.
func notify(t testing.TB, body, old, with string) *Message {
	manager := CallManager{"192.168.7.200:5060", "Cisco-CUCM12.5"}
	contact := fmt.Sprintf("sip:%s@%s", golden7821.User(), golden7821.Address)
	r := manager.Notify(Notice{Reset, contact, golden7821.RegisterCallID(), 1}, time.Unix(0, 0))
	head, own, _ := strings.Cut(string(r.Bytes), "\r\n\r\n")
	if body == "" {
		body = own
	}
	if old != "" {
		require.Contains(t, head+"\r\n", old)
		head = strings.Replace(head+"\r\n", old, with, 1)
		head = strings.TrimSuffix(head, "\r\n")
	}
	_, length, _ := strings.Cut(head, "Content-Length: ")
	head = strings.Replace(head, "Content-Length: "+length, fmt.Sprintf("Content-Length: %d", len(body)), 1)
	return parse(t, head+"\r\n\r\n"+body)
}

// How a phone answers a NOTIFY, and what it then does: the rules of SIPCC, and
// those seen at a 7975 and an 8861.
func TestPhonesCheckNotifications(t *testing.T) {
	own := "RegisterCallId={" + golden7821.RegisterCallID() + "}\r\n"
	const stamps = "ConfigVersionStamp={1}\r\nDialplanVersionStamp={}\r\nSoftkeyVersionStamp={}\r\n"
	const apply = stamps + "CUCMResult=config_applied\r\nLoadId={x}\r\nLoadServer={}\r\nLogServer={}\r\n"
	user := golden7821.User()
	for name, tc := range map[string]struct {
		body, old, with string
		code            int
		action          Action
	}{
		"as CUCM sends it":            {"", "", "", 200, Reset},
		"to the line's number":        {"", "NOTIFY sip:" + user, "NOTIFY sip:2222", 200, Reset},
		"to the contact in capitals":  {"", "NOTIFY sip:" + user, "NOTIFY sip:" + strings.ToUpper(user), 200, Reset},
		"no Event":                    {"", "Event: service-control\r\n", "", 400, ""},
		"unknown event":               {"", "Event: service-control", "Event: weather", 400, ""},
		"the event in capitals":       {"", "Event: service-control", "Event: SERVICE-CONTROL", 200, Reset},
		"check-sync: nothing happens": {"", "Event: service-control", "Event: check-sync", 200, ""},
		"no user in Request-URI":      {"", "NOTIFY sip:" + user + "@", "NOTIFY sip:", 400, ""},
		"another user in Request-URI": {"", "NOTIFY sip:" + user, "NOTIFY sip:1234", 404, ""},
		"another host in Request-URI": {"", "@192.168.7.104:51778 SIP", "@192.168.7.105:51778 SIP", 400, ""},
		"another port in Request-URI": {"", "@192.168.7.104:51778 SIP", "@192.168.7.104:5060 SIP", 400, ""},
		"no port in Request-URI":      {"", "@192.168.7.104:51778 SIP", "@192.168.7.104 SIP", 400, ""},
		"no user in To":               {"", "To: <sip:" + user + "@", "To: <sip:", 400, ""},
		"To with the phone's port":    {"", "@192.168.7.104>", "@192.168.7.104:51778>", 200, Reset},
		"To with another port":        {"", "@192.168.7.104>", "@192.168.7.104:5060>", 400, ""},
		"To with another host":        {"", "@192.168.7.104>", "@192.168.7.105>", 400, ""},
		"From with a user":            {"", "From: <sip:192", "From: <sip:2222@192", 400, ""},
		"no Content-Type":             {"", "Content-Type: text/plain\r\n", "", 400, ""},
		"another type of body":        {"", "text/plain", "text/xml", 400, ""},
		"a type with a parameter":     {"", "text/plain", "text/plain;charset=utf-8", 200, Reset},
		"lines that end in LF":        {"action=reset\n" + strings.TrimSpace(own), "", "", 200, Reset},
		"restart":                     {"action=restart\r\n" + own, "", "", 200, Restart},
		"no RegisterCallId":           {"action=reset\r\n", "", "", 400, ""},
		"RegisterCallId without braces": {"action=reset\r\n" + strings.NewReplacer("{", "", "}", "").Replace(own), "",
			"", 400, ""},
		"RegisterCallId with a blank after it": {"action=reset\r\n" + strings.Replace(own, "}", "} ", 1), "", "", 400, ""},
		"empty RegisterCallId":                 {"action=reset\r\nRegisterCallId={}\r\n", "", "", 400, ""},
		"another RegisterCallId":               {"action=reset\r\nRegisterCallId={1@192.168.7.104}\r\n", "", "", 400, ""},
		"RegisterCallId in other case":         {"action=reset\r\n" + strings.ToUpper(own), "", "", 400, ""},
		"names in other case": {"ACTION=Reset\r\n" + strings.Replace(own, "RegisterCallId",
			"registercallID", 1), "", "", 200, Reset},
		"blanks after =": {"action=  reset\r\n" + strings.Replace(own, "=", "= ", 1), "", "", 200,
			Reset},
		"longer names and values": {"actions=resetting\r\n" + strings.Replace(own, "Id=", "Identity =", 1), "",
			"", 200, Reset},
		"the first RegisterCallId counts": {"action=reset\r\n" + own + "RegisterCallId={1}\r\n", "", "", 200, Reset},
		"the first, though wrong":         {"action=reset\r\nRegisterCallId={1}\r\n" + own, "", "", 400, ""},
		"the first with braces":           {"action=reset\r\nRegisterCallId=1\r\n" + own, "", "", 200, Reset},
		"unknown lines": {"# hi\r\naction=reset\r\n\r\nFeatureControlVersionStamp={1}\r\n" + own, "",
			"", 200, Reset},
		"no action":                         {own, "", "", 200, ""},
		"unknown action":                    {"action=dance\r\n" + own, "", "", 200, ""},
		"prt-report, which is not modelled": {"action=prt-report\r\n" + own, "", "", 200, ""},
		"unknown action, no RegisterCallId": {"action=dance\r\n", "", "", 400, ""},
		"call-preservation":                 {"action=call-preservation\r\n" + own, "", "", 200, CallPreservation},
		"check-version":                     {"action=check-version\r\n" + own + stamps, "", "", 200, CheckVersion},
		"check-version, two stamps": {"action=check-version\r\n" + own + strings.Replace(stamps, "Softkey", "",
			1), "", "", 400, ""},
		"check-version, a bare stamp": {"action=check-version\r\n" + own + strings.Replace(stamps, "{1}", "1", 1),
			"", "", 400, ""},
		"apply-config": {"action=apply-config\r\n" + own + apply, "", "", 200, ApplyConfig},
		"apply-config, result in braces": {"action=apply-config\r\n" + own + strings.Replace(apply, "config_applied",
			"{no_change}", 1), "", "", 400, ""},
		"apply-config, unknown result": {"action=apply-config\r\n" + own + strings.Replace(apply, "config_applied",
			"maybe", 1), "", "", 400, ""},
		"apply-config without LoadId": {"action=apply-config\r\n" + own + strings.Replace(apply, "LoadId", "Load",
			1), "", "", 400, ""},
		"apply-config without LoadServer": {"action=apply-config\r\n" + own + strings.Replace(apply, "LoadServer",
			"Load", 1), "", "", 400, ""},
		"apply-config without LogServer": {"action=apply-config\r\n" + own + strings.Replace(apply, "LogServer", "Log",
			1), "", "", 400, ""},
		"apply-config without a stamp": {"action=apply-config\r\n" + own + strings.Replace(apply,
			"DialplanVersionStamp", "x", 1), "", "", 400, ""},
		"apply-config with all there is": {"action=apply-config\r\n" + own + apply + "InactiveLoadId={y}\r\nPPID=enabled\r\nFeatureControlVersionStamp={}\r\n", "", "", 200, ApplyConfig},
	} {
		t.Run(name, func(t *testing.T) {
			reply, control := golden7821.Notified(notify(t, tc.body, tc.old, tc.with))
			require.Equal(t, tc.code, reply.Code)
			require.Equal(t, tc.action, control.Action)
		})
	}
	// Nothing at all in the body.
	r := notify(t, "x", "", "")
	r.Body = ""
	reply, _ := golden7821.Notified(r)
	require.Equal(t, 400, reply.Code)
	// To without a user is told, as Request-URI is.
	reply, _ = golden7821.Notified(notify(t, "", "To: <sip:"+user+"@", "To: <sip:"))
	require.Contains(t, string(reply.To(r, golden7821.Address.Addr())), `Warning: 399 192.168.7.104 "Bad Request`)
}

func TestParseServiceControl(t *testing.T) {
	text := func(s string) *string { return &s }
	require.Empty(t, cmp.Diff(ServiceControl{
		Action: ApplyConfig, RegisterCallID: text("a"), Config: text(""), Result: "reregister_needed", LoadID: text("x"),
	}, ParseServiceControl("action=reset\naction=apply-config\nRegisterCallId={a}\nConfigVersionStamp={}\n"+
		"CUCMResult=no_change\nCUCMResult=reregister_needed now\nCUCMResult=what\nLoadId = {x}\nLoadServer={x\n}")))
}

func FuzzParseServiceControl(f *testing.F) {
	f.Add("action=reset\r\nRegisterCallId={005056bd-e9d90009-00000f98-000014d7@10.106.120.5}\r\n")
	f.Add("action=apply-config\nRegisterCallId={}\nConfigVersionStamp={}\nCUCMResult=no_change\nLoadId={}\nLogServer={")
	f.Fuzz(func(t *testing.T, body string) {
		s := ParseServiceControl(body)
		for _, field := range []*string{s.RegisterCallID, s.Config, s.Dialplan, s.Softkey, s.LoadID, s.LoadServer,
			s.LogServer} {
			if field != nil && !strings.Contains(body, "{"+*field+"}") {
				t.Fatalf("%q is not in braces in %q", *field, body)
			}
		}
	})
}

// How long a phone stays registered by a 200, which is five seconds less than it
// is granted.
func TestLifetimes(t *testing.T) {
	own := "Contact: <sip:" + golden7821.User() + "@192.168.7.104:51778;transport=tcp>"
	for name, tc := range map[string]struct {
		headers string
		want    time.Duration // 0: too short
	}{
		"as CUCM answers":            {"Expires: 120\r\n" + own + ";x-cisco-newreg", 115 * time.Second},
		"as CME answers":             {"Expires: 3600\r\n" + own + ";expires=600;x-cisco-newreg", 595 * time.Second},
		"nothing is said":            {own, Asked - Early},
		"longer than asked":          {"Expires: 7200\r\n" + own + ";expires=7200", Asked - Early},
		"the contact counts":         {"Expires: 120\r\n" + own + ";expires=300", 295 * time.Second},
		"another's contact does not": {"Expires: 120\r\nContact: <sip:1@192.168.7.9>;expires=300", 115 * time.Second},
		"own one among others": {"Contact: <sip:1@192.168.7.9>;expires=90\r\n" + own + ";expires=300",
			295 * time.Second},
		"an own one of no time":          {"Expires: 120\r\n" + own + ";expires=0", 115 * time.Second},
		"the shortest":                   {"Expires: 65", 60 * time.Second},
		"too short":                      {"Expires: 64", 0},
		"too short for the contact":      {"Expires: 120\r\n" + own + ";expires=30", 0},
		"none at all":                    {"Expires: 0", 0},
		"what is not a number is unsaid": {"Expires: soon", Asked - Early},
	} {
		t.Run(name, func(t *testing.T) {
			answer := parse(t, "SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\n"+tc.headers+"\r\nContent-Length: 0\r\n\r\n")
			got, err := golden7821.Lifetime("cm", answer)
			require.Equal(t, tc.want, got)
			if tc.want == 0 {
				require.IsType(t, &TooShortError{}, err)
				require.ErrorContains(t, err, "a phone wants 1m5s or more")
			} else {
				require.NoError(t, err)
			}
		})
	}
}

// What a REGISTER asks for: its contact's parameter before its header.
func TestWanted(t *testing.T) {
	for headers, want := range map[string]time.Duration{
		"Expires: 3600\r\nContact: <sip:1@h>":             time.Hour,
		"Expires: 3600\r\nContact: <sip:1@h>;expires=60":  time.Minute,
		"Expires: 3600\r\nContact: <sip:1@h>;expires=0":   0,
		"Expires: 0\r\nContact: <sip:1@h>;expires=60":     time.Minute,
		"Expires: 0\r\nContact: *":                        0,
		"Expires: 3600\r\nContact: <sip:1@h>;expires=\"x": time.Hour,
	} {
		r := parse(t, "REGISTER sip:x SIP/2.0\r\n"+headers+"\r\nContent-Length: 0\r\n\r\n")
		got, ok := Wanted(r)
		require.True(t, ok, headers)
		require.Equal(t, want, got, headers)
	}
	_, ok := Wanted(parse(t, "REGISTER sip:x SIP/2.0\r\nContact: <sip:1@h>\r\n\r\n"))
	require.False(t, ok)
}
