package farm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"itlsim/internal/bounded"
	"itlsim/internal/strictjson"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/inventory"
)

// Bounds of what a spec says.
const (
	// maxSpec is the length of a spec, in bytes: a scenario of 1 MiB names no more files.
	maxSpec = 2 << 20
	// maxFiles is how many files a scenario names: each takes ten bytes of it and more.
	maxFiles = 10_000
)

// A Spec is a run: all that its report follows from. It names no file of a machine, only
// what the scenario calls its files, and what they hold by hash.
type Spec struct {
	Format   int           `json:"format"` // 1
	Build    string        `json:"build"`
	Scenario File          `json:"scenario"`
	Files    []File        `json:"files,omitempty"` // that the scenario names, by name
	Seed     int64         `json:"seed"`
	Phones   int           `json:"phones"` // 0: as many as the scenario has
	Boots    int           `json:"boots"`  // 0: as many as virtual mode has
	Shards   int           `json:"shards"`
	Pace     time.Duration `json:"pace"` // 0: the scenario's, or the usual one
}

// format is that of specs and shards; a worker of the same build has the same.
const format = 1

// A File is one that a run needs.
type File struct {
	Name string `json:"name"` // as the scenario says it
	Hash string `json:"sha256"`
	Size int64  `json:"size"` // in bytes
}

// A Bundle is a spec and what its files hold.
type Bundle struct {
	Spec
	Contents map[string][]byte // by hash

	reading sync.Once
	plan    scenarios.Scenario
	err     error
}

// Pack packs a scenario, whose file has this name and text, and the files that it names,
// which are in dir (nil: there are none). How the run is played the spec says already; errors
// are those of [scenarios.Load].
func Pack(s Spec, name string, text []byte, dir fs.FS) (*Bundle, error) {
	read := &recorder{dir, make(contents)}
	plan, err := scenarios.Load(name, text, read)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Spec: s, Contents: make(map[string][]byte)}
	b.reading.Do(func() { b.plan = plan })
	b.Format, b.Scenario = format, b.add(filepath.Base(name), text)
	for _, name := range slices.Sorted(maps.Keys(read.read)) {
		b.Files = append(b.Files, b.add(name, read.read[name]))
	}
	return b, b.check()
}

func (b *Bundle) add(name string, data []byte) File {
	f := File{Name: name, Hash: hashOf(data), Size: int64(len(data))}
	b.Contents[f.Hash] = data
	return f
}

// Plan is the scenario, read once, of what the bundle holds and no other file.
func (b *Bundle) Plan() (scenarios.Scenario, error) {
	b.reading.Do(func() {
		dir := make(contents)
		for _, f := range b.Files {
			dir[f.Name] = b.Contents[f.Hash]
		}
		b.plan, b.err = scenarios.Load(b.Scenario.Name, b.Contents[b.Scenario.Hash], dir)
	})
	return b.plan, b.err
}

// whole is a bundle as it crosses to the workers of a run on sockets.
type whole struct {
	Spec     Spec              `json:"spec"`
	Contents map[string][]byte `json:"contents"`
}

// Whole is the bundle as it crosses to the workers of a run on sockets, for [ReadPlan].
func (b *Bundle) Whole() ([]byte, error) { return json.Marshal(whole{b.Spec, b.Contents}) }

// ReadPlan reads the scenario of a run on sockets, and how its lab is put up.
func ReadPlan(data []byte) (s scenarios.Scenario, opt lab.Options, err error) {
	var w whole
	if err := strictjson.UnmarshalKnown(data, &w); err != nil {
		return s, opt, fmt.Errorf("the plan of a run: %w", err)
	}
	if err := w.Spec.check(); err != nil {
		return s, opt, err
	}
	for _, f := range append([]File{w.Spec.Scenario}, w.Spec.Files...) {
		if hashOf(w.Contents[f.Hash]) != f.Hash {
			return s, opt, fmt.Errorf("the plan of a run: it lacks %s", f.Name)
		}
	}
	b := &Bundle{Spec: w.Spec, Contents: w.Contents}
	s, err = b.Plan()
	return s, lab.Options{Seed: w.Spec.Seed, Phones: w.Spec.Phones, Boots: w.Spec.Boots}, err
}

// Bytes are the spec as it is kept and sent, the same for the same run.
func (s Spec) Bytes() []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic("farm: " + err.Error()) // of text and numbers
	}
	return data
}

// Run is the run's id: the hash of the spec, and so of all that its report follows from.
func (s Spec) Run() string { return hashOf(s.Bytes()) }

// ReadSpec reads the spec of a run with this id. Whoever sent it, it is the one that was
// packed, or there is an error.
func ReadSpec(data []byte, run string) (s Spec, err error) {
	if len(data) > maxSpec {
		return s, &bounded.TooLargeError{Most: maxSpec}
	}
	if err := strictjson.UnmarshalKnown(data, &s); err != nil {
		return s, fmt.Errorf("the spec of a run: %w", err)
	}
	if hashOf(data) != run {
		return s, errors.New("the spec of a run is not the one that was asked for")
	}
	return s, s.check()
}

// check finds what no run is.
func (s *Spec) check() error {
	files := append([]File{s.Scenario}, s.Files...)
	var sum int64
	for i, f := range files {
		if !fs.ValidPath(f.Name) || !isHash(f.Hash) || f.Size < 0 || f.Size > inventory.MaxExport {
			return fmt.Errorf("the spec of a run: file %d makes no sense", i)
		}
		sum += f.Size
	}
	switch {
	case s.Format != format:
		return fmt.Errorf("the spec of a run has format %d; this program knows %d", s.Format, format)
	case len(s.Files) > maxFiles:
		return fmt.Errorf("the spec of a run: %d files; there are at most %d", len(s.Files), maxFiles)
	case sum > inventory.MaxExport+s.Scenario.Size:
		return fmt.Errorf("the spec of a run: its files have more than %d bytes together", inventory.MaxExport)
	case s.Phones < 0 || s.Phones > lab.MaxPhones:
		return fmt.Errorf("the spec of a run: %d phones; there are at most %d", s.Phones, lab.MaxPhones)
	case s.Shards < 1 || s.Shards > scenarios.MaxShards:
		return fmt.Errorf("the spec of a run: %d shards; want 1 to %d", s.Shards, scenarios.MaxShards)
	case s.Boots < 0 || s.Pace < 0:
		return errors.New("the spec of a run: a count or a time below nothing")
	}
	return nil
}

// hashOf names bytes: their SHA-256.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func isHash(name string) bool {
	sum, err := hex.DecodeString(name)
	return err == nil && len(sum) == sha256.Size && name == hex.EncodeToString(sum)
}
