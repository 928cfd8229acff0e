package webapi_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"unique"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/sftptest"
	"itlsim/sip"
)

const risPath = "/realtimeservice2/services/RISService70"

// risAnswer is what a client reads of an answer.
type risAnswer struct {
	Total int `xml:"Body>selectCmDeviceResponse>selectCmDeviceReturn>SelectCmDeviceResult>TotalDevicesFound"`
	Nodes []struct {
		ReturnCode, Name string
		Devices          []struct {
			Name, Model, Status, StatusReason, TimeStamp, ActiveLoadID, InactiveLoadID, Httpd string

			IP string `xml:"IPAddress>item>IP"`
		} `xml:"CmDevices>item"`
	} `xml:"Body>selectCmDeviceResponse>selectCmDeviceReturn>SelectCmDeviceResult>CmNodes>item"`
}

func (s *script) selects(operation, criteria string) (status int, answer string) {
	s.Helper()
	return s.sends(s.lab.Sub, risPath, soap("<soap:"+operation+"><soap:StateInfo/><soap:CmSelectionCriteria>"+criteria+
		"</soap:CmSelectionCriteria></soap:"+operation+">"))
}

// whereabouts are those of phones, as lines, by their nodes.
func (s *script) whereabouts(operation, criteria string) (lines []string) {
	s.Helper()
	status, text := s.selects(operation, criteria)
	require.Equal(s, http.StatusOK, status, text)
	require.Contains(s, text, `<ns1:selectCmDeviceResponse `+
		`xmlns:ns1="http://schemas.cisco.com/ast/soap"><ns1:selectCmDeviceReturn>`)
	var a risAnswer
	require.NoError(s, xml.Unmarshal([]byte(text), &a))
	total := 0
	for _, n := range a.Nodes {
		lines = append(lines, n.Name+" "+n.ReturnCode)
		for _, d := range n.Devices {
			total++
			lines = append(lines, strings.Join([]string{d.Name, d.Model, d.Status, d.StatusReason, d.TimeStamp,
				d.ActiveLoadID, d.InactiveLoadID, d.Httpd, d.IP}, " "))
		}
	}
	require.Equal(s, total, a.Total)
	return lines
}

func items(names ...string) (text string) {
	for _, name := range names {
		text += "<soap:item><soap:Item>" + name + "</soap:Item></soap:item>"
	}
	return "<soap:SelectItems>" + text + "</soap:SelectItems>"
}

// Where phones are, by whatever scripts ask for.
func TestWhereaboutsByRIS(t *testing.T) {
	s := scripts(t, "127.4.26.", 4)
	l := s.lab
	for i, n := range []*cucm.Node{l.Pub, l.Sub, l.Pub} {
		at := netip.AddrPortFrom(netip.MustParseAddr("127.4.26.10"), uint16(i+1))
		n.RegisterOver(name(i), cucm.Registration{Session: "1", Contact: "sip:x@127.4.26.10:1", At: at,
			Loads: unique.Make(sip.Loads{Active: "a.loads", Inactive: "b.loads"})}, sip.Granted)
	}
	l.Pub.Unregister(name(2), cucm.DeviceUnregistered)
	began := fmt.Sprint(l.Now().Unix())
	line := func(i int, status string) string {
		return name(i) + " 685 " + status + " " + began + " a b Unknown 127.4.26.10"
	}
	first, second, third := line(0, "Registered 0"), line(1, "Registered 0"), line(2, "UnRegistered 10")
	all := []string{"test10pub Ok", first, third, "test10sub Ok", second}
	none := []string{"test10pub NotFound", "test10sub NotFound"}
	for _, tc := range []struct {
		criteria string
		want     []string
	}{
		{"", all},
		{items("*"), all},
		{items(""), all},
		{"<soap:DeviceClass>Phone</soap:DeviceClass><soap:Model>255</soap:Model>" +
			"<soap:Status>Any</soap:Status>" + items("sep*"), all},
		{items(strings.ToLower(name(0)), name(0), name(3)), []string{"test10pub Ok", first, "test10sub NotFound"}},
		{items(name(0) + "," + name(1)), []string{"test10pub Ok", first, "test10sub Ok", second}},
		{"<soap:Status>UnRegistered</soap:Status>", []string{"test10pub Ok", third, "test10sub NotFound"}},
		{"<soap:NodeName>TEST10SUB</soap:NodeName>", []string{"test10sub Ok", second}},
		{"<soap:NodeName>nowhere</soap:NodeName>", []string{"nowhere InvalidNodeName"}},
		{"<soap:MaxReturnedDevices>1</soap:MaxReturnedDevices>", []string{"test10pub Ok", first, "test10sub NotFound"}},
		{"<soap:SelectBy>IPV4Address</soap:SelectBy>" + items("127.4.26.10"), all},
		{"<soap:SelectBy>DirNumber</soap:SelectBy>" + items("1000"), none},
		{"<soap:Model>621</soap:Model>", none},
		{"<soap:Protocol>SCCP</soap:Protocol><soap:DeviceClass>Gateway</soap:DeviceClass>", none},
	} {
		require.Equal(t, tc.want, s.whereabouts("selectCmDevice", tc.criteria), tc.criteria)
	}
	require.Equal(t, all, s.whereabouts("selectCmDeviceExt", ""), "the fifteenth")
	status, answer := s.selects("selectCmDeviceExt", "")
	require.Equal(t, http.StatusInternalServerError, status)
	require.Contains(t, answer, "<faultstring>AxisFault: Exceeded allowed rate for Reatime information. "+
		"Current allowed rate for realtime information is 15 requests per minute.</faultstring>")
	status, answer = s.selects("getServerInfo", "")
	require.Equal(t, http.StatusInternalServerError, status)
	require.Contains(t, answer, "The operation getServerInfo is not there")
}

