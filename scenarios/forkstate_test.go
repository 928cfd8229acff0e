package scenarios

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/lab"
)

// inherited is what a lab may have that decides what happens next, each with what shows that a
// fork has it, too: what happens in the lab, which differs from what would in a lab without it.
var inherited = map[string]struct{ before, acts []string }{
	"a service that is stopped": {
		[]string{"fault: TVS of test10pub is down", "fault: TVS of test10sub is down"},
		[]string{"on test10pub: set cert regen CallManager"},
	},
	"a node without power": {
		[]string{"fault: test10pub is down"},
		[]string{"phones: reset", "wait: 3 minutes"},
	},
	"a node without power, whose services do not start": {
		[]string{"fault: test10sub is down"},
		[]string{"on test10sub: utils service restart Cisco Tftp", "phones: reset"},
	},
	"lists that are corrupted": {
		[]string{"fault: TFTP of test10pub serves corrupted lists"},
		[]string{"phones: reset"},
	},
	"a certificate that is shown and is wrong": {
		[]string{"fault: TVS of test10pub shows a wrong certificate", "fault: TVS of test10sub is down"},
		[]string{"on test10pub: set cert regen CallManager"},
	},
	"a node that is cut off": {
		[]string{"fault: test10sub is cut off from test10pub", "on test10pub: set cert regen TVS"},
		[]string{"wait: 10 minutes", "on test10sub: utils service restart Cisco Tftp", "phones: reset"},
	},
	"a site that is cut off": {
		[]string{"fault: TVS of test10pub cannot be reached by floor-1"},
		[]string{"on test10pub: set cert regen CallManager", "phones: reset"},
	},
	"a backup": {
		[]string{"on test10pub: utils disaster_recovery backup friday", "on test10pub: set cert regen CallManager"},
		[]string{"on test10pub: utils disaster_recovery restore friday", "phones: reset"},
	},
	"a registration that nobody keeps alive": {
		[]string{"phones of floor-2: power off"},
		[]string{"wait: 5 minutes"},
	},
	"an alarm that waits, and keep-alives": {
		[]string{"fault: test10sub is down", "fault: test10pub is down", "phones: reset", "fault: test10pub is up again"},
		[]string{"wait: 5 minutes"},
	},
	"a guard of five minutes": {
		[]string{"on test10pub: set cert regen CallManager"},
		[]string{"on test10pub: set cert regen TVS", "phones: reset"},
	},
	"turns, and who was picked last": {
		[]string{"30% of the phones: power off"},
		[]string{"the next 30% of the phones: power off", "phones picked last: power on",
			"phones of floor-1 picked last: erase the trust list"},
	},
}

func TestForkHasAllThatDecides(t *testing.T) {
	for name, c := range inherited {
		for _, mode := range lab.Modes {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				p := settled(t, mode, "phones:\n  - {group: floor-1, count: 12, tftp: [test10pub, test10sub]}\n"+
					"  - {group: floor-2, count: 8, tftp: [test10sub, test10pub]}\n")
				names := make(certificateNames)
				for _, text := range c.before {
					require.NoError(t, p.Do(t.Context(), acting(t, p, text)), text)
				}
				untouched, own := names.answers(p), make(certificateNames)
				fork := forked(t, p)
				own.answers(fork)
				for _, l := range []*Player{fork, p} {
					for _, text := range c.acts {
						require.NoError(t, l.Do(t.Context(), acting(t, l, text)), text)
					}
				}
				require.Empty(t, cmp.Diff(since(untouched, names.answers(p)), own.answers(fork)))
				if mode == lab.Virtual {
					require.Equal(t, flashes(p), flashes(fork))
				}
				require.NoError(t, fork.Close())
			})
		}
	}
}
