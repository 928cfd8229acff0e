package scenarios

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

// A run may have another password than the usual one, which a file may name or
// not.
func TestAnotherPassword(t *testing.T) {
	s, err := Load("s.yaml", []byte(`
name: s
shows: a saved key
cluster: {password: ciscocisco, security password: ciscocisco}
sftp servers:
  - {name: backup.lab, password: ciscocisco}
phones:
  - {group: all, count: 1}
steps:
  - do:
      - on test10pub: file get tftp ITLRecovery.p12
        answers: ["y", backup.lab, "", backup, ciscocisco, /, "yes"]
      - on test10pub: utils itl reset localkey
        answers: [ciscocisco]
`), nil)
	require.NoError(t, err)
	for _, password := range []string{"", "another"} {
		st, err := Open(s, lab.Options{Mode: lab.Virtual, Keys: testkeys.NewPool(1), KeyBits: 1024, Password: password})
		require.NoError(t, err)
		defer st.Close()
		if password != "" {
			require.True(t, st.Cluster.CheckPassword(password))
		}
		r, err := st.Play(t.Context(), s.Steps[0])
		require.NoError(t, err)
		require.Empty(t, r.Expectations)
		require.Len(t, r.Do, 2)
		require.Equal(t, "on test10pub: utils itl reset localkey", r.Do[1].Text)
		require.Contains(t, r.Do[1].Printed, "Enter CCM Administrator password :")
		for _, word := range []string{"ciscocisco", "another"} {
			require.NotContains(t, r.Do[0].Printed+r.Do[1].Printed, word)
		}
	}
}

// Where a password is the answer to another question, which shows what is typed, reports
// do not show it, and what failed is with the act.
func TestAPasswordAtTheWrongPlaceIsMasked(t *testing.T) {
	s, err := Load("s.yaml", []byte(`
name: s
shows: a slip
phones:
  - {group: all, count: 1}
steps:
  - do:
      - on test10pub: set cert regen TVS
        answers: [ciscocisco]
        prints: nothing of this
`), nil)
	require.NoError(t, err)
	p, err := Open(s, lab.Options{Mode: lab.Virtual, Keys: testkeys.NewPool(1), KeyBits: 1024})
	require.NoError(t, err)
	defer p.Close()
	r, err := p.Play(t.Context(), s.Steps[0])
	require.NoError(t, err)
	require.Contains(t, r.Do[0].Printed, "******")
	require.Contains(t, r.Do[0].Failed, "it printed")
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.NotContains(t, string(text), "ciscocisco")
}

// Reports and pages show acts in their words, and no password among them.
func TestActsShowNoPassword(t *testing.T) {
	masked := 0
	for _, s := range Builtin() {
		for _, step := range s.Steps {
			for _, act := range step.Do {
				for _, server := range s.SFTP {
					require.NotContains(t, act.Text+step.Name, server.Password, s.Name)
				}
				if strings.Contains(act.Text, " password ****** directory ") {
					masked++
					require.Equal(t, "sftpsftp", act.Answers[0])
				}
			}
		}
	}
	require.Positive(t, masked)
}
