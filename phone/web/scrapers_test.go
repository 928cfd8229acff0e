package web_test

import (
	"encoding/xml"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone/web"
	"itlsim/sip"
)

// Scrapers of public programs, each by what it looks for in a page.

// nextCell takes the next upper-case TD behind a label, whatever the label's
// case.
func nextCell(page, label string) string {
	at := strings.Index(strings.ToLower(page), strings.ToLower(label))
	if at < 0 {
		return "no " + label
	}
	page = page[at:]
	page = page[strings.Index(page, "<TD>"):]
	cell := page[:strings.Index(page, "</TD>")]
	return html.UnescapeString(strings.TrimSpace(regexp.MustCompile("<[^>]*>").ReplaceAllString(cell, "")))
}

// linesBehind cuts at the DIV and the TABLE, letter by letter, and drops tags.
func linesBehind(page string) (lines []string) {
	const marker = "<td VALIGN=top><DIV ALIGN=center>\n<TABLE BORDER=\"0\" CELLSPACING=\"10\" CELLPADDING=\"0\">"
	_, rest, ok := strings.Cut(page, marker)
	if !ok {
		return nil
	}
	for _, line := range strings.Split(regexp.MustCompile("<[^>]*>").ReplaceAllString(rest, "\n"), "\n") {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// lastMessages takes the last four bold cells of a page, if its title begins
// with Cisco, and drops their times.
func lastMessages(page, divider string) (messages []string) {
	page = strings.ReplaceAll(page, "\n", "") // it reads lines
	if !regexp.MustCompile(".*<TITLE>Cisco.*").MatchString(page) {
		return nil
	}
	cells := strings.Split(page, "<B>")
	for _, cell := range cells[len(cells)-3:] {
		text, _, _ := strings.Cut(cell, "</B>")
		_, message, _ := strings.Cut(text, divider)
		messages = append(messages, message)
	}
	return messages
}

// ninthCell counts bold cells from UDI on.
func ninthCell(page string) string {
	_, page, _ = strings.Cut(page, "UDI")
	for range 9 {
		_, page, _ = strings.Cut(page, "<B>")
	}
	cell, _, _ := strings.Cut(page, "</B>")
	return cell
}

// joined is the page's text with an underline between pieces, which scrapers
// with an HTML parser search for a label and what is behind it.
func joined(page string) string {
	var pieces []string
	for _, piece := range regexp.MustCompile("<[^>]*>").Split(page, -1) {
		if piece != "" {
			pieces = append(pieces, html.UnescapeString(piece))
		}
	}
	return strings.Join(pieces, "_")
}

func find(pattern, text string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m != nil {
		return strings.TrimSpace(m[len(m)-1])
	}
	return "not found"
}

// What scrapers get of an 8861's pages.
func TestScrapersOfAn8861(t *testing.T) {
	p := booted("8861")
	device, _ := get(p, "/")
	network, _ := get(p, "/NetworkConfiguration")
	messages, _ := get(p, adapter+"device.settings.status.messages")
	alarms, _ := get(p, adapter+"device.trace.display.alarm")
	port, _ := get(p, "/PortInformation?1")
	sum := sip.Checksum(p.Flash.Lists.ITL.SHA1())

	require.Equal(t, "10104", nextCell(device, "Phone DN"))
	require.Equal(t, "SEP001BD4000123", nextCell(device, "Host Name"))
	require.Equal(t, "CP-8861", nextCell(device, "Model Number"), "entities are resolved")
	require.Equal(t, "127.0.0.2", nextCell(network, "TFTP Server 1"))
	require.Equal(t, []string{"127.0.0.2", "Active"}, strings.Fields(nextCell(network, "CUCM server1")))
	require.Equal(t, []string{"127.0.0.3", "Standby"}, strings.Fields(nextCell(network, "CUCM server2")))
	require.Equal(t, strings.TrimSpace(sum.String()), nextCell(network, "ITL signature<"))
	require.Equal(t, "Installed", nextCell(network, "ITL file<"))
	require.Equal(t, "Not Installed", nextCell(network, "CTL file<"))
	require.Equal(t, "CAPF-e41e7d87", nextCell(network, "CAPF server<"))
	require.Equal(t, "test10pub-tvs.joemar2.lab", nextCell(network, "TVS"))
	require.Equal(t, "test10pub.joemar2.lab", nextCell(network, ">TFTP server<"[1:]))
	require.Equal(t, "127.16.0.1", nextCell(port, "CDP Neighbor IP Address"))
	require.Contains(t, network, "<B>"+sum.String()+"</B>", "a script compares the whole cell, with its last blank")

	require.Equal(t, []string{
		"[8:52:30am 10/01/19]", " File Not Found &lt;CTLFile.tlv&gt;", "[8:52:31am 10/01/19]", " ITL installed",
		"[8:52:32am 10/01/19]", " SEP001BD4000123.cnf.xml",
	}, linesBehind(messages))
	require.Equal(t, []string{"File Not Found &lt;CTLFile.tlv&gt;", "ITL installed", "SEP001BD4000123.cnf.xml"},
		lastMessages(messages, "] "))

	serial := nextCell(device, "Serial Number")
	require.Regexp(t, "^FCH[0-9]{4}[0-9A-Z]{4}$", serial)
	require.Equal(t, serial, ninthCell(device))

	require.Equal(t, "ITL installed", regexp.MustCompile(`(..:..:...m ..\/..\/...)(\n)([^(_)]*)`).
		FindAllStringSubmatch(joined(messages), -1)[1][3][1:])
	require.Equal(t, "sip88xx.14-1-1-0001-125", find(`(Version_)([^(_| )]*)`, joined(device)))
	require.Equal(t, "test10pub-tvs.joemar2.lab", find(`(TVS_)([^(_| )]*)`, joined(network)))
	require.Equal(t, "127.0.0.2",
		find(`(CUCM server1|Unified CM 1)( SRST| TFTP)?(_\n_\n_|_)?([^(_| )]*)`, joined(network)))

	at := strings.Index(alarms, `<?xml version="1.0" encoding="UTF-8"?>`)
	end := strings.Index(alarms, "</x-cisco-alarm>") + len("</x-cisco-alarm>")
	alarm, ok := sip.ParseDeviceTLInfo(alarms[at:end])
	require.True(t, ok)
	require.Equal(t, &sum, alarm.ITL)
	require.NoError(t, xml.Unmarshal([]byte(alarms[at:end]), new(struct{})), "well-formed, as it stands in the page")
}

// 7900s: labels in Title Case, times without date and brackets, hyphens as they
// are.
func TestScrapersOfA7965(t *testing.T) {
	p := booted("7965")
	device, _ := get(p, "/CGI/Java/Serviceability")
	network, _ := get(p, "/NetworkConfiguration")
	messages, _ := get(p, "/DeviceLog?2")
	console, _ := get(p, adapter+"device.statistics.consolelog")
	require.Equal(t, "CP-7965G", find(`Model Number</B></TD><td width=20></TD><TD><B>([A-Za-z0-9\-]*)`, device))
	const between = "</B></TD><td width=20></TD><TD><B>"
	require.Equal(t, "127.0.0.2", find("TFTP Server 1"+between+"([0-9.a-zA-Z]+)</B></TD>", network))
	require.Equal(t, "127.0.0.2  Active", find("Unified CM 1"+between+"([0-9.a-zA-Z ]+)</B></TD>", network))
	require.Equal(t, "SEP001BD4000123", find(`(Host Name_\n_\n_|Host name_|Host Name_)([^(_| )]*)`, joined(network)))
	all := regexp.MustCompile(`(\d{1,2}:..:..[ap]) ([^(_)]*)`).FindAllStringSubmatch(joined(messages), -1)
	require.Equal(t, "8:52:31a", all[1][1])
	require.Equal(t, "ITL installed", all[1][2])
	for _, name := range regexp.MustCompile("/FS/cache/log[0-9]*.log").FindAllString(console, -1) {
		log, _ := get(p, name)
		require.NotEmpty(t, log)
	}
	require.NotRegexp(t, "[IC]TL |TVS", network, "its page has nothing of lists")
}

// In XML the UDI is lines, which a program takes by their number.
func TestUDI(t *testing.T) {
	page, answer := get(booted("7821"), "/CGI/Java/Serviceability?adapterX=device.statistics.device")
	require.Contains(t, answer.Header.Get("Content-Type"), "xml")
	_, udi, _ := strings.Cut(page, "<udi>")
	lines := strings.Split(udi, "\n")
	require.Equal(t, "V00", lines[3])
	require.Equal(t, find("<serialNumber>(.*)</serialNumber>", page), lines[4])
}

// Every address of the menu leads somewhere, with and without X; others do not.
func TestAddresses(t *testing.T) {
	for _, model := range []string{"8861", "7821", "9971", "7962", "7965", "7960", "6921", "6901"} {
		p := booted(model)
		home, _ := get(p, "/")
		links := regexp.MustCompile(`a href="([^"]*)"`).FindAllStringSubmatch(home, -1)
		require.NotEmpty(t, links, model)
		for _, link := range links {
			page, _ := get(p, link[1])
			require.Contains(t, page, "<TITLE>Cisco Systems, Inc.</TITLE>", "%s of a %s", link[1], model)
			inXML, _ := get(p, strings.Replace(link[1], "adapter=", "adapterX=", 1))
			if inXML != page && !strings.Contains(link[1], "coredumps") {
				require.NoError(t, xml.Unmarshal([]byte(inXML), new(struct{})), "%s of a %s", link[1], model)
			}
		}
	}
	p := booted("8861")
	for _, url := range []string{
		"/PortInformationX", "/PortInformationX?2", "/StreamingStatisticsX", "/StreamingStatisticsX?5", "/DeviceLogX?0",
	} {
		page, _ := get(p, url)
		require.NotEmpty(t, page, url)
	}
	for _, url := range []string{
		"/SecurityConfiguration", "/SecurityConfigurationX", "/StatusMessagesX", "/PortInformationX?3",
		"/StreamingStatisticsX?6", "/status.html", "/X", "/FS/", "/FS/cache/log0.log",
		adapter, adapter + "nothing", "/CGI/Java/Serviceability?other=1",
		"/CGI/Java/Serviceability?adapterX=device.statistics.coredumps", "/DeviceInformationX?1",
	} {
		_, answer := get(p, url)
		require.Equal(t, http.StatusNotFound, answer.StatusCode, url)
	}
	w := httptest.NewRecorder()
	web.Serve(w, httptest.NewRequest(http.MethodPost, "/", nil), p)
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

// Serial numbers are as different as MAC addresses, and a phone keeps its own.
func TestSerials(t *testing.T) {
	seen := make(map[string]string)
	for _, name := range []string{
		"SEP001BD4000000", "SEP001BD4000001", "SEP001BD40FFFFF", "SEP001BD4100000", "SEP001BD4F00001",
	} {
		p := booted("8861")
		p.Name = name
		page, _ := get(p, "/DeviceInformationX")
		serial := find("<serialNumber>(.*)</serialNumber>", page)
		require.Empty(t, seen[serial], "%s has it too", name)
		seen[serial] = name
	}
}

// A phone that holds nothing shows pages as well.
func TestEmptyPhone(t *testing.T) {
	full := booted("8861")
	p := web.Phone{Name: full.Name, IP: full.IP, Profile: full.Profile}
	for _, page := range pages {
		get(p, page.url)
	}
	network, _ := get(p, "/NetworkConfiguration")
	require.Equal(t, "Not Installed", nextCell(network, "ITL signature"))
	require.Equal(t, "Not Installed", nextCell(network, "ITL file"))
}
