package database_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/database"
	"itlsim/cucm/testkeys"
	"itlsim/sip"
)

// phones is a cluster with some of three models, in two groups.
func phones(t testing.TB) *cucm.Cluster {
	cfg := cucm.Cisco117598()
	cfg.Release, cfg.Keys = cucm.Release125, testkeys.NewPool(1)
	c, err := cucm.New(cfg)
	require.NoError(t, err)
	for i, model := range []string{"8861", "8861", "7821", "9971"} {
		c.AddDevice(cucm.Device{Name: fmt.Sprintf("SEP%012X", i), Model: model, Group: c.Nodes()})
	}
	c.AddDevice(cucm.Device{Name: "SEPFF", Model: "7821", Group: []*cucm.Node{c.Nodes()[1], c.Nodes()[0]}})
	return c
}

// ask is the answer as lines of cells, the columns' names first.
func ask(t testing.TB, c *cucm.Cluster, statement string) string {
	t.Helper()
	a, err := database.Ask(c, statement)
	require.NoError(t, err, statement)
	lines := []string{strings.Join(a.Columns, "|")}
	for cells := range a.All {
		lines = append(lines, strings.Join(cells, "|"))
	}
	require.Len(t, lines, a.Rows+1)
	return strings.Join(lines, "\n")
}

// What scripts ask, as they write it, and what they get.
func TestQuestions(t *testing.T) {
	c := phones(t)
	key := database.Key(database.PhoneKind, "SEPFF")
	for statement, want := range map[string]string{
		"select name,description from device where name like 'SEP%F'": "name|description\nSEPFF|SEPFF",
		"SELECT  d.Name AS Phone, d.pkid FROM Device d\nWHERE d.tkclass = 1 AND d.name='SEPFF' ;": "phone|pkid\n" +
			"SEPFF|" + key,
		"select name from device where pkid='" + key + "'": "name\nSEPFF",
		"select p.name devicepool, t.name devicetype, d.name from device d, devicepool p, typemodel t " +
			"where d.fkdevicepool=p.pkid and d.tkmodel=t.enum and not (p.name <> 'Default' or t.name like '%8861')": "" +
			"devicepool|devicetype|name\nDefault|Cisco 7821|SEP000000000002\nDefault|Cisco 9971|SEP000000000003",
		"select count(*) from device where tkclass=1":     "(count(*))\n5",
		"select count(pkid) n from device where name='x'": "n\n0",
		"select count(d.pkid) number, tm.name from device as d inner join typemodel as tm on d.tkmodel=tm.enum " +
			"group by tm.name order by number desc, 2": "number|name\n2|Cisco 7821\n2|Cisco 8861\n1|Cisco 9971",
		"select distinct tkmodel from device order by tkmodel": "tkmodel\n493\n621\n685",
		"select skip 1 first 2 name from device where upper(name) like 'SEP0%' order by name desc": "name\n" +
			"SEP000000000002\nSEP000000000001",
		"select name from device where name in ('SEPFF','SEP9') and description is not null limit 1": "name\nSEPFF",
		"select name from device where name = 'O''Hara'":                                             "name",
		"select name,nodeid from ProcessNode": "" +
			"name|nodeid\nEnterpriseWideData|1\ntest10pub|2\ntest10sub|3",
		"select pn.name, tu.name from processnode pn left outer join typenodeusage tu on tu.enum=pn.tknodeusage " +
			"where systemnode='f'": "name|name\ntest10pub|Publisher\ntest10sub|Subscriber",
		"select cm.name, n.name from callmanager cm, processnode n where cm.fkprocessnode=n.pkid and nodeid>2": "" +
			"name|name\nCM_test10sub|test10sub",
		"select dp.name, g.name from devicepool dp join callmanagergroup g on dp.fkcallmanagergroup=g.pkid": "" +
			"name|name\nDefault|Default\ntest10sub-test10pub|test10sub-test10pub",
		"select paramname,paramvalue from processconfig where paramname=\"ClusterSecurityMode\"": "" +
			"paramname|paramvalue\nClusterSecurityMode|0",
		"select paramvalue from processconfig where paramname in ('ClusterID')": "paramvalue\nStandAloneCluster",
		"select paramvalue from processconfig where paramname like '%Mode'":     "paramvalue\n0",
		"select * from callmanagergroup where name='Default'": "name|pkid\nDefault|" +
			database.Key(database.GroupKind, "Default"),
	} {
		require.Equal(t, strings.TrimSpace(want), ask(t, c, statement), statement)
	}
}

