package language

import (
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid is the family of what cannot be understood: errors.Is finds it in
// an [Error], a [Problem] and [Problems].
var ErrInvalid = errors.New("this makes no sense")

// A Problem is something in a file that makes no sense.
type Problem struct {
	File         string
	Line, Column int // from 1; in characters
	Message      string
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Is reports whether the target is the family, [ErrInvalid].
func (*Problem) Is(target error) bool { return target == ErrInvalid }

// Problems are all that a file has, in their order.
type Problems []*Problem

// Error shows the first ten.
func (ps Problems) Error() string {
	var lines []string
	for _, p := range ps[:min(10, len(ps))] {
		lines = append(lines, p.Error())
	}
	if more := len(ps) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Is reports whether the target is the family, [ErrInvalid].
func (Problems) Is(target error) bool { return target == ErrInvalid }

// Add notes one more.
func (ps *Problems) Add(file string, line, column int, format string, args ...any) {
	*ps = append(*ps, &Problem{file, line, column, fmt.Sprintf(format, args...)})
}
