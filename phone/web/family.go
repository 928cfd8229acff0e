package web

import (
	"fmt"
	"strings"
	"time"

	"itlsim/phone"
)

// A family is what the pages of some models have in common.
type family struct {
	brand  string // before the model, in the heading
	server string // HTTP header; "": none

	adapters bool // pages have addresses under /CGI/Java/Serviceability
	named    bool // and of their own: /DeviceInformation
	pages    []page

	cells cells
	// entities: the hyphen and the slash of values are written so (8845 page).
	// Scrapers of 7900s look for the hyphen itself.
	entities bool
	encoding string // of XML
	// stamp is the time of a message, and what divides the two. An alarm's XML
	// follows its stamp likewise.
	stamp func(time.Time) string
	clock func(time.Time) string
	loads func(model, load string) (app, boot string)
	// logs are the names of the console logs, the newest first.
	logs    []string
	logLine func(n int, at time.Time, text string) string
}

// shown is a phone whose pages are those of a family.
type shown struct {
	Phone
	*family
}

// families by the pages that the table of models gives a phone.
var families = map[phone.Pages]*family{
	phone.Pages8800: &series88, phone.Pages9900: &series99, phone.Pages7900: &series79,
	phone.Pages7960: &rompager, phone.Pages6900: &series69, phone.Pages6901: &model6901,
}

// series88 is the 7800s and 8800s: labels like sentences.
var series88 = family{
	brand: "Cisco IP Phone", adapters: true, named: true, pages: newWords.pages(device88, network88),
	cells: oneLine, entities: true, encoding: "UTF-8",
	stamp: newStamp, clock: newClock, loads: newLoads,
	logs: []string{"messages", "messages.0"}, logLine: newLogLine,
}

// series99 is the 8900s and 9900s, whose first page has other rows.
var series99 = family{
	brand: "Cisco IP Phone", adapters: true, named: true, pages: newWords.pages(same(device99), network88),
	cells: oneLine, entities: true, encoding: "UTF-8",
	stamp: newStamp, clock: newClock, loads: newLoads,
	logs: []string{"messages", "messages.0"}, logLine: newLogLine,
}

// series79 is the 7900s from the 7906 on: labels in Title Case, in the order of
// the XML.
var series79 = family{
	brand:    "Cisco Unified IP Phone",
	adapters: true, named: true, pages: oldWords.pages(same(device79), network79),
	cells: oneLine, encoding: "UTF-8",
	stamp: oldStamp, clock: oldClock, loads: oldLoads,
	logs: []string{"cache/log0.log", "cache/log1.log"}, logLine: oldLogLine,
}

// rompager is the 7940 and the 7960, whose pages have their own addresses only.
var rompager = family{
	brand: "Cisco IP Phone", server: "Allegro-Software-RomPager/4.34",
	named: true, pages: oldWords.pages(same(device7940), network79),
	cells: lines, encoding: "iso-8859-1", stamp: oldStamp, clock: oldClock,
	loads: func(_, load string) (app, boot string) { return load, "PC03A300" },
}

// series69 is the 6911 to the 6961, whose messages stand in a script.
var series69 = family{
	brand: "Cisco Unified IP Phone", cells: strong, stamp: newStamp, clock: newClock, loads: newLoads,
	pages: []page{
		{link: "Device Information", title: "Device Information", html: rowsOf(same(device79))},
		{file: "status.html", link: "Status Messages", title: "Status Messages", html: scriptedMessages},
		{file: "stat.html", title: "Status Messages", html: scriptedMessages},
		{file: "debug.html", link: "Debug Display", title: "Debug Display", html: alarmCell},
	},
}

// model6901 has pages of its own.
var model6901 = family{
	brand: "Cisco Unified IP Phone", cells: lines, stamp: newStamp, clock: newClock, loads: newLoads,
	pages: []page{
		{
			file: "Device_Information.html", link: "Device Information", title: "Device Information",
			html: rowsOf(same(device79)),
		},
		{file: "Network_Setup.html", link: "Network Setup", title: "Network Setup", html: rowsOf(same(network79))},
	},
}

// The times of 7800s and 8800s. Between stamp and message scrapers want the
// line's end, and the blank too.
func newClock(at time.Time) string { return at.Format("3:04:05pm") }
func newStamp(at time.Time) string { return at.Format("[3:04:05pm 01/02/06]") + "\n " }

// The times of 7900s: 1:33:26a.
func oldClock(at time.Time) string { return strings.TrimSuffix(newClock(at), "m") }
func oldStamp(at time.Time) string { return oldClock(at) + " " }

// newLoads are the names of an 8845's loads, made for another model.
func newLoads(_, load string) (app, boot string) {
	load = strings.TrimPrefix(strings.TrimPrefix(load, "sip"), "SIP")
	platform, _, _ := strings.Cut(load, ".")
	return "rootfs" + load, "sb2" + platform + ".BEV-01-020"
}

// oldLoads are the names of a 7965's loads, likewise: jar45sip.9-3-1ES26.sbn,
// tnp65.9-3-1-CR17.bin. Of loads of another form nothing is known.
func oldLoads(model, load string) (app, boot string) {
	rest, ok := strings.CutPrefix(load, "SIP")
	if !ok {
		return load, load
	}
	platform, version, _ := strings.Cut(rest, ".")
	number, _, _ := strings.Cut(strings.TrimPrefix(model, "79"), "G") // 7941G-GE
	return fmt.Sprintf("jar%ssip.%s.sbn", platform, version), fmt.Sprintf("tnp%s.%s.bin", number, version)
}
