package scenarios

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// withoutCost is a report as JSON, without what it cost.
func withoutCost(t *testing.T, r *report.Report) string {
	one := *r
	one.Timing = report.Timing{BootMS: r.Timing.BootMS}
	var b bytes.Buffer
	require.NoError(t, one.WriteJSON(&b))
	return b.String()
}

// A run whose one part went through a file gives the same report.
func TestPartThroughAFile(t *testing.T) {
	opt := Options{Version: "1", Lab: lab.Options{Mode: lab.Virtual, Phones: 24, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024}}
	s := builtinNamed(t, "trust-loss")
	whole, err := Run(t.Context(), s, opt)
	require.NoError(t, err)
	opt.Lab.Keys = testkeys.NewPool(1)
	part, err := RunShard(t.Context(), s, opt, 0)
	require.NoError(t, err)
	var file bytes.Buffer
	require.NoError(t, part.Write(&file))
	part, err = ReadPart(&file)
	require.NoError(t, err)
	merged, err := Merge([]*Part{part})
	require.NoError(t, err)
	require.Equal(t, withoutCost(t, whole), withoutCost(t, merged))
	var one, other bytes.Buffer
	require.NoError(t, whole.WriteCSV(&one))
	require.NoError(t, merged.WriteCSV(&other))
	require.Equal(t, one.String(), other.String())
}

// Hashes tell scenarios apart by what any of their files says.
func TestHash(t *testing.T) {
	require.Len(t, builtinNamed(t, "trust-loss").Hash, 64)
	require.NotEqual(t, builtinNamed(t, "trust-loss").Hash, builtinNamed(t, "bulk-reset").Hash)
}
