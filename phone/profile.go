package phone

import (
	"crypto/tls"
	"strconv"
	"strings"
)

// A Profile is a model with a firmware: what differs between families. The zero
// Profile is a phone without a name for its model that speaks TFTP and SHA-1.
type Profile struct {
	Model    string // "8861"
	Firmware string // "10.3(1)"
	// SHA512 phones can check signatures over SHA-512.
	SHA512 bool
	// OldSpelling firmware spells its status messages in the older way, not in the
	// 8800 family's, and names one load only when it registers.
	OldSpelling bool
	// HTTP phones ask for each file by HTTP on port 6970 first, then by TFTP.
	HTTP bool
	// MaxTLS is the newest TLS that the firmware speaks, as crypto/tls numbers
	// it; zero is 1.2.
	MaxTLS uint16
	// DeviceType is CUCM's number of the model; 0 where no document shows it.
	DeviceType int
	// Load is the firmware's load name, as web page and REGISTER give it.
	Load string
	// FlushesVouches: older SECD firmware empties its TVS cache when it installs
	// a trust list ("tvsReqFlushTvsCertCache" in a 79xx log).
	FlushesVouches bool
}

// profiles are models and firmware that fleets are mixed from. Documents
// give model numbers, device types and spellings, and that 79xx phones know no TLS
// but 1.0. The rest is this project's choice: which firmware knows SHA-512, that
// the 7900s ask by TFTP only, and all load names but the 7821's.
var profiles = [...]Profile{
	{Model: "8861", Firmware: "10.3(1)", Load: "sip88xx.10-3-1-20", DeviceType: 685, SHA512: true, HTTP: true},
	{Model: "7821", Firmware: "12.1(1)", Load: "sip78xx.12-1-1-12", DeviceType: 621, SHA512: true, HTTP: true},
	{Model: "9971", Firmware: "9.4(2)", Load: "sip9971.9-4-2-13", DeviceType: 493, SHA512: true, HTTP: true},
	{Model: "7962", Firmware: "9.4(2)", Load: "SIP42.9-4-2-1S", DeviceType: 404,
		OldSpelling: true, FlushesVouches: true, MaxTLS: tls.VersionTLS10},
	{Model: "7965", Firmware: "9.3(1)", Load: "SIP45.9-3-1-1S", DeviceType: 436,
		OldSpelling: true, FlushesVouches: true, MaxTLS: tls.VersionTLS10},
}

// Profiles are the models and firmware that fleets are mixed from, in a fixed
// order. They are copies, the caller's own: profiles are the same if their values
// are equal.
func Profiles() []*Profile {
	copies := make([]*Profile, len(profiles))
	for i, p := range profiles {
		copies[i] = &p
	}
	return copies
}

// ProfileOf finds one of [Profiles] by "MODEL" or "MODEL FIRMWARE".
func ProfileOf(name string) (*Profile, bool) {
	for _, p := range profiles {
		if name == p.Model || name == p.String() {
			return &p, true
		}
	}
	return nil, false
}

// UserAgent is how the firmware names itself: Cisco-CP7821/12.1.1.
func (p *Profile) UserAgent() string {
	version := strings.FieldsFunc(p.Firmware, func(r rune) bool { return r < '0' || '9' < r })
	return "Cisco-CP" + p.Model + "/" + strings.Join(version, ".")
}

// SIS is the version of Cisco's SIP line interface that the firmware supports. A
// 7975 with 9.3.1 was seen with 6.0.0, a 7821 and an 8851 with 12.1.1 with 7.0.0;
// that it changed with 10.0 is this project's choice.
func (p *Profile) SIS() string {
	if p.Since("10.0") {
		return "7.0.0"
	}
	return "6.0.0"
}

// SessionID reports whether the firmware sends Session-ID: 12.1.1 was seen to, and
// 9.3.1 was not. That it began with 11.0, as CUCM did, is this project's choice.
func (p *Profile) SessionID() bool { return p.Since("11.0") }

func (p *Profile) String() string { return p.Model + " " + p.Firmware }

// ReportsLists reports whether the firmware raises DeviceTLInfo: 9.4(1) and
// later do (M19).
func (p *Profile) ReportsLists() bool { return p.Since("9.4(1)") }

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

// Since reports whether the firmware is of a version or a later one, by its
// first two numbers.
func (p *Profile) Since(version string) bool {
	major, minor := firmwareVersion(p.Firmware)
	wantMajor, wantMinor := firmwareVersion(version)
	return major > wantMajor || major == wantMajor && minor >= wantMinor
}
