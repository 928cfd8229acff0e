package docs

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

const labNetwork = "docs/how-to/real-phones.md"

// leased is what udhcpc does with a lease: it takes the address, and shows option 150.
const leased = `#!/bin/sh
[ "$1" != bound ] || { ip address add $ip/24 dev $interface && echo "$ip $opt150"; }
`

// The page's commands put up a cluster of two nodes at the standard ports, without root, and a
// DHCP server beside it, in a network namespace in place of a lab's machine. In another one
// busybox asks for an address and option 150, and simulated phones boot by what it gives.
func TestLabNetwork(t *testing.T) {
	for _, program := range []string{"ip", "dnsmasq", "busybox", "setcap", "setpriv"} {
		sftptest.Program(t, program)
	}
	machine, desk := fmt.Sprintf("itlsim-m%d", os.Getpid()), fmt.Sprintf("itlsim-d%d", os.Getpid())
	if out, err := exec.Command("ip", "netns", "add", machine).CombinedOutput(); err != nil {
		t.Skip("no namespaces can be made here: ", string(out))
	}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", machine).Run() })
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777)) // for the user whom the program has
	does := func(lines string) string {
		t.Helper()
		cmd := exec.Command("bash", "-euc", lines)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", desk).Run() })
	does("ip netns add " + desk + "; ip link add eth1 netns " + machine + " type veth peer name eth0 netns " + desk +
		"; for of in " + machine + " " + desk + "; do ip -n $of link set lo up; done" +
		"; ip -n " + machine + " link set eth1 up; ip -n " + desk + " link set eth0 up")
	clone, err := filepath.Abs("..")
	require.NoError(t, err)

	var background []*exec.Cmd
	t.Cleanup(func() {
		for _, cmd := range background {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(read(t, "../"+labNetwork), -1)
	require.Len(t, blocks, 4)
	for _, block := range blocks {
		lines := strings.NewReplacer("sudo dnsmasq", "exec dnsmasq", "sudo ", "",
			"go build -o ", "go build -C "+clone+" -o "+dir+"/",
			"ITLSIM_", "exec setpriv --reuid=65534 --regid=65534 --clear-groups env ITLSIM_").Replace(block[1])
		cmd := exec.Command("ip", "netns", "exec", machine, "bash", "-euc", lines)
		cmd.Dir = dir
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if !strings.Contains(lines, "exec ") {
			require.NoError(t, cmd.Run(), "%s", &said)
			continue
		}
		require.NoError(t, cmd.Start())
		background = append(background, cmd)
	}
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "ready.json"))
		return err == nil
	}, time.Minute, 50*time.Millisecond)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "leased"), []byte(leased), 0o755))
	address, option, _ := strings.Cut(strings.TrimSpace(does(
		"ip netns exec "+desk+" busybox udhcpc -i eth0 -n -q -t 20 -O 150 -s $PWD/leased 2> udhcpc")), " ")
	given, err := hex.DecodeString(option)
	require.NoError(t, err, option)
	var servers []string
	for ; len(given) >= 4; given = given[4:] {
		servers = append(servers, netip.AddrFrom4([4]byte(given)).String())
	}
	require.Equal(t, []string{"192.168.77.10", "192.168.77.11"}, servers, "option 150")

	out := does(fmt.Sprintf("ip netns exec %s ./itlsim phones --phones 3 --tftp %s --address %s "+
		"--quiet-for 3s --directory", desk, strings.Join(servers, ","), address))
	require.Regexp(t, `(?m)^state +3  trusted$`, out)
	require.Regexp(t, `(?m)^registered with +3  192\.168\.77\.10:5060$`, out)
	require.Regexp(t, `(?m)^directory +3  Corporate Directory$`, out)
}
