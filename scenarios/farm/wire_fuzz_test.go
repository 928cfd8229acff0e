package farm

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/lab"
	"itlsim/scenarios"
)

// FuzzPlan reads plans of runs on sockets: what is taken is a scenario whose files are all there.
func FuzzPlan(f *testing.F) {
	text, _ := scenarios.Source("moved-between-clusters")
	b, err := Pack(Spec{Shards: 2, Phones: 12}, "moved.yaml", text, nil)
	require.NoError(f, err)
	good, err := b.Whole()
	require.NoError(f, err)
	f.Add(good)
	f.Add(bytes.Replace(good, []byte("moved.yaml"), []byte("../moved.yaml"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, opt, err := ReadPlan(data); err == nil {
			require.NotEmpty(t, s.Steps)
			require.LessOrEqual(t, opt.Phones, lab.MaxPhones)
		}
	})
}

// FuzzPosts reads what anybody may send: what is taken holds what is counted on, and nothing of
// it is kept beyond its bounds.
func FuzzPosts(f *testing.F) {
	for _, m := range []any{
		offer{"id", "1.0", Machine{"w", "127.0.0.1", 100, []string{"127.0.0.0/8"}}},
		place{Run: "RUN", Kind: "phones", Shard: lab.Shard{Index: 1, Of: 2}, AckWait: time.Second},
		post{ID: "id", Got: 2, Done: 1, Piece: []byte("ab"), At: 1, Size: 3, Progress: json.RawMessage("{}")},
		order{Number: 1, Body: []byte("begin"), At: 1, Size: 9},
	} {
		text, err := json.Marshal(m)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if o, err := read[offer](data); err == nil {
			require.LessOrEqual(t, len(o.Name), maxWord)
		}
		if p, err := read[place](data); err == nil && p.Run != "" {
			from, to := p.Shard.Range(1000)
			require.True(t, 0 <= from && from <= to && to <= 1000)
			require.True(t, isToken(p.Run))
		}
		if p, err := read[post](data); err == nil {
			require.LessOrEqual(t, p.At+len(p.Piece), p.Size)
			require.LessOrEqual(t, p.Size, maxResult)
		}
		if o, err := read[order](data); err == nil {
			require.LessOrEqual(t, o.At+len(o.Body), o.Size)
			require.LessOrEqual(t, o.Size, maxOrder)
		}
	})
}
