package scenarios

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/report"
)

// rehearsals are what might be rehearsed in a lab of one node, 80 trusted phones and 20 that are
// off.
var rehearsals = map[string]struct {
	before, acts []string // each command's question is answered as it should
	says         string
}{
	"one certificate": {
		acts: []string{"on test10pub: set cert regen CallManager"},
		says: "no phone would lose its trust",
	},
	"nothing at all": {
		before: []string{"fault: TVS of test10pub is down"},
		acts:   []string{"wait: 1 minute"},
		says:   "no phone would lose its trust",
	},
	"both trust points, past the phones that are off": {
		acts: []string{"on test10pub: set cert regen CallManager", "wait: 6 minutes", "on test10pub: set cert regen TVS"},
		says: "20 of 100 phones would lose their trust when switched on again; " +
			"`utils itl reset localkey` would bring all of them back",
	},
	"the second of both": {
		before: []string{"on test10pub: set cert regen CallManager", "wait: 6 minutes"},
		acts:   []string{"on test10pub: set cert regen TVS"},
		says: "20 of 100 phones would lose their trust when switched on again; " +
			"`utils itl reset localkey` would bring all of them back",
	},
	"with TVS down": {
		before: []string{"fault: TVS of test10pub is down"},
		acts:   []string{"on test10pub: set cert regen CallManager"},
		says: "all 100 phones would lose their trust, 20 of them when switched on again; " +
			"`utils itl reset localkey` would bring all of them back",
	},
	"what is lost already": {
		before: []string{
			"on test10pub: set cert regen CallManager", "wait: 6 minutes", "on test10pub: set cert regen TVS",
			"phones of off: power on",
		},
		acts: []string{"wait: 1 minute"},
		says: "no phone would lose its trust; 20 are lost and would stay so",
	},
	"what was lost, and nobody knows yet": {
		before: []string{"on test10pub: set cert regen CallManager", "wait: 6 minutes", "on test10pub: set cert regen TVS"},
		acts:   []string{"wait: 1 minute"},
		says:   "no phone would lose its trust; 20 phones more would be lost at the next boot with this or without",
	},
	"the cure": {
		before: []string{
			"on test10pub: set cert regen CallManager", "wait: 6 minutes", "on test10pub: set cert regen TVS",
			"phones of off: power on",
		},
		acts: []string{"on test10pub: utils itl reset localkey"},
		says: "no phone would lose its trust; 20 phones would come back that are lost otherwise",
	},
	"a command that is refused": {
		before: []string{"on test10pub: set cert regen CallManager"},
		acts:   []string{"on test10pub: set cert regen TVS"},
		says: `"on test10pub: set cert regen TVS" would fail: CallManager certificate was modified in the last 5 minutes. ` +
			"Please re-try regenerating TVS certificate at a later time; no phone would lose its trust",
	},
}

// A rehearsal tells how many phones would be lost, and what would help, and leaves the lab as it
// was. It comes true where its acts are done and the phones boot.
func TestRehearsalsComeTrue(t *testing.T) {
	for name, r := range rehearsals {
		for _, mode := range lab.Modes {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				p := rehearsed(t, mode)
				for _, text := range r.before {
					require.NoError(t, p.Do(t.Context(), acting(t, p, text)))
				}
				before := p.Views()
				told := rehearse(t, p, r.acts)
				require.Equal(t, r.says, told.Says)
				require.Equal(t, states(before), states(p.Views()), "the lab is as it was")

				for _, text := range r.acts {
					require.NoError(t, p.Do(t.Context(), acting(t, p, text)))
				}
				require.NoError(t, p.night(t.Context()))
				after := p.Fleet.States()
				require.Equal(t, told.Lost+told.Anyway+told.Stay, after[phone.Locked]+after[phone.Untrusted])
				if told.Lost > 0 { // all of them come back by what the sentence says
					require.NoError(t, p.Do(t.Context(), acting(t, p, "on test10pub: utils itl reset localkey")))
					require.NoError(t, p.night(t.Context()))
					require.Equal(t, p.Phones(), p.Fleet.States()[phone.Trusted])
				}
			})
		}
	}
}

// rehearsed is a lab with phones that are on, and some that are off.
func rehearsed(t *testing.T, mode string) *Player {
	p := rehearsedOf(t, mode, "  - {group: floor-1, count: 80}\n  - {group: off, count: 20}\n")
	require.NoError(t, p.Do(t.Context(), acting(t, p, "phones of off: power off")))
	return p
}

