package fuzz

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
	"itlsim/internal/build"
	"itlsim/phone"
	"itlsim/tftp"
)

// coverage is a checker that judges nothing: it notes what trials come across.
type coverage struct {
	states                          [4]int
	by                              map[phone.TrustPoint]int
	tvsStrange, tvsSilent, noAnswer int
	ctlRefused                      int
	fips, parted, shared            int // nodes, between two acts
	byTLS                           int // registrations asked for
}

func (*coverage) name() string { return "coverage" }

func (c *coverage) atRest(t *trial, _ bool) error {
	pub := t.cluster.Publisher()
	for _, n := range t.cluster.Nodes() {
		if n.FIPS() {
			c.fips++
		}
		if n.Parted() {
			c.parted++
		}
		for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit, cucm.Tomcat} {
			if n != pub && n.Certificate(unit).Certificate.Equal(pub.Certificate(unit).Certificate) {
				c.shared++
			}
		}
	}
	return nil
}

func (c *coverage) step(_ *trial, s *virtual.Step) error {
	switch s.Event.(type) {
	case phone.TVSStrange:
		c.tvsStrange++
	case phone.TVSSilent:
		c.tvsSilent++
	case phone.NoAnswer:
		c.noAnswer++
	}
	for _, a := range s.Actions {
		switch a := a.(type) {
		case phone.Register:
			if a.TLS.Shown() != nil {
				c.byTLS++
			}
		case phone.Booted:
			c.states[a.State]++
		case phone.Verdict:
			c.by[a.By]++
			if a.File.Kind == tftp.CTL && a.Refusal != nil {
				c.ctlRefused++
			}
		}
	}
	return nil
}

// Checkers that find nothing mean something only where there is something to
// find: trials reach every state and every way to trust, and leave phones that
// must come back.
func TestTrialsAreHard(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	seen := &coverage{by: make(map[phone.TrustPoint]int)}
	expected, upgraded, back := 0, 0, make(map[cucm.Unit]int) // back by the key that resets lists
	for seed := range uint64(120) {
		tr, err := newTrial(Options{Seed: seed})
		require.NoError(t, err)
		tr.checkers = append([]checker{seen}, tr.checkers...)
		require.NoError(t, tr.run(t.Context()))
		release := tr.cluster.Release()
		if release != ReleaseOf(seed) {
			upgraded++
		}
		for _, c := range tr.checkers {
			if a, ok := c.(*alive); ok {
				expected += len(a.expected)
				for _, was := range a.expected {
					if was > phone.Trusted {
						back[release.Facts().ResetSigner]++
					}
				}
			}
		}
	}
	for state, n := range seen.states {
		require.NotZero(t, n, phone.State(state))
	}
	for by := phone.ByNothing; by <= phone.ByCache; by++ {
		require.NotZero(t, seen.by[by], by)
	}
	require.NotZero(t, seen.tvsStrange)
	require.NotZero(t, seen.tvsSilent)
	require.NotZero(t, seen.noAnswer)
	require.NotZero(t, seen.ctlRefused)
	require.NotZero(t, seen.fips)
	require.NotZero(t, seen.parted)
	require.NotZero(t, seen.shared)
	require.NotZero(t, seen.byTLS)
	for _, signer := range []cucm.Unit{cucm.ITLRecovery, cucm.CallManager} {
		require.NotZero(t, back[signer], "of %d that must be trusted, some came back by %s", expected, signer)
	}
	require.NotZero(t, upgraded)
	boots := 0
	for _, n := range seen.states {
		boots += n
	}
	t.Logf("%d boots by state %v, by trust point %v, %d phones must be trusted, of whom came back %v; %d clusters were upgraded",
		boots, seen.states, seen.by, expected, back, upgraded)
}
