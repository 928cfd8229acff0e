package scaleout_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// A workflow is what of one says what its jobs do.
type workflow struct {
	Env  map[string]string
	Jobs yaml.MapSlice
}

// A stage is a job of a workflow.
type stage struct {
	Needs    string
	Env      map[string]string
	Strategy struct {
		Matrix map[string][]any
	}
	Steps []struct {
		Uses, Run string
		With      map[string]string
	}
}

// A workflow that actionlint takes, of which the jobs are played in the order in which they
// stand, each in a folder of its own; artifacts are folders.
func TestGitHub(t *testing.T) {
	t.Parallel()
	w := readWorkflow(t, "github.yml")
	g := &github{T: t, artifacts: t.TempDir(), env: w.Env, known: map[string]string{
		"inputs.scenario": scenario, "inputs.phones": phones, "inputs.seed": seed,
	}}
	played, shards := make(map[string]bool), 0
	for _, item := range w.Jobs {
		s := readStage(t, item)
		require.True(t, s.Needs == "" || played[s.Needs], s.Needs)
		played[item.Key.(string)] = true
		matrix := s.Strategy.Matrix["shard"]
		if matrix == nil {
			g.play(s, nil)
			continue
		}
		shards = len(matrix)
		for _, shard := range matrix {
			g.play(s, map[string]string{"matrix.shard": yamlText(shard), "strategy.job-total": yamlText(shards)})
		}
	}
	require.Equal(t, whole(t, shards), report(t, filepath.Join(g.artifacts, "report", "report.json")))
}

// readWorkflow reads one that actionlint takes.
func readWorkflow(t *testing.T, file string) (w workflow) {
	t.Helper()
	checked(t, "actionlint", "-shellcheck=", "-pyflakes=", file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &w))
	return w
}

func readStage(t *testing.T, item yaml.MapItem) (s stage) {
	t.Helper()
	again, err := yaml.Marshal(item.Value)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(again, &s))
	return s
}

func yamlText(v any) string {
	text, _ := yaml.Marshal(v)
	return strings.TrimSpace(string(text))
}

// github is what of GitHub Actions the workflow uses.
type github struct {
	*testing.T
	artifacts string // a folder for each
	sources   string // what is checked out; nothing if empty
	env       map[string]string
	known     map[string]string // what expressions may name
}

var expression = regexp.MustCompile(`\$\{\{ *([a-z.-]+) *\}\}`)

// filled is a text with its expressions' values.
func (g *github) filled(text string, more map[string]string) string {
	return expression.ReplaceAllStringFunc(text, func(e string) string {
		name := expression.FindStringSubmatch(e)[1]
		for _, known := range []map[string]string{g.known, more} {
			if value, ok := known[name]; ok {
				return value
			}
		}
		g.Fatalf("nothing is known of %s", e)
		return ""
	})
}

// play carries out a job's steps.
func (g *github) play(s stage, more map[string]string) {
	g.Helper()
	at := g.TempDir()
	env := os.Environ()
	for _, of := range []map[string]string{g.env, s.Env} {
		for _, name := range slices.Sorted(maps.Keys(of)) {
			env = append(env, name+"="+g.filled(of[name], more))
		}
	}
	for _, step := range s.Steps {
		action, _, _ := strings.Cut(step.Uses, "@")
		with := func(key string) string { return g.filled(step.With[key], more) }
		switch action {
		case "":
			cmd := exec.Command("bash", "-eo", "pipefail", "-c", g.filled(step.Run, more))
			cmd.Dir, cmd.Env = at, env
			out, err := cmd.CombinedOutput()
			require.NoError(g, err, string(out))
		case "actions/checkout":
			if g.sources != "" {
				require.NoError(g, os.CopyFS(at, os.DirFS(g.sources)))
			}
		case "actions/setup-go":
			env = append(env, compiler(g.T))
		case "actions/upload-artifact":
			g.upload(at, with("name"), strings.Fields(with("path")))
		case "actions/download-artifact":
			g.download(filepath.Join(at, with("path")), with("name")+with("pattern"))
		default:
			g.Fatalf("nobody plays %s", step.Uses)
		}
	}
}

// upload keeps files of a job.
func (g *github) upload(at, name string, paths []string) {
	to := filepath.Join(g.artifacts, name)
	require.NoError(g, os.Mkdir(to, 0o777))
	for _, path := range paths {
		data, err := os.ReadFile(filepath.Join(at, path))
		require.NoError(g, err)
		// as of an artifact that was downloaded, nothing may be executed
		require.NoError(g, os.WriteFile(filepath.Join(to, filepath.Base(path)), data, 0o666))
	}
}

// download copies the files of artifacts, whose names a pattern matches, into a folder.
func (g *github) download(to, pattern string) {
	from, err := filepath.Glob(filepath.Join(g.artifacts, pattern))
	require.NoError(g, err)
	require.NotEmpty(g, from, pattern)
	require.NoError(g, os.MkdirAll(to, 0o777))
	for _, dir := range from {
		require.NoError(g, os.CopyFS(to, os.DirFS(dir)))
	}
}
