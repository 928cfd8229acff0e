package phone_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

// The body that a real 7821 sent, byte for byte.
func TestAlarmAsARealPhoneSendsIt(t *testing.T) {
	message, err := os.ReadFile("../testdata/golden/devicetlinfo-refer.txt")
	require.NoError(t, err)
	_, body, ok := bytes.Cut(message, []byte("\n\n"))
	require.True(t, ok)
	body = bytes.TrimSuffix(body, []byte("\n")) // the file's own
	require.Len(t, body, 569)

	var sum phone.Checksum
	_, err = hex.Decode(sum[:], []byte("1ba1c907e99e4d3c539dc81424af6c9f7dce4d6d"))
	require.NoError(t, err)
	alarm := phone.DeviceTLInfo{Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"), ITL: &sum, ITLServer: "cucm-115.home.lab"}
	require.Empty(t, cmp.Diff(string(body), string(alarm.XML())))
}

func TestAlarmTellsOfTheListsAsStored(t *testing.T) {
	l := newLab(t)
	l.run(`
		ctl mixed CallManager SAST=CallManager CCM+TFTP=CallManager
		list one CallManager SAST=CallManager TFTP=CallManager-2 TVS=TVS
		boot
		serve CTL mixed
		boot
		serve ITL one
		boot`)
	sum := func(name string) *phone.Checksum {
		sum := phone.Checksum(sha1.Sum(l.files[name]))
		return &sum
	}
	blank := phone.DeviceTLInfo{Device: device, IPv4: netip.MustParseAddr("10.1.1.7")}
	mixed := blank
	mixed.CTL, mixed.CTLServer = sum("mixed"), "CallManager"
	both := mixed
	both.ITL, both.ITLServer = sum("one"), "CallManager-2" // the TFTP record's name, not the signer's
	require.Empty(t, cmp.Diff([]phone.DeviceTLInfo{blank, mixed, both}, l.alarms, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })))
}

func TestFirmwareThatReportsItsLists(t *testing.T) {
	for firmware, want := range map[string]bool{
		"9.4(1)": true, "9.4(2SR3.1S)": true, "9-4-2SR3-1": true, "9.10(1)": true, "10.3(1)": true, "11-0-1": true, "12.1.1": true, "14": true,
		"9.3(1)SR4": false, "9.3(4)": false, "9-3-4": false, "8.5(3)": false, "9": false, "": false, "of old": false,
	} {
		require.Equal(t, want, (&phone.Profile{Firmware: firmware}).ReportsLists(), firmware)
	}
}

func TestProfiles(t *testing.T) {
	for i := range phone.Profiles {
		want := &phone.Profiles[i]
		for _, name := range []string{want.Model, want.Model + " " + want.Firmware} {
			got, ok := phone.ProfileOf(name)
			require.True(t, ok)
			require.Same(t, want, got)
		}
	}
	_, ok := phone.ProfileOf("8861 9.9(9)")
	require.False(t, ok)
}

func TestAlarmIsReadBack(t *testing.T) {
	sum := phone.Checksum{1, 2, 3}
	for _, a := range []phone.DeviceTLInfo{
		{Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"), ITL: &sum, ITLServer: "a & <b>"},
		{Device: "SEPC80084AA8743", CTL: &sum, CTLServer: "pub"},
	} {
		got, ok := phone.ParseDeviceTLInfo(a.XML())
		require.True(t, ok)
		require.Empty(t, cmp.Diff(a, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })))
	}
	// Not well-formed, as alarms of real phones may be.
	got, ok := phone.ParseDeviceTLInfo([]byte(`<Alarm Name="DeviceTLInfo"><String name="Other"><not open></String><String name="DeviceName">SEP1</String>`))
	require.True(t, ok)
	require.Equal(t, "SEP1", got.Device)
	// What no phone sends is left out.
	long := strings.Repeat("x", 256)
	got, ok = phone.ParseDeviceTLInfo(phone.DeviceTLInfo{Device: "SEP1", ITLServer: long}.XML())
	require.True(t, ok)
	require.Empty(t, got.ITLServer)
	_, ok = phone.ParseDeviceTLInfo(phone.DeviceTLInfo{Device: long}.XML())
	require.False(t, ok)
	_, ok = phone.ParseDeviceTLInfo([]byte(`<Alarm Name="LastOutOfServiceInformation"><String name="DeviceName">SEP1</String></Alarm>`))
	require.False(t, ok)
}

func FuzzParseDeviceTLInfo(f *testing.F) {
	sum := phone.Checksum{1, 2, 3}
	f.Add(phone.DeviceTLInfo{Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"), ITL: &sum, ITLServer: "pub"}.XML())
	f.Add([]byte(`<Alarm Name="DeviceTLInfo"><String name="ITL_Signature">1 2`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, ok := phone.ParseDeviceTLInfo(data)
		if ok && a.Device == "" {
			t.Fatal("an alarm of nobody")
		}
	})
}
