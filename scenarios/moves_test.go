package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

// What changes where a phone is registered, one thing after the other.
const moves = `name: moves
shows: phones that go, come back and move
cluster: {nodes: [{name: a-pub}, {name: a-sub}]}
other cluster: {domain: other.lab, nodes: [{name: b-pub}]}
phones:
  - {group: stays, count: 1, models: 8861, tftp: [a-pub, a-sub]}
  - {group: goes, count: 1, models: 8861, tftp: [a-sub, a-pub]}
steps:
  - do: [{"phones": "power on"}]
  - do: [{"phones of goes": "reset"}]
  - do: [{"phones of goes": "power off"}]
  - do: [{"wait": "3 minutes"}]
  - do: [{"wait": "2 minutes"}]
  - do: [{"phones of goes": "power on"}]
  - do: [{"phones of goes": "power off"}, {"phones of goes": "power on"}]
  - do: [{"phones of goes": "power off"}, {"page": "System > Enterprise Parameters > Reset"}]
  - do: [{"phones of goes": "power on"}]
  - do: [{"phones of goes": "move to the other cluster"}]
  - do: [{"phones of goes": "reset"}]
  - do: [{"phones of goes": "erase the trust list"}]
  - do: [{"page": "System > Enterprise Parameters > Reset"}]
  - do: [{"page": "Enterprise Parameters > Reset of the other cluster"}]
  - do: [{"phones of goes": "power off"}, {"phones of goes": "use TFTP a-pub"}]
  - do: [{"phones of goes": "power on"}]
  - do: [{"phones of goes": "factory reset"}]
  - do: [{"wait": "3 minutes"}]
  - do: [{"wait": "2 minutes"}]
  - do: [{"fault": "a-sub is down"}]
  - do: [{"wait": "3 minutes"}]
  - do: [{"fault": "a-sub is up again"}]
  - do: [{"wait": "3 minutes"}]
  - do: [{"on a-pub": "utils service stop Cisco CallManager"}, {"phones": "reset"}]
  - do: [{"wait": "5 minutes"}]
  - do: [{"on a-pub": "utils service start Cisco CallManager"}, {"wait": "3 minutes"}]
  - do: [{"on a-sub": "utils service restart Cisco CallManager"}]
  - do: [{"wait": "3 minutes"}]
  - do: [{"phones of goes": "factory reset"}]
`

// Where phones are registered, and what is logged of those who are gone, is the same
// in both modes, and right, after every step.
func TestPhonesThatMove(t *testing.T) {
	t.Parallel()
	s := load(t, moves)
	answers := make(map[string][]string)
	for _, mode := range lab.Modes {
		gone := make(map[string][]string)
		told := func(all []answer) {
			text := fmt.Sprintf("# %s\n", strings.Join(texts(s.Steps[len(answers[mode])]), "; "))
			for i, a := range all {
				text += fmt.Sprintf("%s: registered with %s, known to %s", s.Groups[i].Name, a.CallManager, a.Registered)
				if anew := without(a.Gone, gone[a.Phone]); len(anew) > 0 {
					text += fmt.Sprintf(", gone from %s", anew)
				}
				text += "\n"
				gone[a.Phone] = a.Gone
			}
			answers[mode] = append(answers[mode], text)
		}
		r, err := Run(t.Context(), answering(s, told), Options{Lab: lab.Options{
			Mode: mode, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
		}})
		require.NoError(t, err)
		nothingFailed(t, r)
	}
	require.Empty(t, cmp.Diff(answers[lab.Wire], answers[lab.Virtual]), "- wire, + virtual")
	golden(t, "moves.txt", strings.Join(answers[lab.Wire], ""))
}

// Phones that no call manager takes try again, in both modes: with the next wait they
// register if they can by then.
func TestPhonesThatAreRefusedTryAgain(t *testing.T) {
	t.Parallel()
	playInBothModes(t, load(t, `name: no-certificate
shows: phones get a secure profile before they have a certificate
cluster: {release: 14, nodes: [{name: pub}]}
phones: [{group: all, count: 3, models: 8841}]
steps:
  - do:
      - phones: power on
      - on pub: utils ctl set-cluster mixed-mode
        answers: ["y"]
      - page: Device Security Mode of all = encrypted
      - page: System > Enterprise Parameters > Reset
      - wait: 3 minutes
    expect: [no phones are registered]
  - do:
      - phones: install a new LSC
      - wait: 1 minute
      - wait: 1 minute
    expect: [all phones are registered by TLS]
`), lab.Options{Seed: 1})
}

// A profile, and the cluster's mode, count from a phone's next boot on: until then its
// keep-alives are taken. A handshake is made with each, so that a secure phone fails over
// where its call manager shows a certificate that its CTL lacks.
func TestKeepAlivesAfterAChange(t *testing.T) {
	t.Parallel()
	playInBothModes(t, load(t, `name: keep-alives
shows: keep-alives after a change of security
cluster: {release: 14, nodes: [{name: pub}, {name: sub}, {name: third}]}
phones:
  - {group: plain, count: 2, models: 8841, call managers: [pub, sub]}
  - {group: secure, count: 2, models: 8841, security profile: encrypted, call managers: [pub, sub]}
steps:
  - do:
      - phones: power on
      - on pub: utils ctl set-cluster mixed-mode
        answers: ["y"]
      - on third: utils service restart Cisco CallManager
      - wait: 3 minutes
    expect: [all phones are registered with pub, no phones are registered by TLS]
  - do:
      - page: System > Enterprise Parameters > Reset
      - page: Device Security Mode of plain = authenticated
      - page: System > Enterprise Parameters > Phone Interaction on Certificate Update = manual
      - on pub: set cert regen CallManager
        answers: ["yes"]
      - on third: utils service restart Cisco CallManager
      - wait: 3 minutes
    expect: [all phones of plain are registered with pub, all phones of secure are registered with sub]
`), lab.Options{Seed: 1})
	p := open(t, load(t, fmt.Sprintf(twoPhones, "{wait: 1 s}")))
	do(t, p, "phones: power on", "on test10pub: utils service stop Cisco Certificate Authority Proxy Function")
	act, err := p.ParseAct("phones: install a new LSC")
	require.NoError(t, err)
	require.NoError(t, p.Do(t.Context(), act))
	const why = "2 of 2 get none: Cisco Certificate Authority Proxy Function is not running (SEP001BD4000000, SEP001BD4000001)"
	require.Equal(t, why, p.Failed()[0].Why)
	require.Equal(t, why, p.Did().Failed)
}

// texts are what a step does.
func texts(s Step) (all []string) {
	for _, a := range s.Do {
		all = append(all, a.Text)
	}
	return all
}

// without leaves out what some others have, each once.
func without(all, others []string) []string {
	left := slices.Clone(all)
	for _, one := range others {
		if i := slices.Index(left, one); i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
	}
	return left
}

// A report counts what phones did at either cluster.
func TestReportCountsBothClusters(t *testing.T) {
	s := load(t, fmt.Sprintf(twoClusters, "{phones: power on}, {phones: move to the other cluster}, {phones: factory reset}"))
	r, err := Run(t.Context(), s, Options{Lab: lab.Options{Mode: lab.Virtual, Keys: testkeys.NewPool(1), KeyBits: 1024}})
	require.NoError(t, err)
	require.EqualValues(t, 4, r.Counts.Registrations)
	require.EqualValues(t, 4, r.Counts.SIPRegistrations)
	require.EqualValues(t, 2, r.Counts.ConfigurationsSigned, "one by each cluster")
}
