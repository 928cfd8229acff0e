package inventory

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"itlsim/itl"
	"itlsim/scenarios/language"
)

// ParseList reads one trust list: a .tlv file, or what `show itl` or `show ctl`
// printed of one, with whatever a terminal log has around it.
func ParseList(data []byte) (*List, error) {
	if file, err := itl.ParseList(data); err == nil {
		return ListOf(file), nil
	} else if text, bad := decode(data); bad != nil || !looksShown(text) {
		return nil, err
	} else if lists, problems := shownLists("", logLines(text)); len(problems) > 0 {
		p := problems[0]
		return nil, fmt.Errorf("line %d: %s", p.Line, p.Message)
	} else if len(lists) != 1 {
		return nil, fmt.Errorf("it shows %d lists, and one is wanted", len(lists))
	} else {
		return lists[0], nil
	}
}

// looksShown reports whether a text holds the output of show itl.
func looksShown(text string) bool { return strings.Contains(text, "The checksum value of the ") }

var (
	shownBegins = regexp.MustCompile(`^\s*The checksum value of the (ITL|CTL) file:`)
	shownSum    = regexp.MustCompile(`^\s*([0-9a-fA-F]{40})\s*\(SHA1\)`)
	shownLength = regexp.MustCompile(`^\s*Length of (?:ITL|CTL) file:\s*(\d+)`)
	shownDate   = regexp.MustCompile(`^\s*The (?:ITL|CTL) File was last modified on (.+)`)
	shownHeader = regexp.MustCompile(`^\s*HeaderLength:\s*(\d+)`)
	shownRecord = regexp.MustCompile(`^\s*(?:ITL|CTL) Record #:\s*\d+`)
	shownEnds   = regexp.MustCompile(`^\s*(?:The (?:ITL|CTL) file was verified|Verification of the (?:ITL|CTL))`)
	// shownRow is a row of the two tables: number, tag, length and value
	shownRow = regexp.MustCompile(
		`^\s*\d+\s+(SIGNERNAME|CANAME|RECORDLENGTH|SUBJECTNAME|FUNCTION|ISSUERNAME|SERIALNUMBER|PUBLICKEY|CERTIFICATE|` +
			`CERTHASH|[A-Z][A-Z ]*[A-Z])\s+(\d+)(?:\s+(.*))?$`)
)

// Bounds of what is shown: a list file has no room for more (itl.MaxFile).
const (
	maxShownLists   = 1000
	maxShownRecords = 5000
	maxShownValue   = 4096 // bytes of a row
	maxShownLines   = 200_000
)

// A shownReader reads the output of show itl line by line.
type shownReader struct {
	file     string
	list     *List // that is being read; nil between lists
	began    int   // line
	text     []string
	length   int // the file's, as said
	summed   int // the lengths of header and records so far
	open     *openRow
	broken   error // the first row of the list that cannot be read
	found    []*List
	problems language.Problems
}

// openRow is a row whose value goes on in the next line, since the terminal's
// window was too narrow.
type openRow struct {
	tag, value string
	want       int // bytes of the value, as the row's length says
	line       int
}

// shownLists reads all lists that a terminal log shows.
func shownLists(file string, lines []line) ([]*List, language.Problems) {
	r := &shownReader{file: file}
	for _, l := range lines {
		if len(r.found) >= maxShownLists || len(r.problems) >= mostProblems {
			break
		}
		r.line(l)
	}
	r.cut()
	return r.found, r.problems
}

func (r *shownReader) line(l line) {
	if m := shownBegins.FindStringSubmatch(l.text); m != nil {
		r.cut()
		r.list, r.began, r.text = &List{Kind: m[1], Digest: itl.SHA1, Shown: true}, l.number, nil
		r.length, r.summed, r.broken = 0, 0, nil
	}
	if r.list == nil {
		return
	}
	if len(r.text) >= maxShownLines {
		r.drop(l.number, "the list has more than %d lines", maxShownLines)
		return
	}
	r.text = append(r.text, l.text)
	if r.open != nil && r.goesOn(l) {
		return
	}
	switch m := []string(nil); {
	case match(shownSum, l.text, &m):
		sum, _ := hex.DecodeString(m[1]) // forty digits
		r.list.Sum = [sha1.Size]byte(sum)
	case match(shownLength, l.text, &m):
		r.length = atoi(m[1])
	case match(shownDate, l.text, &m):
		r.list.Modified = shownTime(m[1])
	case match(shownHeader, l.text, &m):
		r.summed += atoi(m[1])
	case shownRecord.MatchString(l.text):
		if len(r.list.Records) >= maxShownRecords {
			r.drop(l.number, "the list has more than %d records", maxShownRecords)
			return
		}
		r.list.Records = append(r.list.Records, Record{Role: noRole})
	case match(shownRow, l.text, &m):
		r.open = &openRow{m[1], m[3], atoi(m[2]), l.number}
		if r.open.complete() {
			r.close()
		}
	case shownEnds.MatchString(l.text):
		r.end()
	case isPrompt(l.text):
		r.cut()
	}
}

// noRole is the role of a record until its FUNCTION is read.
const noRole = itl.Role(0xffff)

func match(e *regexp.Regexp, s string, to *[]string) bool {
	*to = e.FindStringSubmatch(s)
	return *to != nil
}

// atoi reads digits; what is far too large for a list is a million.
func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > 1_000_000 {
		return 1_000_000
	}
	return n
}

