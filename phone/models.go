package phone

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Pages is which web pages a phone has (package phone/web); "" is none that are
// known here.
type Pages string

// The pages, named by a model that has them.
const (
	Pages8800 Pages = "8800"
	Pages9900 Pages = "9900"
	Pages7900 Pages = "7900"
	Pages7960 Pages = "7960"
	Pages6900 Pages = "6900"
	Pages6901 Pages = "6901"
)

// A Model is a row of the table of models.
type Model struct {
	Name    string    // "8861", as profiles and scenarios have it
	Product string    // "Cisco 8861", as CUCM prints it
	Number  Fact[int] // CUCM's; zero where nothing shows it
	Family  Fact[*Family]
	// Firmware is what its phones run unless something else is said; "" where none
	// is known. Newest is the latest known, where that is another.
	Firmware Fact[string]
	Newest   string
	Load     string // of the firmware, as web page and REGISTER name it
	// ReportsLists is the family's, but for models that never do.
	ReportsLists Fact[Since]
	Pages        Pages
	Face         Face
	Suffix       string // "G" behind the name in User-Agent and on pages
	Modules      int    // rows of key expansion modules on its page

	platform, build string // before and behind the version in a load's name
}

// series are models with the same firmware.
type series struct {
	family          Fact[*Family]
	firmware        Fact[string]
	newest          string
	platform, build string // "sip88xx.", ""
	load            string // "" where no document has the name: it is made of platform and firmware
	silent          bool   // never reports its lists, whatever the family
	pages           Pages
	face            Face
	suffix          string
	models          []Model
}

// numbered are models that CUCM prints as "Cisco 8861". Their numbers are those
// that public programs have (RIS).
func numbered(names string) (all []Model) {
	for _, pair := range strings.Split(names, ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(pair), "=")
		m := Model{Name: name, Product: "Cisco " + name}
		if n, err := strconv.Atoi(number); err == nil {
			m.Number = Fact[int]{n, Program}
		}
		all = append(all, m)
	}
	return all
}

