package webapi_test

import (
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/internal/sftptest"
	"itlsim/sip"
)

// clientsVariable names the directory in which .ci/run has installed what
// testdata/clients/package.json lists.
const clientsVariable = "ITLSIM_CLIENTS"

// clients are those that scripts use, by what testdata/clients/NAME.js prints of each.
var clients = map[string]string{
	"cisco-axl": `version 12.5.1.16065(1)
phones 2500 SEP0000000009C3 Cisco 8861 Default
phone SEP0000000009C3 SIP
reset true
fault Item not valid: The specified Phone was not found
stranger No return results
newer No return results
`,
	"cucm-axl": `refused 599 9
version 12.5.1.16065(1)
phones 2500 SEP0000000009C3 Cisco 8861
phone SEP0000000009C3 SIP Default
reset {120188CA-BE8F-5D6B-8953-236020DCE33F}
fault Item not valid: The specified Phone was not found
stranger 401 true
`,
	"cisco-risport": `devices 1000 SEP0000000003E7 Registered 0 127.4.30.9 true
paginated 1000
refused 500 AxisFault: Exceeded allowed rate for Reatime information. ` +
		`Current allowed rate for realtime information is 3 requests per minute.
unregistered 1
stranger 401 Unauthorized
`,
	"node-risport70": `device SEP000000000000 Registered 127.4.30.9
devices 1000
unregistered 1 10
refused 500 AxisFault: Exceeded allowed rate for Reatime information. ` +
		`Current allowed rate for realtime information is 3 requests per minute.
stranger 401
`,
}

// Clients do what scripts do with them, unchanged: those of AXL ask for versions, list
// phones in pages, get and reset them, those of RIS find a thousand by name, and wait where
// they have asked too often.
func TestClients(t *testing.T) {
	node := sftptest.Program(t, "node")
	installed := os.Getenv(clientsVariable)
	if installed == "" {
		sftptest.Missing(t, clientsVariable+" names no directory with clients")
	}
	const host, listed, registered = "127.4.30.", 2500, 1000
	for client, want := range clients {
		t.Run(client, func(t *testing.T) {
			rate := 3
			s := scriptsWith(t, host, listed, wire.Options{Pace: 10, RISRate: &rate})
			s.registers(registered, host+"9")
			relay(t, host+"2:8443", s.lab.Pub.Address(cucm.TomcatService))
			args := []string{filepath.Join("testdata", "clients", client+".js"), host + "2", s.user, s.password}
			for i := range registered {
				args = append(args, name(i))
			}
			cmd := exec.Command(node, args...)
			cmd.Env = append(os.Environ(), "NODE_PATH="+filepath.Join(installed, "node_modules"),
				"NODE_TLS_REJECT_UNAUTHORIZED=0", "NODE_NO_WARNINGS=1")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Equal(t, want, string(out))
			if strings.HasSuffix(client, "axl") {
				require.Eventually(t, func() bool { return s.lab.CallManagerOf(name(listed-1)) == nil },
					time.Minute, time.Millisecond, "the phone was reset")
			}
		})
	}
}

// curl sends bodies as it does for scripts: as a form, from a file, with a jar of cookies.
func TestCurl(t *testing.T) {
	program := sftptest.Program(t, "curl")
	s := scripts(t, "127.4.31.", 1001)
	s.registers(1000, "127.4.31.9")
	var names []string
	for i := range 1000 {
		names = append(names, name(i))
	}
	dir := t.TempDir()
	sends := func(login, path, space, body string) (status, answer string) {
		t.Helper()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "body.xml"), []byte(`<?xml version="1.0"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="`+space+`">
<soapenv:Body>
`+body+`
</soapenv:Body></soapenv:Envelope>`), 0o600))
		cmd := exec.Command(program, "-k", "-s", "-S", "-b", "jar", "-c", "jar", "-u", login, "-w", "\n%{http_code}",
			"-H", "SOAPAction: CUCM:DB ver=12.5", "--data", "@body.xml", "https://"+s.lab.Sub.Address(cucm.TomcatService)+path)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		at := strings.LastIndexByte(string(out), '\n')
		return string(out[at+1:]), string(out[:at])
	}
	const axl = "http://www.cisco.com/AXL/API/12.5"
	login := s.user + ":" + s.password
	status, answer := sends(login, "/axl/", axl, "<x:listPhone><searchCriteria><name>SEP%</name></searchCriteria>"+
		"<returnedTags><name/></returnedTags></x:listPhone>")
	require.Equal(t, "200", status, answer)
	require.Equal(t, 1001, strings.Count(answer, "<phone "))
	status, answer = sends(login, risPath, "http://schemas.cisco.com/ast/soap",
		"<x:selectCmDevice><x:CmSelectionCriteria>"+strings.ReplaceAll(items(names...), "soap:", "x:")+
			"</x:CmSelectionCriteria></x:selectCmDevice>")
	require.Equal(t, "200", status, answer)
	require.Contains(t, answer, "<ns1:TotalDevicesFound>1000</ns1:TotalDevicesFound>")
	status, answer = sends(login, "/axl/", axl, "<x:resetPhone>\n<name>"+name(1000)+"</name>\n</x:resetPhone>")
	require.Equal(t, "200", status, answer)
	require.Eventually(t, func() bool { return s.lab.CallManagerOf(name(1000)) == nil }, time.Minute, time.Millisecond)
	status, _ = sends(login, "/axl/", strings.ReplaceAll(axl, "12.5", "15.0"), "<x:getCCMVersion/>")
	require.Equal(t, "599", status)
	status, _ = sends(s.user+":wrong", "/axl/", axl, "<x:getCCMVersion/>")
	require.Equal(t, "401", status, "in spite of the cookie")
}

// registers registers the first phones, and the last, at an address. The tenth of them is
// gone again.
func (s *script) registers(phones int, at string) {
	register := func(i int) {
		s.lab.Pub.RegisterOver(name(i), cucm.Registration{Session: "1", Contact: "sip:x@" + at + ":9",
			At: netip.MustParseAddrPort(at + ":9")}, sip.Granted)
	}
	for i := range phones {
		register(i)
	}
	devices, _ := s.lab.Devices()
	register(len(devices) - 1)
	s.lab.Pub.Unregister(name(10), cucm.DeviceUnregistered)
}

// relay has a node answer at the port that clients cannot be told to change.
func relay(t *testing.T, from, to string) {
	l, err := net.Listen("tcp4", from)
	require.NoError(t, err)
	var passing sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		passing.Wait()
	})
	passing.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			passing.Go(func() {
				defer client.Close()
				server, err := net.Dial("tcp4", to)
				if err != nil {
					return
				}
				defer server.Close()
				passing.Go(func() {
					_, _ = io.Copy(server, client)
					server.Close()
				})
				_, _ = io.Copy(client, server)
			})
		}
	})
}
