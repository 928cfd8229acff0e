package demo_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/browsertest"
	"itlsim/internal/sftptest"
	"itlsim/phone"
)

// A checker of HTML has nothing to say to the page.
func TestPageIsHTML(t *testing.T) {
	browsertest.Valid(t, "page/index.html")
	browsertest.Valid(t, "page/notes.html")
}

// What the page's modules compute is tested in their own language (page/test).
func TestModulesOfThePage(t *testing.T) {
	files, err := filepath.Glob("page/test/*.test.js")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	node := exec.CommandContext(t.Context(), sftptest.Program(t, "node"), append([]string{"--test"}, files...)...)
	out, err := node.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// The page can draw every model, but those that have no screen with menus.
func TestPageDrawsEveryModel(t *testing.T) {
	drawn, err := os.ReadFile("page/device.js")
	require.NoError(t, err)
	for _, m := range phone.Models() {
		require.NotEmpty(t, m.Face, m.Name)
		if m.Face != phone.Face6901 && m.Face != phone.FaceNone {
			require.Contains(t, string(drawn), "\n  "+string(m.Face)+": { build:", m.Name)
		}
	}
}
