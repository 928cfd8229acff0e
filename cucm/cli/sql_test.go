package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// What the database answers is a table, as wide as its values; blanks in a question count
// for one, as on the command line everywhere.
func TestRunSQL(t *testing.T) {
	l := newLab(t)
	l.AddDevice(cucm.Device{Name: "SEP1", Model: "8861", Group: l.Nodes()})
	l.AddDevice(cucm.Device{Name: "SEP00000000000A", Model: "7821", Group: l.Nodes()})
	const query = "run sql  select p.name devicepool, t.name devicetype, d.name from device d, " +
		"devicepool p, typemodel t where d.fkdevicepool=p.pkid and d.tkmodel=t.enum"
	require.Equal(t, "devicepool devicetype name\n========== ========== ===============\n"+
		"Default    Cisco 8861 SEP1\nDefault    Cisco 7821 SEP00000000000A\n", l.Must(l.Sub, query))
	require.Equal(t, "No records found\n", l.Must(l.Sub, query+" and d.name='SEP2'"))
	for line, says := range map[string]string{
		"run sql select name form device":            "A syntax error has occurred.\n",
		"run sql select * from enduser":              "it answers SELECT from device (",
		"run sql " + strings.Repeat("select ", 1000): "A syntax error has occurred.\n",
	} {
		out, err := l.Types(l.Pub, line)
		require.Error(t, err)
		require.Contains(t, out, says)
	}
}
