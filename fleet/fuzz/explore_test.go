// Keys of 512 bits, which Go refuses otherwise: signatures are most of what the
// exploration costs.
//
//go:debug rsa1024min=0

package fuzz

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"flag"
	"maps"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
)

var update = flag.Bool("update", false, "rewrite the diagram")

// longDepth is how many acts the diagram rests on.
const longDepth = 6

// exploration is what was found.
type exploration struct {
	moves  []move
	known  map[string]bool // situations, by key
	edges  edges
	depths []growth
}

// growth is how many sequences of moves and how many situations there are within
// so many moves.
type growth struct{ sequences, situations int }

// first is a situation and the number of the sequence that led to it.
type first struct {
	sequence int
	*situation
}

// from plays every move in every situation of a level, on all cores, and gives
// the situations that are new. Each is the one that the first sequence in the
// order of levels and moves reaches, whatever the number of cores.
func (x *exploration) from(ctx context.Context, level []*situation, last bool) ([]*situation, error) {
	type job struct{ from, move int }
	var jobs []job
	for i, p := range level {
		for _, m := range p.open {
			jobs = append(jobs, job{i, m})
		}
	}
	var next atomic.Int64
	var cores sync.WaitGroup
	var mu sync.Mutex // of fresh and the edges
	fresh := make(map[string]first)
	play := func(i int) error {
		p, err := level[jobs[i].from].play(ctx, x.moves[jobs[i].move])
		if err != nil {
			return err
		}
		key := p.key()
		mu.Lock()
		x.edges.add(p.edges)
		f, ok := fresh[key]
		known := x.known[key] || ok && f.sequence < i
		if last {
			p = nil // nothing follows it
		}
		if !known {
			fresh[key] = first{i, p}
		}
		mu.Unlock()
		if known || last {
			return nil
		}
		return p.freeze(x.moves)
	}
	errs := make([]error, runtime.GOMAXPROCS(0))
	for core := range errs {
		cores.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(jobs) && errs[core] == nil; i = int(next.Add(1)) - 1 {
				errs[core] = play(i)
			}
		})
	}
	cores.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	before := 0
	if n := len(x.depths); n > 0 {
		before = x.depths[n-1].sequences
	}
	for key := range fresh {
		x.known[key] = true
	}
	x.depths = append(x.depths, growth{before + len(jobs), len(x.known)})
	var found []*situation
	inOrder := func(a, b first) int { return cmp.Compare(a.sequence, b.sequence) }
	for _, f := range slices.SortedFunc(maps.Values(fresh), inOrder) {
		found = append(found, f.situation)
	}
	return found, nil
}

// beginnings are where the exploration starts: a phone that booted once; that
// lost its power then; and that is untrusted because everything was regenerated
// while it was off.
var beginnings = [][]string{
	{"phone switched on"},
	{"phone switched on", "phone switched off"},
	{
		"phone switched on", "phone switched off", "pub: CallManager regenerated", "sub: CallManager regenerated",
		"pub: TVS regenerated", "sub: TVS regenerated", "phone switched on",
	},
}

// Every state that a phone and its cluster reach by so many acts keeps the rules,
// and the diagram in the documents is what was seen. The diagram needs a longer
// exploration, and that the tag exploration.
func TestEveryReachableState(t *testing.T) {
	if *update && !forks {
		t.Fatal("-update needs -tags exploration")
	}
	depth, diagram := 2, forks && (os.Getenv("ITLSIM_LONG") == "1" || *update)
	if diagram {
		depth = longDepth
	}
	if build.Raced { // a level takes ten times as long as that before
		depth = 1
	}
	x := &exploration{moves: moves(), known: make(map[string]bool)}
	level, err := x.begin(t.Context())
	require.NoError(t, err)
	for d := range depth {
		level, err = x.from(t.Context(), level, d == depth-1)
		require.NoError(t, err)
		t.Logf("%d acts: %d sequences, %d states of cluster, phone and network, %d of them new",
			d+1, x.depths[d].sequences, x.depths[d].situations, len(level))
	}
	if !diagram {
		return
	}
	text := x.document()
	const file = "../../docs/trust-diagram.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	old, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(old), text, "stale: run it again with -update")
}

// begin plays the beginnings.
func (x *exploration) begin(ctx context.Context) (level []*situation, err error) {
	var keys []*rsa.PrivateKey
	for range 40 {
		key, err := rsa.GenerateKey(rand.Reader, 512)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	for _, names := range beginnings {
		p, err := begin(keys)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			i := slices.IndexFunc(x.moves, func(m move) bool { return m.name == name })
			if err := p.move(ctx, x.moves[i]); err != nil {
				return nil, err
			}
		}
		x.edges.add(p.edges)
		x.known[p.key()] = true
		if err := p.freeze(x.moves); err != nil {
			return nil, err
		}
		level = append(level, p)
	}
	return level, nil
}
