package inventory

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxExport is more than any export needs, in bytes: a million phones of a BAT
// export with 250 bytes a row.
const MaxExport = 256 << 20

// errBinary is what is wrong with data that is no text.
var errBinary = errors.New("this is not text")

// decode reads a text as clusters, terminals and spreadsheets write it: UTF-8 or
// UTF-16 in either order, with a byte order mark or without, else Latin-1. Lines end with "\n" in what it returns.
func decode(data []byte) (string, error) {
	var text string
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		text = strings.ToValidUTF8(string(data[3:]), "\ufffd")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		text = fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		text = fromUTF16(data[2:], binary.BigEndian)
	case len(data) >= 4 && data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0:
		text = fromUTF16(data, binary.LittleEndian)
	case len(data) >= 4 && data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		text = fromUTF16(data, binary.BigEndian)
	case utf8.Valid(data):
		text = string(data)
	default:
		text = fromLatin1(data)
	}
	if strings.Contains(text, "\x00") {
		return "", errBinary
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}

func fromUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

func fromLatin1(data []byte) string {
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return string(runes)
}
