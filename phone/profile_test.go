package phone_test

import (
	"crypto/tls"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

// Families decide what a phone does; the number of its version counts within the
// family alone.
func TestFirmware(t *testing.T) {
	for _, of := range []struct {
		model, firmware              string
		reports, sha512, http, noITL bool
		tls                          uint16
	}{
		{"7962", "9.4(1)", true, false, false, false, tls.VersionTLS10},
		{"7962", "9.4(2SR3.1S)", true, false, false, false, tls.VersionTLS10},
		{"7962", "SIP42.9-4-2SR3-1S", true, false, false, false, tls.VersionTLS10},
		{"7962", "9.10(1)", true, false, false, false, tls.VersionTLS10},
		{"7962", "9.3(4)", false, false, false, false, tls.VersionTLS10},
		{"7962", "9-3-4", false, false, false, false, tls.VersionTLS10},
		{"7962", "9", false, false, false, false, tls.VersionTLS10},
		{"7962", "of old", false, false, false, false, tls.VersionTLS10},
		{"7962", "12.5(1)", true, false, false, false, tls.VersionTLS10},
		{"9971", "9.4(2)", true, false, false, false, tls.VersionTLS10},
		{"9971", "sip9971.9-4-2SR4-1", true, false, false, false, tls.VersionTLS10},
		{"6921", "", true, false, false, false, tls.VersionTLS10},
		{"7925", "1.4(8)", false, false, false, false, tls.VersionTLS10},
		{"7937", "9.4(1)", false, false, false, false, tls.VersionTLS10},
		{"8861", "10.3(1)", true, false, true, false, tls.VersionTLS12},
		{"8861", "11.0(1)", true, true, true, false, tls.VersionTLS12},
		{"8821", "11.0(6)", true, true, true, false, tls.VersionTLS12},
		{"8831", "", true, false, true, false, tls.VersionTLS12},
		{"8875", "4.1(1)", true, true, true, false, tls.VersionTLS12},
		{"9841", "PHONEOS.4-1-1-0001-74", true, true, true, false, tls.VersionTLS12},
		{"ATA 190", "1.2.2", false, false, false, false, tls.VersionTLS12},
		{"ATA 191", "12.0(3)", false, false, false, false, tls.VersionTLS12},
		{"7960", "", false, false, false, true, tls.VersionTLS10},
		{"Webex DX80", "CE 9.8", false, false, false, true, tls.VersionTLS10},
		{"Unified Client Services Framework", "", false, false, false, true, tls.VersionTLS10},
	} {
		p, warning := phone.NewProfile(of.model, of.firmware)
		require.Empty(t, warning)
		require.Equal(t, of.reports, p.ReportsLists, "DeviceTLInfo of %s", p)
		require.Equal(t, of.sha512, p.SHA512, "SHA-512 of %s", p)
		require.Equal(t, of.http, p.HTTP, "HTTP of %s", p)
		require.Equal(t, of.noITL, p.NoITL, "ITL of %s", p)
		require.Equal(t, of.tls, p.MaxTLS, "TLS of %s", p)
	}
}

// A model may be written in every way in which CUCM and people do.
func TestSpellings(t *testing.T) {
	for text, want := range map[string]string{
		"8841": "8841 14.1(1)", "Cisco 8841": "8841 14.1(1)", "CISCO  8841": "8841 14.1(1)", " cp-8841 ": "8841 14.1(1)",
		"CP-8841-K9": "8841 14.1(1)", "683": "8841 14.1(1)", "8851nr": "8851NR 14.1(1)",
		"8841 12.5(1)SR2": "8841 12.5(1)SR2", "Cisco 8841 sip88xx.12-5-1SR2-2": "8841 12-5-1SR2-2",
		"CP-7962G": "7962 9.4(2)SR3", "7962g 9.3(1)": "7962 9.3(1)", "7941G-GE": "7941G-GE 9.4(2)SR3",
		"309":     "7941G-GE 9.4(2)SR3",
		"ata 191": "ATA 191 12.0(3)", "ATA-191": "ATA 191 12.0(3)", "Cisco ATA 191 12.0(1)": "ATA 191 12.0(1)",
		"8": "7940 8.1(2)SR2",
		"Cisco Unified Client Services Framework": "Unified Client Services Framework",
		"Cisco IP Communicator":                   "IP Communicator 8.6(6)", "840": "840", "36320": "840",
		"3905 3905.9-4-1SR4-2": "3905 9-4-1SR4-2",
	} {
		p, warning := phone.ProfileOf(text)
		require.Empty(t, warning, text)
		require.Equal(t, want, p.String(), text)
	}
}

// An unknown model is one of a family by how its name or its load begins, never of
// a newer one by its version, and without what only newer firmware has.
func TestUnknownModels(t *testing.T) {
	const older, newer = `it is played as one of family L (6900s, 7900s, 8900s, 9900s), without SHA-512`,
		`it is played as one of family N (7800s and 8800s), without SHA-512`
	for text, want := range map[string]struct{ model, as string }{
		"8899":                  {"8899 14.1(1)", newer},
		"CP-7899 14.1(1)":       {"7899 14.1(1)", newer},
		"Cisco 9899":            {"9899 14.1(1)", newer},
		"1234 sip88xx.14-1-1":   {"1234 14-1-1", newer},
		"7999 14.1(1)":          {"7999 14.1(1)", older},
		"Cisco 6999":            {"6999 9.4(2)SR3", older},
		"Some Thing 9.4(1)":     {"Some Thing 9.4(1)", older},
		"":                      {"unknown 9.4(2)SR3", older},
		"evil\r\nX-Header: 1":   {"evil X-Header- 1 9.4(2)SR3", older},
		strings.Repeat("x", 99): {strings.Repeat("x", 40) + " 9.4(2)SR3", older},
	} {
		p, warning := phone.ProfileOf(text)
		require.Equal(t, want.model, p.String(), text)
		require.Contains(t, warning, "is not a model that is known here; "+want.as, text)
		require.False(t, p.SHA512, text)
		require.Zero(t, p.DeviceType, text)
		require.NotContains(t, p.UserAgent(), "\r", text)
		require.Equal(t, want.as == newer, p.HTTP, text)
	}
}

// Whatever a model is called leads to it and to no other, and a row says all that
// there is to say.
func TestModels(t *testing.T) {
	called := make(map[string]string)
	for _, m := range phone.Models() {
		for _, name := range []string{m.Name, m.Product, "CP-" + m.Name, strings.ToLower(m.Name)} {
			found, ok := phone.FindModel(name)
			require.True(t, ok)
			require.Equal(t, m.Name, found.Name)
		}
		names := []string{strings.ToLower(m.Name)}
		if m.Number.Is != 0 {
			names = append(names, fmt.Sprint(m.Number.Is))
			found, _ := phone.FindModel(fmt.Sprint(m.Number.Is))
			require.Equal(t, m.Name, found.Name)
		}
		for _, name := range names {
			require.Empty(t, called[name], "%s means two models", name)
			called[name] = m.Name
		}
		require.NotZero(t, m.Family.Grade, m.Name)
		require.NotZero(t, m.Firmware.Grade, m.Name)
		require.NotZero(t, m.ReportsLists.Grade, m.Name)
		require.Equal(t, m.Number.Is != 0, m.Number.Grade != 0, m.Name)
		require.Equal(t, m.Firmware.Is == "", m.Load == "", m.Name)
		p, _ := phone.NewProfile(m.Name, "")
		require.Equal(t, m.Load, p.Load)
		if m.Load != "" { // the load says the firmware's version
			digits := regexp.MustCompile(`[0-9]+`)
			version := digits.FindAllString(m.Firmware.Is, -1)[:2]
			_, of, _ := strings.Cut(strings.Replace(m.Load, "P0S3-", "P.", 1), ".")
			require.Equal(t, version, digits.FindAllString(of, -1)[:2], m.Load)
		}
	}
	require.Len(t, phone.Models(), 79, "rows")
}

// What a file says of firmware adds no line to a message.
func TestFirmwareOfNoForm(t *testing.T) {
	p, _ := phone.NewProfile("8861", "1\r\nX-Header: 2.3")
	require.Equal(t, "sip88xx.1--X-Header- 2-3", p.Load)
	require.Equal(t, "Cisco-CP8861/1.2.3", p.UserAgent())
}

func TestProfiles(t *testing.T) {
	for _, want := range phone.Profiles() {
		got, warning := phone.ProfileOf(want.String())
		require.Empty(t, warning)
		got.Load = want.Load // whose build is a log's
		require.Equal(t, want, got)
	}
	a, b := phone.Profiles()[0], phone.Profiles()[0]
	a.Model = "changed" // a copy
	require.NotEqual(t, a, b)
}

// Phones with equal profiles and servers share them, wherever those came from.
func TestPhonesShareWhatTheyHaveInCommon(t *testing.T) {
	library := &phone.Library{Remember: true}
	made := func(model string, servers ...string) *phone.Phone {
		profile, _ := phone.ProfileOf(model)
		return phone.New(phone.Setup{Profile: profile, Servers: servers, Library: library})
	}
	a := made("8861", "tftp1", "tftp2")
	require.True(t, phone.ShareCommon(a, made("8861", "tftp1", "tftp2")))
	require.False(t, phone.ShareCommon(a, made("8861", "tftp2", "tftp1")))
	require.False(t, phone.ShareCommon(a, made("7821", "tftp1", "tftp2")))
}
