package inventory

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"itlsim/scenarios/language"
)

// Bounds of a table: BAT's All Details has some 200 columns, more for phones of
// many lines.
const (
	maxColumns = 4096
	maxCell    = 64 << 10  // bytes
	maxRow     = 128 << 10 // bytes, each of which may be a cell
)

// mostProblems ends the reading of an export that is no such file at all.
const mostProblems = 20

// table reads rows whose cells a character separates, one by one: a comma, a
// semicolon or a tab, whichever the header has most of. A first line "sep=;", as
// spreadsheets write it, says so itself.
type table struct {
	file     string
	text     string
	skipped  int // lines before the header
	csv      *csv.Reader
	row      row
	starts   []int // of lines, once a problem asks for them
	patient  bool  // reads on when there are enough problems, and notes no more
	problems language.Problems
}

func newTable(file, text string) *table {
	t := &table{file: file, text: text}
	rest := text
	first, more, _ := strings.Cut(text, "\n")
	separator := mostOf(first, ",;\t")
	if said, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && utf8.RuneCountInString(said) == 1 {
		separator, rest, t.skipped = []rune(said)[0], more, 1
	}
	t.row.text = strings.NewReader(rest)
	t.csv = csv.NewReader(&t.row)
	if strings.ContainsRune(",;\t|", separator) {
		t.csv.Comma = separator
	}
	t.csv.TrimLeadingSpace, t.csv.ReuseRecord = t.csv.Comma != '\t', true
	t.csv.FieldsPerRecord = -1
	return t
}

// row passes a text on, up to the end of the room that there is for a row: the csv
// package splits all of what it takes for one before it returns.
type row struct {
	text *strings.Reader
	left int // bytes of the row that is read, and of what was read ahead
}

var errLongRow = fmt.Errorf("the row has more than %d bytes; a quote is not closed, or this is not a table", maxRow)

func (r *row) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errLongRow
	}
	n, err := r.text.Read(p)
	r.left -= n
	return n, err
}

// mostOf is the separator that a header has most of outside quotes.
func mostOf(header, separators string) rune {
	counts := make(map[rune]int)
	quoted := false
	for _, r := range header {
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[r]++
		}
	}
	best := ','
	for _, r := range separators {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

// next reads a row; nil at the end of the table. A line that is no row is noted,
// and left out.
func (t *table) next() []string {
	for t.patient || len(t.problems) < mostProblems {
		t.row.left = maxRow
		began := t.csv.InputOffset()
		row, err := t.csv.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &bad):
			t.at(bad.Line, bad.Column, "%v: a cell with a quote in it stands in quotes, and its own are doubled", bad.Err)
		case errors.Is(err, errLongRow):
			t.at(1+strings.Count(t.text[:began], "\n"), 1, "%v", err)
			return nil
		case err != nil:
			t.at(1, 1, "%v", err)
			return nil
		case len(row) > maxColumns:
			t.wrong(0, "the row has %d columns; there is room for %d", len(row), maxColumns)
		default:
			if i := longCell(row); i >= 0 {
				t.wrong(i, "the cell has %d bytes; a quote is not closed, or this is not a table", len(row[i]))
				continue
			}
			return row
		}
	}
	return nil
}

func longCell(row []string) int {
	for i, cell := range row {
		if len(cell) > maxCell {
			return i
		}
	}
	return -1
}

// line is the line of the present row.
func (t *table) line() int {
	line, _ := t.csv.FieldPos(0)
	return line + t.skipped
}

// wrong notes what is wrong with a cell of the present row.
func (t *table) wrong(cell int, format string, args ...any) {
	line, column := t.csv.FieldPos(cell)
	t.at(line, column, format, args...)
}

// at notes what is wrong at a column, counted in bytes.
func (t *table) at(line, column int, format string, args ...any) {
	if len(t.problems) >= mostProblems {
		return
	}
	line += t.skipped
	if t.starts == nil {
		t.starts = []int{0}
		for i := range len(t.text) {
			if t.text[i] == '\n' {
				t.starts = append(t.starts, i+1)
			}
		}
	}
	if line >= 1 && line <= len(t.starts) {
		from := t.starts[line-1]
		column = utf8.RuneCountInString(t.text[from:min(from+max(column-1, 0), len(t.text))]) + 1
	}
	t.problems.Add(t.file, line, max(column, 1), format, args...)
}
