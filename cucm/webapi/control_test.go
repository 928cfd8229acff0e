package webapi_test

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

var update = flag.Bool("update", false, "write the answers anew; read the diff before keeping it")

const controlPath = "/controlcenterservice2/services/ControlCenterServices"

// soap puts what is asked of a serviceability API in an envelope, as SoapUI does.
func soap(operation string) string {
	return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ` +
		`xmlns:soap="http://schemas.cisco.com/ast/soap"><soapenv:Header/><soapenv:Body>` + operation +
		`</soapenv:Body></soapenv:Envelope>`
}

// soapFails sends what is answered with a fault, which says something.
func (s *script) soapFails(path, operation, says string) {
	s.Helper()
	status, answer := s.sends(s.lab.Pub, path, soap(operation))
	require.Equal(s, http.StatusInternalServerError, status, answer)
	require.Contains(s, answer, "<faultstring>"+says+"</faultstring>")
}

// isGolden compares an answer with that in testdata, where each element begins a line.
func (s *script) isGolden(name, answer string) {
	s.Helper()
	answer = strings.ReplaceAll(answer, "><ns1:", ">\n<ns1:") + "\n"
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(s, os.WriteFile(file, []byte(answer), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(s, err)
	require.Empty(s, cmp.Diff(string(want), answer))
}

// control is a request to do something to services, as scripts write it.
func control(node, kind string, services ...string) string {
	items := ""
	for _, name := range services {
		items += "<soap:item>" + name + "</soap:item>"
	}
	return "<soap:soapDoControlServices><soap:ControlServiceRequest><soap:NodeName>" + node + "</soap:NodeName>" +
		"<soap:ControlType>" + kind + "</soap:ControlType><soap:ServiceList>" + items + "</soap:ServiceList>" +
		"</soap:ControlServiceRequest></soap:soapDoControlServices>"
}

// What Control Center answers, whole; what it does is what the command line shows.
func TestControlCenter(t *testing.T) {
	s := scripts(t, "127.4.31.", 0)
	listed := func(service, state string) {
		t.Helper()
		require.Contains(t, s.lab.Must(s.lab.Pub, "utils service list"), "\n"+service+state+"\n")
	}
	const (
		status  = "<soap:soapGetServiceStatus>%s</soap:soapGetServiceStatus>"
		one     = "<soap:ServiceStatus>%s</soap:ServiceStatus>"
		started = "[STARTED]"
		stopped = "[STOPPED]  Commanded Out of Service"
	)
	named := fmt.Sprintf(one, "cisco tftp") + fmt.Sprintf(one, "Cisco DirSync") + fmt.Sprintf(one, "Cisco Nothing") +
		fmt.Sprintf(one, "Cisco CallManager")
	for _, tc := range []struct{ name, path, operation, tftp string }{
		{"status-all", "", fmt.Sprintf(status, "<soap:ServiceStatus/>"), started},
		{"status-named", "", fmt.Sprintf(status, named), started},
		{"stop", "", control("", "Stop", "Cisco Tftp"), stopped},
		{"status-stopped", "", fmt.Sprintf(status, fmt.Sprintf(one,
			",<soap:item>Cisco Tftp</soap:item>,<soap:item>Cisco DRF Local</soap:item>")), stopped},
		{"start", "/", control("TEST10PUB", "Start", "Cisco Tftp", "Cisco DRF Local"), started},
		{"restart", "Ex?x=y", control("127.4.31.2", "Restart", "Cisco Tftp", "Cisco Trust Verification Service"), started},
		{"restart-in-part", "", control("test10pub", "Restart", "Cisco DirSync", "Cisco Nothing", "Cisco Tftp"), started},
		{"static-services", "", "<soap:soapGetStaticServiceList><soap:ServiceInformationResponse>test" +
			"</soap:ServiceInformationResponse></soap:soapGetStaticServiceList>", started},
		{"products", "Ex", "<soap:getProductInformationList><soap:ServiceInfo/></soap:getProductInformationList>", started},
	} {
		s.lab.Wait(time.Hour)
		code, answer := s.sends(s.lab.Pub, controlPath+tc.path, soap(tc.operation))
		require.Equal(t, http.StatusOK, code, answer)
		s.isGolden("control-"+tc.name+".xml", answer)
		listed("Cisco Tftp", tc.tftp)
	}
	_, all := s.sends(s.lab.Pub, controlPath, soap(fmt.Sprintf(status, "")))
	require.Equal(t, len(s.lab.Pub.ServiceStatuses()), strings.Count(all, "<ns1:item>"), "no names: all")
}

// What cannot be controlled is told, and nothing is done.
func TestControlThatFails(t *testing.T) {
	s := scripts(t, "127.4.32.", 0)
	began, _ := s.lab.Pub.ServiceNamed("Cisco Tftp")
	s.lab.Wait(time.Hour)
	many := make([]string, 101)
	for i := range many {
		many[i] = "Cisco Tftp"
	}
	for says, operation := range map[string]string{
		"Cisco Tomcat cannot be controlled here: use the command line": control("", "Restart", "Cisco Tftp", "Cisco Tomcat"),
		"a cisco db cannot be controlled here: use the command line":   control("", "Stop", "a cisco db"),
		"ServiceList is empty": control("", "Stop"),
		"test10sub is not this node: its services are controlled there": control("test10sub", "Stop", "Cisco Tftp"),
		`The ControlType "Kill" is none of Start, Stop and Restart`:     control("", "Kill", "Cisco Tftp"),
		"more than 100 names": control("", "Restart", many...),
		"The operation soapDoServiceDeployment is not there: this is a simulator, which has a part of " +
			"Control Center alone": "<soap:soapDoServiceDeployment/>",
	} {
		s.soapFails(controlPath, operation, says)
	}
	now, _ := s.lab.Pub.ServiceNamed("Cisco Tftp")
	require.Equal(t, began, now)
	code, _ := s.sends(s.lab.Pub, controlPath, soap(control("", "Restart", many[:100]...)))
	require.Equal(t, http.StatusOK, code)

	// What a service that cannot be started says is in the answer.
	require.NoError(t, s.lab.Pub.StopService(cucm.TVSService))
	taken := listen(t, s.lab.Pub.Address(cucm.TVSService))
	defer taken.Close()
	code, answer := s.sends(s.lab.Pub, controlPath, soap(control("", "Start", "Cisco Trust Verification Service")))
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, answer, "<ns1:ReturnCode>1</ns1:ReturnCode><ns1:ReasonCode>-1007</ns1:ReasonCode>")
	require.Contains(t, answer, "address already in use")
}

func listen(t *testing.T, address string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	return l
}

// zeep does what scripts do with Control Center: restart, and look until that is over.
func TestZeepControlsServices(t *testing.T) {
	s := scripts(t, "127.4.33.", 0)
	s.lab.Wait(time.Hour)
	require.Equal(t, `Cisco Tftp Started -1 Wed Feb 26 19:24:27 2014 0
Cisco Tftp Started
Cisco DirSync Stopped Service Not Activated None -1
Cisco CallManager Started   3600
40 services, 12.5.1.16065-1
40 Cisco CallManager True CM Services
40 Cisco Tftp Started
Cisco Tomcat cannot be controlled here: use the command line
`, s.zeep(`
center = client('`+controlPath+`').service
done = center.soapDoControlServices({'NodeName': 'test10pub', 'ControlType': 'Restart',
    'ServiceList': {'item': ['Cisco Tftp']}})
assert done.ReturnCode == '0' and done.ReasonCode == -1, done
for s in done.ServiceInfoList.item:
    print(s.ServiceName, s.ServiceStatus, s.ReasonCode, s.StartTime, s.UpTime)
one = center.soapGetServiceStatus('Cisco Tftp').ServiceInfoList.item
print(one[0].ServiceName, one[0].ServiceStatus)
two = center.soapGetServiceStatus(['Cisco DirSync', 'Cisco CallManager']).ServiceInfoList.item
print(two[0].ServiceName, two[0].ServiceStatus, two[0].ReasonCodeString, two[0].StartTime, two[0].UpTime)
print(two[1].ServiceName, two[1].ServiceStatus, two[1].ReasonCodeString, two[1].UpTime)
products = center.getProductInformationList('')
print(len(products.Services.item), 'services,', products.ActiveServerVersion)
listed = center.soapGetStaticServiceList('')['item']
s = [s for s in listed if s.ServiceName == 'Cisco CallManager'][0]
print(len(listed), s.ServiceName, s.Deployable, s.GroupName)
extended = client('`+controlPath+`Ex')
all = extended.create_service('{http://schemas.cisco.com/ast/soap}ControlCenterServicesExBinding',
    sys.argv[1] + '`+controlPath+`Ex').soapGetServiceStatus('').ServiceInfoList.item
print(len(all), *[s.ServiceName + ' ' + s.ServiceStatus for s in all if s.ServiceName == 'Cisco Tftp'])
try:
    center.soapDoControlServices({'ControlType': 'Stop', 'ServiceList': {'item': ['Cisco Tomcat']}})
except Fault as e:
    print(e.message)
`))
}
