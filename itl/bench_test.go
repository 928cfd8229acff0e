package itl_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

func BenchmarkParseList(b *testing.B) {
	data := newCluster(newLab(b)).list(b).Bytes()
	require.Len(b, data, 5302)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := itl.ParseList(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	list := newCluster(newLab(b)).list(b)
	require.Len(b, list.Bytes(), 5302)
	b.ReportAllocs()
	for b.Loop() {
		if err := list.VerifySelf(); err != nil {
			b.Fatal(err)
		}
	}
}
