package host

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"itlsim/internal/bounded"
)

// maxSecret is the length of a join string, or of a certificate and its key, in bytes.
const maxSecret = 16 << 10

// secret reads a file of a store that its owner alone may read; there may be none, or it is
// somebody else's, which is refused.
func secret(dir, name string) ([]byte, error) {
	name = filepath.Join(dir, name)
	file, info, err := bounded.OpenRegular(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close() // it is only read
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read or change %s: chmod 600 %[1]s, if it is yours, or remove it", name)
	}
	return io.ReadAll(bounded.Reader(file, maxSecret))
}

// keep writes such a file, which has its name when it is whole.
func keep(dir, name string, data []byte) error {
	file, err := os.CreateTemp(dir, name+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
