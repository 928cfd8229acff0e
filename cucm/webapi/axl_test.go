package webapi_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/webapi"
	"itlsim/cucm/wire"
	"itlsim/internal/cucmtest"
	"itlsim/sip"
)

// A script is one that knows nothing of this project: it sends text and reads text.
type script struct {
	*testing.T
	lab            *cucmtest.Lab
	client         http.Client
	user, password string
	cookie         string
	version        string
	header         http.Header // of the last answer
}

// scripts puts up a cluster of two nodes with phones in its database.
func scripts(t *testing.T, host string, phones int) *script {
	return scriptsWith(t, host, phones, wire.Options{})
}

// scriptsWith does so with these options.
func scriptsWith(
	t *testing.T, host string, phones int, opt wire.Options, change ...func(*cucm.Config),
) *script {
	l := cucmtest.New(t, append([]func(*cucm.Config){func(c *cucm.Config) { c.Release = cucm.Release125 }}, change...)...)
	for i := range phones {
		l.AddDevice(cucm.Device{Name: name(i), Model: "8861", Group: l.Nodes()})
	}
	return scriptsOf(t, l, host, opt)
}

// scriptsOf talks to a cluster.
func scriptsOf(t *testing.T, l *cucmtest.Lab, host string, opt wire.Options) *script {
	sockets, err := wire.ListenWith(l.Cluster, []string{host + "2", host + "3"}, opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sockets.Close()) })
	s := &script{T: t, lab: l, user: cucm.AdminUser, password: cucmtest.Password, version: "12.5"}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	s.client.Transport = transport
	t.Cleanup(transport.CloseIdleConnections)
	return s
}

func name(i int) string { return fmt.Sprintf("SEP%012X", i) }

