package cnf

import "strings"

// vendorXML spells [Settings] as the file does: 0 denies settings access, and
// enables each of the others.
type vendorXML struct {
	SettingsAccess offAtZero `xml:"settingsAccess"`
	WebAccess      onAtZero  `xml:"webAccess"`
	SSHAccess      onAtZero  `xml:"sshAccess"`
	SpanToPCPort   onAtZero  `xml:"spanToPCPort"`
}

// vendorDefaults are the settings of a file that has none.
var vendorDefaults = vendorXML{SettingsAccess: true}

func vendorOf(s Settings) vendorXML {
	return vendorXML{
		SettingsAccess: offAtZero(s.SettingsAccess),
		WebAccess:      onAtZero(s.WebAccess),
		SSHAccess:      onAtZero(s.SSHAccess),
		SpanToPCPort:   onAtZero(s.SpanToPCPort),
	}
}

func (v vendorXML) settings() Settings {
	return Settings{
		SettingsAccess: bool(v.SettingsAccess),
		WebAccess:      bool(v.WebAccess),
		SSHAccess:      bool(v.SSHAccess),
		SpanToPCPort:   bool(v.SpanToPCPort),
	}
}

// offAtZero is off where the file says 0, and on where it says anything else.
type offAtZero bool

func (on *offAtZero) UnmarshalText(text []byte) error {
	*on = !offAtZero(isZero(text))
	return nil
}

func (on offAtZero) String() string { return digit(bool(on)) }

// onAtZero is on where the file says 0, and off where it says anything else.
type onAtZero bool

func (on *onAtZero) UnmarshalText(text []byte) error {
	*on = onAtZero(isZero(text))
	return nil
}

func (on onAtZero) String() string { return digit(!bool(on)) }

func isZero(text []byte) bool { return strings.TrimSpace(string(text)) == "0" }

func digit(one bool) string {
	if one {
		return "1"
	}
	return "0"
}
