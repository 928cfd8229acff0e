package sip

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/xml"
	"html"
	"net/netip"
	"strconv"
	"strings"
)

// DeviceTLInfo is the alarm by which firmware 9.4(1) and later reports the
// trust lists it holds (M19). One is raised each boot, when the trust list step
// ends, whether the list changed or not.
type DeviceTLInfo struct {
	Device    string
	IPv4      netip.Addr // zero: none
	CTL, ITL  *Checksum  // nil: not installed
	CTLServer string     // "": N/A
	ITLServer string     // the CN of the list's TFTP record, not of its signer
	Code      TLCode
}

// A TLCode is what came of the trust lists in a boot: StatusCode, by the numbers of
// error messages 14. The zero value says nothing.
type TLCode uint8

// The codes. Two traces of phones without a CTL show [TLNewITL]; the others have
// been seen in no trace.
const (
	TLUpdated  TLCode = 1 // an update succeeded
	TLNewCTL   TLCode = 2 // a CTL, where there was no list before
	TLNewITL   TLCode = 3 // an ITL, where there was no list before
	TLNewBoth  TLCode = 4 // both, where there was no list before
	TLOnlyITL  TLCode = 5 // the CTL could not be updated, the ITL was
	TLNoneYet  TLCode = 6 // the update failed, and there was no list before
	TLNoServer TLCode = 7 // generic failure: the connection is lost, the server busy
	TLOnlyCTL  TLCode = 8 // the ITL could not be updated, the CTL was
	TLFailed   TLCode = 9 // the update failed, where there were lists
)

// String is the code as alarms spell it.
func (c TLCode) String() string {
	if c == 0 {
		return ""
	}
	return strconv.Itoa(int(c))
}

// A Checksum is the SHA-1 of a whole file.
type Checksum [sha1.Size]byte

// String is the spelling of DeviceTLInfo: upper-case pairs, a blank after each,
// the last too.
func (c *Checksum) String() string {
	if c == nil {
		return "Not Installed"
	}
	const digits = "0123456789ABCDEF"
	text := make([]byte, 0, 3*len(c))
	for _, b := range c {
		text = append(text, digits[b>>4], digits[b&15], ' ')
	}
	return string(text)
}

// alarmElement is what such an alarm is known by.
const alarmElement = `<Alarm Name="DeviceTLInfo">`

// XML is the alarm's body as a 7821 with firmware 12.1(1) sends it: lines end
// in LF, the last has none.
func (a DeviceTLInfo) XML() []byte {
	var b bytes.Buffer
	b.Grow(768)
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<x-cisco-alarm>\n")
	b.WriteString(alarmElement + "\n<ParameterList>\n")
	for _, p := range a.Parameters() {
		b.WriteString(`<String name="` + p.Name + `">`)
		if strings.ContainsFunc(p.Value, escaped) {
			xml.EscapeText(&b, []byte(p.Value)) // a Buffer does not fail
		} else {
			b.WriteString(p.Value)
		}
		b.WriteString("</String>\n")
	}
	b.WriteString("</ParameterList>\n</Alarm>\n</x-cisco-alarm>")
	return b.Bytes()
}

// escaped reports whether a character may have to be written otherwise in XML.
func escaped(c rune) bool { return c < ' ' || c > '~' || strings.ContainsRune("\"'&<>", c) }

// A Parameter is a name and a value of an alarm.
type Parameter struct{ Name, Value string }

// Parameters are the alarm's, in the order in which phones send them and CUCM logs
// them.
func (a DeviceTLInfo) Parameters() []Parameter {
	server := func(name string) string {
		if name == "" {
			return "N/A"
		}
		return name
	}
	ipv4 := ""
	if a.IPv4.IsValid() {
		ipv4 = a.IPv4.String()
	}
	return []Parameter{
		{"DeviceName", a.Device},
		{"IPv4Address", ipv4},
		{"IPv6Address", ""},
		{"CTL_Signature", a.CTL.String()},
		{"CTL_TFTP_Server", server(a.CTLServer)},
		{"ITL_Signature", a.ITL.String()},
		{"ITL_TFTP_Server", server(a.ITLServer)},
		{"StatusCode", a.Code.String()},
	}
}

// maxParameter is how long a parameter may be, in bytes. The longest that phones
// send is the name of a host.
const maxParameter = 255

// ParseDeviceTLInfo reads the alarm out of the body of a REFER. It looks for
// parameters and not for XML: alarms of real phones are not always well-formed.
// It reports false where the body is no DeviceTLInfo that names its device.
func ParseDeviceTLInfo(text string) (a DeviceTLInfo, ok bool) {
	if !strings.Contains(text, alarmElement) {
		return a, false
	}
	for {
		var name, value string
		if _, text, ok = strings.Cut(text, `<String name="`); !ok {
			return a, a.Device != ""
		}
		if name, text, ok = strings.Cut(text, `">`); !ok {
			return a, a.Device != ""
		}
		value, text, _ = strings.Cut(text, "</String>")
		if len(value) > maxParameter {
			continue
		}
		// A copy, so that whoever keeps the alarm does not keep the whole body.
		value = strings.Clone(html.UnescapeString(value))
		switch name {
		case "DeviceName":
			a.Device = value
		case "IPv4Address":
			a.IPv4, _ = netip.ParseAddr(value)
		case "CTL_Signature":
			a.CTL = parseChecksum(value)
		case "ITL_Signature":
			a.ITL = parseChecksum(value)
		case "CTL_TFTP_Server":
			a.CTLServer = serverName(value)
		case "ITL_TFTP_Server":
			a.ITLServer = serverName(value)
		case "StatusCode":
			if code, err := strconv.ParseUint(value, 10, 8); err == nil {
				a.Code = TLCode(code)
			}
		}
	}
}

func serverName(value string) string {
	if value == "N/A" {
		return ""
	}
	return value
}

// parseChecksum reads a checksum in the alarm's spelling; nil for anything
// else, "Not Installed" included.
func parseChecksum(s string) *Checksum {
	data, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil || len(data) != sha1.Size {
		return nil
	}
	sum := Checksum(data)
	return &sum
}
