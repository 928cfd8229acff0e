package phone_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the transcripts anew; read the diff before keeping it")

// Transcripts are stories of a phone: comments and commands (see lab.run) at
// the margin, every event and action that followed indented below.
func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			l := newLab(t)
			var got strings.Builder
			for line := range strings.Lines(string(want)) {
				if strings.HasPrefix(line, "\t") {
					continue
				}
				got.WriteString(line)
				if strings.HasPrefix(line, "#") {
					continue
				}
				for said := range strings.Lines(l.run(line)) {
					got.WriteString("\t" + said)
				}
			}
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o644))
				return
			}
			require.Empty(t, cmp.Diff(string(want), got.String()))
		})
	}
}
