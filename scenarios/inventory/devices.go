package inventory

import (
	"bytes"
	"crypto/sha1"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// A Device is one phone of a real cluster, as an administrator's export tells.
type Device struct {
	Name    string // SEP<MAC>
	Profile *phone.Profile
	TFTP    string // the node that it asks first; "": the first one of its group
	// List is what the phone holds. It is nil where no file of the list is at
	// hand, and where nothing is known: see ListKnown.
	List       *itl.List
	ListKnown  bool // the phone reported a list, so its checksum is known
	Registered bool
}

// Thinned takes n devices, evenly from all.
func Thinned(devices []Device, n int) []Device {
	if len(devices) == 0 {
		return nil
	}
	some := make([]Device, n)
	for i := range some {
		some[i] = devices[i*len(devices)/n]
	}
	return some
}

// Lists finds trust lists by their checksum.
type Lists map[[sha1.Size]byte]*itl.List

// Add adds a list.
func (l Lists) Add(list *itl.List) { l[list.SHA1()] = list }

// An Export is a file of devices, as an administrator got it from a cluster.
type Export struct {
	File  string // its name, for what is wrong in it
	Data  []byte
	Nodes []string // that phones may ask for files
	Lists Lists    // that phones may hold
	Most  int      // devices that there is room for
}

// columns of an export, in any order; the first two are needed.
var columns = []string{"name", "model", "firmware", "tftp", "itl", "registered"}

// mostProblems ends the reading of an export that is no such file at all.
const mostProblems = 20

// Devices reads the export, a CSV file. The problems tell what is wrong in it.
func (e *Export) Devices() ([]Device, language.Problems) {
	r := &reader{export: e, csv: csv.NewReader(bytes.NewReader(e.Data)), seen: make(map[string]bool)}
	r.csv.TrimLeadingSpace, r.csv.ReuseRecord = true, true
	if r.header() {
		r.devices()
	}
	return r.found, r.problems
}

// reader reads an export line by line.
type reader struct {
	export   *Export
	csv      *csv.Reader
	at       map[string]int // number of each column
	row      []string
	seen     map[string]bool // names
	found    []Device
	problems language.Problems
}

// header reads the first line. It reports whether it makes sense.
func (r *reader) header() bool {
	header, err := r.csv.Read()
	if err != nil {
		r.problems.Add(r.export.File, 1, 1, "there is no header; the columns are %s", strings.Join(columns, ", "))
		return false
	}
	r.at = make(map[string]int)
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if !slices.Contains(columns, h) {
			line, column := r.csv.FieldPos(i)
			r.problems.Add(r.export.File, line, column, "%q is no column%s; there are %s",
				h, language.DidYouMean(h, columns), strings.Join(columns, ", "))
			return false
		}
		r.at[h] = i
	}
	for _, need := range columns[:2] {
		if _, ok := r.at[need]; !ok {
			r.problems.Add(r.export.File, 1, 1, "there is no column %q", need)
			return false
		}
	}
	return true
}

// devices reads the lines that follow.
func (r *reader) devices() {
	for {
		row, err := r.csv.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			r.problems.Add(r.export.File, bad.Line, bad.Column, "%v", bad.Err)
			return
		}
		if len(r.found) >= r.export.Most {
			r.problems.Add(r.export.File, 1, 1, "there is room for %d phones", r.export.Most)
			return
		}
		r.row = row
		r.found = append(r.found, r.device())
		if len(r.problems) >= mostProblems {
			return
		}
	}
	if len(r.found) == 0 {
		r.problems.Add(r.export.File, 1, 1, "there are no devices")
	}
}

// cell is a cell of the present line, "" where the export has no such column.
func (r *reader) cell(column string) string {
	if i, ok := r.at[column]; ok {
		return strings.TrimSpace(r.row[i])
	}
	return ""
}

// wrong notes what is wrong with a cell of the present line.
func (r *reader) wrong(column, format string, args ...any) {
	line, at := r.csv.FieldPos(r.at[column])
	r.problems.Add(r.export.File, line, at, format, args...)
}

var deviceName = regexp.MustCompile(`^SEP[0-9A-F]{12}$`)

// device reads the present line.
func (r *reader) device() Device {
	d := Device{Name: r.cell("name"), TFTP: r.cell("tftp")}
	if !deviceName.MatchString(d.Name) || r.seen[d.Name] {
		r.wrong("name", "%q is no SEP<MAC>, or stands there twice", d.Name)
	}
	r.seen[d.Name] = true
	if d.Profile = profile(r.cell("model"), r.cell("firmware")); d.Profile == nil {
		r.wrong("model", "%q is not a model that is known here%s",
			r.cell("model"), language.DidYouMean(r.cell("model"), models()))
	}
	if nodes := r.export.Nodes; d.TFTP != "" && !slices.Contains(nodes, d.TFTP) {
		r.wrong("tftp", "%q is not a node of the cluster%s", d.TFTP, language.DidYouMean(d.TFTP, nodes))
	}
	switch is := r.cell("registered"); strings.ToLower(is) {
	case "yes", "true", "registered", "":
		d.Registered = true
	case "no", "false", "unregistered", "none", "unknown":
	default:
		r.wrong("registered", "%q is neither yes nor no", is)
	}
	if sum := strings.ReplaceAll(r.cell("itl"), " ", ""); sum != "" {
		raw, err := hex.DecodeString(sum)
		if err != nil || len(raw) != sha1.Size {
			r.wrong("itl", "%q is no SHA-1 checksum of 40 digits", r.cell("itl"))
		} else {
			d.ListKnown, d.List = true, r.export.Lists[[sha1.Size]byte(raw)]
		}
	}
	return d
}

// models are the model numbers that are known here.
func models() []string {
	var names []string
	for _, p := range phone.Profiles() {
		names = append(names, p.Model)
	}
	return names
}

// profile is a model's profile with the firmware that a phone really has; nil
// where the model is not known.
func profile(model, firmware string) *phone.Profile {
	p, ok := phone.ProfileOf(strings.TrimPrefix(strings.TrimPrefix(model, "Cisco "), "CP-"))
	if !ok || firmware == "" || firmware == p.Firmware {
		return p
	}
	own := *p
	own.Firmware = firmware
	return &own
}
