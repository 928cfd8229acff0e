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

	"itlsim/internal/cause"
)

// Show is the text that `show itl` prints for a list (M11), and `show ctl` for
// a CTL: spelling, columns and quirks are CUCM's, the misspelt tags and the
// signature bytes without leading zeros among them. zone is the node's time
// zone. The "last modified" line shows the list's own TIMESTAMP.
//
// The words for a list that does not verify are this project's own, and so are
// those about what phones do not load or know: no document shows them.
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
			if rec.Same(l.Signer) {
				not = ""
			}
			p("This etoken was %sused to sign the %s file.", not, kind)
		}
	}
	p("")
	if err := l.VerifySelf(); err != nil {
		p("Verification of the %s file failed: %s.", kind, cause.Of(err))
	} else {
		p("The %s file was verified successfully.", kind)
	}
	if l.TooLarge() {
		p("Phones do not load it: it is larger than %d bytes.", MaxITL)
	}
	if unknown := l.Unknown(); len(unknown) > 0 {
		p("Phones do not know: %s.", strings.Join(unknown, ", "))
	}
	return b.String()
}

// ShowFile is the text of `itlsim show` for a .sgn: its header as in a list,
// then its payload. The layout is this project's own; CUCM prints no such file.
func ShowFile(f *File) string {
	var b strings.Builder
	showHeader(&b, "Signed file", &f.Signed, &headerTags)
	fmt.Fprintf(&b, "\nPayload of %d bytes:\n\n", len(f.Payload))
	b.WriteString(printable(strings.ReplaceAll(string(f.Payload), "\r\n", "\n"), '\n', '\t'))
	if n := len(f.Payload); n > 0 && f.Payload[n-1] != '\n' {
		b.WriteByte('\n')
	}
	return b.String()
}

// ShowEncrypted is the text of `itlsim show` for an .enc.sgn: its header, and what
// can be said of its payload without the phone's key.
func ShowEncrypted(f *Encrypted) string {
	var b strings.Builder
	showHeader(&b, "Encrypted configuration", &f.Signed, &encryptedTags)
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("")
	p("Payload of %d bytes, encrypted by %s.", len(f.Ciphertext), f.Scheme())
	p("Only the phone that holds the key can read it. By the header the plain file has %d bytes, and its %s is",
		f.plainLength(), f.PlainDigest)
	p("%x", f.PlainSum)
	return b.String()
}

// showHeader prints what a signed file says of itself.
func showHeader(b *strings.Builder, what string, s *Signed, names *tagNames) {
	fmt.Fprintf(b, "%s %s\n%x(SHA1)\n\n", what, printable(s.Filename), s.sum)
	fmt.Fprintf(b, "Version:\t%s\nHeaderLength:\t%d (BYTES)\n", s.Version, s.Length)
	fmt.Fprintf(b, "Signed on\t%s\n\n", s.Timestamp.Format(time.UnixDate))
	b.WriteString("BYTEPOS\tTAG\tLENGTH\tVALUE\n-------\t---\t------\t-----\n")
	showElements(b, &elements{data: s.raw, end: s.padding, names: names}, headerRow)
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
	if e.names == &encryptedTags {
		return encryptionRow(e)
	}
	return row{}
}

func encryptionRow(e element) row {
	switch e.tag {
	case tagEncryption, tagCipher, tagKeyInfo:
		return row{container: true}
	case tagIV, tagPlainDigestHash:
		return row{value: hexBytes(e.value, " ")}
	case tagPlainPadding, tagKeyBits, tagKeyAlgorithm:
		n, _ := e.uint(len(e.value))
		return row{value: fmt.Sprint(n)}
	case tagPlainDigest:
		return row{value: Digest(e.value[0]).String()}
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
