package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

func TestFirmwareThatReportsItsLists(t *testing.T) {
	for firmware, want := range map[string]bool{
		"9.4(1)": true, "9.4(2SR3.1S)": true, "9-4-2SR3-1": true, "9.10(1)": true,
		"10.3(1)": true, "11-0-1": true, "12.1.1": true, "14": true,
		"9.3(1)SR4": false, "9.3(4)": false, "9-3-4": false, "8.5(3)": false, "9": false, "": false, "of old": false,
	} {
		require.Equal(t, want, (&phone.Profile{Firmware: firmware}).ReportsLists(), firmware)
	}
}

func TestProfiles(t *testing.T) {
	for _, want := range phone.Profiles() {
		for _, name := range []string{want.Model, want.Model + " " + want.Firmware} {
			got, ok := phone.ProfileOf(name)
			require.True(t, ok)
			require.Equal(t, want, got)
			got.Model = "changed" // a copy
		}
	}
	_, ok := phone.ProfileOf("8861 9.9(9)")
	require.False(t, ok)
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
