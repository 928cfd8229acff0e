package farm_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/report"
)

// phones are those of a run of these tests.
const phones = 80

// bundle is a run of a scenario of the catalogue.
func bundle(name string, shards int) (*farm.Bundle, error) {
	text, _ := scenarios.Source(name)
	return farm.Pack(farm.Spec{Build: "tests", Seed: 7, Phones: phones, Shards: shards}, name+".yaml", text, nil)
}

func pack(t *testing.T, name string, shards int) *farm.Bundle {
	t.Helper()
	b, err := bundle(name, shards)
	require.NoError(t, err)
	return b
}

// here is the report of a bundle's run in this very process, without a farm.
func here(t *testing.T, b *farm.Bundle) string {
	t.Helper()
	s, err := b.Plan()
	require.NoError(t, err)
	r, err := scenarios.Run(t.Context(), s, scenarios.Options{
		Lab:    lab.Options{Mode: lab.Virtual, Seed: b.Seed, Phones: b.Phones, Boots: b.Boots},
		Shards: b.Shards, Pace: b.Pace, Version: build.Version(),
	})
	require.NoError(t, err)
	return timeless(r)
}

// timeless is a report without what no two runs have alike.
func timeless(r *report.Report) string {
	if r == nil {
		return ""
	}
	same := *r
	same.Timing = report.Timing{}
	var text bytes.Buffer
	if err := same.WriteJSON(&text); err != nil {
		return err.Error()
	}
	return text.String()
}

// slowly plays a shard, and takes its time.
func slowly(ctx context.Context, b *farm.Bundle, shard int, p func(scenarios.Progress)) (*scenarios.Part, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(300 * time.Millisecond):
	}
	return farm.Play(ctx, b, shard, p)
}
