package inventory_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/language"
)

type clock struct{}

func (clock) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// cluster is one with keys of its own.
func cluster(t testing.TB, keys cucm.KeySource) *cucm.Cluster {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits = clock{}, keys, 1024
	c, err := cucm.New(cfg)
	require.NoError(t, err)
	return c
}

// An export may have its columns in any order, and says what is wrong in it.
func TestDevices(t *testing.T) {
	list := cluster(t, testkeys.NewPool(1)).Publisher().ITL()
	lists := make(inventory.Lists)
	lists.Add(inventory.ListOf(list))
	read := func(data string) (devices []inventory.Device, problems language.Problems) {
		e := inventory.Export{
			File: "a.csv", Data: []byte(data), Nodes: []string{"test10pub"}, Lists: lists, Most: 2,
		}
		devices, _, problems = e.Devices()
		return devices, problems
	}
	devices, problems := read("model,NAME,firmware,registered\nCisco 8861, SEP001122334455,11.0(1),none\n")
	require.Empty(t, problems)
	require.Len(t, devices, 1)
	require.Equal(t, "SEP001122334455", devices[0].Name)
	require.Equal(t, "8861 11.0(1)", devices[0].Profile.String())
	require.False(t, devices[0].Registered)
	require.False(t, devices[0].ListKnown)

	sum := fmt.Sprintf("%X", list.SHA1())
	devices, problems = read("name,model,itl\nSEP001122334455,CP-7962," + sum + "\nSEP001122334456,7962," +
		"0000000000000000000000000000000000000000\n")
	require.Empty(t, problems)
	require.Equal(t, inventory.ListOf(list), devices[0].List)
	require.True(t, devices[1].ListKnown)
	require.Nil(t, devices[1].List)

	for _, c := range [][2]string{
		{"", "a.csv:1:1: there is no header; the columns are name, model, firmware, tftp, itl, registered"},
		{"name\n", `a.csv:1:1: there is no column "model"`},
		{"name,model\nSEP001122334455,8861,more\n", "a.csv:2:1: wrong number of fields"},
		{"name,model,registered\nSEP001122334455,8861,perhaps\n", `a.csv:2:22: "perhaps" is neither yes nor no`},
		{"name,model\nSEP1,1\nSEP2,2\nSEP3,3\n", "there is room for 2 phones"},
		{"name,model,tftp\nSEP001122334455,8861,nobody\n", `a.csv:2:22: "nobody" is not a node of the cluster`},
		{"name,model\nSEP001122334455,8861\nSEP001122334455,8861\n",
			`a.csv:3:1: SEP001122334455 stands there twice, in line 2 before`},
	} {
		data, want := c[0], c[1]
		_, problems := read(data)
		require.ErrorContains(t, problems, want)
		require.ErrorIs(t, problems, language.ErrInvalid)
	}
}

// utf16le is a text as Excel writes "Unicode text".
func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return string(out)
}

