package scenarios

import (
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
	}
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
