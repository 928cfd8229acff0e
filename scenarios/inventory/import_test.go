package inventory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/scenarios/inventory"
)

func read(files ...string) *inventory.Import {
	var sources []inventory.Source
	for i, data := range files {
		sources = append(sources, inventory.Source{File: string(rune('a' + i)), Data: []byte(data)})
	}
	return inventory.Read(sources, 100)
}

// risdb is an answer of a node about one phone.
func risdb(status, changed string) string {
	return "DeviceName, Descr, Ipaddr, Ipv6addr, Ipv4Attr, Ipv6Attr, MACaddr, RegStatus, PhoneProtocol, DeviceModel, " +
		"HTTPsupport, #regAttempts, prodId, username, seq#, RegStatusChg TimeStamp, IpAddrType, LoadId, ActiveLoadId, " +
		"InactiveLoadId, ReqLoadId, DnldServer, DnldStatus, DnldFailReason, LastActTimeStamp, Perfmon Object\n" +
		"SEP0050569A0001, Muster, Eva, Dr., 192.0.2.11, , 3, 0, 0050569A0001, " + status + ", SIP, 621, yes, 0, 636, , 7, " +
		changed + ", 1, a, sip78xx.at-" + changed + ", , , , 0, , 1700000000, 2\n\nTotal, count, 1\n"
}

// devices are the rows of a plan's only group.
func devices(t *testing.T, m *inventory.Import) string {
	files := m.Plan("p")
	require.NotEmpty(t, files)
	require.Contains(t, files[len(files)-1].Name, ".csv")
	return strings.TrimPrefix(string(files[len(files)-1].Data), "name,model,firmware,tftp,itl,registered\n")
}

// A phone that moved stands in the answers of two nodes: the latest counts,
// whichever file comes first. A description's commas move nothing.
func TestAPhoneOnTwoNodes(t *testing.T) {
	old, recent := risdb("unr", "1700000000"), risdb("reg", "1700000600")
	const want = "SEP0050569A0001,621,sip78xx.at-1700000600,,,yes\n"
	require.Equal(t, want, devices(t, read(old, recent)))
	require.Equal(t, want, devices(t, read(recent, old)))
	require.Equal(t, want, devices(t, read(old+recent)), "in one log")
	var wrapped strings.Builder // by a window of 80 columns
	for row := range strings.Lines(recent) {
		for ; len(row) > 80; row = row[80:] {
			wrapped.WriteString(row[:80] + "\r\n")
		}
		wrapped.WriteString(row)
	}
	require.Equal(t, want, devices(t, read(wrapped.String())))
	require.Contains(t, devices(t, read(risdb("unr", "1700000700"), recent)), ",no\n")
}

// What is configured and what runs come together.
func TestBATAndRisdb(t *testing.T) {
	const bat = "Device Name,Description,Device Pool,Device Type,Phone Load Name\n" +
		"sep0050569a0001,\"a, \"\"b\"\"\",Berlin (old) - 2nd,Cisco 7821,sip78xx.old\n"
	for _, spelling := range []string{bat, utf16le(bat), "\xef\xbb\xbf" + strings.ReplaceAll(bat, "\n", "\r\n"),
		strings.NewReplacer(`"a, ""b"""`, "x", ",", ";").Replace(bat)} {
		m := read(spelling, risdb("reg", "1700000000"))
		require.Empty(t, m.Problems)
		require.Equal(t, "SEP0050569A0001,Cisco 7821,sip78xx.at-1700000000,,,yes\n", devices(t, m))
		require.Contains(t, string(m.Plan("p")[0].Data), `group: "Berlin-old---2nd"`)
	}
}

// The cluster of a plan is that of the lists: its nodes, each one's list of today,
// and what its phones may still hold.
func TestTheClusterOfAPlan(t *testing.T) {
	c := cluster(t, testkeys.NewPool(1))
	publisher, before := c.Publisher(), c.Publisher().ITL()
	require.NoError(t, publisher.Regenerate(cucm.CallManager))
	text := "admin:show itl\n" + itl.Show(c.Nodes()[1].ITL(), time.UTC)
	m := read(string(publisher.ITL().Bytes()), string(before.Bytes()), text,
		"Name,Model,Status\nSEP001122334455,7821,None\n")
	files := m.Plan("tonight")
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"tonight.yaml", "tonight-test10pub.tlv", "tonight-test10sub.txt", "tonight-list-1.tlv",
		"tonight-devices-fleet.csv"}, names)
	plan := string(files[0].Data)
	require.Contains(t, plan, `{name: "test10pub", services: [tftp, tvs], list: "tonight-test10pub.tlv"}`)
	require.Contains(t, plan, `{name: "test10sub", services: [tftp, tvs], list: "tonight-test10sub.txt"}`)
	require.Contains(t, plan, `lists: ["tonight-list-1.tlv"]`)
	require.Contains(t, plan, "key size: 1024")
	require.Contains(t, plan, "domain: \"joemar2.lab\"")
}

// What an export has that cannot be taken is told with its place.
func TestWhatCannotBeTaken(t *testing.T) {
	for data, want := range map[string]string{
		"": "a:1:1: the file is empty",
		"Name,Model,Status\nSEP001122334455,8861,perhaps\n": `a:2:22: "perhaps" is not a status`,
		"Name,Model\nSEP00112233445,8861\n":                 `a:2:1: "SEP00112233445" is not a SEP<MAC>`,
		"Name,Model\nSEP001122334455,88\"61\n":              "a:2:19: ",
		"name\n====\nSEP001122334455\n":                     "a:1:1: the query has names and nothing else",
		risdb("reg", "1") + "SEP001122334456, x, y\n":       "a:5:1: the row has 3 columns, and the header 26: either",
		"\x00\x01\x02\x00binary":                            "a:1:1: this is neither text nor a trust list: ",
	} {
		require.ErrorContains(t, read(data).Problems, want)
	}
	two := []byte("Name,Model\nSEP001122334455,1\nSEP001122334456,1\n")
	m := inventory.Read([]inventory.Source{{File: "a", Data: two}}, 1)
	require.Len(t, m.Phones, 1)
	require.Equal(t, []string{"phones after the first 1: there is no room for more"}, m.LeftOut)
	require.Nil(t, read("").Plan("p"))
}