// An export is the same in every spelling that spreadsheets give it.
func TestSpellingsOfAnExport(t *testing.T) {
	const plain = "name,model,registered\nsep00112233445a,cp-8861,no\nSEP001122334456,CISCO 7962,\n"
	big := []byte(utf16le(plain))
	for i := 0; i < len(big); i += 2 {
		big[i], big[i+1] = big[i+1], big[i]
	}
	for name, data := range map[string]string{
		"plain":               plain,
		"UTF-8 with a mark":   "\xef\xbb\xbf" + plain,
		"CRLF":                strings.ReplaceAll(plain, "\n", "\r\n"),
		"semicolons":          strings.ReplaceAll(plain, ",", ";"),
		"sep=":                "sep=;\r\n" + strings.ReplaceAll(plain, ",", ";"),
		"tabs":                strings.ReplaceAll(plain, ",", "\t"),
		"UTF-16, little":      utf16le(plain),
		"UTF-16, big":         string(big),
		"UTF-16, unmarked":    utf16le(plain)[2:],
		"UTF-16, big, no BOM": string(big[2:]),
		"quotes":              strings.ReplaceAll(plain, "cp-8861", `"cp-8861"`),
	} {
		e := inventory.Export{File: "a.csv", Data: []byte(data), Most: 9}
		devices, warnings, problems := e.Devices()
		require.Empty(t, problems, name)
		require.Empty(t, warnings, name)
		require.Len(t, devices, 2, name)
		require.Equal(t, "SEP00112233445A", devices[0].Name, name)
		require.Equal(t, "8861", devices[0].Profile.Model, name)
		require.False(t, devices[0].Registered, name)
		require.True(t, devices[1].Registered, name)
	}
	e := inventory.Export{File: "a.csv", Nodes: []string{"nord"}, Most: 9, Data: []byte("\xef\xbb\xbfsep=;\n" +
		"name;tftp;model\nSEP001122334455;N\xc3\xb6rd;8861\nSEP1;;\n")}
	_, _, problems := e.Devices()
	require.EqualError(t, problems, `a.csv:3:17: "Nörd" is not a node of the cluster (did you mean "nord"?)`+
		"\na.csv:4:1: \"SEP1\" is not a SEP<MAC>\na.csv:4:7: the phone has no model",
		"columns are characters, and lines the file's")
}

// Firmware may be given as the name of a load.
func TestLoads(t *testing.T) {
	e := inventory.Export{File: "a.csv", Most: 9, Data: []byte("name,model,firmware\n" +
		"SEP001122334455,621,sip78xx.14-1-1-0001-136\nSEP001122334456,8851,sip88xx.14-1-1-0001-125\n" +
		"SEP001122334457,7941,SIP41.9-4-2SR3-1S\nSEP001122334458,8899,sip88xx.14-1-1-0001-125\n" +
		"SEP001122334459,7999,\nSEP00112233445A,CP-7999,\n")}
	devices, warnings, problems := e.Devices()
	require.Empty(t, problems)
	require.Equal(t, "7821 14-1-1-0001-136", devices[0].Profile.String())
	require.Equal(t, "sip78xx.14-1-1-0001-136", devices[0].Profile.Load)
	require.True(t, devices[0].Profile.SHA512)
	require.True(t, devices[1].Profile.HTTP)
	require.True(t, devices[1].Profile.SHA512)
	require.False(t, devices[2].Profile.HTTP)
	require.True(t, devices[2].Profile.ReportsLists)
	require.True(t, devices[3].Profile.HTTP)
	require.False(t, devices[3].Profile.SHA512, "never guessed")
	require.EqualError(t, warnings, `a.csv:5:1: "8899" is not a model that is known here; `+
		"it is played as one of family N (7800s and 8800s), without SHA-512\n"+
		`a.csv:6:1: "7999" is not a model that is known here; `+
		"it is played as one of family L (6900s, 7900s, 8900s, 9900s), without SHA-512", "once each")
}

