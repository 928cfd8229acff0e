package itl

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Show is the text that `show itl` prints for a list (M11), and `show ctl` for
// a CTL: spelling, columns and quirks are CUCM's, the misspelt tags and the
// signature bytes without leading zeros among them. zone is the node's time
// zone. The "last modified" line shows the list's own TIMESTAMP.
//
// The words for a list that does not verify are this project's own: no
// document shows them.
func Show(l *List, zone *time.Location) string {
	var b strings.Builder
	kind := l.Kind()
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("The checksum value of the %s file:", kind)
	p("%x(MD5)", md5.Sum(l.raw))
	p("%x(SHA1)", l.sum)
	p("")
	p("Length of %s file: %d", kind, len(l.raw))
	p("The %s File was last modified on %s", kind, l.Timestamp.In(zone).Format("Mon Jan 02 15:04:05 MST 2006"))
	p("")
	p("\tParse %s File", kind)
	p("\t----------------")
	p("")
	p("Version:\t%s", l.Version)
	p("HeaderLength:\t%d (BYTES)", l.Length)
	p("")
	p("BYTEPOS\tTAG\tLENGTH\tVALUE")
	p("-------\t---\t------\t-----")
	showElements(&b, &elements{data: l.raw, pos: 0, end: l.padding, names: &headerTags}, headerRow)

	pos := l.Length
	for i := range l.Records {
		r, length, err := recordElements(l.raw, pos)
		if err != nil {
			break // ParseList has read these very bytes
		}
		p("")
		p("\t%s Record #:%d", kind, i+1)
		p("\t\t  ----")
		p("BYTEPOS\tTAG\tLENGTH\tVALUE")
		p("-------\t---\t------\t-----")
		p("%d\t%s\t%d\t%d", length.tag, length.name(), len(length.value), r.end-pos)
		pos = r.end
		showElements(&b, r, recordRow)
		if rec := &l.Records[i]; rec.Role == SAST {
			not := "not "
			if rec.SameSerial(l.Signer) {
				not = ""
			}
			p("This etoken was %sused to sign the %s file.", not, kind)
		}
	}
	p("")
	if err := l.VerifySelf(); err != nil {
		p("Verification of the %s file failed: %v.", kind, err)
	} else {
		p("The %s file was verified successfully.", kind)
	}
	return b.String()
}

// ShowFile is the text of `itlsim show` for a .sgn: its header as in a list,
// then its payload. The layout is this project's own; CUCM prints no such file.
func ShowFile(f *File) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Signed file %s\n%x(SHA1)\n\n", printable(f.Filename), f.sum)
	fmt.Fprintf(&b, "Version:\t%s\nHeaderLength:\t%d (BYTES)\n", f.Version, f.Length)
	fmt.Fprintf(&b, "Signed on\t%s\n\n", f.Timestamp.Format(time.UnixDate))
	b.WriteString("BYTEPOS\tTAG\tLENGTH\tVALUE\n-------\t---\t------\t-----\n")
	showElements(&b, &elements{data: f.raw, end: f.padding, names: &headerTags}, headerRow)
	fmt.Fprintf(&b, "\nPayload of %d bytes:\n\n", len(f.Payload))
	b.WriteString(printable(strings.ReplaceAll(string(f.Payload), "\r\n", "\n"), '\n', '\t'))
	if n := len(f.Payload); n > 0 && f.Payload[n-1] != '\n' {
		b.WriteByte('\n')
	}
	return b.String()
}

// printable replaces what could move a terminal's cursor, forge a row or turn
// text around: names and payloads come from whoever wrote the file.
func printable(s string, harmless ...rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) || slices.Contains(harmless, r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// row is what `show itl` prints of an element after its tag.
type row struct {
	value     string
	hidden    bool // printed elsewhere
	container bool // prints the size of its length field as LENGTH, its length as VALUE
}

// showElements prints a line an element, then what is inside it.
func showElements(b *strings.Builder, r *elements, rowOf func(element) row) {
	for r.more() {
		e, err := r.next()
		if err != nil {
			return // parsed before
		}
		switch row := rowOf(e); {
		case row.hidden:
		case row.container:
			fmt.Fprintf(b, "%d\t%s\t2\t%d\n", e.tag, e.name(), len(e.value))
			in := r.inside(e)
			showElements(b, &in, rowOf)
		default:
			line := fmt.Sprintf("%d\t%s\t%d\t%s", e.tag, e.name(), len(e.value), row.value)
			b.WriteString(strings.TrimRight(line, "\t") + "\n")
		}
	}
}

func headerRow(e element) row {
	switch e.tag {
	case tagVersion, tagHeaderLength:
		return row{hidden: true}
	case tagSignerID, tagSignatureInfo, tagSignatureAlgoInfo:
		return row{container: true}
	case tagSignerName, tagCAName:
		return row{value: printable(e.text())}
	case tagSignerSerial:
		return row{value: hexBytes(e.value, ":")}
	case tagSignature:
		var b strings.Builder
		for i, v := range e.value {
			if i%8 == 0 {
				b.WriteString("\n\t")
			}
			fmt.Fprintf(&b, "  %x", v)
		}
		return row{value: b.String()}
	}
	return row{}
}

func recordRow(e element) row {
	switch e.tag {
	case recDNSName, recSubject, recIssuer:
		return row{value: printable(e.text())}
	case recFunction:
		n, _ := e.uint(2)
		return row{value: Role(n).String()}
	case recSerial:
		return row{value: hexBytes(e.value, ":")}
	case recCertificate:
		sum := sha1.Sum(e.value)
		return row{value: hexBytes(sum[:], " ") + " (SHA1 Hash HEX)"}
	case recCertHash:
		return row{value: hexBytes(e.value, " ")}
	case recHashAlgo:
		return row{value: "SHA-1"}
	}
	return row{}
}

func hexBytes(b []byte, sep string) string {
	parts := make([]string, len(b))
	for i := range b {
		parts[i] = strings.ToUpper(hex.EncodeToString(b[i : i+1]))
	}
	return strings.Join(parts, sep)
}
