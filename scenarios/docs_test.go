package scenarios

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
)

// The worked example of docs/writing-scenarios.md does what the page says: the
// first version fails in its last step, with the added one it passes, and so does a reset in batches.
func TestWorkedExample(t *testing.T) {
	page, err := os.ReadFile("../docs/writing-scenarios.md")
	require.NoError(t, err)
	yaml := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.Len(t, yaml, 3)
	opt := options(0)
	opt.Lab.KeyBits = 1024
	r, err := Run(t.Context(), load(t, yaml[0][1]), opt)
	require.NoError(t, err)
	require.False(t, r.Passed)
	last := r.Steps[len(r.Steps)-1].Expectations
	require.Contains(t, last[len(last)-1].Why,
		"8 of 40 are untrusted: ITLSEP<MAC>.tlv and SEP<MAC>.cnf.xml.sgn refused: unknown signer")
	require.Contains(t, last[len(last)-1].Why, "SEP001BD4000004, ")
	for _, step := range r.Steps[:len(r.Steps)-1] {
		for _, e := range step.Expectations {
			require.True(t, e.Passed, e.Why)
		}
	}
	const hope, truth = "      - all phones are trusted\n", "      - 80% of the phones are trusted\n"
	longer := strings.Replace(yaml[0][1], hope, truth, 1) + yaml[1][1] + yaml[2][1]
	r, err = Run(t.Context(), load(t, longer), options(40))
	require.NoError(t, err)
	require.True(t, r.Passed)
}

// The README shows what its command prints: steps and expectations of bulk-reset
// that are there, and as many as it says.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	said, all := make(map[string]bool), 0
	for i, step := range s.Steps {
		said[fmt.Sprintf("%2d  %s", i+1, step.Name)] = true
		for _, e := range step.Expect {
			said["    ✓ "+e.Text] = true
			all++
		}
	}
	shown := regexp.MustCompile(`(?m)^( \d  |    ✓ ).*$`).FindAllString(string(page), -1)
	require.NotEmpty(t, shown)
	for _, line := range shown {
		require.Contains(t, said, line)
	}
	require.Contains(t, string(page), fmt.Sprintf("\nPASSED  all %d expectations held\n", all))
}

// The rehearsal on a picture of a real fleet: phones whose list has nothing of
// today are lost at once, those with last year's when both TVS are new.
func TestRealFleet(t *testing.T) {
	s, err := LoadFile("../examples/fleet/tomorrow.yaml")
	require.NoError(t, err)
	require.Len(t, s.Groups[0].Devices, 5000)
	phones := 400
	if build.Raced { // which takes ten times as long
		phones = 100
	}
	opt := options(phones)
	opt.Lab.KeyBits = 1024
	r, err := Run(t.Context(), s, opt)
	require.NoError(t, err)
	require.True(t, r.Passed)

	load := func(csv string) (Scenario, error) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(dir+"/a.csv", []byte(csv), 0o666))
		const scenario = "name: a\nshows: b\nphones: [{group: g, devices: a.csv}]\nsteps: [{step: none}]\n"
		require.NoError(t, os.WriteFile(dir+"/s.yaml", []byte(scenario), 0o666))
		return LoadFile(dir + "/s.yaml")
	}
	bad := func(csv string) string {
		_, err := load(csv)
		require.Error(t, err)
		return err.Error()
	}
	require.Equal(t, `a.csv:1:6: "modell" is not a column (did you mean "model"?)`, bad("name,modell\n"))
	require.Equal(t, `a.csv:1:6: "phone" is not a column; there are name, model, firmware, tftp, itl, registered`,
		bad("name,phone\n"))
	require.Equal(t, `a.csv:2:1: "SEP1" is not a SEP<MAC>`, bad("name,model\nSEP1,8861\n"))
	s, err = load("name,model\nSEP001122334455,Cisco 8800X\n")
	require.NoError(t, err)
	require.EqualError(t, s.Warnings, `a.csv:2:1: "8800X" is not a model that is known here; `+
		"it is played as one of family N (7800s and 8800s), without SHA-512")
	require.Contains(t, bad("name,model,itl\nSEP001122334455,8861,12\n"), `a.csv:2:22: "12" is not a SHA-1 checksum`)
	require.Contains(t, bad("name,model,tftp\nSEP001122334455,8861,test10pup\n"), `(did you mean "test10pub"?)`)
	require.Equal(t, "a.csv:1:1: there are no devices", bad("name,model\n"))
}
