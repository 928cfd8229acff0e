package wire_test

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/internal/cucmtest"
	"itlsim/sip"
	"itlsim/tftp"
)

// Services answer where the cluster says, and at the same place once they are
// started again; what they saw while they ran is not lost.
func TestServicesKeepTheirAddresses(t *testing.T) {
	l := cucmtest.New(t)
	_, err := wire.Listen(l.Cluster, []string{"127.0.0.1"})
	require.ErrorContains(t, err, "1 addresses for 2 nodes")
	sockets, err := wire.Listen(l.Cluster, []string{"127.4.1.2", "127.4.1.3"})
	require.NoError(t, err)
	defer func() { require.NoError(t, sockets.Close()) }()

	for _, s := range cucm.Services {
		for _, n := range l.Nodes() {
			require.NotEmpty(t, n.Address(s), "%s on %s", s, n.Name())
		}
	}
	address := l.Pub.Address(cucm.TFTPService)
	get := func() ([]byte, error) {
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		answer, err := client.Get("http://" + tftp.HTTPAddress(address) + "/ITLFile.tlv")
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		return io.ReadAll(answer.Body)
	}
	data, err := get()
	require.NoError(t, err)
	require.Equal(t, l.Pub.ITL().Bytes(), data)

	require.NoError(t, l.Pub.StopService(cucm.TFTPService))
	_, err = get()
	require.Error(t, err)
	require.NoError(t, l.Pub.StartService(cucm.TFTPService))
	require.Equal(t, address, l.Pub.Address(cucm.TFTPService))
	_, err = get()
	require.NoError(t, err)
	require.EqualValues(t, 2, sockets.Traffic().HTTP.Files)
}

// A stopped service gets its port back: the system gives that to nobody who asks for
// any port, be it for a connection or for a listener at all addresses.
func TestPortsAreNotThoseOfEverybody(t *testing.T) {
	said, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Skip("this system does not say which ports it gives away: ", err)
	}
	var first, last uint16
	_, err = fmt.Sscan(string(said), &first, &last)
	require.NoError(t, err)
	if first < 32768 {
		t.Skipf("this machine gives away ports from %d on", first)
	}
	l := cucmtest.New(t)
	sockets, err := wire.Listen(l.Cluster, []string{"127.4.1.7", "127.4.1.8"})
	require.NoError(t, err)
	defer func() { require.NoError(t, sockets.Close()) }()
	for _, n := range l.Nodes() {
		addresses := []string{tftp.HTTPAddress(n.Address(cucm.TFTPService))}
		for _, s := range cucm.Services {
			addresses = append(addresses, n.Address(s))
		}
		for _, a := range addresses {
			require.Less(t, netip.MustParseAddrPort(a).Port(), first, "%s of %v", n.Name(), addresses)
		}
	}
}

// A phone that is not there any more is told so, and the cluster finds the reason.
func TestResetOfAPhoneThatIsGone(t *testing.T) {
	l := cucmtest.New(t)
	sockets, err := wire.Listen(l.Cluster, []string{"127.4.1.4", "127.4.1.5"})
	require.NoError(t, err)
	defer func() { require.NoError(t, sockets.Close()) }()
	l.Register("SEP001122334455") // without SIP: there is nobody to be told
	l.AddDevice(cucm.Device{Name: "SEP001122334456", Group: l.Nodes()})
	l.Pub.RegisterOver("SEP001122334456", cucm.Registration{
		Session: "1", Contact: "sip:x@127.4.1.6:9", At: netip.MustParseAddrPort("127.4.1.6:9"),
	}, sip.Granted)
	l.ResetPhones()
	require.Zero(t, l.Registered())
	gone := l.Alarms("EndPointUnregistered")
	require.Len(t, gone, 2)
	require.Regexp(t, `-6-.*\[DeviceName=SEP001122334455\]\[IPAddress=\].*\[Reason=9\]`, gone[0]+gone[1])
	require.Regexp(t, `-3-.*\[DeviceName=SEP001122334456\]\[IPAddress=127.4.1.6\].*\[Reason=6\]`, gone[0]+gone[1])
}
