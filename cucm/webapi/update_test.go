package webapi_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/sip"
)

// served are the settings in the configuration that a node serves a phone.
func (s *script) served(n *cucm.Node, phone string) cnf.Settings {
	s.Helper()
	data, err := n.File(phone + ".cnf.xml")
	require.NoError(s, err)
	c, err := cnf.Parse(data)
	require.NoError(s, err)
	return c.Settings
}

// A phone's own settings are in its configuration, in nobody else's, and as long as they
// are its own whatever everybody else's are. What cannot be changed changes nothing.
func TestUpdatePhone(t *testing.T) {
	s := scripts(t, "127.4.50.", 2)
	l := s.lab
	update := func(children string) string { return s.gets("updatePhone", "<name>"+name(0)+"</name>"+children) }
	own := func() string {
		return s.gets("getPhone", "<name>"+name(0)+"</name><returnedTags><vendorConfig/></returnedTags>")
	}
	require.Regexp(t, `^\{.{36}\}$`, update("<vendorConfig><webAccess>0</webAccess></vendorConfig>"))
	require.Equal(t, cnf.Settings{SettingsAccess: true, WebAccess: true}, s.served(l.Sub, name(0)))
	require.Equal(t, cnf.Settings{SettingsAccess: true}, s.served(l.Sub, name(1)))
	require.Equal(t, "<phone><vendorConfig><webAccess>0</webAccess></vendorConfig></phone>", own())
	require.NoError(t, l.Configure(cnf.Settings{SSHAccess: true}))
	require.Equal(t, cnf.Settings{WebAccess: true, SSHAccess: true}, s.served(l.Pub, name(0)))
	for children, tag := range map[string]string{
		"<vendorConfig><sshAccess>1</sshAccess></vendorConfig><description>x</description>": "description",
		"<newName>SEP1</newName>": "newName",
		"<vendorConfig><sshAccess>1</sshAccess><displayOnTime>1</displayOnTime></vendorConfig>": "vendorConfig/displayOnTime",
	} {
		s.fails("updatePhone", "<name>"+name(0)+"</name>"+children, "-1", tag+" cannot be changed: this is a simulator, "+
			"which changes a phone's vendorConfig, and in it settingsAccess, webAccess, sshAccess and spanToPCPort")
	}
	s.fails("updatePhone", "<name>"+name(0)+"</name><vendorConfig><webAccess>on</webAccess></vendorConfig>", "-1",
		`vendorConfig: webAccess is "on"; it is 0 or 1`)
	s.fails("updatePhone", "<name>SEP9</name>", "5003", "Phone not found")
	require.Equal(t, cnf.Settings{WebAccess: true, SSHAccess: true}, s.served(l.Pub, name(0)))
	update("")
	require.Equal(t, "<phone><vendorConfig><webAccess>0</webAccess></vendorConfig></phone>", own())
	update("<vendorConfig><sshAccess>1</sshAccess><spanToPCPort>1</spanToPCPort></vendorConfig>")
	require.Equal(t, "<phone><vendorConfig><sshAccess>1</sshAccess><spanToPCPort>1</spanToPCPort></vendorConfig></phone>",
		own())
	require.Equal(t, cnf.Settings{}, s.served(l.Pub, name(0)))
	update("<vendorConfig/>")
	require.Equal(t, "<phone><vendorConfig></vendorConfig></phone>", own())
	require.Equal(t, l.Settings(), s.served(l.Pub, name(0)))
}

// RIS says of a phone's page what the configuration says that was served last; which
// phones were rejected; and of one that moved what each node knows.
func TestWhatEachNodeKnows(t *testing.T) {
	s := scripts(t, "127.4.51.", 2)
	l := s.lab
	comes := func(n *cucm.Node, i int) {
		n.RegisterOver(name(i), cucm.Registration{Session: "1", Contact: "sip:x@127.4.51.9:1",
			At: netip.MustParseAddrPort("127.4.51.9:1")}, sip.Granted)
	}
	began := fmt.Sprint(l.Now().Unix())
	line := func(name, model, status, web string) string {
		return name + " " + model + " " + status + " " + began + "   " + web + " 127.4.51.9"
	}
	comes(l.Pub, 0)
	comes(l.Sub, 0)
	comes(l.Sub, 1)
	s.served(l.Pub, name(1))
	l.Pub.Rejects("SEPFFFFFFFFFFFF", "7821", netip.MustParseAddrPort("127.4.51.9:1"))
	second, lost := line(name(1), "685", "Registered 0", "No"), line("SEPFFFFFFFFFFFF", "621", "Rejected 2", "Unknown")
	moved := line(name(0), "685", "Registered 0", "Unknown")
	require.Equal(t, []string{"test10pub Ok", line(name(0), "685", "UnRegistered 16", "Unknown"), lost,
		"test10sub Ok", moved, second}, s.whereabouts("selectCmDevice", ""))
	require.Equal(t, []string{"test10pub Ok", lost, "test10sub Ok", moved, second}, s.whereabouts("selectCmDeviceExt", ""))
	require.Equal(t, []string{"test10pub Ok", lost, "test10sub NotFound"},
		s.whereabouts("selectCmDevice", "<soap:Status>Rejected</soap:Status>"))

	s.gets("updatePhone", "<name>"+name(1)+"</name><vendorConfig><webAccess>0</webAccess></vendorConfig>")
	require.Contains(t, s.whereabouts("selectCmDeviceExt", ""), second, "it has not asked yet")
	s.served(l.Pub, name(1))
	require.Contains(t, s.whereabouts("selectCmDeviceExt", ""), line(name(1), "685", "Registered 0", "Yes"))
	_, answer := s.selects("selectCmDeviceExt", "")
	require.Contains(t, answer, `<ns1:H323Trunk xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`)
}

// From the schema of 14 on an answer declares at its beginning how there is no value, and
// only there.
func TestNoValues(t *testing.T) {
	s := scripts(t, "127.4.52.", 1)
	const asks = "<searchCriteria/><returnedTags><name/><callingSearchSpaceName/></returnedTags>"
	_, answer := s.asks("listPhone", asks)
	require.Contains(t, answer, `<callingSearchSpaceName `+
		`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`)
	s = scriptsWith(t, "127.4.53.", 1, wire.Options{}, func(c *cucm.Config) { c.Release = cucm.Release14 })
	s.version = "14.0"
	_, answer = s.asks("listPhone", asks)
	require.Contains(t, answer, `<ns:listPhoneResponse xmlns:ns="http://www.cisco.com/AXL/API/14.0" `+
		`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><return>`)
	require.Contains(t, answer, `</name><callingSearchSpaceName xsi:nil="true"/></phone>`)
	s.version = "12.5"
	_, answer = s.asks("listPhone", asks)
	require.Contains(t, answer, `<callingSearchSpaceName xmlns:xsi=`)
}
