package phone_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

// Whatever stands for a model makes a phone: of the table, or of a family; and nothing
// of it breaks a message.
func FuzzProfileOf(f *testing.F) {
	for _, text := range []string{
		"8841", "Cisco 8841 12.5(1)SR2", "cp-7962g SIP42.9-4-2SR3-1S", "ATA 191 12.0(3)", "683", "8899 14.1(1)", "",
		"9841 PHONEOS.4-1-1-0001-74", "7960\r\nX: y", "3905 3905.9-4-1SR4-2", "CP-", "Cisco  CP- 8841-K9",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, warning := phone.ProfileOf(text)
		m, known := phone.FindModel(p.Model)
		require.NotEmpty(t, p.Model)
		for _, said := range []string{p.Model, p.Load, p.UserAgent()} {
			require.False(t, strings.ContainsFunc(said, func(r rune) bool {
				return r > unicode.MaxASCII || !unicode.IsPrint(r)
			}))
		}
		if warning == "" {
			require.True(t, known)
			require.Equal(t, m.Number.Is, p.DeviceType)
			return
		}
		require.Zero(t, p.DeviceType)
		require.False(t, p.SHA512)
	})
}