// shownTime reads a date as `show itl` prints it; the zero time where it cannot.
// The zone's letters tell nobody else which it is, so it is left out.
func shownTime(s string) time.Time {
	fields := strings.Fields(s)
	if len(fields) != 6 {
		return time.Time{}
	}
	at, _ := time.Parse("Jan 2 15:04:05 2006", strings.Join([]string{fields[1], fields[2], fields[3], fields[5]}, " "))
	return at
}

// complete reports whether all of the row's value is there.
func (o *openRow) complete() bool {
	switch o.tag {
	case "SIGNERNAME", "CANAME", "SUBJECTNAME", "ISSUERNAME":
		return len(o.value) >= o.want-1 // the length counts a final zero
	case "SERIALNUMBER":
		return len(digits(o.value)) >= 2*o.want
	case "CERTIFICATE", "CERTHASH":
		return len(digits(o.value)) >= 2*sha1.Size
	}
	return true
}

// digits are the hexadecimal digits of a row, without what separates them and
// what is said of them at the end.
func digits(s string) string {
	s, _, _ = strings.Cut(s, "(")
	return strings.NewReplacer(":", "", " ", "").Replace(s)
}

// goesOn adds a line to the open row. It reports whether the line belongs there;
// if it begins something else, the row ends as it is.
func (r *shownReader) goesOn(l line) bool {
	tooLong := len(r.open.value) > maxShownValue
	begins := tooLong || shownRow.MatchString(l.text) || shownRecord.MatchString(l.text) || shownEnds.MatchString(l.text)
	if begins || isPrompt(l.text) || strings.TrimSpace(l.text) == "" && l.number > r.open.line+3 {
		r.close()
		return false
	}
	more := strings.TrimLeft(l.text, "\t")
	if missing := r.open.want - 1 - len(r.open.value); missing == len(more)+1 {
		r.open.value += " " // lost where the line was broken
	}
	r.open.value += more
	if r.open.complete() {
		r.close()
	}
	return true
}

// close takes the open row's value.
func (r *shownReader) close() {
	row := r.open
	r.open = nil
	var rec *Record
	if n := len(r.list.Records); n > 0 {
		rec = &r.list.Records[n-1]
	}
	switch {
	case rec == nil && row.tag == "SIGNERNAME":
		r.list.Signer.Subject = row.value
	case rec == nil && row.tag == "CANAME":
		r.list.Signer.Issuer = row.value
	case rec == nil && row.tag == "SERIALNUMBER":
		r.list.Signer.Serial = r.hex(row, row.want)
	case rec == nil:
	case row.tag == "RECORDLENGTH":
		r.summed += atoi(strings.TrimSpace(row.value))
	case row.tag == "SUBJECTNAME":
		rec.Subject = row.value
	case row.tag == "ISSUERNAME":
		rec.Issuer = row.value
	case row.tag == "SERIALNUMBER":
		rec.Serial = r.hex(row, row.want)
	case row.tag == "FUNCTION":
		rec.Role = roleNamed(row.value)
	case row.tag == "PUBLICKEY":
		rec.KeyLength = row.want
	case row.tag == "CERTIFICATE", row.tag == "CERTHASH":
		if sum := r.hex(row, sha1.Size); sum != nil {
			rec.Fingerprint, rec.Whole = [sha1.Size]byte(sum), row.tag == "CERTIFICATE"
		}
	}
}

// hex reads the bytes of a row; nil where there are not so many.
func (r *shownReader) hex(row *openRow, want int) []byte {
	data, err := hex.DecodeString(digits(row.value))
	if err != nil || len(data) != want {
		if r.broken == nil {
			r.broken = fmt.Errorf("%s in line %d has not %d bytes in hexadecimal: %q", row.tag, row.line, want, row.value)
		}
		return nil
	}
	return data
}

// roleNamed finds a role by the name that show itl prints.
func roleNamed(name string) itl.Role {
	for role := range itl.Role(32) {
		if role.String() == strings.TrimSpace(name) {
			return role
		}
	}
	return noRole
}

// end takes the list, if all of it is there.
func (r *shownReader) end() {
	if err := r.whole(); err != nil {
		r.drop(r.began, "%v", err)
		return
	}
	r.list.Bytes = []byte(strings.Join(r.text, "\n") + "\n")
	r.found = append(r.found, r.list)
	r.list = nil
}

// whole says what the list lacks.
func (r *shownReader) whole() error {
	switch {
	case r.broken != nil:
		return r.broken
	case r.list.Sum == [sha1.Size]byte{}:
		return errors.New("the list's SHA1 checksum is missing")
	case r.list.Signer.Serial == nil:
		return errors.New("the list's signer is missing: SIGNERNAME or SERIALNUMBER of the header")
	case r.length != r.summed:
		return fmt.Errorf("header and records add up to %d bytes, and the list has %d: "+
			"lines are missing in between, or were broken in a way that is not understood", r.summed, r.length)
	}
	for i := range r.list.Records {
		rec := &r.list.Records[i] // a record may name nobody, as in a CTL of a cluster that is non-secure again
		if rec.Role == noRole || (rec.Subject == "") != (rec.Fingerprint == [sha1.Size]byte{}) {
			return fmt.Errorf("record %d lacks its name, its function or its certificate's hash", i+1)
		}
	}
	return nil
}

// cut gives up a list that did not come to its end.
func (r *shownReader) cut() {
	if r.list != nil {
		r.drop(r.began, "the list has no end: the log was cut off, or the pager was left with q")
	}
}

func (r *shownReader) drop(line int, format string, args ...any) {
	r.problems.Add(r.file, line, 1, format, args...)
	r.list, r.open = nil, nil
}
