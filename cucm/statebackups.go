package cucm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// backupName is what a backup may be named.
var backupName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (s *stateDir) backupDir(name string) string { return filepath.Join(s.root, backupsDir, name) }

// While a backup takes the place of another one of its name, it is written under the
// name with a dot before it, and the other one is set aside.
const (
	partPrefix  = "."
	asideSuffix = "~"
)

// backup keeps a draft under a name. An earlier one of the name stays until the new one
// is whole.
func (s *stateDir) backup(name string, d *draft) error {
	files, err := encode(d)
	if err != nil {
		return err
	}
	s.mendBackups()
	dir, part := s.backupDir(name), s.backupDir(partPrefix+name)
	if err := writeFiles(part, files, "", nil); err != nil {
		_ = os.RemoveAll(part) // makes room again on a full disk
		return err
	}
	aside := part + asideSuffix
	if err := os.Rename(dir, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(part, dir); err != nil {
		return err
	}
	_ = os.RemoveAll(aside) // else the next backup tries again
	return syncDir(s.backupDir(""))
}

// mendBackups brings back what a kill left set aside, and removes what it left half
// written.
func (s *stateDir) mendBackups() {
	entries, _ := os.ReadDir(s.backupDir(""))
	for _, e := range entries {
		name, hidden := strings.CutPrefix(e.Name(), partPrefix)
		name, aside := strings.CutSuffix(name, asideSuffix)
		if !hidden || !backupName.MatchString(name) {
			continue
		}
		if aside && !s.has(filepath.Join(backupsDir, name)) {
			_ = os.Rename(s.backupDir(e.Name()), s.backupDir(name))
			continue
		}
		_ = os.RemoveAll(s.backupDir(e.Name()))
	}
}

// backups are the names of those kept, in order.
func (s *stateDir) backups() []string {
	entries, _ := os.ReadDir(s.backupDir(""))
	var names []string
	for _, e := range entries {
		if backupName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// restore reads a backup of a cluster of so many nodes; nil where there is none.
func (s *stateDir) restore(name string, nodes int) (*draft, error) {
	if !slices.Contains(s.backups(), name) {
		return nil, nil
	}
	d, _, err := readState(s.backupDir(name))
	if err == nil && len(d.nodes) != nodes {
		err = fmt.Errorf("it is of a cluster of %d nodes", len(d.nodes))
	}
	if err != nil {
		return nil, &StateError{Path: s.backupDir(name), Err: err}
	}
	return d, nil
}
