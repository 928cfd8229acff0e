package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/sip"
)

// Whatever port a command listens at stands in the table of docs/security.md, and each
// row of that is a port where somebody listens.
func TestPortsAreListed(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	require.NoError(t, err)
	seen := make(map[string]bool)
	for _, row := range regexp.MustCompile(`(?m)^\| ([\w-]+/(?:tcp|udp)) \|`).FindAllStringSubmatch(string(page), -1) {
		seen[row[1]] = false
	}
	saw := func(port, of string) {
		if _, listed := seen[port]; !listed {
			t.Errorf("%s of itlsim %s has no row in docs/security.md", port, of)
		}
		seen[port] = true
	}

	s := serve(t)
	for _, l := range socketsOf(t, s.cmd.Process.Pid) {
		saw(s.service(l), "serve")
	}

	d := up(t, "demo", "--no-open", "--phones", "3", "--tour", "bulk-reset-remotekey", "--api", "127.0.0.1:0")
	for _, l := range socketsOf(t, d.cmd.Process.Pid) {
		switch at := l.at; {
		case at.Port() == 29451:
			saw("29451/tcp", "demo")
		case at.Addr().IsUnspecified():
			saw("sip-port/tcp", "demo") // or web-port
		case at.Addr() == netip.MustParseAddr("127.0.0.1") && !strings.Contains(d.Page+d.API, at.String()):
			saw("sftp/tcp", "demo")
		default:
			saw(d.service(l), "demo")
		}
	}

	sipPort := uint16(19000 + 2*rand.IntN(2000))
	webPort := sipPort + 1
	phones := exec.Command("itlsim", "phones", "--tftp", s.Nodes[0].TFTP, "--phones", "1", "--stay",
		"--sip-port", fmt.Sprint(sipPort), "--web-port", fmt.Sprint(webPort), "--from", "127.19.0.1", "--metrics", ":0")
	out, err := phones.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, phones.Start())
	t.Cleanup(func() { _ = phones.Process.Kill(); _ = phones.Wait() })
	var at string
	lines := bufio.NewReader(out)
	_, err = fmt.Fscanf(lines, "metrics: http://%s\n", &at)
	require.NoError(t, err)
	_, err = lines.ReadByte() // that they stay on
	require.NoError(t, err)
	metrics, err := netip.ParseAddrPort(strings.TrimSuffix(at, "/metrics"))
	require.NoError(t, err)
	names := map[uint16]string{sipPort: "sip-port/tcp", webPort: "web-port/tcp", metrics.Port(): "metrics/tcp"}
	for _, l := range socketsOf(t, phones.Process.Pid) {
		saw(names[l.at.Port()], "phones")
	}
	store := t.TempDir()
	farm := exec.Command("itlsim", "run", "trust-loss", "--mode", "virtual",
		"--farm-listen", "127.0.0.1:0", "--farm-store", store)
	require.NoError(t, farm.Start())
	t.Cleanup(func() { _ = farm.Process.Kill(); _ = farm.Wait() })
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(store, "join"))
		return err == nil
	}, time.Minute, 20*time.Millisecond)
	for range socketsOf(t, farm.Process.Pid) {
		saw("farm/tcp", "run --farm-listen")
	}
	for port, found := range seen {
		require.True(t, found, "docs/security.md lists %s, where nobody listens", port)
	}
}

// service is the table's name of a port of the nodes or the page.
func (s *served) service(l listener) string {
	names := map[string]string{}
	for _, n := range s.Nodes {
		names[n.HTTP], names[n.TVS], names[n.SIP] = "6970/tcp", "2445/tcp", "5060/tcp"
		names[n.HTTPS], names[n.SSH] = "8443/tcp", "22/tcp"
		plain, err := netip.ParseAddrPort(n.SIP)
		require.NoError(s.t, err)
		names[netip.AddrPortFrom(plain.Addr(), plain.Port()+sip.TLSPort-sip.Port).String()] = "5061/tcp"
		if l.protocol == "udp" && l.at.String() == n.TFTP {
			return "69/udp"
		}
	}
	if strings.Contains(s.Page, l.at.String()) {
		return "page/tcp"
	}
	if strings.Contains(s.API, l.at.String()) {
		return "api/tcp"
	}
	if name := names[l.at.String()]; name != "" {
		return name
	}
	return fmt.Sprintf("%s/%s", l.at, l.protocol)
}

// listener is a socket that waits for whoever comes.
type listener struct {
	protocol string
	at       netip.AddrPort
}

// socketsOf are the TCP sockets of a process that listen, and the UDP sockets at ports
// that are not the system's choice, from 32768 on.
func socketsOf(t *testing.T, pid int) (all []listener) {
	t.Helper()
	time.Sleep(50 * time.Millisecond) // transfers at an end
	own := make(map[string]bool)
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	require.NoError(t, err)
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil {
			own[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	for _, file := range []string{"tcp", "tcp6", "udp", "udp6"} {
		table, err := os.ReadFile("/proc/net/" + file)
		require.NoError(t, err)
		protocol := strings.TrimSuffix(file, "6")
		for line := range strings.Lines(string(table)) {
			const local, state, inode = 1, 3, 9
			f := strings.Fields(line)
			const listen, unconnected = "0A", "07"
			if !own[f[inode]] || f[state] != map[string]string{"tcp": listen, "udp": unconnected}[protocol] {
				continue
			}
			l := listener{protocol, parseAddress(t, f[local])}
			if protocol == "tcp" || l.at.Port() < 32768 {
				all = append(all, l)
			}
		}
	}
	require.NotEmpty(t, all)
	return all
}

// parseAddress reads an address as /proc/net has it: four bytes at a time in the
// machine's order, and the port.
func parseAddress(t *testing.T, s string) netip.AddrPort {
	host, port, _ := strings.Cut(s, ":")
	raw, err := hex.DecodeString(host + port)
	require.NoError(t, err)
	for i := 0; i+4 < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, _ := netip.AddrFromSlice(raw[:len(raw)-2])
	return netip.AddrPortFrom(addr.Unmap(), binary.BigEndian.Uint16(raw[len(raw)-2:]))
}
