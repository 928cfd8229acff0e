package cucm

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/cause"
)

// stateDir keeps a cluster's state in plain files:
//
//	itlsim-state.json                     what this directory is, see [marker]
//	current -> generations/0000000017     the state in force
//	  cluster.json                        names, settings, passwords, flags
//	  trust.pem                           own certificates and the trust stores
//	  NODE/security/CallManager/          CallManager.pem, .der, _priv.pem; so each certificate
//	  NODE/tftp/ITLFile.tlv, CTLFile.tlv, ITLRecovery.p12
//	  NODE/tftp-served/CTLFile.tlv        as TFTP serves it
//	  NODE/ssh/host_key.pem
//	generations/0000000016                the one before it
//	log/NODE/syslog/CiscoSyslog           the application log
//	backups/NAME/                         DRS backups, laid out like a generation
//
// A change writes a whole new generation, to disk, and then moves the link
// current: one rename, before which the old state is there and after which the
// new one is. While a generation is written, or removed, its name begins with a
// dot. Everything is readable by its owner only.
//
// What this process has not read or written is never removed: only a directory
// that has nothing of a cluster is taken for a new one, and generations that
// cannot be read stay for whoever mends them.
type stateDir struct {
	root       string
	lock       *os.File
	generation int
	files      map[string][]byte // of the generation in force
	read       map[int]bool      // generations that were read or written, so that they may be swept
}

// A StateError is a state directory that cannot be used.
type StateError struct {
	Path string
	Err  error
	// Whole is the newest generation that can be used in place of the one that cannot,
	// see [Config]; 0: there is none.
	Whole int
}

func (e *StateError) Error() string { return fmt.Sprintf("state %s: %s", e.Path, cause.Of(e.Err)) }
func (e *StateError) Unwrap() error { return e.Err }

// The parts of a state directory.
const (
	currentLink    = "current"
	generationsDir = "generations"
	backupsDir     = "backups"
	logDir         = "log"
	lockName       = "lock"
)

// openDir takes a state directory for this process. Errors are a [*StateError].
func openDir(root string) (*stateDir, error) {
	s := &stateDir{root: root, read: make(map[int]bool)}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, &StateError{Path: root, Err: err}
	}
	if err := s.checkLinks(); err != nil {
		return nil, &StateError{Path: root, Err: err}
	}
	var err error
	if s.lock, err = os.OpenFile(filepath.Join(root, lockName), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, &StateError{Path: root, Err: err}
	}
	if err := lockFile(s.lock); err != nil {
		s.lock.Close()
		return nil, &StateError{Path: root, Err: fmt.Errorf("another itlsim uses it: %w", err)}
	}
	return s, nil
}

// checkLinks refuses links in the places where the program writes: they would have it
// write elsewhere. What is deeper is checked as it is read.
func (s *stateDir) checkLinks() error {
	parts := []string{lockName, generationsDir, backupsDir, logDir}
	logs, _ := os.ReadDir(filepath.Join(s.root, logDir))
	for _, node := range logs {
		home := filepath.Join(logDir, node.Name())
		parts = append(parts, home, filepath.Join(home, filepath.Dir(ciscolog.File)))
	}
	for _, part := range parts {
		info, err := os.Lstat(filepath.Join(s.root, part))
		if err == nil && !info.IsDir() && (part != lockName || !info.Mode().IsRegular()) {
			return fmt.Errorf("%s leads elsewhere: in a state directory only current is a link", part)
		}
	}
	return nil
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

// load reads the state in force, or the generation that is wanted instead, which
// comes into force by that; nil where the directory has nothing of a cluster.
// Errors are a [*StateError], and leave all as it is.
func (s *stateDir) load(wanted int) (*draft, error) {
	if err := s.checkMarker(); err != nil {
		return nil, &StateError{Path: s.root, Err: err}
	}
	n, err := s.inForce()
	switch {
	case err != nil && (wanted == 0 || errors.Is(err, errNoLink)):
		return nil, &StateError{Path: s.root, Err: err, Whole: s.newestWhole(newest)}
	case wanted == 0 && s.killedAtInstallation():
		wanted = 1
	case wanted == 0 && n == 0:
		return nil, s.checkNew()
	}
	if wanted > 0 {
		n = wanted
	}
	d, files, err := readState(s.dir(n))
	if err != nil {
		return nil, &StateError{Path: s.dir(n), Err: err, Whole: s.newestWhole(n)}
	}
	if wanted > 0 {
		if err := s.link(n); err != nil {
			return nil, &StateError{Path: s.root, Err: err}
		}
	}
	s.generation, s.files, s.read[n] = n, files, true
	for _, older := range s.generations() {
		if older < n {
			_, _, err := readState(s.dir(older))
			s.read[older] = err == nil
		}
	}
	s.sweep()
	s.mendBackups()
	s.mark()
	return d, nil
}

// errNoLink is something else in the place of the link current, which must not be
// written over.
var errNoLink = errors.New("current is not a link to a generation, as after a copy that does not keep links: move it away")

// inForce is the generation to which the link leads, 0 where there is no link.
func (s *stateDir) inForce() (int, error) {
	link := filepath.Join(s.root, currentLink)
	info, err := os.Lstat(link)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0, nil
	case err != nil:
		return 0, err
	case info.Mode()&fs.ModeSymlink == 0:
		return 0, errNoLink
	}
	target, err := os.Readlink(link)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(filepath.Base(target))
	if err != nil || n < 1 || target != filepath.Join(generationsDir, filepath.Base(s.dir(n))) {
		return 0, fmt.Errorf("the link current leads to %s, which is not a generation", target)
	}
	return n, nil
}