// sends sends a request to a path of a node; a POST, where there is a body.
func (s *script) sends(n *cucm.Node, path, body string) (status int, answer string) {
	s.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequest(method, "https://"+n.Address(cucm.TomcatService)+path, strings.NewReader(body))
	require.NoError(s, err)
	if s.user != "" {
		r.SetBasicAuth(s.user, s.password)
	}
	if s.cookie != "" {
		r.Header.Set("Cookie", s.cookie)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl --data says
	r.Header.Set("SOAPAction", `"CUCM:DB ver=10.0 somethingElse"`)
	a, err := s.client.Do(r)
	require.NoError(s, err)
	defer a.Body.Close()
	data, err := io.ReadAll(a.Body)
	require.NoError(s, err)
	s.header = a.Header
	return a.StatusCode, string(data)
}

// asks sends an operation in an envelope.
func (s *script) asks(operation, children string) (status int, answer string) {
	s.Helper()
	return s.sends(s.lab.Pub, "/axl/", fmt.Sprintf(`<soapenv:Envelope `+
		`xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" `+
		`xmlns:ns="http://www.cisco.com/AXL/API/%s"><soapenv:Header/><soapenv:Body><ns:%[2]s sequence="7">%s</ns:%[2]s>`+
		`</soapenv:Body></soapenv:Envelope>`, s.version, operation, children))
}

// gets is what stands in <return> of an answer that is good, without UUIDs.
func (s *script) gets(operation, children string) string {
	s.Helper()
	status, answer := s.asks(operation, children)
	require.Equal(s, http.StatusOK, status, answer)
	require.Equal(s, "text/xml;charset=UTF-8", s.header.Get("Content-Type"))
	before, after, _ := strings.Cut(answer, "<return>")
	require.Equal(s, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+
		`<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>`+
		`<ns:`+operation+`Response xmlns:ns="http://www.cisco.com/AXL/API/`+s.version+`">`, before)
	content, after, _ := strings.Cut(after, "</return>")
	require.Equal(s, "</ns:"+operation+"Response></soapenv:Body></soapenv:Envelope>", after)
	return regexp.MustCompile(` uuid="\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}"`).ReplaceAllString(content, "")
}

// fails is the fault of a request that fails.
func (s *script) fails(operation, children, code, text string) {
	s.Helper()
	status, answer := s.asks(operation, children)
	require.Equal(s, http.StatusInternalServerError, status, answer)
	require.Regexp(s, "<soapenv:Fault><faultcode>soapenv:(Server|Client)</faultcode><faultstring>"+text+"</faultstring>"+
		"<detail><axlError><axlcode>"+code+"</axlcode><axlmessage>"+text+"</axlmessage><request>"+operation+
		"</request></axlError></detail></soapenv:Fault>", answer)
}

// Who may ask: by password or cookie. Each wrong one is logged, and costs time.
func TestAdmission(t *testing.T) {
	s := scripts(t, "127.4.20.", 1)
	status, page := s.sends(s.lab.Pub, "/axl/", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "AXL")
	set := s.header.Get("Set-Cookie")
	require.Regexp(t, `^JSESSIONIDSSO=[A-Z2-7]{26,}; Path=/; HttpOnly; Secure$`, set)

	s.cookie, _, _ = strings.Cut(set, ";")
	s.gets("getCCMVersion", "")
	require.Empty(t, s.header.Get("Set-Cookie"), "cookie and password together")
	s.user = ""
	s.gets("getCCMVersion", "")
	status, _ = s.sends(s.lab.Sub, "/axl/", "")
	require.Equal(t, http.StatusNotFound, status, "another node's session")
	require.NoError(t, s.lab.SetPassword("another1"))
	status, _ = s.sends(s.lab.Pub, "/axl/", "")
	require.Equal(t, http.StatusNotFound, status, "of the password before")

	s.cookie = ""
	status, page = s.sends(s.lab.Pub, "/axl/", "")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, page, "HTTP Status 401")
	require.Contains(t, s.header.Get("WWW-Authenticate"), "Basic realm=")
	require.Empty(t, s.lab.Alarms("AuthenticationFailed"), "nobody logged in")

	s.user = cucm.AdminUser
	began := time.Now()
	for range 2 {
		status, _ = s.sends(s.lab.Pub, "/axl", "<x/>")
		require.Equal(t, http.StatusUnauthorized, status)
	}
	require.Greater(t, time.Since(began), 200*time.Millisecond)
	wrong := s.lab.Alarms("AuthenticationFailed")
	require.Len(t, wrong, 2)
	require.Contains(t, wrong[0], "[Interface=AXL][UserID=admin]")
	s.password = "another1"
	s.gets("getCCMVersion", "")
	s.user = "root"
	status, _ = s.sends(s.lab.Pub, "/axl/", "<x/>")
	require.Equal(t, http.StatusUnauthorized, status, "the right password, of somebody else")
}