// The description is at the address by which the client came, for those who may ask.
func TestDescriptionOfRIS(t *testing.T) {
	s := scripts(t, "127.4.27.", 1)
	status, wsdl := s.sends(s.lab.Pub, risPath+"?wsdl", "")
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, xml.Unmarshal([]byte(wsdl), new(struct{})))
	require.Contains(t, wsdl, `<soap:address location="https://`+s.lab.Pub.Address(cucm.TomcatService)+risPath+`"/>`)
	s.user = ""
	status, _ = s.sends(s.lab.Pub, risPath+"?wsdl", "")
	require.Equal(t, http.StatusUnauthorized, status)
}

// zeep runs a program of zeep, which most Python scripts use, in strict mode. Its function
// client reads the description at a path of the publisher.
func (s *script) zeep(program string) (printed string) {
	s.Helper()
	const python = "/usr/bin/python3" // which has Debian's packages
	if exec.Command(python, "-c", "import zeep").Run() != nil {
		sftptest.Missing(s.T, "python3-zeep is not installed")
	}
	const beginning = `
import sys, requests, urllib3
from zeep import Client
from zeep.exceptions import Fault
from zeep.transports import Transport
urllib3.disable_warnings()
web = requests.Session()
web.verify, web.trust_env, web.auth = False, False, (sys.argv[2], sys.argv[3])
def client(path):
    return Client(sys.argv[1] + path + '?wsdl', transport=Transport(session=web))
`
	out, err := exec.Command(python, "-c", beginning+program, "https://"+s.lab.Pub.Address(cucm.TomcatService),
		s.user, s.password).CombinedOutput()
	require.NoError(s, err, string(out))
	return string(out)
}

// zeep reads the description of RIS, and takes an answer.
func TestZeep(t *testing.T) {
	s := scripts(t, "127.4.28.", 2)
	s.lab.Pub.RegisterOver(name(1), cucm.Registration{Session: "1", Contact: "sip:x@127.4.28.9:1",
		At: netip.MustParseAddrPort("127.4.28.9:1")}, sip.Granted)
	require.Equal(t, strings.Repeat("test10pub SEP000000000001 685 Registered 127.4.28.9\n", 2), s.zeep(`
ris = client('`+risPath+`').service
for ask in (ris.selectCmDevice, ris.selectCmDeviceExt):
    answer = ask(StateInfo='', CmSelectionCriteria={'MaxReturnedDevices': 1000, 'DeviceClass': 'Phone', 'Model': 255,
        'Status': 'Registered', 'NodeName': '', 'SelectBy': 'Name', 'SelectItems': {'item': [{'Item': 'SEP*'}]},
        'Protocol': 'Any', 'DownloadStatus': 'Any'})
    for node in answer.SelectCmDeviceResult.CmNodes.item:
        for d in node.CmDevices.item if node.CmDevices else []:
            print(node.Name, d.Name, d.Model, d.Status, d.IPAddress.item[0].IP)
`))
}
