package main

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
)

// source is a file of the repository.
func source(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	require.NoError(t, err)
	return string(text)
}

// understood has a command line parsed, and asks that its command has a flag for each of the
// variables that begin with ITLSIM_.
func understood(t *testing.T, line []string, variables []string) {
	t.Helper()
	for _, v := range variables {
		t.Setenv(v, "") // what this machine has counts nothing
	}
	parsed, err := newParser(streams{io.Discard, io.Discard}, func(int) {}).Parse(line)
	require.NoError(t, err, "%q", line)
	var known []string
	for _, f := range parsed.Flags() {
		known = append(append(known, variable(f)), f.Envs...)
	}
	for _, v := range variables {
		if strings.HasPrefix(v, "ITLSIM_") {
			require.Contains(t, known, v, "%q", line)
		}
	}
}

// What packages have the program do is what it can do.
func TestPackagesSpeakTheProgramsLanguage(t *testing.T) {
	type service struct {
		Image       string
		Command     []string
		Environment map[string]string
	}
	var compose struct{ Services map[string]service }
	require.NoError(t, yaml.Unmarshal([]byte(source(t, "compose.yaml")), &compose))
	ours := 0
	for _, s := range compose.Services {
		if s.Image == "itlsim" {
			understood(t, s.Command, slices.Collect(maps.Keys(s.Environment)))
			ours++
		}
	}
	require.Equal(t, 2, ours)

	unit := source(t, "cmd/itlsim/packaging/itlsim.service")
	starts := regexp.MustCompile(`(?m)^ExecStart=/usr/bin/itlsim (.*)$`).FindStringSubmatch(unit)
	require.NotNil(t, starts)
	settings := regexp.MustCompile(`ITLSIM_[A-Z_]+`)
	understood(t, strings.Fields(starts[1]), settings.FindAllString(unit, -1))
	understood(t, strings.Fields(starts[1]), settings.FindAllString(source(t, "cmd/itlsim/packaging/itlsim.default"), -1))

	image := source(t, "Dockerfile")
	var line, health []string
	words := regexp.MustCompile(`(?m)^(HEALTHCHECK .*CMD|CMD) (\[.*\])$`).FindAllStringSubmatch(image, -1)
	require.Len(t, words, 2)
	require.NoError(t, json.Unmarshal([]byte(words[0][2]), &health))
	require.NoError(t, json.Unmarshal([]byte(words[1][2]), &line))
	understood(t, line, settings.FindAllString(image, -1))
	t.Setenv("ITLSIM_READY_FILE", "ready.json")
	_, err := newParser(streams{io.Discard, io.Discard}, func(int) {}).Parse(health[1:])
	require.NoError(t, err)
	goVersion := regexp.MustCompile(`(?m)^go (.+)$`).FindStringSubmatch(source(t, "go.mod"))[1]
	require.Contains(t, image, "FROM golang:"+goVersion+"-")
}
