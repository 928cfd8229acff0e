package cucm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"itlsim/internal/cause"
)

// stateDir keeps a cluster's state in plain files:
//
//	current -> generations/0000000017     the state in force
//	  cluster.json                        names, settings, passwords, flags
//	  trust.pem                           own certificates and the trust stores
//	  NODE/security/CallManager/          CallManager.pem, .der, _priv.pem; so each certificate
//	  NODE/tftp/ITLFile.tlv, CTLFile.tlv, ITLRecovery.p12
//	  NODE/tftp-served/CTLFile.tlv        as TFTP serves it
//	  NODE/ssh/host_key.pem
//	log/NODE/syslog/CiscoSyslog           the application log
//	backups/NAME/                         DRS backups, laid out like a generation
//
// A change writes a whole new generation, to disk, and then moves the link
// current: one rename, before which the old state is there and after which the
// new one is. Everything is readable by its owner only.
type stateDir struct {
	root       string
	lock       *os.File
	generation int
	files      map[string][]byte // of the generation in force
}

// A StateError is a state directory that cannot be used.
type StateError struct {
	Path string
	Err  error
}

func (e *StateError) Error() string { return fmt.Sprintf("state %s: %s", e.Path, cause.Of(e.Err)) }
func (e *StateError) Unwrap() error { return e.Err }

// openDir takes a state directory for this process. Errors are a [*StateError].
func openDir(root string) (*stateDir, error) {
	s := &stateDir{root: root}
	for _, dir := range []string{"generations", "backups", "log"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o700); err != nil {
			return nil, &StateError{root, err}
		}
	}
	var err error
	if s.lock, err = os.OpenFile(filepath.Join(root, "lock"), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, &StateError{root, err}
	}
	if err := lockFile(s.lock); err != nil {
		s.lock.Close()
		return nil, &StateError{root, fmt.Errorf("another itlsim uses it: %w", err)}
	}
	return s, nil
}

// close lets other processes have the directory.
func (s *stateDir) close() error {
	if s.lock == nil {
		return nil
	}
	lock := s.lock
	s.lock = nil
	return lock.Close()
}

// load reads the state in force, nil where there is none yet, and removes what
// a kill left over.
func (s *stateDir) load() (*draft, error) {
	target, err := os.Readlink(filepath.Join(s.root, "current"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &StateError{s.root, err}
	}
	if s.generation, err = strconv.Atoi(filepath.Base(target)); err != nil {
		return nil, &StateError{s.root, fmt.Errorf("the link current leads to %s, which is no generation", target)}
	}
	if s.files, err = readFiles(filepath.Join(s.root, target)); err != nil {
		return nil, &StateError{s.root, err}
	}
	d, err := decode(s.files)
	if err != nil {
		return nil, &StateError{filepath.Join(s.root, target), err}
	}
	s.sweep()
	return d, nil
}

func (s *stateDir) dir(generation int) string {
	return filepath.Join(s.root, "generations", fmt.Sprintf("%010d", generation))
}

// save brings a draft into force on disk.
func (s *stateDir) save(d *draft) error {
	files, err := encode(d)
	if err != nil {
		return err
	}
	next := s.generation + 1
	if err := writeFiles(s.dir(next), files, s.dir(s.generation), s.files); err != nil {
		return err
	}
	link := filepath.Join(s.root, "current.new")
	_ = os.Remove(link)
	if err := os.Symlink(filepath.Join("generations", filepath.Base(s.dir(next))), link); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.dir(next))); err != nil {
		return err
	}
	if err := os.Rename(link, filepath.Join(s.root, "current")); err != nil {
		return err
	}
	s.generation, s.files = next, files
	s.sweep()
	return syncDir(s.root)
}

// sweep removes all generations but the one in force.
func (s *stateDir) sweep() {
	entries, _ := os.ReadDir(filepath.Join(s.root, "generations"))
	for _, e := range entries {
		if e.Name() != filepath.Base(s.dir(s.generation)) {
			_ = os.RemoveAll(filepath.Join(s.root, "generations", e.Name())) // the next sweep tries again
		}
	}
	_ = os.Remove(filepath.Join(s.root, "current.new"))
}

// backupName is what a backup may be named.
var backupName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// backup keeps a draft under a name.
func (s *stateDir) backup(name string, d *draft) error {
	files, err := encode(d)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.root, "backups", name)
	part := filepath.Join(s.root, "backups", "."+name)
	if err := writeFiles(part, files, "", nil); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(part, dir)
}

// backups are the names of those kept, in order.
func (s *stateDir) backups() []string {
	entries, _ := os.ReadDir(filepath.Join(s.root, "backups"))
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
	dir := filepath.Join(s.root, "backups", name)
	files, err := readFiles(dir)
	if err != nil {
		return nil, &StateError{dir, err}
	}
	d, err := decode(files)
	if err == nil && len(d.nodes) != nodes {
		err = fmt.Errorf("it is of a cluster of %d nodes", len(d.nodes))
	}
	if err != nil {
		return nil, &StateError{dir, err}
	}
	return d, nil
}
