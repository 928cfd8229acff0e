package phone

import (
	"fmt"
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
	major, minor, err := firmwareVersion(p.Firmware)
	return err == nil && (major > 9 || major == 9 && minor >= 4)
}

// firmwareVersion reads "9.4(2)SR1" as 9, 4.
func firmwareVersion(s string) (major, minor int, err error) {
	head, rest, ok := strings.Cut(s, ".")
	if !ok {
		return 0, 0, fmt.Errorf("firmware %q: want a version such as 9.4(2)", s)
	}
	tail, _, _ := strings.Cut(rest, "(")
	if major, err = strconv.Atoi(head); err == nil {
		minor, err = strconv.Atoi(tail)
	}
	return major, minor, err
}