// table is every model. Numbers, names and loads are what CUCM 12.5's table
// of defaults, device packages and public programs have.
var table = []series{
	{document(&familyN), seen("14.1(1)"), "14.4(1)", "sip78xx.", "", "sip78xx.14-1-1-0001-136", false, Pages8800,
		Face7841, "", numbered("7811=36213, 7821=621, 7841=622, 7861=623")},
	{document(&familyN), seen("12.5(1)SR2"), "", "sip7832.", "", "sip7832.12-5-1SR2-2", false, Pages8800, Face8832, "",
		numbered("7832=36247")},
	{document(&familyN), seen("12.5(1)SR2"), "", "sip8832.", "", "sip8832.12-5-1SR2-2", false, Pages8800, Face8832, "",
		numbered("8832=36258, 8832NR=36260")},
	{document(&familyN), seen("14.1(1)"), "", "sip88xx.", "", "sip88xx.14-1-1-0001-125", false, Pages8800, Face8811,
		"", numbered("8811=36217, 8811NS=36339")},
	{document(&familyN), seen("14.1(1)"), "", "sip88xx.", "", "sip88xx.14-1-1-0001-125", false, Pages8800, Face8841,
		"", numbered(
			"8841=683, 8841NS=36340, 8851=684, 8851NR=36232, 8851NS=36338, 8861=685")},
	{document(&familyN), seen("14.1(1)"), "", "sip8845_65.", "", "sip8845_65.14-1-1-0001-125", false, Pages8800,
		Face8865, "", numbered("8845=36224, 8865=36225, 8865NR=36248")},
	{document(&familyN), seen("11.0(6)SR2"), "", "sip8821.", "", "sip8821.11-0-6SR2-4", false, Pages8800, Face8821, "",
		numbered("8821=36216")},
	{own(&familyN), document("10.3(1)SR6"), "", "sip8831.", "", "", false, Pages8800, Face8832,
		"", numbered("8831=659")},
	{own(&familyN), document("10.2(5)"), "", "sipdx650.", "", "", false, Pages8800, FaceDX650,
		"", numbered("DX650=647")},
	{own(&familyN), document("10.2(5)"), "", "sipdx80.", "", "", false, "", FaceDX650,
		"", numbered("DX80=36042, DX70=36043")},
	{document(&familyP), document("4.1(1)"), "", "PHONEOS.", "", "PHONEOS.4-1-1-0001-74", false, Pages8800, Face9841,
		"", numbered(
			"8875=36336, 8875NR=36337, 9811, 9821, 9841, 9841NR, 9851, 9851NR, 9861, 9861NR, 9871, 9871NR")},
	{own(&familyL), own(""), "", "", "", "", false, "", Face8821, "", numbered("840=36320, 860=36319")},
	{document(&familyL), seen("9.4(1)SR4"), "", "3905.", "", "3905.9-4-1SR4-2", false, Pages6901, Face6901, "",
		numbered("3905=592")},
	{document(&familyL), document("9.3(1)SR2"), "", "SIP6901.", "", "", false, Pages6901, Face6901,
		"", numbered("6901=547")},
	{document(&familyL), document("9.3(1)SR2"), "", "SIP6911.", "", "", false, Pages6900, Face6901,
		"", numbered("6911=548")},
	{document(&familyL), seen("9.4(1)SR3"), "", "SIP69xx.", "", "SIP69xx.9-4-1-3SR3", false, Pages6900, Face6941, "",
		numbered("6921=495, 6941=496, 6961=497, 6945=564")},
	{document(&familyL), seen("9.4(2)SR3"), "", "SIP11.", "-1S", "", false, Pages7900, Face7962, "G",
		numbered("7906=369, 7911=307")},
	{document(&familyL), seen("9.4(2)SR3"), "", "SIP31.", "-1S", "", false, Pages7900, Face7962,
		"G", numbered("7931=348")},
	{document(&familyL), seen("9.4(2)SR3"), "", "SIP41.", "-1S", "", false, Pages7900, Face7962, "G",
		numbered("7941=115, 7961=30018")},
	{document(&familyL), seen("9.4(2)SR3"), "", "SIP41.", "-1S", "", false, Pages7900, Face7962, "",
		numbered("7941G-GE=309, 7961G-GE=308")},
	{document(&familyL), seen("9.4(2)SR3"), "", "SIP42.", "-1S", "SIP42.9-4-2SR3-1S", false, Pages7900, Face7962, "G",
		numbered("7942=434, 7962=404")},
	{document(&familyL), document("9.4(2)SR4"), "", "SIP45.", "-1S", "", false, Pages7900, Face7965, "G",
		numbered("7945=435, 7965=436")},
	{document(&familyL), document("9.4(2)SR4"), "", "SIP75.", "-1S", "", false, Pages7900, Face7965,
		"G", numbered("7975=437")},
	{document(&familyL), Fact[string]{"9.4(2)", Remembered}, "", "SIP70.", "-1S", "", false, Pages7900, Face7965, "G",
		numbered("7970=30006, 7971=119")},
	{document(&familyL), document("1.4(6)"), "", "CP7921G.", "", "", true, Pages7900, Face8821,
		"G", numbered("7921=365")},
	{document(&familyL), document("1.4(8)SR1"), "", "CP7925G.", "", "", true, Pages7900, Face8821,
		"G", numbered("7925=484")},
	{document(&familyL), document("1.4(8)SR1"), "", "CP7926G.", "", "", true, Pages7900, Face8821,
		"G", numbered("7926=577")},
	{document(&familyL), document("1.4(5)"), "", "CP7937G.", "", "", true, "", Face8832, "G", numbered("7937=431")},
	{document(&familyL), document("9.4(2)SR3"), "", "SIP894x.", "", "", false, Pages9900, Face9971, "",
		numbered("8941=586, 8945=585")},
	{document(&familyL), seen("9.4(2)SR4"), "", "sip8961.", "", "", false, Pages9900, Face9971,
		"", numbered("8961=540")},
	{document(&familyL), seen("9.4(2)SR4"), "", "sip9951.", "", "sip9951.9-4-2SR4-1", false, Pages9900, Face9971, "",
		numbered("9951=537")},
	{document(&familyL), seen("9.4(2)SR4"), "", "sip9971.", "", "sip9971.9-4-2SR4-1", false, Pages9900, Face9971, "",
		numbered("9971=493")},
	{document(&familyL), Fact[string]{"8.6(6)", Remembered}, "", "CIPC.", "", "", false, "", Face7965, "",
		numbered("IP Communicator=30016")},
	{document(&familyA), document("9.2(3)"), "", "ATA187.", "", "", false, "", FaceNone, "", numbered("ATA 187=550")},
	{document(&familyA), document("1.2.2"), "", "ATA190.", "", "", false, "", FaceNone, "", numbered("ATA 190=681")},
	{document(&familyA), document("12.0(3)"), "", "ATA191.", "", "ATA191.12-0-3-0101-142", false, "", FaceNone, "",
		numbered("ATA 191=36262")},
	{document(&familyNone), document("8.1(2)SR2"), "", "P0S3-", "", "", false, Pages7960, Face7962,
		"G", numbered("7940=8, 7960=7")},
	{own(&familyNone), document("9.8"), "", "ce.", "", "", false, "", FaceNone, "",
		numbered("Webex DX80=36239, TelePresence DX70=36241")},
	{document(&familyNone), own(""), "", "", "", "", false, "", FaceNone, "", numbered(
		"Unified Client Services Framework=503, Dual Mode for iPhone=562, Dual Mode for Android=575, " +
			"Jabber for Tablet=652")},
}