// The inventory: versions, servers, call managers, groups, pools.
func TestInventory(t *testing.T) {
	s := scripts(t, "127.4.21.", 1)
	l := s.lab
	l.AddDevice(cucm.Device{Name: "SEPFF", Model: "7821", Group: []*cucm.Node{l.Sub, l.Pub}})
	version := "<componentVersion><version>12.5.1.16065(1)</version></componentVersion>"
	require.Equal(t, version, s.gets("getCCMVersion", ""))
	require.Equal(t, version, s.gets("getCCMVersion", "<processNodeName>TEST10SUB</processNodeName>"))
	s.fails("getCCMVersion", "<processNodeName>x</processNodeName>", "5007",
		"Item not valid: The specified ProcessNode was not found")
	require.Equal(t, "<processNode><name>EnterpriseWideData</name><nodeUsage>Publisher</nodeUsage></processNode>"+
		"<processNode><name>test10pub</name><nodeUsage>Publisher</nodeUsage></processNode>"+
		"<processNode><name>test10sub</name><nodeUsage>Subscriber</nodeUsage></processNode>",
		s.gets("listProcessNode", `<searchCriteria><name>%</name>`+
			`<processNodeRole>CUCM Voice/Video</processNodeRole></searchCriteria>`+
			`<returnedTags><nodeUsage/><name></name></returnedTags>`))
	require.Equal(t, `<callManager ctiid="2"><name>CM_test10sub</name>`+
		`<processNodeName>test10sub</processNodeName></callManager>`,
		s.gets("listCallManager", "<searchCriteria><name>%sub</name></searchCriteria>"+
			"<returnedTags><name/><processNodeName/></returnedTags>"))
	require.Equal(t, `<callManager ctiid="1"><autoRegistration><autoRegistrationEnabled>false</autoRegistrationEnabled>`+
		`</autoRegistration></callManager>`,
		s.gets("listCallManager", "<searchCriteria><name>%pub</name></searchCriteria>"+
			"<returnedTags><autoRegistration/></returnedTags>"))
	require.Equal(t, "<callManagerGroup><name>Default</name></callManagerGroup>"+
		"<callManagerGroup><name>test10sub-test10pub</name></callManagerGroup>",
		s.gets("listCallManagerGroup", "<searchCriteria/><returnedTags><name/></returnedTags>"))
	require.Equal(t, "<callManagerGroup><name>Default</name><tftpDefault>true</tftpDefault><members>"+
		"<member><callManagerName>CM_test10pub</callManagerName><priority>1</priority></member>"+
		"<member><callManagerName>CM_test10sub</callManagerName><priority>2</priority></member></members></callManagerGroup>",
		s.gets("getCallManagerGroup", "<name>default</name>"))
	s.fails("getCallManagerGroup", "<name>x</name>", "5007",
		"Item not valid: The specified CallManagerGroup was not found")
	require.Equal(t, "<devicePool><name>test10sub-test10pub</name>"+
		"<callManagerGroupName>test10sub-test10pub</callManagerGroupName></devicePool>",
		s.gets("listDevicePool", "<searchCriteria><name>test%</name></searchCriteria>"+
			"<returnedTags><callManagerGroupName/><name/></returnedTags>"))
}

// Phones: listed in pages until one is empty, and got one by one.
func TestPhones(t *testing.T) {
	s := scripts(t, "127.4.22.", 25)
	page := func(skip int) string {
		return s.gets("listPhone", fmt.Sprintf("<searchCriteria><name>sep%%</name></searchCriteria>"+
			"<returnedTags><name/></returnedTags><skip>%d</skip><first>10</first>", skip))
	}
	var all string
	for skip := 0; page(skip) != ""; skip += 10 {
		all += page(skip)
		require.LessOrEqual(t, skip, 20)
	}
	var want string
	for i := range 25 {
		want += "<phone><name>" + name(i) + "</name></phone>"
	}
	require.Equal(t, want, all)
	one := "<phone><name>SEP000000000003</name><description>SEP000000000003</description><product>Cisco 8861</product>" +
		"<model>Cisco 8861</model><class>Phone</class><protocol>SIP</protocol><protocolSide>User</protocolSide>" +
		`<callingSearchSpaceName xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>` +
		"<devicePoolName>Default</devicePoolName>" +
		"<commonPhoneConfigName>Standard Common Phone Profile</commonPhoneConfigName>" +
		"<networkLocation>Use System Default</networkLocation><locationName>Hub_None</locationName>" +
		"<vendorConfig></vendorConfig>" +
		"<securityProfileName>Cisco 8861 - Standard SIP Non-Secure Profile</securityProfileName></phone>"
	require.Equal(t, one, s.gets("getPhone", "<name>sep000000000003</name>"))
	_, answer := s.asks("getPhone", "<name>SEP000000000003</name><returnedTags/>")
	id := regexp.MustCompile(`<phone uuid="\{(.*)\}"></phone>`).FindStringSubmatch(answer)
	require.Len(t, id, 2, answer)
	require.Equal(t, one, s.gets("getPhone", "<uuid>"+strings.ToLower(id[1])+"</uuid>"))
	require.Equal(t, one, s.gets("getPhone", `<name/><uuid>{`+id[1]+"}</uuid>"))
	names := func(criterion string) string {
		t.Helper()
		return s.gets("listPhone", "<searchCriteria>"+criterion+"</searchCriteria><returnedTags><name/></returnedTags>")
	}
	for _, criterion := range []string{
		"<name>SEP000000000003</name>", "<name>%3</name><protocol>SIP</protocol>",
		"<securityProfileName>%standard sip non-secure profile</securityProfileName>",
	} {
		require.Contains(t, names(criterion), "<phone><name>SEP000000000003</name></phone>")
	}
	for _, criterion := range []string{
		"<name>SEP9</name>", "<devicePoolName>x</devicePoolName>", "<callingSearchSpaceName>x</callingSearchSpaceName>",
	} {
		require.Empty(t, names(criterion))
	}
	long := "<name>" + strings.Repeat("%", 256) + "</name>"
	for _, criteria := range []string{strings.Repeat("<name>%</name>", 21), long} {
		s.fails("listPhone", "<searchCriteria>"+criteria+"</searchCriteria><returnedTags/>", "-1",
			"searchCriteria are too many or too long")
	}
	require.NotEmpty(t, names(strings.Repeat("<name>%</name>", 20)))
	s.fails("getPhone", "<name>SEP9</name>", "5007", "Item not valid: The specified Phone was not found")
	s.fails("listPhone", "<searchCriteria/>", "-1", "returnedTags is missing in listPhone")
	s.fails("listPhone", "<returnedTags/><first>many</first>", "-1", "first is not a number: many")
	s.fails("addPhone", "<phone/>", "-1",
		"The operation addPhone is not there: this is a simulator, which has a part of AXL alone")
	s.lab.AddDevice(cucm.Device{Name: `SEP"<&>`, Model: "8861", Group: s.lab.Nodes()})
	require.Contains(t, names(""), `<name>SEP"&lt;&amp;&gt;</name>`)
}

