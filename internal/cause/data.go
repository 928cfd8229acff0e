package cause

import (
	"bufio"
	"crypto/rsa"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// meanings are of errors that a library exports.
var meanings = map[error]string{
	io.EOF:              "it ends too early",
	io.ErrUnexpectedEOF: "it ends too early",
	bufio.ErrTooLong:    "a line is too long",
	rsa.ErrVerification: "another key made the signature, or the content was changed",
}

// data knows the errors of signatures, and of texts in a format.
func data(err error, _ bool) (string, bool) {
	switch e := err.(type) {
	case *json.SyntaxError:
		if e.Error() == "unexpected end of JSON input" {
			return "the JSON ends too early", true
		}
		return fmt.Sprintf("the JSON is broken at byte %d: %s", e.Offset, e), true
	case *json.UnmarshalTypeError:
		what := fmt.Sprintf("the JSON has a value of the wrong kind (%s)", e.Value)
		if e.Field != "" {
			what += " at " + e.Field
		}
		return what, true
	case *xml.SyntaxError:
		return "the XML is broken: " +
			strings.ReplaceAll(e.Msg, io.ErrUnexpectedEOF.Error(), meanings[io.ErrUnexpectedEOF]), true
	case xml.UnmarshalError:
		return "the XML is not as it should be: " + e.Error(), true
	case *csv.ParseError:
		return fmt.Sprintf("the CSV is broken in line %d, column %d: %s", e.Line, e.Column, e.Err), true
	case *strconv.NumError:
		if errors.Is(e.Err, strconv.ErrRange) {
			return fmt.Sprintf("%q is too large a number", e.Num), true
		}
		return fmt.Sprintf("%q is not a number", e.Num), true
	}
	for known, means := range meanings {
		if err == known {
			return means, true
		}
	}
	return "", false
}
