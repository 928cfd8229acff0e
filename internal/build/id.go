package build

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"
)

// ID tells builds apart that may do different things: the version, and where that says
// nothing, or that the sources were changed since, a hash of the program itself. What is built
// of a commit for several machines has one.
func ID() string {
	version := Version()
	if version != "(devel)" && !strings.HasSuffix(version, "+dirty") {
		return version
	}
	name, err := os.Executable()
	if err != nil {
		return version
	}
	program, err := os.Open(name)
	if err != nil {
		return version
	}
	defer program.Close() // it is only read
	hash := sha256.New()
	if _, err := io.Copy(hash, program); err != nil {
		return version
	}
	return version + " " + hex.EncodeToString(hash.Sum(nil))[:12]
}
