package scenarios

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	path := "testdata/" + name
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o666))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "go test -update writes %s", path)
}

func options(phones int) Options {
	return Options{Lab: lab.Options{Phones: phones, Seed: 1, Keys: testkeys.NewPool(1)}}
}

// The whole main scenario, over sockets.
func TestBulkReset(t *testing.T) {
	const phones = 200
	opt := options(phones)
	var last Progress
	var ended []string
	opt.Progress = func(p Progress) {
		require.LessOrEqual(t, p.Left, phones)
		if last = p; p.Done {
			ended = append(ended, p.Name)
		}
	}
	r, err := Run(t.Context(), builtinNamed(t, "bulk-reset"), opt)
	require.NoError(t, err)

	var text strings.Builder
	require.NoError(t, r.WriteText(&text))
	require.True(t, r.Passed, text.String())
	golden(t, "bulk-reset.txt", masked(text.String()))

	require.Equal(t, report.States{Trusted: phones}, r.States)
	require.Equal(t, report.States{Untrusted: phones}, r.Steps[4].States)
	require.Len(t, ended, len(r.Steps))
	last.At = 0
	require.Equal(t, Progress{
		Step: 7, Steps: 7, Name: r.Steps[6].Name, Phones: phones, States: fleet.States{phone.Trusted: phones},
		Boots: 6 * phones, Refused: 2 * phones, Done: true,
	}, last)

	// What follows from the story, exactly: nothing got lost and nothing was done
	// twice.
	c := r.Counts
	require.EqualValues(t, 6*phones, c.Boots)
	require.EqualValues(t, 6*phones, c.Registrations)
	require.EqualValues(t, 6*phones, c.SIPRegistrations)
	require.EqualValues(t, 6*phones*4/5, c.AlarmsDeviceTLInfo, "one model in five has older firmware")
	require.EqualValues(t, 2*phones, c.RefusedFiles, "list and configuration, in the boot in which trust is lost")
	require.EqualValues(t, 2*2*phones, c.TVSStrange, "both TVS for each of them")
	require.Zero(t, c.TVSSilent)
	require.Zero(t, c.BootsCutShort)
	if c.Retransmits == 0 { // else some requests may have been served twice
		require.EqualValues(t, 2*6*phones, c.TFTPFiles+c.HTTPFiles, "list and configuration")
		require.EqualValues(t, 2*6*phones*2/5, c.HTTPFiles, "two models in five ask by HTTP first")
		require.EqualValues(t, 6*phones*2/5, c.HTTPNotFound, "no CTL, which they then ask for by TFTP")
		require.EqualValues(t, 6*phones, c.TFTPNotFound, "no CTL")
		require.Zero(t, c.TransfersFailed)
	}
	trusted, sent := report.Alarms{Match: phones * 4 / 5}, report.Alarms{}
	for i, step := range r.Steps {
		want := trusted
		switch i {
		case 3: // all are off
			want = report.Alarms{}
		case 4: // they refuse the new list
			want = report.Alarms{Mismatch: phones * 4 / 5}
		}
		require.Equal(t, want, step.Alarms, step.Name)
		sent.Match += want.Match
		sent.Mismatch += want.Mismatch
	}
	require.Equal(t, sent, c.AlarmsBy)
	for _, step := range r.Steps[3:] {
		require.Greater(t, step.AtS, 18*60.0, "three waits of six minutes")
	}
	require.Less(t, r.Timing.WallS, 18*60.0)
	require.Positive(t, r.Timing.BootMS.P50)

	var asJSON bytes.Buffer
	require.NoError(t, r.WriteJSON(&asJSON))
	var fields any
	require.NoError(t, json.Unmarshal(asJSON.Bytes(), &fields))
	golden(t, "fields.txt", strings.Join(paths("", fields), "\n")+"\n")
}

func builtinNamed(t testing.TB, name string) Scenario {
	s, ok := Find(name)
	require.True(t, ok)
	return s
}

// paths lists the fields of a JSON value; those of an array are its elements'.
func paths(at string, v any) []string {
	fields := make(map[string]bool)
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			for _, p := range paths(at+"."+name, value) {
				fields[p] = true
			}
		}
	case []any:
		for _, value := range v {
			for _, p := range paths(at+"[]", value) {
				fields[p] = true
			}
		}
	default:
		fields[strings.TrimPrefix(at, ".")] = true
	}
	return slices.Sorted(maps.Keys(fields))
}

// masked puts 0 for each number that differs from run to run, with its unit of time: the
// times of steps, and all in the summary.
func masked(report string) string {
	at := regexp.MustCompile(`(?m)^[\d,]+ boots in`).FindStringIndex(report)[0]
	return regexp.MustCompile(`(?m)^ +\d[\d.]* (ms|s|min|h)( \d+ (s|min))? `).ReplaceAllString(report[:at],
		"         0 s ") +
		regexp.MustCompile(`[\d,]*\d(\.\d+)?( (µs|ms|s|min)\b( \d+ s\b)?)?`).ReplaceAllString(report[at:], "0")
}
