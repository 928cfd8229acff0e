package scenarios

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"time"

	"itlsim/internal/bounded"
	"itlsim/internal/strictjson"
	"itlsim/lab"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// partFormat is that of [Part.Write]'s files.
const partFormat = 1

// A Part is what one shard gives of a run: [Merge] makes a report of all of them.
type Part struct {
	Format int `json:"format"` // of the file; parts of other formats are not merged
	Identity
	Index int `json:"index"` // of the shard, from 0
	// Words are what sentences may name, and Looked is what was found of each, by step.
	Words  language.Vocabulary `json:"words"`
	Looked [][]Looked          `json:"looked"`
	report.Part

	crew []*report.Part // of the phones, where a crew has them
}

// An Identity is what a run's report is a function of: parts that have the same go together.
type Identity struct {
	Build    string        `json:"build"`
	Scenario string        `json:"scenario"` // its name
	Hash     string        `json:"hash"`     // SHA-256 of its file, and of those that it names; "": written in Go
	Mode     string        `json:"mode"`
	Seed     int64         `json:"seed"`
	Phones   int           `json:"phones"` // of all shards
	Boots    int           `json:"boots"`  // at a time, of all shards; 0: the mode's default
	Shards   int           `json:"shards"`
	Pace     time.Duration `json:"pace"` // in nanoseconds; 0: none
}

// shard is which phones the part is of.
func (p *Part) shard() lab.Shard { return lab.Shard{Index: p.Index, Of: p.Shards} }

// MaxShards is how many shards a run may have: more than twice as many as the largest fleet
// has in shards of ten thousand phones.
const MaxShards = 4096

// Write writes the part, as gzip of JSON.
func (p *Part) Write(w io.Writer) error { return pack(w, p) }

// pack writes something as gzip of JSON.
func pack(w io.Writer, what any) error {
	z := gzip.NewWriter(w)
	if err := json.NewEncoder(z).Encode(what); err != nil {
		return err
	}
	return z.Close()
}

// bounds are those of what is read of a part, or crosses to a crew and back.
type bounds struct {
	file, whole     int64 // bytes as they come, and unpacked
	objects, values int   // in the whole
}

// partBounds are those of any part. One of a million phones in a scenario of twenty steps has
// some 4 MB, and a few thousand objects; chapters are the most, of half a kilobyte each in
// memory.
var partBounds = bounds{file: 64 << 20, whole: 256 << 20, objects: 1_000_000, values: lab.MaxPhones + 4_000_000}

// ownBounds are those of a part that this process has written: none.
var ownBounds = bounds{file: math.MaxInt64 - 1, whole: math.MaxInt64 - 1, objects: math.MaxInt, values: math.MaxInt}

// ReadPart reads what [Part.Write] wrote. It takes nothing that is larger than any part, or
// does not fit together.
func ReadPart(r io.Reader) (*Part, error) {
	p, err := partBounds.read(r)
	if err != nil {
		return nil, fmt.Errorf("this is not a part of a run: %w", err)
	}
	return p, nil
}

func (b bounds) read(r io.Reader) (*Part, error) {
	p, err := unpack[Part](r, b)
	if err != nil {
		return nil, err
	}
	return &p, p.check()
}

// unpack reads what pack wrote, within bounds.
func unpack[T any](r io.Reader, b bounds) (what T, err error) {
	z, err := gzip.NewReader(bounded.Reader(r, b.file))
	if errors.Is(err, gzip.ErrHeader) {
		return what, errors.New("it is not packed as parts are")
	}
	if err != nil {
		return what, err
	}
	data, err := io.ReadAll(bounded.Reader(z, b.whole))
	if err != nil {
		return what, err
	}
	if bytes.Count(data, []byte("{")) > b.objects || bytes.Count(data, []byte(",")) > b.values {
		return what, errors.New("it has more steps, stories or phones than any run")
	}
	err = strictjson.UnmarshalKnown(data, &what)
	return what, err
}

// check checks that what a part says fits together.
func (p *Part) check() error {
	switch {
	case p.Format != partFormat:
		return fmt.Errorf("its format is %d; this program knows %d", p.Format, partFormat)
	case p.Shards < 1 || p.Shards > MaxShards || p.Index < 0 || p.Index >= p.Shards:
		return fmt.Errorf("there is no shard %d of %d", p.Index, p.Shards)
	case p.Phones < 1 || p.Phones > lab.MaxPhones:
		return fmt.Errorf("no run has %d phones", p.Phones)
	}
	if err := p.Part.Check(p.shard().Range(p.Phones)); err != nil {
		return err
	}
	if len(p.Looked) != len(p.Report.Steps) {
		return fmt.Errorf("it looked after %d of %d steps", len(p.Looked), len(p.Report.Steps))
	}
	return nil
}

