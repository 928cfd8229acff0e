package virtual_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/phone"
)

// An ITL of 64 KB is not loaded, by HTTP or TFTP, and one of 0 bytes is malformed
// for phones that have a list, as on the wire.
func TestLimitsOfFiles(t *testing.T) {
	for size, refused := range map[int]string{itl.MaxITL + 1: "larger than the 65535 bytes that a phone loads",
		0: "a file of 0 bytes"} {
		l := newLab(t, 8, 1) // of models that ask by HTTP, and by TFTP alone
		l.Send(phone.PowerOn{}, nil)
		l.settles()
		for _, n := range l.cluster.Nodes() {
			n.SetFaults(&cucm.Faults{File: func(name string, data []byte) []byte {
				if !strings.HasSuffix(name, ".tlv") {
					return data
				}
				return append(slices.Clip(data), make([]byte, itl.MaxITL)...)[:size]
			}})
		}
		l.Send(phone.Reset{}, nil)
		l.settles()
		l.all(phone.Locked, 8)
		for v := range l.All(fleet.Whole) {
			require.ErrorContains(t, v.ListRefusal, refused, v.Profile)
			require.Equal(t, phone.ByITL, v.ConfigBy)
		}
	}
}