// What `show itl` prints is as good as the file, for all but its signature, when a
// terminal has done its worst to it.
func TestAListFromATerminalLog(t *testing.T) {
	file := cluster(t, testkeys.NewPool(1)).Publisher().ITL()
	want := inventory.ListOf(file)
	shown := itl.Show(file, time.UTC)
	var wrapped strings.Builder // by a window of 72 columns
	for row := range strings.Lines(shown) {
		for len(row) > 73 {
			wrapped.WriteString(row[:72] + "\n")
			row = row[72:]
		}
		wrapped.WriteString(row)
	}
	const pager = "Press <enter> for 1 line, <space> for one page, or <q> to quit"
	rows := strings.SplitAfter(shown, "\n")
	paged := strings.Join(rows[:40], "") + pager + "\n" + strings.Join(rows[40:60], "") + pager + "\r" +
		strings.Repeat(" ", 70) + "\r" + strings.Join(rows[60:], "")
	for name, log := range map[string]string{
		"as printed": shown,
		"a session":  "Command Line Interface is starting up\n\nadmin:show itl\n" + shown + "\nadmin:show status\n",
		"CRLF":       strings.ReplaceAll(shown, "\n", "\r\n"),
		"blanks":     strings.ReplaceAll(shown, "\t", "  "),
		"wrapped":    wrapped.String(),
		"a pager":    paged,
		"UTF-16":     utf16le(shown),
	} {
		got, err := inventory.ParseList([]byte(log))
		require.NoError(t, err, name)
		require.True(t, got.Shown)
		got.Shown, got.Bytes = false, want.Bytes
		require.Equal(t, want, got, name)
	}
	for wrong, says := range map[string]string{
		shown[:len(shown)/2]:                                   "line 1: the list has no end: the log was cut off",
		strings.Replace(shown, "RECORDLENGTH", "", 1):          "lines are missing in between",
		strings.Replace(shown, "(SHA1)", "", 1):                "the list's SHA1 checksum is missing",
		shown + shown:                                          "it shows 2 lists, and one is wanted",
		"admin:show itl\nThe ITL file was not found.\n":        "",
		strings.Replace(shown, "\tTVS\n", "\tTelevision\n", 1): "lacks its name, its function or",
	} {
		_, err := inventory.ParseList([]byte(wrong))
		require.ErrorContains(t, err, says)
	}
	real, err := os.ReadFile("../../testdata/golden/show-itl-before-reset.txt")
	require.NoError(t, err)
	list, err := inventory.ParseList(real)
	require.NoError(t, err, "a real cluster's, in a document's spelling")
	require.Len(t, list.Records, 6)
	require.Equal(t, time.Date(2014, 2, 26, 10, 24, 27, 0, time.UTC), list.Modified)
}

// The counterpart of a real list has records of the simulated nodes where the
// real ones show them today, and of stand-ins where they do not.
func TestCounterparts(t *testing.T) {
	realCluster := cluster(t, testkeys.NewPool(1))
	publisher := realCluster.Publisher()
	lastYear := publisher.ITL()
	require.NoError(t, publisher.Regenerate(cucm.CallManager))
	today := publisher.ITL()

	simulated := cluster(t, testkeys.NewPool(2))
	home := simulated.Publisher()
	c := inventory.NewCounterparts(inventory.Site{
		Cluster: simulated, Nodes: map[string]*cucm.Node{"test10pub": home, "test10sub": simulated.Nodes()[1]},
		Served: map[string]*inventory.List{"test10pub": inventory.ListOf(today)}, Seed: 3, Clock: clock{},
	})
	held := func(d inventory.Device) *itl.List {
		list, err := c.Held(&d, home)
		require.NoError(t, err)
		return list
	}
	ours := func(l *itl.List) (n int) {
		for _, r := range l.Records {
			if _, ok := home.ITL().Find(r.Identity, r.Role); ok {
				n++
			}
		}
		return n
	}
	require.Equal(t, home.ITL(), held(inventory.Device{Registered: true}), "it reported none, and is served")
	require.Equal(t, home.ITL(), held(inventory.Device{List: inventory.ListOf(today), ListKnown: true}))
	old := held(inventory.Device{List: inventory.ListOf(lastYear), ListKnown: true})
	require.Len(t, old.Records, len(lastYear.Records))
	require.Less(t, ours(old), len(old.Records), "CallManager has another key by now")
	require.Positive(t, ours(old), "the others have the same")
	require.Same(t, old, held(inventory.Device{List: inventory.ListOf(lastYear), ListKnown: true}), "phones share it")
	require.Zero(t, ours(held(inventory.Device{ListKnown: true})), "nothing is known of the list")
}

// Devices are thinned evenly.
func TestThinned(t *testing.T) {
	all := []inventory.Device{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}
	require.Equal(t, []inventory.Device{{Name: "a"}, {Name: "c"}}, inventory.Thinned(all, 2))
	require.Nil(t, inventory.Thinned(nil, 2))
}
