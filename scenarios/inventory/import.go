package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"itlsim/itl"
	"itlsim/scenarios/language"
)

// A Source is a file that an administrator has of a real cluster.
type Source struct {
	File string // its name, for messages
	Data []byte
}

// A Phone is what exports tell of one phone, in their own words; what none of
// them tells is empty.
type Phone struct {
	Name, Model, Firmware, Pool, TFTP, ITL string

	place   place // of the row that the model is from
	status  status
	changed int64 // when the status did, in seconds; 1 where a status is told without
}

// A place is a line of a file.
type place struct {
	file string
	line int
}

// An Import is what files of a real cluster tell of it. A format
// is known by what a file says, never by its name, and one terminal log may hold
// several: the answers to `show risdb query phone`, `run sql` and `show itl`.
type Import struct {
	Phones  []*Phone // by name
	Lists   []*List  // each once
	Version string   // of CUCM, as `show version active` prints it
	Took    []string // what was read, a line for each file and format
	LeftOut []string
	Assumed []string
	// Problems tell what could not be read.
	Problems language.Problems

	most     int
	phones   map[string]*Phone
	lists    Lists
	leftOut  map[string]int // by kind
	repeated int            // rows about a phone that another row was about
	full     bool
}

// Read reads the files, and takes at most so many phones.
func Read(sources []Source, most int) *Import {
	m := &Import{most: most, phones: make(map[string]*Phone), lists: make(Lists), leftOut: make(map[string]int)}
	for _, s := range sources {
		m.source(s)
	}
	for _, name := range slices.Sorted(maps.Keys(m.phones)) {
		m.Phones = append(m.Phones, m.phones[name])
	}
	for _, kind := range slices.Sorted(maps.Keys(m.leftOut)) {
		m.LeftOut = append(m.LeftOut, kind+": "+language.Number(m.leftOut[kind]))
	}
	if m.repeated > 0 {
		m.Assumed = append(m.Assumed, fmt.Sprintf("%s about a phone that has another row too: "+
			"the latest one counts for status and firmware, the first one for all else", rows(m.repeated)))
	}
	return m
}

func rows(n int) string {
	if n == 1 {
		return "1 row is"
	}
	return language.Number(n) + " rows are"
}

// problem notes what could not be read.
func (m *Import) problem(file string, line, column int, format string, args ...any) {
	m.Problems.Add(file, line, column, format, args...)
}

func (m *Import) took(file, what string, n int) {
	m.Took = append(m.Took, fmt.Sprintf("%s: %s, %s", file, what, language.Number(n)))
}

// versionLine is a line of `show version active`.
var versionLine = regexp.MustCompile(`Active Master Version:\s*([0-9]+\.[0-9]+[0-9.-]*)`)

// source reads one file.
func (m *Import) source(s Source) {
	if len(s.Data) > MaxExport {
		m.problem(s.File, 1, 1, "the file is larger than %d bytes", MaxExport)
		return
	}
	file, notList := itl.ParseList(s.Data)
	if notList == nil && !strings.HasSuffix(file.Filename, ".sgn") {
		m.list(ListOf(file))
		m.took(s.File, "trust list ("+file.Kind()+" file), records", len(file.Records))
		return
	}
	text, err := decode(s.Data)
	switch {
	case err != nil && notList == nil:
		m.problem(s.File, 1, 1, "this is the signed file %q, neither a trust list nor an export", file.Filename)
		return
	case err != nil:
		m.problem(s.File, 1, 1, "this is neither text nor a trust list: %v", notList)
		return
	case strings.TrimSpace(text) == "":
		m.problem(s.File, 1, 1, "the file is empty")
		return
	}
	before := len(m.Took) + len(m.Problems)
	if m.log(s.File, text); len(m.Took)+len(m.Problems) == before {
		m.table(s.File, text)
	}
}

// log reads what a terminal log holds.
func (m *Import) log(file, text string) {
	if v := versionLine.FindStringSubmatch(text); v != nil {
		m.Version = cmp.Or(m.Version, v[1])
		m.Took = append(m.Took, fmt.Sprintf("%s: show version active, %s", file, v[1]))
	}
	shown, ris, sql := looksShown(text), risdbHeader.MatchString(text), sqlRule.MatchString(text)
	if !shown && !ris && !sql {
		return
	}
	lines := logLines(text)
	if shown {
		lists, problems := shownLists(file, lines)
		for _, l := range lists {
			m.list(l)
			m.took(file, "show "+strings.ToLower(l.Kind)+", records", len(l.Records))
		}
		m.Problems = append(m.Problems, problems...)
	}
	if ris {
		m.risdb(file, lines)
	}
	if sql {
		m.sql(file, lines)
	}
}

// list takes a list, the file rather than the text that shows it.
func (m *Import) list(l *List) {
	if before, ok := m.lists[l.Sum]; ok && (!before.Shown || l.Shown) {
		return
	} else if ok {
		m.Lists[slices.Index(m.Lists, before)] = l
	} else {
		m.Lists = append(m.Lists, l)
	}
	m.lists.Add(l)
}

