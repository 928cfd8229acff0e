package scenarios

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/lab"
)

// cures plays acts and gives the cure of each group's first phone.
func cures(t *testing.T, setup string, acts ...string) map[string]string {
	t.Helper()
	opt := lab.Options{Mode: lab.Virtual, Seed: 1, KeyBits: 1024}
	p, err := Open(load(t, "name: a\nshows: b\n"+setup+"steps: [{step: none}]\n"), opt)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	for _, text := range append([]string{"phones: power on"}, acts...) {
		act, err := p.ParseAct(text)
		require.NoError(t, err)
		switch {
		case act.Command == "utils itl reset localkey":
			act.Answers = []string{"ciscocisco"}
		case act.Verb == TypeCommand:
			act.Answers = []string{"yes"}
		}
		require.NoError(t, p.Do(t.Context(), act))
		require.Empty(t, p.Failed())
	}
	said := make(map[string]string)
	p.Each(fleet.Whole, func(_ int, m *lab.Member, v *fleet.View) { said[m.Group] = p.Cure(v, m.Home) })
	return said
}

const (
	twoGroups = `phones:
  - {group: pub, count: 1, tftp: [test10pub, test10sub]}
  - {group: sub, count: 1, tftp: [test10sub, test10pub]}
`
	release125 = "cluster: {release: 12.5}\n"

	back   = "TFTP of test10pub, whose list has a signer that they hold, then a reset"
	denied = "the signer's certificate in Phone-SAST-trust where their TVS is, which is restarted then, " +
		"or another TFTP server that serves what they trust"
	aTVS       = "a TVS of their configuration that answers (Cisco Trust Verification Service), then a reset"
	byLocalkey = "`utils itl reset localkey` on test10pub and a reset of the phones: their list holds the "
	andTVS     = "; for its configuration a TVS is needed then, since test10sub signs it"
)

// bothNodes are acts on both nodes, past the guard.
func bothNodes(acts ...string) (all []string) {
	for _, act := range acts {
		all = append(all, "on test10pub: "+act, "on test10sub: "+act, "wait: 6 minutes")
	}
	return all
}

var serialNumber = regexp.MustCompile(`number [0-9A-F]+`)

// What would cure a phone depends on which keys its list holds, which of them the
// reset signs with, and which node signs its configuration.
func TestCures(t *testing.T) {
	allTVSDown := []string{"fault: TVS of test10pub is down", "fault: TVS of test10sub is down"}
	seq := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	const resetPage = "page: System > Enterprise Parameters > Reset"
	const withoutReset = "erase the trust list at the phone (Settings > Security Configuration), or restore the backup " +
		"under whose keys the list was signed; this release has no `utils itl reset`"
	newRecovery := []string{"on test10pub: set cert regen ITLRecovery"}
	restarts := bothNodes("utils service restart Cisco Tftp")
	for _, tc := range []struct {
		name, setup string
		acts        []string
		want        map[string]string
	}{
		{"nothing is wrong", twoGroups, nil, map[string]string{"pub": "", "sub": ""}},
		{
			"both trust points are lost", twoGroups,
			seq([]string{"phones: power off"}, bothNodes("set cert regen CallManager", "set cert regen TVS"),
				[]string{"phones: power on"}),
			map[string]string{"pub": byLocalkey + "ITLRECOVERY record", "sub": byLocalkey + "ITLRECOVERY record" + andTVS},
		},
		{
			"after a reset without TVS", twoGroups,
			seq(allTVSDown, []string{"on test10pub: utils itl reset localkey", resetPage}),
			map[string]string{"pub": "", "sub": aTVS},
		},
		{
			"12.5, a new ITLRecovery without localkey and TVS", release125 + twoGroups,
			seq(allTVSDown, newRecovery, restarts, []string{resetPage}),
			map[string]string{
				"pub": aTVS + "; or " + byLocalkey + "CallManager record of test10pub",
				"sub": aTVS + "; or `utils itl reset remotekey` on test10pub and a reset of the phones: their list holds " +
					"the ITLRECOVERY record of the serial number #, if its ITLRecovery.p12 was saved" + andTVS,
			},
		},
		{
			"12.5, the reset list is served and both TVS are strange", release125 + twoGroups,
			seq([]string{"phones: power off"}, bothNodes("set cert regen TVS"),
				[]string{"on test10pub: utils itl reset localkey", "phones: power on"}),
			map[string]string{
				"pub": "",
				"sub": "`utils service restart Cisco Tftp` on test10sub and a reset of the phones: " +
					"their list holds the ITLRECOVERY record",
			},
		},
		{
			"9.1, which has no reset", "cluster: {release: 9.1}\n" + twoGroups,
			seq([]string{"phones: power off"}, bothNodes("set cert regen CallManager", "set cert regen TVS"),
				[]string{"phones: power on"}),
			map[string]string{"pub": withoutReset, "sub": withoutReset},
		},
		{
			"at another cluster", `cluster: {nodes: [{name: test10pub}]}
other cluster: {domain: other.lab, nodes: [{name: other10pub}]}
phones: [{group: moved, count: 1}]
`,
			[]string{"phones: move to the other cluster", "phones: reset"},
			map[string]string{"moved": denied + "; or " + back +
				"; or erase the trust list at the phone (Settings > Security Configuration), " +
				"or restore the backup under whose keys the list was signed; " +
				"no `utils itl reset` helps, since their list does not hold the present ITLRECOVERY record"},
		},
		{
			"at another cluster, which knows theirs", `cluster: {nodes: [{name: test10pub}]}
other cluster: {domain: other.lab, nodes: [{name: other10pub}]}
phones: [{group: moved, count: 1}]
`,
			[]string{
				"page: Security > Certificate Management > upload ITLRecovery of test10pub as Phone-SAST-trust on other10pub",
				"on other10pub: utils service restart Cisco Trust Verification Service",
				"phones: move to the other cluster", "phones: reset",
			},
			map[string]string{"moved": denied + "; or " + back +
				"; or erase the trust list at the phone (Settings > Security Configuration), " +
				"or restore the backup under whose keys the list was signed; " +
				"no `utils itl reset` helps, since their list does not hold the present ITLRECOVERY record"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			said := cures(t, tc.setup, tc.acts...)
			for group, text := range said {
				said[group] = serialNumber.ReplaceAllString(text, "number #")
			}
			require.Empty(t, cmp.Diff(tc.want, said))
		})
	}
}

