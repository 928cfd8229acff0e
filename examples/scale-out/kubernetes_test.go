//go:build unix

package scaleout_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// A Job's pods, one after the other: each has a file system with the program and the volume,
// and no other file.
func TestKubernetes(t *testing.T) {
	t.Parallel()
	// strict schemas, from the OpenAPI of Kubernetes 1.36.3
	checked(t, "kubeconform", "-strict", "-schema-location", "testdata/{{.ResourceKind}}{{.KindSuffix}}.json",
		"kubernetes.yml")
	if os.Getuid() != 0 {
		sftptest.Missing(t, "a file system of its own needs root")
	}
	job := readJob(t)
	require.Equal(t, "Indexed", job.Spec.CompletionMode)
	pod := job.Spec.Template.Spec.Containers[0]
	image := t.TempDir()
	volume := filepath.Join(image, pod.VolumeMounts[0].MountPath)
	require.NoError(t, os.Mkdir(volume, 0o777))
	program, err := os.ReadFile(itlsim)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(image, "itlsim"), program, 0o777))
	for i := range job.Spec.Completions {
		var args []string
		for _, arg := range pod.Args {
			args = append(args, strings.ReplaceAll(arg, "$(JOB_COMPLETION_INDEX)", strconv.Itoa(i)))
		}
		args[1] = scenario
		set(t, args, "--phones", phones)
		set(t, args, "--seed", seed)
		cmd := exec.Command("/itlsim", args...)
		cmd.Dir, cmd.Env, cmd.SysProcAttr = "/", []string{}, &syscall.SysProcAttr{Chroot: image}
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
	}
	parts, err := filepath.Glob(filepath.Join(volume, "*.part"))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "report.json")
	out, err := exec.Command(itlsim, append([]string{"merge", "--json", file}, parts...)...).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, whole(t, job.Spec.Completions), report(t, file))
}

// set gives a flag another value.
func set(t *testing.T, args []string, flag, value string) {
	t.Helper()
	for i, arg := range args {
		if arg == flag {
			args[i+1] = value
			return
		}
	}
	t.Fatalf("there is no %s", flag)
}

// A job is what of an Indexed Job says what its pods do.
type job struct {
	Spec struct {
		CompletionMode string `yaml:"completionMode"`
		Completions    int
		Template       struct {
			Spec struct {
				Containers []struct {
					Args         []string
					VolumeMounts []struct {
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				}
			}
		}
	}
}

// readJob is the second document of kubernetes.yml.
func readJob(t *testing.T) (j job) {
	t.Helper()
	text, err := os.ReadFile("kubernetes.yml")
	require.NoError(t, err)
	_, second, ok := strings.Cut(string(text), "\n---\n")
	require.True(t, ok)
	require.NoError(t, yaml.Unmarshal([]byte(second), &j))
	return j
}
