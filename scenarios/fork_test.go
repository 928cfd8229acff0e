package scenarios

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/internal/build"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
)

// A fork goes on as the lab that it is of: every step of the catalogue and of the examples, played in virtual mode
// and in a fork that was made before it, has the same end, to the byte of each list and the
// nanosecond of the clock. What the step does to the fork first does not reach the lab.
func TestForksPlayTheCatalogue(t *testing.T) {
	plans, err := filepath.Glob("../examples/*.yaml")
	require.NoError(t, err)
	all := Builtin()
	for _, file := range plans {
		plan, err := LoadFile(file)
		require.NoError(t, err)
		all = append(all, plan)
	}
	for i, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if why := s.NotIn[lab.Virtual]; why != "" {
				t.Skip(why)
			}
			if !build.Plays(i) {
				t.Skip("played without the detector of races")
			}
			p, names := openForForks(t, s, lab.Virtual, int64(i))
			for _, step := range s.Steps {
				untouched := names.answers(p)
				fork := forked(t, p)
				play(t, fork, step)
				require.Equal(t, untouched, names.answers(p), "the lab has not changed before %s", step.Name)
				play(t, p, step)
				require.Empty(t, cmp.Diff(since(untouched, names.answers(p)), names.answers(fork)), step.Name)
				require.Equal(t, p.Elapsed(), fork.Elapsed(), step.Name)
				require.Equal(t, flashes(p), flashes(fork), step.Name)
				require.NoError(t, fork.Close())
			}
		})
	}
}

// openForForks puts up a scenario in small.
func openForForks(t *testing.T, s Scenario, mode string, seed int64) (*Player, certificateNames) {
	opt := lab.Options{
		Mode: mode, Seed: seed, Phones: min(s.Phones(), 30), Keys: testkeys.NewPool(uint64(seed)), KeyBits: 1024,
	}
	p, err := Open(s, opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p, make(certificateNames)
}

func forked(t *testing.T, p *Player) *Player {
	fork, err := p.Fork()
	require.NoError(t, err)
	return fork
}

// play does a step. Whether it came out as expected others test.
func play(t *testing.T, p *Player, step Step) {
	_, err := p.Play(t.Context(), step)
	require.NoError(t, err, step.Name)
}

// since are answers without what nodes' logs say of earlier, which forks do not have.
func since(before, now []answer) []answer {
	for i := range now {
		for _, earlier := range before[i].Gone {
			at := slices.Index(now[i].Gone, earlier)
			now[i].Gone = slices.Delete(now[i].Gone, at, at+1)
		}
		if len(now[i].Gone) == 0 {
			now[i].Gone = nil
		}
	}
	return now
}

// flashes are what the phones hold, by checksums.
func flashes(p *Player) (all []string) {
	sum := func(l *itl.List) string {
		if l == nil {
			return "none"
		}
		return fmt.Sprintf("%x", l.SHA1())
	}
	for _, v := range p.Views() {
		all = append(all, v.Name+" "+sum(v.Flash.Lists.CTL)+" "+sum(v.Flash.Lists.ITL)+" "+v.State.String())
	}
	return all
}

// A fork in the middle of boots, and of TVS questions that wait their turn, goes on in the middle
// of them: it ends as the lab does.
func TestForkInTheMiddleOfBoots(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	p, names := openForForks(t, s, lab.Virtual, 7)
	play(t, p, s.Steps[0])
	for _, text := range []string{"on test10pub: set cert regen CallManager", "phones: reset"} {
		require.NoError(t, p.begin(t.Context(), acting(t, p, text)))
	}
	forks, from := []*Player{}, [][]answer{}
	for p.Fleet.Busy() > 0 {
		forks, from = append(forks, forked(t, p)), append(from, names.answers(p))
		require.Equal(t, p.Fleet.Busy(), forks[len(forks)-1].Fleet.Busy())
		require.NoError(t, p.SettleFor(t.Context(), 100*time.Millisecond))
	}
	require.Greater(t, len(forks), 20)
	for i, fork := range forks {
		require.NoError(t, fork.Fleet.Settle(t.Context()))
		require.Empty(t, cmp.Diff(since(from[i], names.answers(p)), names.answers(fork)), i)
		require.Equal(t, flashes(p), flashes(fork))
		require.Equal(t, forks[0].Elapsed(), fork.Elapsed(), i)
	}
}

// A fork of a lab on sockets does in virtual time what the lab does: each phone gives the same
// answer after each step. What is random there, serial numbers and times, is named by order.
func TestForksOfLabsOnSockets(t *testing.T) {
	names := socketForks
	if os.Getenv("ITLSIM_LONG") == "1" {
		names = Names()
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ok := Find(name)
			require.True(t, ok)
			p, names := openForForks(t, s, lab.Wire, 3)
			for _, step := range s.Steps {
				untouched := names.answers(p)
				fork, own := forked(t, p), maps.Clone(names)
				require.Empty(t, cmp.Diff(since(untouched, names.answers(p)), own.answers(fork)), "before %s", step.Name)
				play(t, fork, step)
				play(t, p, step)
				require.Empty(t, cmp.Diff(since(untouched, names.answers(p)), own.answers(fork)), step.Name)
				require.NoError(t, fork.Close())
			}
		})
	}
}

// socketForks are scenarios of what forks of labs on sockets might do otherwise; all are played
// with ITLSIM_LONG=1.
var socketForks = []string{
	"both-certificates-at-once", "bulk-reset-remotekey", "callmanager-renewed-mixed-mode", "encrypted-configurations",
	"migration-bulk-certificates", "tvs-outage", "wrong-files",
}

// Boots that are under way on sockets begin anew in a fork, events that have not reached their
// phones reach them there, and all ends well.
func TestForkOnSocketsInTheMiddleOfBoots(t *testing.T) {
	t.Parallel()
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	p, err := Open(s, lab.Options{Phones: 200, Keys: testkeys.NewPool(1), KeyBits: 1024, Boots: 8})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	p.Send(phone.PowerOn{}, nil)
	forks := []*Player{}
	for ; p.Fleet.Busy() > 0; time.Sleep(20 * time.Millisecond) {
		forks = append(forks, forked(t, p))
	}
	require.Greater(t, len(forks), 2)
	for _, fork := range forks {
		require.NoError(t, fork.Fleet.Settle(t.Context()))
		require.Equal(t, p.Fleet.States(), fork.Fleet.States())
		require.Equal(t, p.Phones(), fork.Cluster.Registered())
		require.NoError(t, fork.Close())
	}
}
