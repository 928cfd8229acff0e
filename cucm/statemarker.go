package cucm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"itlsim/internal/bounded"
	"itlsim/internal/build"
	"itlsim/internal/strictjson"
)

// markerFile says what a state directory is. Directories of earlier versions lack it.
const markerFile = "itlsim-state.json"

// marker is its content.
type marker struct {
	What    string
	Format  int    // of the directory; a program reads those up to its own
	Version string // which wrote it last
}

// whatThisIs is for who finds the directory.
const whatThisIs = "a simulated cluster, kept by itlsim serve --state; see docs/administrator.md"

// maxMarker is more than a marker ever has, in bytes.
const maxMarker = 64 << 10

// checkMarker refuses a directory of a later format.
func (s *stateDir) checkMarker() error {
	data, err := bounded.ReadRegular(filepath.Join(s.root, markerFile), maxMarker)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var m marker
	if err == nil {
		err = strictjson.Unmarshal(data, &m)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", markerFile, err)
	case m.Format > stateFormat:
		return fmt.Errorf("it is of format %d, by itlsim %s, and this program reads up to format %d: use that version",
			m.Format, m.Version, stateFormat)
	case m.Format < 1:
		return fmt.Errorf("%s: there is no format %d", markerFile, m.Format)
	}
	return nil
}

// mark writes the marker, unless it is there as this version writes it. Nothing is lost
// where that fails: the next change tries again.
func (s *stateDir) mark() {
	data, err := json.MarshalIndent(marker{whatThisIs, stateFormat, build.Version()}, "", "  ")
	if err != nil {
		return
	}
	file := filepath.Join(s.root, markerFile)
	if there, err := bounded.ReadRegular(file, maxMarker); err == nil && string(there) == string(data) {
		return
	}
	part := file + ".new"
	_ = os.Remove(part)
	if writeFile(part, data) == nil {
		_ = os.Rename(part, file)
	}
}
