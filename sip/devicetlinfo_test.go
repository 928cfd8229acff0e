package sip

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// The body that a real 7821 sent, byte for byte.
func TestAlarmAsARealPhoneSendsIt(t *testing.T) {
	message, err := os.ReadFile("../testdata/golden/devicetlinfo-refer.txt")
	require.NoError(t, err)
	_, body, ok := bytes.Cut(message, []byte("\n\n"))
	require.True(t, ok)
	body = bytes.TrimSuffix(body, []byte("\n")) // the file's own
	require.Len(t, body, 569)

	var sum Checksum
	_, err = hex.Decode(sum[:], []byte("1ba1c907e99e4d3c539dc81424af6c9f7dce4d6d"))
	require.NoError(t, err)
	alarm := DeviceTLInfo{
		Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"),
		ITL: &sum, ITLServer: "cucm-115.home.lab", Code: TLNewITL,
	}
	require.Empty(t, cmp.Diff(string(body), string(alarm.XML())))
}

func TestAlarmIsReadBack(t *testing.T) {
	sum := Checksum{1, 2, 3}
	for _, a := range []DeviceTLInfo{
		{Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"), ITL: &sum, ITLServer: "a & <b>",
			Code: TLFailed},
		{Device: "SEPC80084AA8743", CTL: &sum, CTLServer: "pub"},
	} {
		got, ok := ParseDeviceTLInfo(string(a.XML()))
		require.True(t, ok)
		require.Empty(t, cmp.Diff(a, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })))
	}
	// Not well-formed, as alarms of real phones may be.
	got, ok := ParseDeviceTLInfo(`<Alarm Name="DeviceTLInfo"><String name="Other"><not open></String>` +
		`<String name="DeviceName">SEP1</String>`)
	require.True(t, ok)
	require.Equal(t, "SEP1", got.Device)
	// What no phone sends is left out.
	for _, code := range []string{"300", "-1", "three", ""} {
		got, ok = ParseDeviceTLInfo(`<Alarm Name="DeviceTLInfo"><String name="DeviceName">SEP1</String>` +
			`<String name="StatusCode">` + code + `</String>`)
		require.True(t, ok)
		require.Zero(t, got.Code, code)
	}
	long := strings.Repeat("x", 256)
	got, ok = ParseDeviceTLInfo(string(DeviceTLInfo{Device: "SEP1", ITLServer: long}.XML()))
	require.True(t, ok)
	require.Empty(t, got.ITLServer)
	_, ok = ParseDeviceTLInfo(string(DeviceTLInfo{Device: long}.XML()))
	require.False(t, ok)
	_, ok = ParseDeviceTLInfo(`<Alarm Name="LastOutOfServiceInformation">` +
		`<String name="DeviceName">SEP1</String></Alarm>`)
	require.False(t, ok)
}

func FuzzParseDeviceTLInfo(f *testing.F) {
	sum := Checksum{1, 2, 3}
	f.Add(DeviceTLInfo{
		Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"), ITL: &sum, ITLServer: "pub",
	}.XML())
	f.Add([]byte(`<Alarm Name="DeviceTLInfo"><String name="ITL_Signature">1 2`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, ok := ParseDeviceTLInfo(string(data))
		if ok && a.Device == "" {
			t.Fatal("an alarm of nobody")
		}
	})
}
