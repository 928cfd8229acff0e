package cucm

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"itlsim/internal/bounded"
)

// What a state has at most. MaxNodes nodes with some thousand certificates in the trust
// stores stay far below: whoever points the program at something else is told so before
// it fills the memory.
const (
	maxStateFile  = 16 << 20 // bytes of a file
	maxStateBytes = 64 << 20 // of all
	maxStateFiles = 4096
)

// writeFiles writes a directory of files to disk. Files that are the same in
// before are linked to, which spares the waiting for the disk.
func writeFiles(dir string, files map[string][]byte, beforeDir string, before map[string][]byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	dirs := map[string]bool{dir: true}
	for name, data := range files {
		file := filepath.Join(dir, name)
		for up := filepath.Dir(file); !dirs[up]; up = filepath.Dir(up) {
			dirs[up] = true
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if old, ok := before[name]; ok && bytes.Equal(old, data) && os.Link(filepath.Join(beforeDir, name), file) == nil {
			continue
		}
		if err := writeFile(file, data); err != nil {
			return err
		}
	}
	for d := range dirs {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func syncDir(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// readFiles reads a directory of files, by their names in it.
func readFiles(dir string) (map[string][]byte, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err // with its whole name
	}
	files, left := make(map[string][]byte), maxStateBytes
	return files, fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if len(files) == maxStateFiles {
			return fmt.Errorf("there are more than %d files", maxStateFiles)
		}
		file := filepath.Join(dir, name)
		if info, err := e.Info(); err == nil && isSecret(name) && othersRead(info) {
			return fmt.Errorf("%s can be read by others (mode %#o): chmod -R go-rwx %s", name, info.Mode().Perm(), dir)
		}
		data, err := bounded.ReadRegular(file, int64(min(maxStateFile, left)))
		if err != nil {
			return err
		}
		left -= len(data)
		files[name] = data
		return nil
	})
}

// secrets are the files of a state that give a cluster away: keys and passwords.
var secrets = []string{clusterFile, RecoveryFile, path.Base(hostKeyFile)}

// isSecret reports whether a file of a state is one of them.
func isSecret(name string) bool {
	return slices.Contains(secrets, path.Base(name)) || strings.HasSuffix(name, keyEnding)
}
