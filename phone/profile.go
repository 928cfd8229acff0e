package phone

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Profile is a model with a firmware: what the table of models ([Models]) says of
// it. Profiles are the same if their values are equal. The zero Profile is a phone
// without a name for its model that speaks TFTP and SHA-1. What the fields mean is
// said at [Family] and [Model].
type Profile struct {
	Model    string // "8861"
	Firmware string // "14.1(1)"
	Load     string // the firmware's name, as web page and REGISTER give it
	// DeviceType is CUCM's number of the model; 0 where no document shows it.
	DeviceType int

	NoITL, HTTP, SHA512  bool   // the family's
	MaxTLS               uint16 // as crypto/tls numbers it; zero is 1.2
	ReportsLists         bool
	OldSpelling, OneLoad bool
	FlushesVouches       bool
	SIS                  string
	SessionID            bool
	Pages                Pages
	Face                 Face
	Suffix               string
	Modules              int
}

// mix are the models and firmware that fleets are mixed from: of two families, one
// that reports no lists, and both spellings. The 7821's load is a log's.
var mix = [...]struct{ model, firmware, load string }{
	{"8861", "10.3(1)", "sip88xx.10-3-1-20"},
	{"7821", "12.1(1)", "sip78xx.12-1-1-12"},
	{"9971", "9.4(2)", "sip9971.9-4-2-13"},
	{"7962", "9.4(2)", "SIP42.9-4-2-1S"},
	{"7965", "9.3(1)", "SIP45.9-3-1-1S"},
}

// Profiles are the models and firmware that fleets are mixed from where nothing else
// is said, in a fixed order. They are the caller's own.
func Profiles() []*Profile {
	profiles := make([]*Profile, len(mix))
	for i, of := range mix {
		m, _ := FindModel(of.model)
		profiles[i] = m.profile(of.firmware, of.load)
	}
	return profiles
}

// ProfileOf reads "MODEL" or "MODEL FIRMWARE", such as "Cisco 8841", "7965 9.3(1)" or
// "ATA 191 12.0(1)". Anything is a model: see [NewProfile].
func ProfileOf(text string) (p *Profile, warning string) {
	words := strings.Fields(text)
	for n := len(words); n > 0; n-- {
		if _, ok := FindModel(strings.Join(words[:n], " ")); ok {
			return NewProfile(strings.Join(words[:n], " "), strings.Join(words[n:], " "))
		}
	}
	if last := len(words) - 1; last > 0 && looksLikeFirmware.MatchString(words[last]) {
		return NewProfile(strings.Join(words[:last], " "), words[last])
	}
	return NewProfile(text, "")
}

// looksLikeFirmware tells 12.5(1) or a load from a part of a name.
var looksLikeFirmware = regexp.MustCompile(`[0-9][.-][0-9]`)

// loadName is the name of a firmware as a cluster prints it, such as
// sip88xx.14-1-1-0001-125: its version stands after the point.
var loadName = regexp.MustCompile(`^[A-Za-z0-9_]+\.([0-9]+-.*)$`)

// NewProfile is the profile of a model ([FindModel]) with a firmware: 12.5(1), the
// name of a load, or "" for the one that the table has. A model that is not known is
// played as one of a family: the warning says which, and is "" for those that are.
func NewProfile(model, firmware string) (p *Profile, warning string) {
	m, known := FindModel(model)
	if !known {
		m = stranger(model, firmware)
		warning = fmt.Sprintf("%q is not a model that is known here; it is played as one of family %s (%s), "+
			"without SHA-512", m.Name, m.Family.Is.Name, m.Family.Is.Models)
	}
	switch named := loadName.FindStringSubmatch(firmware); {
	case firmware == "" || firmware == m.Firmware.Is:
		p = m.profile(m.Firmware.Is, m.Load)
	case named != nil:
		p = m.profile(named[1], firmware)
	default:
		p = m.profile(firmware, m.loadOf(firmware))
	}
	p.SHA512, p.Load = p.SHA512 && known, harmless(p.Load)
	return p, warning
}

// newer are the models, and the loads, of the family that speaks TLS 1.2 and HTTP;
// what begins otherwise is taken for an older one.
var newer = regexp.MustCompile(`^(?i:78|88|98|sip78|sip88|phoneos)`)

// stranger is a model that is not known here: one of a family by how its name or
// its load begins, without a number (this project's own choice).
func stranger(model, load string) Model {
	name, like := plainName(model), "7962"
	if newer.MatchString(name) || newer.MatchString(load) {
		like = "8861"
	}
	m, _ := FindModel(like)
	m.Name, m.Number, m.Suffix, m.Modules = cmp.Or(harmless(name), "unknown"), Fact[int]{}, "", 0
	return m
}

// harmless is a name, of a model or a load, that may stand in messages of SIP.
func harmless(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(" .-_", r):
			return r
		}
		return '-'
	}, name)
	return name[:min(len(name), 40)]
}

// NewestTLS is the newest version of TLS that the firmware speaks, as crypto/tls
// numbers it.
func (p *Profile) NewestTLS() uint16 { return cmp.Or(p.MaxTLS, tls.VersionTLS12) }

// UserAgent is how the firmware names itself: Cisco-CP7821/12.1.1, Cisco-CP7975G/9.3.1.
func (p *Profile) UserAgent() string {
	version := strings.FieldsFunc(p.Firmware, func(r rune) bool { return r < '0' || '9' < r })
	return "Cisco-CP" + strings.ReplaceAll(p.Model, " ", "") + p.Suffix + "/" + strings.Join(version, ".")
}

func (p *Profile) String() string { return strings.TrimSpace(p.Model + " " + p.Firmware) }

// Since reports whether the firmware is of a version or a later one, by its first
// two numbers, which sentences ask. What a phone does is its family's to say.
func (p *Profile) Since(version string) bool { return since(p.Firmware, version) }

// firmwareVersion reads the first two numbers of a version, however it is
// written: 9.4(2)SR1, 9-4-2 or 9.4.2. What is missing is zero.
func firmwareVersion(s string) (major, minor int) {
	next := func() (n int) {
		s = strings.TrimLeftFunc(s, func(r rune) bool { return r < '0' || '9' < r })
		rest := strings.TrimLeft(s, "0123456789")
		if rest != s {
			n, _ = strconv.Atoi(s[:len(s)-len(rest)])
		}
		s = rest
		return n
	}
	major = next()
	return major, next()
}

func since(firmware, version string) bool {
	major, minor := firmwareVersion(firmware)
	wantMajor, wantMinor := firmwareVersion(version)
	return major > wantMajor || major == wantMajor && minor >= wantMinor
}
