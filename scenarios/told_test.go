package scenarios_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios"
)

// A step that says nothing is told by its acts.
func TestStepsAreTold(t *testing.T) {
	for _, c := range []struct{ do, told string }{
		{"", "Nothing is done. What is expected is looked at."},
		{"phones: power on", "Phones are switched on."},
		{"5 phones of floor-1: reset", "5 phones of floor-1 are reset."},
		{"phones of floor-1: use TFTP test10sub then test10pub",
			"Phones of floor-1 get as servers test10sub then test10pub."},
		{"wait: 6 minutes", "Time passes: 6 minutes."},
		{"wait: until Saturday 02:00", "Time passes until Saturday 02:00."},
		{"on test10pub: set cert regen TVS", "The TVS certificate of test10pub is made anew."},
		{"on test10pub: utils itl reset localkey",
			"“utils itl reset localkey” has test10pub sign its list with the recovery key."},
		{"on test10sub: utils service restart Cisco Tftp", "Cisco Tftp is restarted on test10sub."},
		{"on test10sub: show itl", "“show itl” is typed on test10sub."},
		{"page: System > Enterprise Parameters > Reset", "All phones are reset."},
		{"page: Common Phone Profile > settings access = Disabled",
			"Settings access is switched off in the phones' configurations."},
		{"page: System > Enterprise Parameters > TFTP File Signature Algorithm = SHA-512",
			"On the administration page: System > Enterprise Parameters > TFTP File Signature Algorithm = SHA-512."},
		{"fault: TVS of test10pub is down", "TVS of test10pub is down."},
		{"phones: power off\nwait: 6 minutes\non test10pub: set cert regen CallManager",
			"Phones lose their power; then time passes: 6 minutes; then the CallManager certificate of test10pub is made anew."},
		{strings.Repeat("wait: 1 minute\n", 10), "Time passes: 1 minute" + strings.Repeat("; then time passes: 1 minute", 7) +
			"; then 2 things more."},
	} {
		text := "name: mine\nshows: it\nphones: [{group: floor-1, count: 10, tftp: [test10pub, test10sub]}]\n" +
			"steps:\n  - step: one\n    expect: [all phones are on]\n"
		if c.do != "" {
			text += "    do:\n      - " + strings.ReplaceAll(strings.TrimSpace(c.do), "\n", "\n      - ") + "\n"
		}
		s, err := scenarios.Load("mine.yaml", []byte(text), nil)
		require.NoError(t, err, c.do)
		require.Equal(t, c.told, s.Steps[0].Told())
	}
}

// What a scenario says of a step is told as it says it, and no step of the catalogue is silent.
func TestCatalogueIsTold(t *testing.T) {
	for _, s := range scenarios.Builtin() {
		for _, step := range s.Steps {
			if step.Says != "" {
				require.Equal(t, step.Says, step.Told())
			}
			require.Regexp(t, `^[^a-z].*\.$`, step.Told(), "%s: %s", s.Name, step.Name)
		}
	}
}
