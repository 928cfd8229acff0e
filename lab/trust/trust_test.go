package trust_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/lab/trust"
	"itlsim/phone"
	"itlsim/scenarios"
)

var update = flag.Bool("update", false, "write the golden files anew")

func scenario(t testing.TB, name string) scenarios.Scenario {
	t.Helper()
	s, found := scenarios.Find(name)
	require.True(t, found, name)
	return s
}

// What the picture says of the files of the node that a phone asks comes true when the phones
// boot again: after every step of scenarios of all kinds, and once more where CallManager and then
// TVS are renewed while the power is off.
func TestPictureForetellsAReset(t *testing.T) {
	seen := make(map[string]int)
	for i, name := range []string{
		"bulk-reset", "no-recovery-record", "mixed-mode", "release-12.5-inverted", "reset-without-tvs", "wrong-files",
		"ca-signed-certificates", "multi-server-certificates", "migration-bulk-certificates", "tvs-outage",
		"phones-without-itl", "publisher-rebuilt", "upgrade-to-itlrecovery",
	} {
		s := scenario(t, name)
		if !build.Plays(i) {
			continue
		}
		for last := range s.Steps {
			until := s
			until.Steps = s.Steps[:last+1]
			acts := 0
			play(t, i, until, func(p *scenarios.Player) error {
				if acts++; acts < len(actsOf(until)) {
					return nil
				}
				return foretells(t.Context(), p.Lab, seen)
			})
		}
	}
	for _, outcome := range []string{byList, byTVS, refused} {
		require.True(t, seen[outcome] > 0 || build.Raced, "%v", seen)
	}
}

func actsOf(s scenarios.Scenario) (all []scenarios.Act) {
	for _, step := range s.Steps {
		all = append(all, step.Do...)
	}
	return all
}

// foretells compares what phones do at three boots with the pictures before.
func foretells(ctx context.Context, l *lab.Lab, seen map[string]int) error {
	units := []cucm.Unit{"", cucm.CallManager, cucm.TVSUnit}
	for _, unit := range units {
		l.Send(phone.PowerOff{}, nil)
		if err := l.Advance(ctx, 6*time.Minute); err != nil {
			return err
		}
		for _, n := range l.Nodes() {
			if unit != "" {
				n.Regenerate(unit) // some are not to be renewed so
			}
		}
		if err := foretellsBoot(ctx, l, seen); err != nil {
			return err
		}
	}
	return nil
}

func foretellsBoot(ctx context.Context, l *lab.Lab, seen map[string]int) error {
	census, names := trust.New(l), make(map[*cucm.Node]string)
	for i, n := range l.Nodes() {
		names[n] = l.NodeNames()[i]
	}
	before, foretold := l.Views(), make([]string, l.Phones())
	for i := range before {
		foretold[i] = said(census.Phone(i, &before[i]), names[l.Server(&before[i])], trust.Signer)
	}
	l.Send(phone.PowerOn{}, nil)
	if err := l.Fleet.Settle(ctx); err != nil {
		return err
	}
	for i, v := range l.Views() {
		does := became(phone.Verdict{By: v.ListBy, Refusal: v.ListRefusal})
		switch {
		case !v.On || v.Flash.Lists.CTL != before[i].Flash.Lists.CTL || v.CTLRefusal != nil || v.Profile.NoITL:
			continue // off, or a CTL came first
		case v.ListBy == phone.ByNothing && v.ListRefusal == nil: // nobody served it one
			continue
		case before[i].Flash.Lists.OnFaith():
			does = unasked
		}
		if does != foretold[i] {
			return &mistake{v.Name, foretold[i], does}
		}
		seen[does]++
	}
	return nil
}

type mistake struct{ phone, said, does string }

func (m *mistake) Error() string {
	return m.phone + ": the picture said " + m.said + ", and it was " + m.does
}