// killedAtInstallation reports whether there is all of a first generation, and the
// process was killed before the link current was made: nothing else is there then.
func (s *stateDir) killedAtInstallation() bool {
	return !s.has(currentLink) && !s.has(markerFile) && !s.holds(logDir) && !s.holds(backupsDir) &&
		slices.Equal(s.generations(), []int{1})
}

// has reports whether something of the name is in the directory.
func (s *stateDir) has(name string) bool {
	_, err := os.Lstat(filepath.Join(s.root, name))
	return !errors.Is(err, fs.ErrNotExist)
}

// holds reports whether something is in one of the directories, but for what a kill
// left over.
func (s *stateDir) holds(dir string) bool {
	entries, err := os.ReadDir(filepath.Join(s.root, dir))
	return err != nil && !errors.Is(err, fs.ErrNotExist) ||
		slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !leftOver.MatchString(e.Name()) })
}

// checkNew refuses a directory without the link current in which there is
// something of a cluster all the same: it was copied in part, or is no state
// directory but the inside of one.
func (s *stateDir) checkNew() error {
	e := &StateError{Path: s.root}
	switch {
	case s.holds(generationsDir):
		e.Whole = s.newestWhole(newest)
		e.Err = errors.New("there are generations, but no link current that says which is in force, " +
			"as after a copy that does not keep links")
	case s.has(clusterFile), s.has(trustFile):
		e.Err = errors.New("this is the inside of a generation: move it to generations/0000000001 of an empty directory")
	case s.has(markerFile), s.holds(backupsDir), s.holds(logDir):
		e.Err = errors.New("something of a cluster is here, but none of its generations: copy the directory whole, " +
			"or name one that is empty")
	default:
		return nil
	}
	return e
}

func (s *stateDir) dir(generation int) string {
	return filepath.Join(s.root, generationsDir, fmt.Sprintf("%010d", generation))
}

// unfinished is where a generation is while it is written, or removed.
func (s *stateDir) unfinished(generation int) string {
	dir, name := filepath.Split(s.dir(generation))
	return filepath.Join(dir, "."+name)
}

var (
	generationName = regexp.MustCompile(`^[0-9]{10}$`)
	leftOver       = regexp.MustCompile(`^\.[0-9]{10}$`) // by a kill
)

// generations are the numbers of those that are there, the oldest first.
func (s *stateDir) generations() (all []int) {
	entries, _ := os.ReadDir(filepath.Join(s.root, generationsDir))
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n > 0 && generationName.MatchString(e.Name()) {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// newest stands for a generation after all others.
const newest = math.MaxInt

// newestWhole is the newest generation before another that can be read, 0 where there
// is none.
func (s *stateDir) newestWhole(before int) int {
	for _, n := range slices.Backward(s.generations()) {
		if n >= before {
			continue
		}
		if _, _, err := readState(s.dir(n)); err == nil {
			return n
		}
	}
	return 0
}

// save brings a draft into force on disk, unless it could not be loaded again. Where it
// fails all is as it was.
func (s *stateDir) save(d *draft) error {
	files, err := encode(d)
	if err != nil {
		return err
	}
	if _, err := decode(files); err != nil {
		return err
	}
	next := max(s.generation, slices.Max(append(s.generations(), 0))) + 1
	if err := s.write(next, files); err != nil {
		_ = os.RemoveAll(s.unfinished(next)) // makes room again on a full disk
		return err
	}
	if err := s.link(next); err != nil {
		return err
	}
	s.generation, s.files, s.read[next] = next, files, true
	s.sweep()
	s.mark()
	return nil
}

// write writes a generation to disk.
func (s *stateDir) write(n int, files map[string][]byte) error {
	if err := writeFiles(s.unfinished(n), files, s.dir(s.generation), s.files); err != nil {
		return err
	}
	if err := os.Rename(s.unfinished(n), s.dir(n)); err != nil {
		return err
	}
	return syncDir(filepath.Dir(s.dir(n)))
}

// link makes a generation the one in force.
func (s *stateDir) link(n int) error {
	current := filepath.Join(s.root, currentLink)
	link := current + ".new"
	_ = os.Remove(link)
	if err := os.Symlink(filepath.Join(generationsDir, filepath.Base(s.dir(n))), link); err != nil {
		return err
	}
	if err := os.Rename(link, current); err != nil {
		_ = os.Remove(link)
		return err
	}
	_ = syncDir(s.root) // it is in force; where this fails a power cut may bring the old one back
	return nil
}

// sweep removes what a kill left over, and generations that were read but for the
// one in force and the one before it. What cannot be removed the next sweep tries
// again.
func (s *stateDir) sweep() {
	entries, _ := os.ReadDir(filepath.Join(s.root, generationsDir))
	for _, e := range entries {
		if leftOver.MatchString(e.Name()) {
			_ = os.RemoveAll(filepath.Join(s.root, generationsDir, e.Name()))
		}
	}
	kept := 0
	for _, n := range slices.Backward(s.generations()) {
		if n > s.generation || !s.read[n] {
			continue
		}
		if kept++; kept <= 2 {
			continue
		}
		if os.Rename(s.dir(n), s.unfinished(n)) == nil { // half of one is never taken for a whole one
			_ = os.RemoveAll(s.unfinished(n))
			delete(s.read, n)
		}
	}
}