// table reads an export whose cells a character separates.
func (m *Import) table(file, text string) {
	t := newTable(file, text)
	t.patient = true
	defer func() { m.Problems = append(m.Problems, t.problems...) }()
	columns := slices.Clone(t.next())
	if columns == nil {
		if len(t.problems) == 0 {
			t.at(1, 1, "there is no header")
		}
		return
	}
	h := headerOf(columns)
	if !h.ofPhones() {
		t.at(1, 1, "this is not an export that is known here: either its first line names no columns of phones "+
			"(a name, and a model, a pool, a status or a load), or it is what a terminal printed, and neither "+
			"show itl, show risdb query phone nor run sql is in it")
		return
	}
	n := 0
	for row := t.next(); row != nil; row = t.next() {
		if m.row(&h, row, place{file, t.line()}, t.wrong) {
			n++
		}
	}
	m.took(file, formatOf(columns, &h)+", phones", n)
}

// formatOf names the format of a table.
func formatOf(columnNames []string, h *header) string {
	own := true
	for _, c := range columnNames {
		own = own && slices.Contains(columns, strings.ToLower(strings.TrimSpace(c)))
	}
	switch {
	case own:
		return "CSV of itlsim"
	case len(h[fieldStatus]) > 0:
		return "RIS export"
	}
	return "BAT export"
}

var risdbHeader = regexp.MustCompile(`(?im)^[^\n]*DeviceName\s*,\s*Descr\s*,\s*Ipaddr`)

// risdb reads the answers of nodes to `show risdb query phone`. Where the
// terminal's window broke the header, it broke rows at the same width.
func (m *Import) risdb(file string, lines []line) {
	var columns []string
	var h header
	n, window := 0, 0
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		switch {
		case risdbHeader.MatchString(l.text):
			window = 0
			for more := 0; more < mostBroken && !strings.Contains(l.text, risdbLast) && i+1 < len(lines); more++ {
				window = l.width
				i++
				l.text += lines[i].text
			}
			columns = strings.Split(l.text, ",")
			h = headerOf(columns)
			continue
		case isPrompt(l.text):
			columns = nil
			continue
		case columns == nil || !strings.Contains(l.text, ","):
			continue
		}
		for more := 0; more < mostBroken && lines[i].width == window && i+1 < len(lines); more++ {
			i++
			l.text += lines[i].text
		}
		wrong := m.placeIn(file, l.number)
		if cells := risdbCells(l.text, len(columns), wrong); cells != nil &&
			m.row(&h, cells, place{file, l.number}, wrong) {
			n++
		}
	}
	m.took(file, "show risdb query phone, phones", n)
}

// risdbLast begins the last column's name.
const risdbLast = "Perfmon"

// mostBroken is into how many more lines a terminal's window may break a row.
const mostBroken = 16

// risdbCells cuts a row. The description may hold commas, unquoted, so that the
// columns behind it count from the right; of the description the end is enough.
func risdbCells(row string, columns int, wrong placer) []string {
	cells := strings.Split(row, ",")
	switch more := len(cells) - columns; {
	case len(cells) > maxColumns:
		wrong(0, "the row has %d columns; there is room for %d", len(cells), maxColumns)
		return nil
	case more < 0 && strings.HasPrefix(strings.ToUpper(cells[0]), "SEP"):
		wrong(0, "the row has %d columns, and the header %d: either the log was cut, or the window broke the row",
			len(cells), columns)
		return nil
	case more < 0: // what stands around the rows
		return nil
	case more > 0:
		return append(cells[:1:1], cells[1+more:]...)
	}
	return cells
}

// A placer notes what is wrong with a cell of a row.
type placer func(cell int, format string, args ...any)

// placeIn notes what is wrong in a line of a terminal log.
func (m *Import) placeIn(file string, line int) placer {
	return func(_ int, format string, args ...any) {
		if len(m.Problems) < mostProblems {
			m.problem(file, line, 1, format, args...)
		}
	}
}

// sqlRule is the line between header and rows of what `run sql` prints.
var sqlRule = regexp.MustCompile(`(?m)^=+(?: +=+)*[ \r]*$`)

// sql reads what `run sql` printed: columns of fixed width, whose widths the rule
// below their names shows.
func (m *Import) sql(file string, lines []line) {
	for i := 1; i < len(lines); i++ {
		if !sqlRule.MatchString(lines[i].text) {
			continue
		}
		starts := ruleStarts(lines[i].text)
		if len(starts) > maxColumns {
			m.problem(file, lines[i].number, 1, "there are %d columns; there is room for %d", len(starts), maxColumns)
			continue
		}
		cells := make([]string, len(starts)) // of one row after the other
		h := headerOf(fixed(cells, lines[i-1].text, starts))
		if !h.ofPhones() {
			if h.names() {
				m.problem(file, lines[i-1].number, 1, "the query has names and nothing else of phones: "+
					"select device.name, typemodel.name as model, or the pool as devicepool")
			}
			continue
		}
		n := 0
		for i++; i < len(lines) && strings.TrimSpace(lines[i].text) != "" && !isPrompt(lines[i].text); i++ {
			at := place{file, lines[i].number}
			if m.row(&h, fixed(cells, lines[i].text, starts), at, m.placeIn(file, at.line)) {
				n++
			}
		}
		m.took(file, "run sql, phones", n)
	}
}

