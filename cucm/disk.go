package cucm

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
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

func readFiles(dir string) (map[string][]byte, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err // with its whole name
	}
	files := make(map[string][]byte)
	root := os.DirFS(dir)
	return files, fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
}
