package scaleout_test

import (
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// checkout is what of a clone the pipelines of examples/ci need beside the sources.
func checkout(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "examples/regression"), os.DirFS("../regression")))
	return dir
}

// judged looks at the JUnit that a pipeline keeps.
func judged(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var all struct {
		Suites []struct {
			Cases []struct{} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(text, &all))
	require.Len(t, all.Suites, 4, "steps of the plan")
	require.Len(t, all.Suites[3].Cases, 3, "expectations of its last one")
}

// The workflow of examples/ci, which actionlint takes, does what it says on a checkout. The
// other two have the same commands; GitLab's own rules take the second, and gitlab-ci-local
// plays it. No checker of Jenkins' is at hand: its file is judged by its commands.
func TestRegressionSuiteInCI(t *testing.T) {
	t.Parallel()
	w := readWorkflow(t, "../ci/github.yml")
	require.Len(t, w.Jobs, 1)
	job := readStage(t, w.Jobs[0])
	var commands []string
	for _, step := range job.Steps {
		if step.Run != "" {
			commands = append(commands, step.Run)
		}
	}
	require.Len(t, commands, 3)
	t.Run("GitHub", func(t *testing.T) {
		t.Parallel()
		g := &github{T: t, artifacts: t.TempDir(), sources: checkout(t)}
		g.play(job, nil)
		judged(t, filepath.Join(g.artifacts, "trust/junit.xml"))
		require.FileExists(t, filepath.Join(g.artifacts, "trust/report.html"))
	})
	t.Run("GitLab", func(t *testing.T) {
		t.Parallel()
		text, err := os.ReadFile("../ci/gitlab.yml")
		require.NoError(t, err)
		var pipeline struct{ Trust struct{ Script []string } }
		require.NoError(t, yaml.Unmarshal(text, &pipeline))
		require.Equal(t, commands, pipeline.Trust.Script)
		judged(t, filepath.Join(playsGitLab(t, checkout(t), "../ci/gitlab.yml"), "trust/junit.xml"))
	})
	t.Run("Jenkins", func(t *testing.T) {
		text, err := os.ReadFile("../ci/Jenkinsfile")
		require.NoError(t, err)
		var steps []string
		for _, step := range regexp.MustCompile(`sh '([^']*)'`).FindAllStringSubmatch(string(text), -1) {
			steps = append(steps, step[1])
		}
		require.Equal(t, commands, steps)
	})
}