// Schemas that the release has not are refused in words that clients read; what is no
// envelope, or too long, is a fault.
func TestRefusals(t *testing.T) {
	s := scripts(t, "127.4.23.", 1)
	s.version = "14.0"
	status, page := s.asks("getCCMVersion", "")
	require.Equal(t, 599, status)
	require.Contains(t, page, "Incorrect axl version. Supported axl versions are 9.x, 10.x, 11.x and 12.x<")
	s.version = "10.5"
	s.gets("getCCMVersion", "")
	for _, body := range []string{"<x>", "<!DOCTYPE x><x/>", "<x>" + strings.Repeat(" ", 1<<20) + "</x>"} {
		status, answer := s.sends(s.lab.Sub, "/axl/?x=y", body)
		require.Equal(t, http.StatusInternalServerError, status)
		require.Contains(t, answer, "<soapenv:Fault><faultcode>soapenv:Client</faultcode>")
	}
	status, page = s.sends(s.lab.Pub, "/ccmcip/xmldirectoryinput.jsp", "")
	require.Equal(t, http.StatusOK, status, "the directory is where it was")
	require.Contains(t, page, "Corporate Directory")
}

// An answer over 8 MB is a fault, by which clients page.
func TestLargeAnswers(t *testing.T) {
	s := scripts(t, "127.4.24.", 9000)
	list := func(more string) (int, string) {
		return s.asks("listPhone", "<searchCriteria><name>SEP%</name></searchCriteria><returnedTags><name/><description/>"+
			"<product/><model/><class/><protocol/><protocolSide/><callingSearchSpaceName/><devicePoolName/>"+
			"<commonPhoneConfigName/><networkLocation/><locationName/></returnedTags>"+more)
	}
	status, answer := list("")
	require.Equal(t, http.StatusOK, status, "5.4 MB")
	require.Equal(t, 9000, strings.Count(answer, "<phone "))
	for i := range 9000 {
		s.lab.AddDevice(cucm.Device{Name: name(9000 + i), Model: "8861", Group: s.lab.Nodes()})
	}
	status, answer = list("")
	require.Equal(t, http.StatusInternalServerError, status)
	said := regexp.MustCompile("Query request too large. Total rows matched: 18000 rows. " +
		"Suggestive Row Fetch: less than ([0-9]+) rows").FindStringSubmatch(answer)
	require.Len(t, said, 2, answer)
	status, answer = list("<skip>0</skip><first>" + said[1] + "</first>")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, said[1], fmt.Sprint(strings.Count(answer, "<phone ")))
}

