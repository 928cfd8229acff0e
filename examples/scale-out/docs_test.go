package scaleout_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The commands of docs/scale-out.md do what it says, with fewer phones and shards: those of
// each block in turn, in a folder of the page's own.
func TestCommandsOfTheDocs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/scale-out.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(blocks), 1)
	dir := t.TempDir()
	for _, block := range blocks {
		lines := regexp.MustCompile(`--phones \d+`).ReplaceAllString(block[1], "--phones "+phones)
		lines = regexp.MustCompile(`--shards \d\d+`).ReplaceAllString(lines, "--shards 9")
		cmd := exec.Command("bash", "-ec", lines)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "PATH="+filepath.Dir(itlsim)+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, lines+string(out))
		for _, file := range regexp.MustCompile(`[a-z0-9]+\.(json|xml|html|part)`).FindAllString(lines, -1) {
			require.FileExists(t, filepath.Join(dir, file), strings.TrimSpace(lines))
		}
	}
}