// ErrOtherRun is the family of [Merge]'s errors about parts that are not all those of one run.
var ErrOtherRun = errors.New("these are not the parts of one run")

// Merge makes the report of a run of all its parts, in any order. The error is of
// [ErrOtherRun], or of [report.ErrDiffer].
func Merge(parts []*Part) (*report.Report, error) {
	if err := oneRun(parts); err != nil {
		return nil, err
	}
	parts = slices.SortedFunc(slices.Values(parts), func(a, b *Part) int { return a.Index - b.Index })
	var all []*report.Part
	for i, p := range parts {
		if !reflect.DeepEqual(p.Words, parts[0].Words) {
			return nil, report.Differ(0, i, "which nodes, groups and models there are")
		}
		all = append(append(all, &p.Part), p.crew...)
	}
	r, err := report.Merge(all)
	if err != nil {
		return nil, err
	}
	for i := range r.Steps {
		if err := judgeParts(parts, i, &r.Steps[i]); err != nil {
			return nil, err
		}
	}
	if is := parts[0].Identity; is.Shards > 1 || is.Pace > 0 {
		r.Shards, r.PaceS = is.Shards, is.Pace.Seconds()
	}
	r.Conclude()
	return r, nil
}

// judgeParts judges what parts, in order, have found after a step, and by its acts.
func judgeParts(parts []*Part, step int, r *report.Step) error {
	r.Expectations = []report.Expectation{}
	if len(parts) > 1 { // why acts failed follows from what all parts found
		for i := range r.Do {
			r.Do[i].Failed = ""
		}
	}
	for k, sum := range parts[0].Looked[step] {
		for i, p := range parts[1:] {
			if len(p.Looked[step]) != len(parts[0].Looked[step]) {
				return report.Differ(0, i+1, fmt.Sprintf("how much was looked at after step %d", step+1))
			}
			if err := sum.Plus(p.Looked[step][k]); err != nil {
				return report.Differ(0, i+1, fmt.Sprintf("what was found after step %d: %v", step+1, err))
			}
		}
		e, tell, err := sum.Judge(parts[0].Words, parts[0].Phones)
		if err != nil {
			return err
		}
		if tell {
			r.Expectations = append(r.Expectations, e)
		}
		if act := sum.Act - 1; len(parts) > 1 && act >= 0 && act < len(r.Do) {
			r.Do[act].Fails(e)
		}
	}
	return nil
}

// oneRun checks that parts are all those of one run, each once.
func oneRun(parts []*Part) error {
	if len(parts) == 0 {
		return fmt.Errorf("%w: there are none", ErrOtherRun)
	}
	of := parts[0].Identity
	seen := make([]bool, of.Shards)
	for _, p := range parts {
		if what := of.differs(p.Identity); what != "" {
			return fmt.Errorf("%w: the parts of shards %d and %d are of different %s", ErrOtherRun, parts[0].Index, p.Index,
				what)
		}
		if seen[p.Index] {
			return fmt.Errorf("%w: there are two of shard %d", ErrOtherRun, p.Index)
		}
		seen[p.Index] = true
	}
	if i := slices.Index(seen, false); i >= 0 {
		return fmt.Errorf("%w: that of shard %d is missing, %d of %d are there", ErrOtherRun, i, len(parts), of.Shards)
	}
	return nil
}

// differs is what two runs differ in, "" where they are the same.
func (is Identity) differs(other Identity) string {
	for _, f := range []struct {
		what     string
		one, two any
	}{
		{"scenarios", [2]string{is.Scenario, is.Hash}, [2]string{other.Scenario, other.Hash}},
		{"builds of the program", is.Build, other.Build}, {"modes", is.Mode, other.Mode},
		{"seeds", is.Seed, other.Seed}, {"numbers of phones", is.Phones, other.Phones},
		{"numbers of boots at a time", is.Boots, other.Boots}, {"numbers of shards", is.Shards, other.Shards},
		{"paces", is.Pace, other.Pace},
	} {
		if f.one != f.two {
			return f.what
		}
	}
	return ""
}