// Resets in all spellings reach the phones that are meant, and the answer waits for none.
func TestResets(t *testing.T) {
	s := scripts(t, "127.4.25.", 3)
	l := s.lab
	l.AddDevice(cucm.Device{Name: "SEPFF", Model: "7821", Group: []*cucm.Node{l.Sub, l.Pub}})
	silent := netip.MustParseAddrPort("127.4.25.9:9") // nobody listens there
	all := []string{name(0), name(1), name(2), "SEPFF"}
	_, answer := s.asks("getPhone", "<name>"+name(1)+"</name>")
	id := regexp.MustCompile(`uuid="(\{.*?\})"`).FindStringSubmatch(answer)[1]
	for _, tc := range []struct {
		operation, children, returns string
		resets                       []string
	}{
		{"doDeviceReset", "<deviceName>" + name(0) + "</deviceName><isHardReset>True</isHardReset>", "true", all[:1]},
		{"doDeviceReset", `<deviceName uuid="` + id + `"/><deviceResetType>Restart</deviceResetType>`, "true", all[1:2]},
		{"resetPhone", "<uuid>" + id + "</uuid>", `\{.*\}`, all[1:2]},
		{"restartPhone", "<name>" + name(2) + "</name>", `\{.*\}`, all[2:3]},
		{"applyPhone", "<name>" + name(2) + "</name>", `\{.*\}`, all[2:3]},
		{"resetDevicePool", "<name>Default</name>", `\{.*\}`, all[:3]},
		{"restartCallManagerGroup", "<name>test10sub-test10pub</name>", `\{.*\}`, all[3:]},
		{"applyCommonPhoneConfig", "<name>Standard Common Phone Profile</name>", `\{.*\}`, all},
		{"resetEnterpriseParameters", "", "true", all},
		{"restartEnterpriseParameters", "", "true", all},
		{"doEnterpriseParametersReset", "", "true", all},
		{"applyConfigEnterpriseParameters", "", "true", all},
	} {
		for _, name := range all {
			l.Pub.RegisterOver(name, cucm.Registration{
				Session: tc.operation, Contact: "sip:x@127.4.25.9:9", At: silent,
			}, sip.Granted)
		}
		require.Regexp(t, "^"+tc.returns+"$", s.gets(tc.operation, tc.children))
		require.Eventually(t, func() bool { return l.Registered() == len(all)-len(tc.resets) }, time.Minute, time.Millisecond)
		for _, name := range tc.resets {
			require.Nil(t, l.CallManagerOf(name), "%s %s", tc.operation, name)
		}
	}
	require.Equal(t, "true", s.gets("doDeviceReset", "<deviceName>"+name(0)+"</deviceName>"), "one that is not registered")
	s.fails("doDeviceReset", "<deviceName>SEP9</deviceName>", "5007", "Item not valid: The specified Phone was not found")
	s.fails("restartPhone", "<name/>", "5007", "Item not valid: The specified Phone was not found")
	s.fails("resetDevicePool", "<name>x</name>", "5007", "Item not valid: The specified DevicePool was not found")
	s.fails("doDeviceReset", "<deviceName>"+name(0)+"</deviceName><deviceResetType>Cold</deviceResetType>", "-1",
		"The deviceResetType Cold is not there: .*")
	s.fails("doDeviceReset", "<deviceName>"+name(0)+"</deviceName><isHardReset>perhaps</isHardReset>", "-1",
		"isHardReset is neither true nor false: perhaps")
}

// docs/web-apis.md lists the operations that there are, and no others.
func TestOperationsAreListed(t *testing.T) {
	page, err := os.ReadFile("../../docs/web-apis.md")
	require.NoError(t, err)
	table := regexp.MustCompile("(?m)^\\| (`[^|]*`) \\|").FindAllStringSubmatch(string(page), -1)
	var listed []string
	for _, row := range table {
		for _, m := range regexp.MustCompile("`([A-Za-z]+)`").FindAllStringSubmatch(row[1], -1) {
			listed = append(listed, m[1])
		}
	}
	require.ElementsMatch(t, webapi.Operations(), listed)
}
