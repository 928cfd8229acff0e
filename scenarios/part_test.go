package scenarios

import (
	"bytes"
	"compress/gzip"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// withoutCost is a report as JSON, without what it cost.
func withoutCost(t *testing.T, r *report.Report) string {
	one := *r
	one.Timing = report.Timing{}
	var b bytes.Buffer
	require.NoError(t, one.WriteJSON(&b))
	return b.String()
}

// A run whose one part went through a file gives the same report.
func TestPartThroughAFile(t *testing.T) {
	opt := Options{Version: "1", Lab: lab.Options{Mode: lab.Virtual, Phones: 24, Seed: 1, Keys: testkeys.NewPool(1),
		KeyBits: 1024}}
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

// Of a part that has more than any, nothing is taken.
func TestPartsAreBounded(t *testing.T) {
	var file, text bytes.Buffer
	require.NoError(t, trustLoss(t, 1, alike)[0].Write(&file))
	z, err := gzip.NewReader(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	_, err = text.ReadFrom(z)
	require.NoError(t, err)
	exact := bounds{
		file: int64(file.Len()), whole: int64(text.Len()),
		objects: bytes.Count(text.Bytes(), []byte("{")), values: bytes.Count(text.Bytes(), []byte(",")),
	}
	_, err = exact.read(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	for _, less := range []func(*bounds){
		func(b *bounds) { b.file-- }, func(b *bounds) { b.whole-- },
		func(b *bounds) { b.objects-- }, func(b *bounds) { b.values-- },
	} {
		tight := exact
		less(&tight)
		_, err = tight.read(bytes.NewReader(file.Bytes()))
		require.Error(t, err)
	}
}

// Numbers of phones, shards and tables that no part has are refused before anything is made of them.
func TestPartsFitTogether(t *testing.T) {
	for says, change := range map[string]func(*Part){
		"its format is 2":           func(p *Part) { p.Format = 2 },
		"there is no shard 1 of 1":  func(p *Part) { p.Index = 1 },
		"there is no shard -1 of 1": func(p *Part) { p.Index = -1 },
		"there is no shard 0 of":    func(p *Part) { p.Shards = MaxShards + 1 },
		"no run has 15000001":       func(p *Part) { p.Phones = lab.MaxPhones + 1 },
		"no run has 0":              func(p *Part) { p.Phones = 0 },
		"not of the phones from 0":  func(p *Part) { p.Phones = 23 },
		"it looked after":           func(p *Part) { p.Looked = p.Looked[1:] },
		"it has no report":          func(p *Part) { p.Report = nil },
		"beside its tales":          func(p *Part) { p.Report.Stories = []report.Story{{}} },
		"more names than phones":    func(p *Part) { p.Cast.Names = make([]string, 25) },
		"there are 23 numbers":      func(p *Part) { p.Cast.Seated = p.Cast.Seated[1:] },
		"more than 24 numbers":      func(p *Part) { p.Cast.Ended = append(p.Cast.Ended, 0) },
		"beyond a table of":         func(p *Part) { p.Cast.Ended[3] = 99 },
		"an end is of no tale":      func(p *Part) { p.Cast.Ends[0].Tale = -1 },
		"a chapter is of no step":   func(p *Part) { p.Cast.Tales[0].Chapters[0].Step = 99 },
	} {
		part := trustLoss(t, 1, alike)[0]
		change(part)
		var file bytes.Buffer
		require.NoError(t, part.Write(&file))
		_, err := ReadPart(&file)
		require.ErrorContains(t, err, says)
	}
}
