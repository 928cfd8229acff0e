package web

import (
	"fmt"
	"strconv"
	"strings"
)

// fixed is a value that every phone shows.
func fixed(s string) func(*shown) string { return func(*shown) string { return s } }

// What real phones show and simulated ones do not have is this project's own
// choice, an 8845's where its page shows it.
var (
	none = fixed("")
	no   = fixed("No")
	yes  = fixed("Yes")
	zero = fixed("0")
)

// device88 is the first page of 7800s and 8800s (8845 page).
func device88(p *shown) []row {
	return concat(identity88, modules[:p.Profile.Modules], rest88)
}

var identity88 = []row{
	{label: "Service mode", value: fixed("On-premise")},
	{label: "Service domain", value: none},
	{label: "Service state", value: fixed("Idle")},
	{"MAC address", "MACAddress", (*shown).mac},
	{"Host name", "HostName", (*shown).host},
	{"Phone DN", "phoneDN", (*shown).number},
	{"App load ID", "appLoadID", (*shown).appLoad},
	{"Boot load ID", "bootLoadID", (*shown).bootLoad},
	{"Version", "versionID", (*shown).load},
	{element: "addonModule1", value: none},
	{element: "addonModule2", value: none},
}

// modules are rows of key expansion modules, none of which is there. How many a
// model's page has is in the table of models.
var modules = []row{
	{label: "Key expansion module 1", value: none},
	{label: "Key expansion module 2", value: none},
	{label: "Key expansion module 3", value: none},
}

var rest88 = concat(
	hardware("Hardware revision", "Serial number", "Model number", "Message waiting"),
	clock("Time", "Time zone", "Date"),
	memory,
)

// device99 is the first page of 8900s and 9900s: in it a scraper counts rows to
// the MAC address, number, serial and model number. The labels are from the
// 8821 guide.
var device99 = concat(
	[]row{
		{label: "Active network interface", value: fixed("Ethernet")},
		{"MAC address", "MACAddress", (*shown).mac},
		{label: "Wireless MAC address", value: none},
		{"Host name", "HostName", (*shown).host},
		{"Phone DN", "phoneDN", (*shown).number},
		{"App load ID", "appLoadID", (*shown).appLoad},
		{"Boot load ID", "bootLoadID", (*shown).bootLoad},
		{"Version", "versionID", (*shown).load},
		{"Key expansion module 1", "addonModule1", none},
		{"", "addonModule2", none},
	},
	rest88,
)

// device79 is the first page of 7900s (scrapers).
var device79 = concat(
	identity79,
	[]row{
		{"Expansion Module 1", "addonModule1", none},
		{"Expansion Module 2", "addonModule2", none},
	},
	hardware("Hardware Revision", "Serial Number", "Model Number", "Message Waiting"),
	clock("Time", "Time Zone", "Date"),
	labelled(memory, "", "", "", ""),
)

var identity79 = []row{
	{"MAC Address", "MACAddress", (*shown).mac},
	{"Host Name", "HostName", (*shown).host},
	{"Phone DN", "phoneDN", (*shown).number},
	{"App Load ID", "appLoadID", (*shown).appLoad},
	{"Boot Load ID", "bootLoadID", (*shown).bootLoad},
	{"Version", "versionID", (*shown).load},
}

// device7940 is the first page of the 7940 and 7960 (7940 XML).
var device7940 = concat(
	identity79,
	[]row{
		{"DSP Load ID", "DSPLoadID", fixed("4.0(5.0)[A0]")},
		{"Expansion Module 1", "addonModule1", none},
		{"Expansion Module 2", "addonModule2", none},
		{"Hardware Revision", "hardwareRevision", fixed("1.0")},
		{"Serial Number", "serialNumber", (*shown).serial},
		{"Model Number", "modelNumber", (*shown).model},
		{"Codec", "Codec", fixed("ADLCodec")},
		{"Amps", "Amps", fixed("3V Amp")},
		{"C3PO Revision", "C3PORevision", fixed("2")},
		{"Message Waiting", "MessageWaiting", no},
	},
)

// hardware are the rows from the hardware's revision to the UDI, which takes
// five, four of them without a label: scrapers take the ninth bold cell behind it
// for the serial number. In XML it is one element, with a line for each part.
func hardware(revision, serial, model, waiting string) []row {
	return []row{
		{revision, "hardwareRevision", fixed("V01")},
		{serial, "serialNumber", (*shown).serial},
		{model, "modelNumber", (*shown).model},
		{waiting, "MessageWaiting", no},
		{label: "UDI", value: fixed(udiType)},
		{value: (*shown).description},
		{value: (*shown).model},
		{value: fixed(udiVersion)},
		{value: (*shown).serial},
		{element: "udi", value: (*shown).udi},
	}
}

const udiType, udiVersion = "phone", "V00"

func clock(time, zone, date string) []row {
	return []row{
		{time, "time", func(p *shown) string { return p.clock(p.Now) }},
		{zone, "timezone", fixed("Etc/UTC")}, // as the cluster's configurations have it
		{date, "date", func(p *shown) string { return p.Now.Format("01/02/06") }},
	}
}

var memory = []row{
	{"System free memory", "systemFreeMemory", fixed("2147483647")},
	{"Java heap free memory", "javaHeapFreeMemory", fixed("7347480")},
	{"Java pool free memory", "javaPoolFreeMemory", fixed("2147483647")},
	{"FIPS mode enabled", "fipsModeEnabled", no},
}

// same is a page whose rows are the same for every model of a family.
func same(rows []row) func(*shown) []row { return func(*shown) []row { return rows } }

func concat(parts ...[]row) []row {
	var all []row
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

func (p *shown) mac() string    { return strings.TrimPrefix(p.Name, "SEP") }
func (p *shown) host() string   { return p.Name }
func (p *shown) number() string { return p.Number }
func (p *shown) load() string   { return p.Profile.Load }
func (p *shown) model() string  { return "CP-" + p.Profile.Model + p.Profile.Suffix }

func (p *shown) appLoad() string {
	app, _ := p.loads(p.Profile.Model, p.Profile.Load)
	return app
}

func (p *shown) bootLoad() string {
	_, boot := p.loads(p.Profile.Model, p.Profile.Load)
	return boot
}

func (p *shown) description() string {
	return fmt.Sprintf("%s %s%s, Global", p.brand, p.Profile.Model, p.Profile.Suffix)
}

func (p *shown) udi() string {
	return strings.Join([]string{udiType, p.description(), p.model(), udiVersion, p.serial(), ""}, "\n")
}

// serial is a serial number of Cisco's form, FCH for the place, year, week and
// four characters, made of the MAC address: within a maker's range each phone
// has another.
func (p *shown) serial() string {
	mac, _ := strconv.ParseUint(p.mac(), 16, 48) // 0 for a name of another kind
	year, week := 10+mac>>20&0xf, 1+mac>>24%52
	return fmt.Sprintf("FCH%02d%02d%s", year, week, base36(mac&0xfffff))
}

func base36(n uint64) string { return fmt.Sprintf("%04s", strings.ToUpper(strconv.FormatUint(n, 36))) }
