package webapi_test

import (
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// Rows have a child for each column, in lower case and no namespace; what is no question
// of the simulator's is a fault that says so, and what is no SQL Informix's.
func TestSQL(t *testing.T) {
	s := scripts(t, "127.4.29.", 2)
	require.Equal(t, "<row><phone>SEP000000000000</phone><pkid>"+s.key(name(0))+"</pkid></row>"+
		"<row><phone>SEP000000000001</phone><pkid>"+s.key(name(1))+"</pkid></row>",
		s.gets("executeSQLQuery", "<sql>SELECT Name AS Phone, PKID FROM device WHERE tkclass=1 AND name LIKE 'SEP%'</sql>"))
	require.Equal(t, "<row><count>2</count></row>", s.gets("executeSQLQuery", "<sql>select count(*) from device</sql>"))
	require.Empty(t, s.gets("executeSQLQuery", "<sql>select name from device where name &lt; 'A'</sql>"))
	row := s.gets("executeSQLQuery", "<sql>select first 1 certificate from certificate where servername = 'test10pub'</sql>")
	own, _ := strings.CutPrefix(row, "<row><certificate>")
	own, _ = strings.CutSuffix(own, "</certificate></row>")
	block, _ := pem.Decode([]byte(own))
	require.NotNil(t, block, "cut out as text: %s", row)
	s.fails("executeSQLQuery", "<sql>select name form device</sql>", "-201", "A syntax error has occurred.")
	s.fails("executeSQLQuery", "", "-201", "A syntax error has occurred.")
	s.fails("executeSQLQuery", "<sql>delete from device</sql>", "-1", "This is a simulator, which has no database: "+
		"it answers SELECT from device .*; certificate .* Of this statement: it does not begin with SELECT.")
	for i := range 10_000 {
		s.lab.AddDevice(cucm.Device{Name: name(i), Model: "8861", Group: s.lab.Nodes()})
	}
	status, answer := s.asks("executeSQLQuery", "<sql>select * from device</sql>")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, 10_000, strings.Count(answer, "<row>"))
	s.fails("executeSQLQuery", "<sql>select *,*,* from device</sql>", "-1",
		"Query request too large. Total rows matched: 10000 rows. Suggestive Row Fetch: less than [0-9]+ rows")
}

// key is a phone's pkid: its UUID in AXL in lower case, without braces.
func (s *script) key(phone string) string {
	_, answer := s.asks("getPhone", "<name>"+phone+"</name><returnedTags/>")
	_, after, _ := strings.Cut(answer, `<phone uuid="{`)
	id, _, _ := strings.Cut(after, "}")
	require.Len(s, id, 36)
	return strings.ToLower(id)
}
