package web_test

import (
	"crypto/x509/pkix"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/phone/web"
	"itlsim/sip"
)

var update = flag.Bool("update", false, "write the pages anew; read the diff before keeping it")

// list is a list with a record of each kind.
var list = func() *itl.List {
	random, pool, at := rand.NewChaCha8([32]byte{}), testkeys.NewPool(1), time.Unix(1393439067, 0)
	cert := func(unit cucm.Unit, name string) itl.Signer {
		key, err := pool.Key(1024)
		if err != nil {
			panic(err)
		}
		c, err := cucm.NewCertificate(unit, pkix.Name{CommonName: name}, key, at, random)
		if err != nil {
			panic(err)
		}
		return c
	}
	own := cert(cucm.CallManager, "test10pub.joemar2.lab")
	template := itl.Template{Filename: itl.ITLFilename, Timestamp: at, Digest: itl.SHA1, Records: []itl.Record{
		itl.FullRecord(itl.SAST, own.Certificate), itl.FullRecord(itl.TFTP, own.Certificate),
		itl.HashRecord(itl.CAPF, cert(cucm.CAPFUnit, "CAPF-e41e7d87").Certificate),
		itl.HashRecord(itl.TVS, cert(cucm.TVSUnit, "test10pub-tvs.joemar2.lab").Certificate),
	}}
	l, err := template.Sign(own)
	if err != nil {
		panic(err)
	}
	return l
}()

// booted is a phone of a model that has booted, registered, and reported its
// list.
func booted(model string) web.Phone {
	profile, _ := phone.ProfileOf(model)
	now := time.Date(2019, 10, 1, 8, 52, 30, 0, time.UTC)
	p := web.Phone{
		Name: "SEP001BD4000123", Number: "10104", IP: netip.MustParseAddr("127.16.1.35"), Profile: profile,
		CallManager: "127.0.0.2:5060", Servers: []string{"127.0.0.2:69", "127.0.0.3:69"}, Now: now.Add(time.Hour),
		AlarmAt: now,
		Status: []phone.StatusLine{
			{At: now, Text: "File Not Found <CTLFile.tlv>"},
			{At: now.Add(time.Second), Text: "ITL installed"},
			{At: now.Add(2 * time.Second), Text: "SEP001BD4000123.cnf.xml"},
		},
	}
	p.Flash.Lists.ITL = list
	p.Flash.Config = &cnf.Config{
		CallManagers: []string{"127.0.0.2:5060", "127.0.0.3:5060"}, Directory: cnf.DirectoryURL("127.0.0.2", "8443"),
		Settings: cnf.Settings{WebAccess: true},
	}
	p.Alarm = phone.Alarm(p.Name, p.IP, p.Flash.Lists, sip.TLNewITL)
	return p
}

// get asks a phone for a page; "" and the status where it has none.
func get(p web.Phone, url string) (body string, answer *http.Response) {
	w := httptest.NewRecorder()
	web.Serve(w, httptest.NewRequest(http.MethodGet, url, nil), p)
	answer = w.Result()
	if answer.StatusCode != http.StatusOK {
		return "", answer
	}
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	return string(data), answer
}

const adapter = "/CGI/Java/Serviceability?adapter="

// pages are those of testdata: a file's name and the page's address.
var pages = []struct{ file, url string }{
	{"device.html", "/"},
	{"network.html", "/NetworkConfiguration"},
	{"ethernet.html", adapter + "device.statistics.ethernet"},
	{"port.html", adapter + "device.statistics.port.network"},
	{"access.html", adapter + "device.statistics.port.access"},
	{"console.html", adapter + "device.statistics.consolelog"},
	{"dumps.html", adapter + "device.statistics.coredumps"},
	{"messages.html", adapter + "device.settings.status.messages"},
	{"alarm.html", adapter + "device.trace.display.alarm"},
	{"stream.html", adapter + "device.statistics.streaming.0"},
	{"device.xml", "/DeviceInformationX"},
	{"network.xml", "/NetworkConfigurationX"},
	{"ethernet.xml", "/EthernetInformationX"},
	{"port.xml", "/PortInformationX?1"},
	{"messages.xml", "/DeviceLogX?2"},
	{"alarm.xml", "/DeviceLogX?1"},
	{"stream.xml", "/StreamingStatisticsX?1"},
	{"messages.log", "/FS/messages"},
	{"log0.log", "/FS/cache/log0.log"},
	{"status.html", "/status.html"},
	{"setup.html", "/Network_Setup.html"},
}

// The pages of a model of each family; those that are another family's are left
// out, and what stands before the rows, but on one page. What a family lacks is
// not there.
func TestPages(t *testing.T) {
	for model, files := range map[string]string{
		"8861": "", "7965": "", "9971": "device.html", "7960": "device.html device.xml",
		"6921": "device.html status.html", "6901": "setup.html",
	} {
		for _, page := range pages {
			if files != "" && !strings.Contains(files, page.file) {
				continue
			}
			body, _ := get(booted(model), page.url)
			if _, rows, ok := strings.Cut(body, "<td VALIGN=top>"); ok && page.file != "device.html" {
				body = rows
			}
			golden(t, filepath.Join("testdata", model, page.file), body)
		}
	}
}

// golden compares a page with its file, which does not exist where it is empty.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		_ = os.Remove(name)
		if got != "" {
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, []byte(got), 0o644))
		}
	}
	want, err := os.ReadFile(name)
	if got != "" || !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	require.Empty(t, cmp.Diff(string(want), got), "%s: go test ./phone/web -update writes it", name)
}

// Every model of the table has pages of some family, with its own name on the first,
// or none at all; one of no table has its family's.
func TestEveryModelHasItsPages(t *testing.T) {
	without := 0
	for _, m := range phone.Models() {
		first := "/"
		if m.Pages == phone.Pages6901 {
			first = "/Device_Information.html"
		}
		body, answer := get(booted(m.Name), first)
		if m.Pages == "" {
			without++
			require.Equal(t, http.StatusNotFound, answer.StatusCode, m.Name)
			continue
		}
		require.Contains(t, body, " CP-"+m.Name+m.Suffix+" ( SEP001BD4000123 )", m.Name)
	}
	require.Equal(t, 15, without)
	body, _ := get(booted("8899"), "/")
	require.Contains(t, body, "Cisco IP Phone CP-8899 ( SEP001BD4000123 )")
	body, _ = get(booted("7999"), "/")
	require.Contains(t, body, "Cisco Unified IP Phone CP-7999 ( SEP001BD4000123 )")
}

// The network page tells the security mode of the configuration.
func TestSecurityMode(t *testing.T) {
	for mode, want := range map[cnf.SecurityMode]string{
		cnf.NonSecure: "Non secure", cnf.Authenticated: "Authenticated", cnf.Encrypted: "Encrypted",
	} {
		p := booted("8861")
		p.Flash.Config.Security = mode
		page, _ := get(p, "/NetworkConfigurationX")
		require.Contains(t, page, "<SecurityMode>"+want+"</SecurityMode>")
	}
}