// The report of certificates that a technote gives, and one of release notes.
func TestCertificates(t *testing.T) {
	c := phones(t)
	report := ask(t, c, "select c.servername, tcs.name, dist.moniker, c.ipv4address, c.certificate "+
		"from certificate as c "+
		"inner join certificateservicecertificatemap as cscm on c.pkid = cscm.fkcertificate "+
		"inner join typecertificateservice as tcs on cscm.tkcertificateservice = tcs.enum "+
		"inner join typecertificatedistribution as dist on c.tkcertificatedistribution = dist.enum")
	require.Equal(t, len(c.Nodes())*len(c.Publisher().Units()), strings.Count(report, "BEGIN CERTIFICATE"))
	tomcat := c.Nodes()[1].Certificate(cucm.Tomcat).Certificate
	before := ask(t, c, "select serialnumber, subjectname, issuername "+
		"from certificate A, certificateservicecertificatemap B where B.fkcertificate=A.pkid "+
		"and B.tkcertificateservice=5 and servername='test10sub'")
	const want = "serialnumber|subjectname|issuername\n%x|%[2]s|%[2]s"
	require.Equal(t, fmt.Sprintf(want, tomcat.SerialNumber, tomcat.Subject), before)
	require.NoError(t, c.Nodes()[1].Regenerate(cucm.Tomcat))
	require.NotEqual(t, before, ask(t, c, "select serialnumber, subjectname, issuername "+
		"from certificate A, certificateservicecertificatemap B where B.fkcertificate=A.pkid and B.tkcertificateservice=5 "+
		"and servername='test10sub'"))
}

// Where phones were last is asked of those that call managers know, and joined with no
// other.
func TestSightings(t *testing.T) {
	c := phones(t)
	c.Nodes()[1].RegisterOver("SEPFF", cucm.Registration{Session: "1", Contact: "sip:x@127.0.0.9:1",
		At: netip.MustParseAddrPort("127.0.0.9:1")}, sip.Granted)
	c.Nodes()[0].Rejects("SEP00000000000F", "7821", netip.MustParseAddrPort("127.0.0.9:1"))
	require.Regexp(t, `^name\|model\|lastknownipaddress\|lastknownucm\|lastseen\n`+
		`SEPFF\|Cisco 7821\|127.0.0.9\|test10sub\|[0-9]{10}$`, ask(t, c, "select d.name, tm.name model, "+
		"rd.lastknownipaddress, "+
		"rd.lastknownucm, rd.lastseen from registrationdynamic rd inner join device d on rd.fkdevice = d.pkid "+
		"inner join typemodel tm on d.tkmodel=tm.enum where rd.lastknownipaddress <> ''"))
}