// rehearsedOf is one of these groups.
func rehearsedOf(t *testing.T, mode, groups string) *Player {
	return settled(t, mode, "cluster:\n  nodes:\n    - {name: test10pub, services: [tftp, tvs]}\nphones:\n"+groups)
}

// settled is a lab ten minutes after its phones have come up.
func settled(t *testing.T, mode, setup string) *Player {
	s := load(t, "name: settled\nshows: what would happen\n"+setup+"steps:\n  - do: [{phones: power on}]\n")
	p, err := Open(s, lab.Options{Mode: mode, Keys: testkeys.NewPool(1), KeyBits: 1024})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	for _, text := range []string{"phones: power on", "wait: 10 minutes"} {
		require.NoError(t, p.Do(t.Context(), acting(t, p, text)))
	}
	return p
}

func acting(t *testing.T, p *Player, text string) Act {
	a, err := p.ParseAct(text)
	require.NoError(t, err)
	if a.Verb == TypeCommand {
		a.Answers = []string{"yes"}
		if a.Command == "utils itl reset localkey" {
			a.Answers = []string{"ciscocisco"}
		}
	}
	return a
}

func rehearse(t *testing.T, p *Player, acts []string) *report.Rehearsal {
	fork := forked(t, p)
	var do []Act
	for _, text := range acts {
		do = append(do, acting(t, p, text))
	}
	told, err := fork.Rehearse(t.Context(), do)
	require.NoError(t, err)
	require.NoError(t, fork.Close())
	return told
}

func states(views []fleet.View) (all []string) {
	for _, v := range views {
		all = append(all, v.Name+" "+fleet.PlaceName(v.Place()))
	}
	return all
}

// Losses are told by group, model, reason and cure, those of most phones first.
func TestRehearsalTellsOfLosses(t *testing.T) {
	p := rehearsed(t, lab.Virtual)
	told := rehearse(t, p, []string{
		"on test10pub: set cert regen CallManager", "wait: 6 minutes", "on test10pub: set cert regen TVS",
	})
	require.Equal(t, 20, told.Lost)
	require.Equal(t, 20, told.Off)
	require.Len(t, told.Losses, 5, "one a model")
	for _, l := range told.Losses {
		require.Equal(t, "off", l.Group)
		require.Equal(t, 4, l.Phones)
		require.Equal(t, 4, l.Off)
		require.Contains(t, l.Reason, "every TVS shows a certificate that is not in the stored ITL")
		require.Contains(t, l.Cure, "`utils itl reset localkey`")
		require.True(t, p.HasPhone(l.Example))
	}
	require.Len(t, told.Do, 3)
	require.Contains(t, told.Do[0].Printed, "regenerat")
}

// A rehearsal ends with its context.
func TestRehearsalEnds(t *testing.T) {
	p := rehearsed(t, lab.Virtual)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := forked(t, p).Rehearse(ctx, []Act{acting(t, p, "phones: reset")})
	require.ErrorIs(t, err, context.Canceled)
	alone, err := Open(Scenario{Setup: lab.Setup{Cluster: cucm.Cisco117598()}},
		lab.Options{Keys: testkeys.NewPool(1), KeyBits: 1024})
	require.NoError(t, err)
	_, err = forked(t, alone).Rehearse(t.Context(), nil)
	require.Equal(t, ErrNobody, err)
	require.NoError(t, alone.Close())
	synctest.Test(t, func(t *testing.T) {
		p := rehearsed(t, lab.Virtual)
		began := time.Now()
		forever := Act{Verb: InGo, Func: func(ctx context.Context, _ *Player) error {
			<-ctx.Done()
			return ctx.Err()
		}}
		_, err := forked(t, p).Rehearse(t.Context(), []Act{forever})
		require.ErrorIs(t, err, ErrRehearsal)
		require.Equal(t, RehearsalPatience, time.Since(began))
	})
}

// A rehearsal tells of so many losses, and counts the others.
func TestRehearsalOfManyGroups(t *testing.T) {
	groups := ""
	for i := range 105 {
		groups += fmt.Sprintf("  - {group: floor-%d, count: 1, models: [8861]}\n", i)
	}
	p := rehearsedOf(t, lab.Virtual, groups)
	require.NoError(t, p.Do(t.Context(), acting(t, p, "phones: power off")))
	told := rehearse(t, p, []string{
		"on test10pub: set cert regen CallManager", "wait: 6 minutes", "on test10pub: set cert regen TVS",
	})
	require.Equal(t, 105, told.Lost)
	require.Len(t, told.Losses, 100)
	require.Equal(t, 5, told.LeftOut)
}
