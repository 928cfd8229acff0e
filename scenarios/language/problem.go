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

// longestMessage bounds a message, which may quote what a file has in place of a word.
const longestMessage = 2000 // bytes

// Add notes one more. Of a message that is longer than anybody reads the end is cut off.
func (ps *Problems) Add(file string, line, column int, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if len(message) > longestMessage {
		message = strings.ToValidUTF8(message[:longestMessage], "") + "…"
	}
	*ps = append(*ps, &Problem{file, line, column, message})
}
