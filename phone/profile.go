package phone

import (
	"strconv"
	"strings"
)

// A Profile is a model with a firmware: what differs between families.
type Profile struct {
	Model    string // "8861"
	Firmware string // "10.3(1)"
	// SHA512 phones can check signatures over SHA-512.
	SHA512 bool
	// Spelling of the status messages: the 8800 family's, or the older one.
	OldSpelling bool
	// FlushesVouches: older SECD firmware empties its TVS cache when it installs
	// a trust list ("tvsReqFlushTvsCertCache" in a 79xx log).
	FlushesVouches bool
}

// Profiles are models and firmware that fleets are mixed from. Model numbers
// and spellings are documented; which firmware of a family knows SHA-512 is
// this project's own choice.
var Profiles = []Profile{
	{Model: "8861", Firmware: "10.3(1)", SHA512: true},
	{Model: "7821", Firmware: "12.1(1)", SHA512: true},
	{Model: "9971", Firmware: "9.4(2)", SHA512: true},
	{Model: "7962", Firmware: "9.4(2)", OldSpelling: true, FlushesVouches: true},
	{Model: "7965", Firmware: "9.3(1)", OldSpelling: true, FlushesVouches: true},
}

// ProfileOf finds a profile by "MODEL" or "MODEL FIRMWARE".
func ProfileOf(name string) (*Profile, bool) {
	for i := range Profiles {
		p := &Profiles[i]
		if name == p.Model || name == p.String() {
			return p, true
		}
	}
	return nil, false
}

func (p *Profile) String() string { return p.Model + " " + p.Firmware }

// ReportsLists reports whether the firmware raises DeviceTLInfo: 9.4(1) and
// later do (M19).
func (p *Profile) ReportsLists() bool {
	major, minor := firmwareVersion(p.Firmware)
	return major > 9 || major == 9 && minor >= 4
}

// firmwareVersion reads the first two numbers of a version, however it is
// written: 9.4(2)SR1, 9-4-2 or 9.4.2. What is missing is zero.
func firmwareVersion(s string) (major, minor int) {
	numbers := strings.FieldsFunc(s+".0.0", func(r rune) bool { return r < '0' || '9' < r })
	major, _ = strconv.Atoi(numbers[0])
	minor, _ = strconv.Atoi(numbers[1])
	return major, minor
}