// Whatever a picture says wrongly, comparing it with the phones finds it.
func TestWrongPicturesAreFound(t *testing.T) {
	kinds := func(from, to string) func(*trust.Picture) (changed bool) {
		return func(p *trust.Picture) (changed bool) {
			for i := range p.Groups[0].Lines {
				if line := &p.Groups[0].Lines[i]; line.What == trust.Signer && line.Kind == from {
					line.Kind, changed = to, true
				}
			}
			return changed
		}
	}
	for name, wrong := range map[string]func(*trust.Picture) bool{
		"a lost signer is held":          kinds(trust.Broken, trust.Holds),
		"a held signer is lost":          kinds(trust.Holds, trust.Broken),
		"the way round is overlooked":    kinds(trust.Round, trust.Broken),
		"a TVS vouches for all":          kinds(trust.Broken, trust.Round),
		"the way round is no way round":  kinds(trust.Round, trust.Holds),
		"the recovery key is overlooked": kinds(trust.Recovery, trust.Broken),
	} {
		t.Run(name, func(t *testing.T) {
			planted, found := 0, 0
			play(t, 1, scenario(t, "bulk-reset"), func(p *scenarios.Player) error {
				census, views := trust.New(p.Lab), p.Views()
				for i := range views {
					picture := census.Phone(i, &views[i])
					if !wrong(picture) {
						continue
					}
					planted++
					if agrees(p.Lab, i, &views[i], picture, make(map[string]int)) != nil {
						found++
					}
				}
				return nil
			})
			require.NotZero(t, planted)
			require.Equal(t, planted, found)
		})
	}
}

// A moment is the picture after an act of a step, for who draws it.
type moment struct {
	Step    string         `json:"step"`
	Act     string         `json:"act"`
	Picture *trust.Picture `json:"picture"`
}

// The pictures of whole stories, as JSON, a moment on each line: what page and API show.
func TestPictures(t *testing.T) {
	for _, name := range []string{"bulk-reset", "release-12.5-inverted", "mixed-mode", "no-recovery-record"} {
		each := name == "bulk-reset" // of the others the ends of the steps

		s, moments := scenario(t, name), []moment{}
		opt := lab.Options{Mode: lab.Virtual, Phones: 40, Seed: 7, Keys: testkeys.NewPool(7), KeyBits: 1024}
		p, err := scenarios.Open(s, opt)
		require.NoError(t, err)
		census := trust.New(p.Lab)
		for _, step := range s.Steps {
			for i, act := range step.Do {
				require.NoError(t, p.Do(t.Context(), act))
				if i == len(step.Do)-1 {
					require.NoError(t, p.Fleet.Settle(t.Context()))
				}
				if !each && i < len(step.Do)-1 {
					continue
				}
				for i, v := range p.Views() {
					census.Look(i, &v)
				}
				moments = append(moments, moment{step.Name, act.Text, census.Picture()})
			}
		}
		require.NoError(t, p.Close())
		golden(t, filepath.Join("testdata", name+".json"), moments)
	}
}

