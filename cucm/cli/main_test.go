package cli_test

import (
	"testing"

	"go.uber.org/goleak"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	root     = "../.." // of the module
	password = cucmtest.Password
)

// newLab is a lab that is kept on disk, for snapshots.
func newLab(t *testing.T, change ...func(*cucm.Config)) *cucmtest.Lab {
	return cucmtest.Open(t, t.TempDir(), change...)
}

func golden(t *testing.T, name, command string) string {
	t.Helper()
	return cucmtest.Golden(t, root, name, command)
}
