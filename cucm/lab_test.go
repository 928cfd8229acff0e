package cucm_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/internal/cucmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	root      = ".." // of the module
	password  = cucmtest.Password
	phoneName = "SEP001122334455"
)

// newLab is a lab that is kept nowhere.
func newLab(t *testing.T, change ...func(*cucm.Config)) *cucmtest.Lab {
	l := cucmtest.New(t, change...)
	l.Files = cucm.StateFiles
	return l
}

// openLab is a lab that is kept on disk.
func openLab(t *testing.T, dir string, change ...func(*cucm.Config)) *cucmtest.Lab {
	l := cucmtest.Open(t, dir, change...)
	l.Files = cucm.StateFiles
	return l
}

func newKeptLab(t *testing.T, change ...func(*cucm.Config)) *cucmtest.Lab {
	return openLab(t, t.TempDir(), change...)
}

// settingsIn reads the settings out of a configuration that a node serves.
func settingsIn(t *testing.T, payload []byte) cnf.Settings {
	cfg, err := cnf.Parse(payload)
	require.NoError(t, err)
	return cfg.Settings
}

func golden(t *testing.T, name, command string) string {
	t.Helper()
	return cucmtest.Golden(t, root, name, command)
}
