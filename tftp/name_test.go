package tftp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesPhonesAskFor(t *testing.T) {
	const device = "SEP00112233AABB"
	for s, want := range map[string]Name{
		"CTLSEP00112233AABB.tlv":          {CTL, device},
		"ITLSEP00112233AABB.tlv":          {ITL, device},
		"SEP00112233AABB.cnf.xml":         {Config, device},
		"SEP00112233AABB.cnf.xml.sgn":     {SignedConfig, device},
		"SEP00112233AABB.cnf.xml.enc.sgn": {EncryptedConfig, device},
		"CTLFile.tlv":                     {Kind: CTL},
		"ITLFile.tlv":                     {Kind: ITL},
		"XMLDefault.cnf.xml":              {Kind: Config},
		"XMLDefault.cnf.xml.sgn":          {Kind: SignedConfig},
	} {
		got, err := ParseName(s)
		require.NoError(t, err, s)
		require.Equal(t, want, got, s)
		require.Equal(t, s, got.String())
		require.Equal(t, strings.HasSuffix(s, ".tlv"), got.Kind.IsList(), s)
	}
}

// Guides spell the default file in two ways.
func TestTheDefaultFileHasTwoSpellings(t *testing.T) {
	for _, suffix := range []string{".cnf.xml", ".cnf.xml.sgn"} {
		want, err := ParseName("XMLDefault" + suffix)
		require.NoError(t, err)
		got, err := ParseName("XmlDefault" + suffix)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, "XMLDefault"+suffix, got.String())
	}
}

func TestNamesPhonesNeverAskFor(t *testing.T) {
	for _, s := range []string{
		"", ".tlv", "CTL.tlv", "CTLITL.tlv", ".cnf.xml", "SEP.cnf.xml",
		"ctlSEP00112233AABB.tlv", "CTLSEP00112233aabb.tlv", "CTLSEP00112233AABB.TLV", "itlfile.tlv",
		"CTLSEP00112233AAB.tlv", "CTLSEP00112233AABBC.tlv", "CTLSEP00112233AABG.tlv", "CTLATA00112233AABB.tlv",
		"SEP00112233AABB", "SEP00112233AABB.tlv", "SEP00112233AABB.cnf.xml.enc", "SEP00112233AABB.cnf.xml.sgn.sgn",
		"CTLSEP00112233AABB.cnf.xml", "XMLDefault.cnf.xml.enc.sgn", "XMLDefault.tlv", "xmldefault.cnf.xml",
		" ITLFile.tlv", "ITLFile.tlv\x00", "ITLFile.tlv\n", "/ITLFile.tlv", "../../etc/passwd",
		"CTLSEP00112233AABB.tlv/../x.tlv", "SEP٠٠112233AABB.cnf.xml",
	} {
		got, err := ParseName(s)
		var nameErr *NameError
		require.ErrorAs(t, err, &nameErr, "%q", s)
		require.Equal(t, s, nameErr.Name)
		require.Zero(t, got)
	}
}

func TestNameErrorsStayShort(t *testing.T) {
	_, err := ParseName(strings.Repeat("\n", 1<<20))
	require.Less(t, len(err.Error()), 400)
	require.NotContains(t, err.Error(), "\n")

	_, err = ParseName("CTLSEP0011.tlv")
	require.EqualError(t, err,
		`file name "CTLSEP0011.tlv" (14 bytes): want SEP and 12 upper-case hexadecimal digits before .tlv`)
}

// A name is either refused briefly, or is exactly what its parts spell.
func FuzzParseName(f *testing.F) {
	for _, s := range []string{
		"CTLSEP00112233AABB.tlv", "ITLFile.tlv", "XMLDefault.cnf.xml", "XmlDefault.cnf.xml.sgn",
		"SEP00112233AABB.cnf.xml.enc.sgn", "SEP00112233aabb.cnf.xml", "../etc/passwd", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := ParseName(s)
		if err != nil {
			require.Less(t, len(err.Error()), 1000)
			return
		}
		require.Equal(t, strings.Replace(s, "XmlDefault", "XMLDefault", 1), name.String())
		require.True(t, name.Kind >= CTL && name.Kind <= EncryptedConfig)
		require.LessOrEqual(t, len(s), len("SEP00112233AABB.cnf.xml.enc.sgn"))
	})
}