// ruleStarts are the columns, counted in characters, where the rule's parts begin.
func ruleStarts(rule string) (starts []int) {
	before := ' '
	for i, r := range rule {
		if r == '=' && before != '=' {
			starts = append(starts, i)
		}
		before = r
	}
	return starts
}

// fixed cuts a row at columns, into as many of the cells as it has.
func fixed(cells []string, row string, starts []int) []string {
	runes := []rune(row)
	for i, from := range starts {
		if from >= len(runes) {
			return cells[:i]
		}
		to := len(runes)
		if i+1 < len(starts) {
			to = min(to, starts[i+1])
		}
		cells[i] = strings.TrimSpace(string(runes[from:to]))
	}
	return cells
}

// row takes a row of an export. It reports whether that is a phone of a desk,
// SEP<MAC>; all else is left out, and counted by its kind.
func (m *Import) row(h *header, row []string, at place, wrong placer) bool {
	name, named := h.cell(row, fieldName)
	if mac, cell := h.cell(row, fieldMAC); name == "" && mac != "" {
		name, named = "SEP"+strings.NewReplacer(":", "", "-", "", ".", "").Replace(mac), cell
	}
	upper := strings.ToUpper(name)
	if !deviceName.MatchString(upper) {
		if name != "" || strings.TrimSpace(strings.Join(row, "")) != "" {
			m.leftOut[kindOf(upper)]++
		}
		if strings.HasPrefix(upper, "SEP") {
			wrong(named, "%q is not a SEP<MAC>: SEP and twelve hexadecimal digits are wanted", name)
		}
		return false
	}
	p := &Phone{Name: upper, place: at}
	for _, f := range []struct {
		field field
		to    *string
	}{
		{fieldModel, &p.Model}, {fieldFirmware, &p.Firmware}, {fieldPool, &p.Pool}, {fieldTFTP, &p.TFTP}, {fieldITL, &p.ITL},
	} {
		cell, _ := h.cell(row, f.field)
		*f.to = printable(cell)
	}
	if word, cell := h.cell(row, fieldStatus); word != "" {
		if p.status = statusOf(word); p.status == unknownStatus {
			wrong(cell, "%q is not a status that is known here, such as registered or unregistered", word)
		}
		changed, _ := h.cell(row, fieldChanged)
		p.changed = max(epoch(changed), 1)
	}
	m.phone(p)
	return true
}

// printable is the first part of a cell that may stand in messages and files.
func printable(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar {
			return r
		}
		return '?'
	}, cell)
	if len(cell) > 128 {
		cell = strings.ToValidUTF8(cell[:128], "")
	}
	return cell
}

// phone adds what a row says of a phone to what is known of it.
func (m *Import) phone(p *Phone) {
	known, ok := m.phones[p.Name]
	if !ok {
		if len(m.phones) >= m.most {
			if !m.full {
				m.LeftOut = append(m.LeftOut, fmt.Sprintf("phones after the first %s: there is no room for more", language.Number(m.most)))
			}
			m.full = true
			return
		}
		m.phones[p.Name] = p
		return
	}
	m.repeated++
	later := p.changed > known.changed || p.changed == known.changed && p.status == registered
	if later && p.status != unknownStatus {
		known.status, known.changed = p.status, p.changed
		known.Firmware = cmp.Or(p.Firmware, known.Firmware)
	}
	if known.Model == "" {
		known.Model, known.place = p.Model, p.place
	}
	known.Firmware = cmp.Or(known.Firmware, p.Firmware)
	known.Pool, known.TFTP, known.ITL = cmp.Or(known.Pool, p.Pool), cmp.Or(known.TFTP, p.TFTP), cmp.Or(known.ITL, p.ITL)
}

// kinds are devices that are no desk phones with a list, by how their names begin.
var kinds = map[string]string{
	"SEP": "SEP without a MAC", "CSF": "CSF (Jabber on a computer)", "TCT": "TCT (Jabber on an iPhone)",
	"BOT": "BOT (Jabber on Android)", "TAB": "TAB (Jabber on a tablet)", "ATA": "ATA (analog adapters)",
	"VGC": "VGC (analog gateways)", "CTI": "CTI (ports and route points)",
}

// kindOf names the kind of a device that is no SEP<MAC>.
func kindOf(name string) string {
	switch {
	case name == "":
		return "rows without a name"
	case len(name) >= 3 && kinds[name[:3]] != "":
		return kinds[name[:3]]
	case strings.HasPrefix(name, "AN") && len(name) > 12:
		return "AN (analog ports)"
	}
	return "names of other kinds"
}