// modules is how many rows of key expansion modules a model's page has: an
// 8851's has two (8851 page), others by how many they take (7800 and 8800 guide).
var modules = map[string]int{"8851": 2, "8851NR": 2, "8851NS": 2, "8861": 3, "8865": 3, "8865NR": 3}

// models are the rows of the table, one for each model.
var models = func() (all []Model) {
	for _, s := range table {
		for _, m := range s.models {
			m.Family, m.Firmware, m.Newest, m.ReportsLists = s.family, s.firmware, s.newest, s.family.Is.ReportsLists
			if s.silent {
				m.ReportsLists = own(Never)
			}
			m.Pages, m.Face, m.Suffix, m.Modules = s.pages, s.face, s.suffix, modules[m.Name]
			m.platform, m.build = s.platform, s.build
			m.Load = cmp.Or(s.load, m.loadOf(s.firmware.Is))
			all = append(all, m)
		}
	}
	return all
}()

// Models are all that are known here, in a fixed order.
func Models() []Model { return slices.Clone(models) }

// modelsByName is where models stand in the table, by their names as it has them.
var modelsByName = func() map[string]int {
	all := make(map[string]int, len(models))
	for i := range models {
		all[models[i].Name] = i
	}
	return all
}()

// FindModel finds a model by its name in any of its spellings, any case: 8841,
// Cisco 8841, CP-8841, CP-7962G, CP-8841-K9, ATA-191, or CUCM's number of it.
func FindModel(name string) (Model, bool) {
	if i, ok := modelsByName[name]; ok {
		return models[i], true
	}
	number, _ := strconv.Atoi(strings.TrimSpace(name)) // 0 for a name that is none
	name = hyphened(plainName(name))
	i := slices.IndexFunc(models, func(m Model) bool {
		own := hyphened(m.Name)
		return strings.EqualFold(name, own) || m.Suffix != "" && strings.EqualFold(name, own+m.Suffix)
	})
	if i < 0 && number > 0 {
		i = slices.IndexFunc(models, func(m Model) bool { return m.Number.Is == number })
	}
	if i < 0 {
		return Model{}, false
	}
	return models[i], true
}

// hyphened is a name as one word.
func hyphened(name string) string { return strings.ReplaceAll(name, " ", "-") }

// plainName is a model's name without its maker and what orders put behind it.
func plainName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	for _, maker := range []string{"Cisco ", "CP-"} {
		if len(name) > len(maker) && strings.EqualFold(name[:len(maker)], maker) {
			name = name[len(maker):]
		}
	}
	if end := len(name) - len("-K9"); end > 0 && strings.EqualFold(name[end:], "-K9") {
		name = name[:end]
	}
	return name
}

// loadOf makes a load's name of a firmware: sip88xx.10-3-1. Builds, which real
// names have at the end, are not known.
func (m *Model) loadOf(firmware string) string {
	if firmware == "" {
		return ""
	}
	return m.platform + strings.Trim(strings.NewReplacer(".", "-", "(", "-", ")", "").Replace(firmware), "-") + m.build
}

// profile is what the table says of the model's phones with a firmware.
func (m *Model) profile(firmware, load string) *Profile {
	f := m.Family.Is
	return &Profile{
		Model: m.Name, Firmware: firmware, Load: load, DeviceType: m.Number.Is,
		NoITL: !f.ITL.Is, HTTP: f.HTTP.Is, MaxTLS: uint16(f.TLS.Is), SHA512: f.SHA512.Is.in(firmware),
		ReportsLists: m.ReportsLists.Is.in(firmware), OldSpelling: f.OldSpelling.Is, OneLoad: f.OneLoad.Is,
		FlushesVouches: f.FlushesVouches.Is, SIS: f.SIS.Is, SessionID: f.SessionID.Is.in(firmware),
		Pages: m.Pages, Face: m.Face, Suffix: m.Suffix, Modules: m.Modules,
	}
}
