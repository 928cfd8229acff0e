package wire

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
)

// A bad file, list or configuration, is refused with its reason, and the phone
// keeps what it has, bit for bit.
func TestBadFiles(t *testing.T) {
	mangle := map[string]struct {
		file  func(data []byte) []byte
		asked string // what the reason must tell
	}{
		"truncated": {func(data []byte) []byte { return data[:100] }, "in a file of 100 bytes"},
		"oversized": {func(data []byte) []byte {
			return append(slices.Clip(data), make([]byte, itl.MaxFile)...)
		}, "larger than"},
		"forged": {func(data []byte) []byte {
			data = bytes.Clone(data)
			data[len(data)-1] ^= 1 // the signature covers it
			return data
		}, "signature"},
		"garbage": {func([]byte) []byte { return bytes.Repeat([]byte("garbage "), 100) }, "offset 0"},
		"empty":   {func([]byte) []byte { return nil }, "0 bytes"},
	}
	for name, bad := range mangle {
		for _, ending := range []string{".tlv", ".sgn"} {
			t.Run(name+ending, func(t *testing.T) {
				t.Parallel()
				l := bootedLab(t, 1)
				before := l.only()
				list := bytes.Clone(before.Flash.Lists.ITL.Bytes())
				l.meddle(func(name string, data []byte) []byte {
					if strings.HasSuffix(name, ending) {
						return bad.file(data)
					}
					return data
				})
				l.boot(phone.Reset{})
				after := l.only()
				require.Equal(t, phone.Locked, after.State)
				require.NotNil(t, after.Refusal)
				require.True(t, strings.HasSuffix(after.Refusal.File.String(), ending))
				require.ErrorContains(t, after.Refusal, bad.asked)
				require.EqualValues(t, 1, l.fleet.Tally().Refused.Load())
				require.Equal(t, before.Flash, after.Flash)
				require.Equal(t, list, after.Flash.Lists.ITL.Bytes())

				l.meddle(nil) // a good file is served again
				l.boot(phone.Reset{})
				require.Equal(t, phone.Trusted, l.only().State)
				require.Nil(t, l.only().Refusal)
			})
		}
	}
}

// An ITL of 64 KB is not loaded, by HTTP or TFTP; a configuration of that size is.
func TestLimits(t *testing.T) {
	for _, by := range []phone.Transport{phone.HTTP, phone.TFTP} {
		t.Run(by.String(), func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1, patient)
			if by == phone.HTTP {
				l.add(1, l.pub.Address(cucm.TFTPService))
			} else {
				l.add(1)
			}
			l.boot(phone.PowerOn{})
			own := l.pub.Certificate(cucm.CallManager).Signer
			l.pub.SetFaults(&cucm.Faults{File: func(name string, data []byte) []byte {
				grown := append(slices.Clip(data), make([]byte, itl.MaxITL+1-len(data))...)
				if file, err := itl.ParseFile(data); err == nil && strings.HasSuffix(name, ".sgn") {
					payload := append(slices.Clip(file.Payload), bytes.Repeat([]byte(" "), itl.MaxITL)...)
					grown, _ = itl.SignFile(name, payload, itl.SHA1, file.Timestamp, own)
				}
				return grown
			}})
			l.boot(phone.Reset{})
			require.ErrorContains(t, l.only().ListRefusal, "larger than the 65535 bytes that a phone loads")
			require.Equal(t, phone.ByITL, l.only().ConfigBy)
		})
	}
}

// A list that another cluster signed: no record of the phone's list and no TVS
// vouches for its signer.
func TestListOfAnotherCluster(t *testing.T) {
	t.Parallel()
	l, other := bootedLab(t, 1), newLab(t, 1, patient)
	before := l.only()
	require.NoError(t, other.pub.Regenerate("CallManager")) // the pools of both labs give the same keys
	l.meddle(func(name string, data []byte) []byte {
		if strings.HasSuffix(name, ".tlv") {
			return other.pub.ITL().Bytes()
		}
		return data
	})
	l.boot(phone.Reset{})
	require.Equal(t, phone.Locked, l.only().State)
	var denied *phone.DeniedError
	require.ErrorAs(t, l.only().Refusal, &denied)
	require.Equal(t, l.pub.Address("Cisco Trust Verification Service"), denied.Server)
	require.Equal(t, before.Flash, l.only().Flash)
}