// A phone that knows no ITL comes back by its CTL alone.
func TestCureOfAPhoneThatKnowsNoITL(t *testing.T) {
	restart := bothNodes("utils service restart Cisco Tftp")
	acts := append([]string{"on test10pub: utils ctl set-cluster mixed-mode"}, restart...)
	acts = append(acts, "page: System > Enterprise Parameters > Reset",
		"on test10pub: set cert regen CallManager", "on test10pub: utils ctl update CTLFile")
	acts = append(append(acts, restart...), "page: System > Enterprise Parameters > Reset")
	require.Equal(t, map[string]string{
		"old": "erase the trust list at the phone (Settings > Security Configuration), or restore the backup " +
			"under whose keys its CTL was signed; no `utils itl reset` helps a phone that knows no ITL",
		"new": "",
	}, cures(t, "phones: [{group: old, count: 1, models: [7960]}, {group: new, count: 1, models: [8861]}]\n", acts...))
}

// A phone whose CTL was refused comes back by a CTL that is signed by a key which its
// lists hold: the second signer's, where the first was regenerated, or the first's. What
// the cure says is done then, and helps.
func TestCureOfARefusedCTL(t *testing.T) {
	const reset, renew = "page: System > Enterprise Parameters > Reset", "on test10pub: set cert regen CallManager"
	const update, localkey = "on test10pub: utils ctl update CTLFile", "on test10pub: utils ctl reset localkey"
	const byUpdate = "`utils ctl update CTLFile` on test10pub and a reset of the phones: " +
		"their lists hold ITLRecovery, which signs the CTL then"
	const byLocalkey = "`utils ctl update CTLFile` and `utils ctl reset localkey` on test10pub and a reset of the " +
		"phones: their lists hold CallManager, which signs the CTL then"
	const byRestart = "`utils ctl update CTLFile` and `utils ctl reset localkey` on test10pub, `utils service restart " +
		"Cisco Tftp` on all nodes and a reset of the phones: their lists hold ITLRecovery, which signs the CTL then"
	const erase = "erase the trust list at the phone (Settings > Security Configuration), or restore the backup " +
		"under whose keys its CTL was signed; no `utils itl reset` helps a phone that knows no ITL"
	restart := bothNodes("utils service restart Cisco Tftp")
	type said = map[string]string
	for _, tc := range []struct {
		release     string
		acts, cure  []string
		want, after said
	}{
		{
			"10.5", append([]string{renew, "phones: power off", update}, restart...),
			append(append([]string{update, localkey}, restart...), reset),
			said{"away": aTVS + "; or " + byRestart, "old": byRestart}, said{"away": "", "old": ""},
		},
		{ // the new list has the CTL's signer
			"12.5", []string{"phones: power off", renew, update, localkey}, []string{update, reset},
			said{"away": "", "old": byUpdate}, said{"away": "", "old": ""},
		},
		{
			"12.5", append(append([]string{"phones: power off"}, bothNodes("set cert regen CallManager")...),
				"on test10pub: set cert regen ITLRecovery", update), []string{update, localkey, reset},
			said{"away": aTVS + "; or " + byLocalkey, "old": erase}, said{"away": "", "old": erase},
		},
	} {
		setup := "cluster: {release: \"" + tc.release + "\"}\n" +
			"phones: [{group: away, count: 1, models: [8861]}, {group: old, count: 1, models: [7960]}]\n"
		acts := slices.Concat([]string{"on test10pub: utils ctl set-cluster mixed-mode"}, restart,
			[]string{reset, "fault: TVS of test10pub is down", "fault: TVS of test10sub is down"},
			tc.acts, []string{"phones: power on", "phones: reset"})
		require.Equal(t, tc.want, cures(t, setup, acts...))
		require.Equal(t, tc.after, cures(t, setup, append(acts, tc.cure...)...))
	}
}
