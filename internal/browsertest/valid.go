package browsertest

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// vnuVariable names the jar of the Nu HTML checker, which .ci/run has installed as
// testdata/vnu/package.json says.
const vnuVariable = "ITLSIM_VNU"

// Valid requires that pages, by their paths, are HTML, CSS and SVG to which the Nu HTML
// checker has nothing to say. It skips the test where there is no checker.
func Valid(t *testing.T, pages ...string) {
	t.Helper()
	jar := os.Getenv(vnuVariable)
	if jar == "" {
		sftptest.Missing(t, vnuVariable+" names no jar of the Nu HTML checker (npm's vnu-jar)")
	}
	java := sftptest.Program(t, "java")
	said, err := exec.CommandContext(t.Context(), java, append([]string{"-jar", jar, "--format", "gnu"}, pages...)...).
		CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Empty(t, string(said))
}