// What is no SQL is told from what a simulator does not have, and neither is answered.
func TestRefused(t *testing.T) {
	c := phones(t)
	for _, statement := range []string{
		"", ";", "hello", "selec name from device", "select name form device", "select from device", "select name from",
		"select name from device where", "select name from device where name like SEP%", "select name from device limit x",
		"select name, from device", "select name from device where (name='x'", "select name from device where name='x",
		"select name from device where name=", "select name from device x y", "select name from device order name",
		"select name from device where name in ()", "select name from device #", "select count(*from device",
	} {
		_, err := database.Ask(c, statement)
		require.Equal(t, database.ErrSyntax, err, statement)
	}
	or := strings.Repeat("or name='x' ", 20)
	for statement, why := range map[string]string{
		"select name from device d left join registrationdynamic r on r.fkdevice=d.pkid": "it joins registrationdynamic",
		"select serialnumber from certificate A, certificateservicecertificatemap B where B.fkcertificate=A.pkid " +
			"and B.tkcertificateservice=4 and subjectname like '%x%'": "4 is not there: trust stores",
		"select c.pkid from certificate c join certificateservicecertificatemap m on c.pkid=m.fkcertificate join " +
			"typecertificateservice t on m.tkcertificateservice=t.enum where t.name like '%-Trust'": "trust stores",
		"select paramvalue from processconfig where paramname='MGCPUDPPort'":         "MGCPUDPPort is not there: of the parameters",
		"update device set description='x'":                                          "it does not begin with SELECT",
		"select * from typemodel":                                                    "it asks about typemodel",
		"select name from device order by name" + strings.Repeat(",name", 8):         "more than 8 columns",
		"select * from enduser":                                                      "it asks about enduser",
		"select * from device, processnode":                                          "it asks about device, processnode",
		"select tkcountry from device":                                               "there is no column tkcountry in",
		"select e.name from device d":                                                "there is no column e.name in",
		"select x.* from device":                                                     "there is no table x in it",
		"select * from device d, typemodel t":                                        "nothing joins device and typemodel",
		"select * from device, device":                                               "it has the table device twice",
		"select name from device d, typemodel t where d.tkmodel=t.enum":              "name may be of two tables",
		"select d.name from device d, typemodel t where d.tkclass=t.enum":            "typemodel.enum join nothing",
		"select d.name from device d, typemodel t where not d.tkmodel=t.enum":        "join nothing",
		"select name from device where tkmodel in (select enum from typemodel)":      "it is not of their form",
		"select name from device union select name from processnode":                 "it is not of their form",
		"select substr(name,1,3) from device":                                        "it is not of their form",
		"select name, count(*) from device":                                          "not the same in a group",
		"select distinct count(*) from device":                                       "DISTINCT",
		"select name from device order by 2":                                         "it has no column 2",
		"select name from device where name='x' " + or:                               "more than 20 comparisons",
		"select name from device where " + strings.Repeat("not ", 40) + "name='x'":   "more than 32",
		"select name from device where name like '" + strings.Repeat("%", 256) + "'": "255 bytes",
		"select name from device where name = '" + strings.Repeat("x", 64<<10) + "'": "64 KiB",
		"select name" + strings.Repeat(",name", 64) + " from device":                 "64 things",
	} {
		_, err := database.Ask(c, statement)
		require.IsType(t, &database.UnknownError{}, err, statement)
		require.ErrorContains(t, err, why, statement)
		require.ErrorContains(t, err, "This is a simulator", statement)
	}
}

func TestLike(t *testing.T) {
	for _, tc := range []struct {
		pattern, text string
		want          bool
	}{
		{"SEP%", "SEP1", true}, {"SEP%", "sep1", false}, {"%", "", true}, {"%1", "SEP1", true}, {"S_P%", "SEP", true},
		{"SEP", "SEP1", false}, {"SEP_", "SEP", false}, {"%E%P%", "SEP", true}, {"%EE%", "SEP", false},
		{"%a%b", "xaxbxb", true}, {"", "a", false},
		{strings.Repeat("%a", 500) + "c", strings.Repeat("a", 5000), false},
	} {
		require.Equal(t, tc.want, database.Like(tc.pattern, tc.text), "%s %s", tc.pattern, tc.text)
	}
}

// Whatever is asked is answered, with as many cells as columns in each row, or refused in
// one of two ways.
func FuzzAsk(f *testing.F) {
	for _, statement := range []string{
		"select d.name n, count(*) from device d left outer join typemodel t on d.tkmodel=t.enum " +
			"group by d.name order by 2 desc",
		"select skip 1 first 2 distinct upper(name) from device where not (name in ('a',2) or name like '%_') limit 3;",
		"select * from certificate, typecertificatedistribution e where tkcertificatedistribution=e.enum " +
			"and pkid is not null",
		"select n.* from processnode as n where n.nodeid>=2 and name<>'O''Hara'", "update x", "select a || b from c",
		"select * from registrationdynamic r left join device d on r.fkdevice=d.pkid",
		"select count(name) from device where name = 'x' order by name",
	} {
		f.Add(statement)
	}
	c := phones(f)
	f.Fuzz(func(t *testing.T, statement string) {
		a, err := database.Ask(c, statement)
		if err != nil {
			if err != database.ErrSyntax {
				require.IsType(t, &database.UnknownError{}, err)
			}
			return
		}
		rows := 0
		for cells := range a.All {
			require.Len(t, cells, len(a.Columns))
			rows++
		}
		require.Equal(t, a.Rows, rows)
		require.NotEmpty(t, a.Columns)
	})
}