func golden(t *testing.T, path string, moments []moment) {
	t.Helper()
	got := bytes.NewBufferString("[")
	for i, m := range moments {
		line, err := json.Marshal(m)
		require.NoError(t, err)
		lists := strings.Replace(string(line), `"rest":null`, "", 1)
		require.NotContains(t, lists, "null", "whoever reads it counts on lists")
		got.WriteString(map[bool]string{true: "\n", false: ",\n"}[i == 0])
		got.Write(line)
	}
	got.WriteString("\n]\n")
	if *update {
		require.NoError(t, os.WriteFile(path, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}

// Phones that are looked at again and have not changed cost no memory, and a picture is judged
// anew only where a node shows something else.
func TestAnUnchangedFleetCostsLittle(t *testing.T) {
	l, err := lab.Open(scenario(t, "bulk-reset").Setup, lab.Options{
		Mode: lab.Virtual, Phones: 500, Keys: testkeys.NewPool(1), KeyBits: 1024,
	})
	require.NoError(t, err)
	defer l.Close()
	l.Send(phone.PowerOn{}, nil)
	require.NoError(t, l.Fleet.Settle(t.Context()))
	census, v := trust.New(l), l.Fleet.Phone(0)
	census.Look(0, &v)
	require.Zero(t, testing.AllocsPerRun(100, func() { census.Look(0, &v) }))
	first := testing.AllocsPerRun(1, func() { trust.New(l).Phone(0, &v) })
	again := testing.AllocsPerRun(10, func() { census.Picture() })
	require.Less(t, again, first/4)
}

// Of more lists than anybody tells apart the picture has the largest groups, and counts the rest.
// Groups keep their numbers, which are given anew when they are gone.
func TestManyLists(t *testing.T) {
	const lists = 20
	l, err := lab.Open(scenario(t, "bulk-reset").Setup, lab.Options{
		Mode: lab.Virtual, Phones: lists * (lists + 1) / 2, Keys: testkeys.NewPool(1), KeyBits: 1024,
	})
	require.NoError(t, err)
	defer l.Close()
	census, views, groups := trust.New(l), l.Views(), make([]int, lists)
	signer, at := l.Cluster.Publisher().Certificate(cucm.CallManager).Signer, l.Now()
	next := 0
	for i := range lists {
		list, err := l.Cluster.Publisher().ITL().Resign(signer, at.Add(time.Duration(i)*time.Hour))
		require.NoError(t, err)
		for range i + 1 {
			views[next].Flash.Lists.ITL, err = itl.ParseList(list.Bytes()) // equal ones are one
			require.NoError(t, err)
			groups[i] = census.Look(next, &views[next])
			next++
		}
	}
	p := census.Picture()
	require.Len(t, p.Groups, trust.MaxGroups)
	for i, g := range p.Groups {
		require.Equal(t, lists-i, g.Phones)
		require.Equal(t, groups[lists-1-i], g.ID)
		require.Equal(t, g.Phones, g.States["off"])
	}
	require.Equal(t, &trust.Rest{Lists: 8, Phones: 36, States: map[string]int{
		"off": 36, "none": 0, "trusted": 0, "locked": 0, "untrusted": 0,
	}}, p.Rest)

	views[0].Flash.Lists.ITL = nil // the only phone of the first group
	require.Equal(t, lists, census.Look(0, &views[0]))
	views[1].Flash.Lists.ITL = views[3].Flash.Lists.ITL
	require.Equal(t, groups[2], census.Look(1, &views[1]))
	views[2].Flash.Lists.ITL, err = l.Cluster.Publisher().ITL().Resign(signer, at.Add(-time.Hour))
	require.NoError(t, err)
	require.Equal(t, groups[0], census.Look(2, &views[2]))
}

// The rest of a phone's surroundings: whom it asks, whose TVS its configuration names.
func TestSurroundings(t *testing.T) {
	s := scenario(t, "bulk-reset")
	s.Steps = s.Steps[:1]
	play(t, 1, s, func(p *scenarios.Player) error {
		v := p.Fleet.Phone(0)
		g := trust.New(p.Lab).Phone(0, &v).Groups[0]
		require.Equal(t, []trust.Asked{{Node: "test10pub", Phones: 1}}, g.Asks)
		require.Equal(t, []string{"test10pub", "test10sub"}, g.TVS)
		require.Equal(t, v.Name, g.Example)
		for _, line := range g.Lines {
			if line.What == trust.ITLRecovery {
				require.Equal(t, line.Key, g.ResetKey)
			}
		}
		require.NotEmpty(t, g.ResetKey)
		require.Equal(t, 1, g.States["trusted"])
		sum := p.Cluster.Publisher().ITL().SHA1()
		require.Equal(t, hex.EncodeToString(sum[:]), g.ITL)
		return nil
	})
}

func BenchmarkLook(b *testing.B) {
	l, err := lab.Open(scenario(b, "bulk-reset").Setup, lab.Options{
		Mode: lab.Virtual, Phones: 40_000, Keys: testkeys.NewPool(1), KeyBits: 1024,
	})
	require.NoError(b, err)
	defer l.Close()
	l.Send(phone.PowerOn{}, nil)
	require.NoError(b, l.Fleet.Settle(b.Context()))
	census := trust.New(l)
	for b.Loop() {
		l.Each(fleet.Basics, func(i int, _ *lab.Member, v *fleet.View) { census.Look(i, v) })
		census.Picture()
	}
}
