package inventory

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

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
	List       *List
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

// An Export is a file of devices, as an administrator got it from a cluster.
type Export struct {
	File  string // its name, for what is wrong in it
	Data  []byte
	Nodes []string // that phones may ask for files
	Lists Lists    // that phones may hold
	Most  int      // devices that there is room for
	// Warned are models that were warned of before; nil: none.
	Warned Warned
}

// Warned are models of which it was said that they are not known here, so that it is
// said once of each.
type Warned map[string]bool

// Once reports whether there is something to be said of a model, for the first time.
// Of very many models it is not said.
func (w Warned) Once(model, warning string) bool {
	if warning == "" || w[model] || len(w) >= mostProblems {
		return false
	}
	w[model] = true
	return true
}

// columns of an export, in any order; the first two are needed.
var columns = []string{"name", "model", "firmware", "tftp", "itl", "registered"}

// Devices reads the export: a table of our own columns, separated by commas,
// semicolons or tabs, in UTF-8 or UTF-16. The problems tell what is wrong in it.
// The warnings are about what was taken for something else, a model that is not
// known here.
func (e *Export) Devices() (devices []Device, warnings, problems language.Problems) {
	text, err := decode(e.Data)
	if err == nil && len(e.Data) > MaxExport {
		err = fmt.Errorf("the file is larger than %d bytes", MaxExport)
	}
	if err != nil {
		problems.Add(e.File, 1, 1, "%v", err)
		return nil, nil, problems
	}
	r := &reader{export: e, table: newTable(e.File, text), seen: make(map[string]int), warned: e.Warned}
	if r.warned == nil {
		r.warned = make(Warned)
	}
	if r.header() {
		r.devices()
	}
	return r.found, r.warnings, r.table.problems
}

// reader reads an export line by line.
type reader struct {
	*table
	export   *Export
	place    map[string]int // number of each column
	columns  int
	row      []string
	seen     map[string]int // names, and their lines
	warned   Warned
	found    []Device
	warnings language.Problems
}

// header reads the first line. It reports whether it makes sense.
func (r *reader) header() bool {
	header := r.next()
	if header == nil {
		r.at(1, 1, "there is no header; the columns are %s", strings.Join(columns, ", "))
		return false
	}
	r.place, r.columns = make(map[string]int), len(header)
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		if !slices.Contains(columns, h) {
			r.table.wrong(i, "%q is not a column%s", h, language.MeantOr(h, columns, "there are"))
			return false
		}
		r.place[h] = i
	}
	for _, need := range columns[:2] {
		if _, ok := r.place[need]; !ok {
			r.at(1, 1, "there is no column %q", need)
			return false
		}
	}
	return true
}

// devices reads the lines that follow.
func (r *reader) devices() {
	for r.row = r.next(); r.row != nil; r.row = r.next() {
		if len(r.found) >= r.export.Most {
			r.at(1, 1, "there is room for %d phones", r.export.Most)
			return
		}
		if len(r.row) != r.columns {
			r.table.wrong(0, "wrong number of fields: %d, and %d in the header", len(r.row), r.columns)
			continue
		}
		r.found = append(r.found, r.device())
	}
	if len(r.found) == 0 && len(r.problems) == 0 {
		r.at(1, 1, "there are no devices")
	}
}

// cell is a cell of the present line, "" where the export has no such column.
func (r *reader) cell(column string) string {
	if i, ok := r.place[column]; ok {
		return strings.TrimSpace(r.row[i])
	}
	return ""
}

// wrong notes what is wrong with a cell of the present line.
func (r *reader) wrong(column, format string, args ...any) {
	r.table.wrong(r.place[column], format, args...)
}

var deviceName = regexp.MustCompile(`^SEP[0-9A-F]{12}$`)

// device reads the present line.
func (r *reader) device() Device {
	d := Device{Name: strings.ToUpper(r.cell("name")), TFTP: r.cell("tftp")}
	if !deviceName.MatchString(d.Name) {
		r.wrong("name", "%q is not a SEP<MAC>", r.cell("name"))
	} else if before := r.seen[d.Name]; before > 0 {
		r.wrong("name", "%s stands there twice, in line %d before", d.Name, before)
	} else {
		r.seen[d.Name] = r.line()
	}
	profile, warning := phone.NewProfile(r.cell("model"), r.cell("firmware"))
	if d.Profile = profile; r.cell("model") == "" {
		r.wrong("model", "the phone has no model")
	} else if r.warned.Once(profile.Model, warning) {
		r.warnings.Add(r.export.File, r.line(), 1, "%s", warning)
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
			r.wrong("itl", "%q is not a SHA-1 checksum of 40 digits", r.cell("itl"))
		} else {
			d.ListKnown, d.List = true, r.export.Lists[[sha1.Size]byte(raw)]
		}
	}
	return d
}
